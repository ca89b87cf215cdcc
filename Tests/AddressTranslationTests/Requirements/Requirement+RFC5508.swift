extension Requirement {
  private static let noQueries = "Queries are dropped (A-10)."

  /// ICMP (RFC 5508).
  static let rfc5508: [Requirement] = [
    Requirement(
      "5508 REQ-1", .must, section: "3.1", "A query from inside and its reply pass",
      .holds([.natGateway, .workerLegacy, .workerEBPF, .rfc]),
      .violated([.v2n, .withoutVPC], noQueries)),
    Requirement(
      "5508 REQ-1a", .should, section: "3.1", "One identifier for all destinations",
      .holds([.workerEBPF, .rfc]), .violated([.natGateway], symmetric),
      .violated([.workerLegacy], linuxCollision), .doesNotApply([.v2n, .withoutVPC], noQueries)),
    Requirement(
      "5508 REQ-2a", .recommended, section: "3.2", "That time is a setting",
      .doesNotApply(.all, "It is: see `Timers.icmpQuery`.")),
    Requirement(
      "5508 REQ-2", .must, section: "3.2", "A query waits 60 s for its reply",
      .holds([.natGateway, .workerEBPF, .rfc]), .violated([.workerLegacy], "Linux: 30 s."),
      .doesNotApply([.v2n, .withoutVPC], noQueries)),
    Requirement(
      "5508 REQ-3", .should, section: "4.1", "An error with a wrong checksum is dropped",
      .holds(.stateful), .violated([.workerEBPF], "It looks at addresses only (assumed).")),
    Requirement(
      "5508 REQ-3a", .should, section: "4.1", "So is one that quotes a wrong IP header",
      .holds(.stateful), .violated([.workerEBPF], "It looks at addresses only (assumed).")),
    Requirement(
      "5508 REQ-3b", .must, section: "4.1", "Options in a quoted IP header are stepped over",
      .holds(.all)),
    Requirement(
      "5508 REQ-3c", .shouldNot, section: "4.1", "A quoted transport checksum is not looked at",
      .holds(.all)),
    Requirement(
      "5508 REQ-3d", .must, section: "4.1", "Extensions do not count to a quoted checksum",
      .doesNotApply(.all, "It is not looked at: see 5508 REQ-3c.")),
    Requirement(
      "5508 REQ-4", .should, section: "4.2.1", "An error from outside about no mapping is dropped",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "5508 REQ-4a", .must, section: "4.2.1",
      "Else what it quotes is turned back; type and code stay",
      .holds(.all)),
    Requirement(
      "5508 REQ-5", .must, section: "4.2.2",
      "An error from inside leaves with its quote turned back",
      .holds(.all)),
    Requirement(
      "5508 REQ-6", .mustNot, section: "4.3", "Errors neither prolong nor end a mapping",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "5508 REQ-7", .must, section: "5", "Errors between hosts inside come back",
      .holds([.rfc]), .violated(.aws, noHairpin), .violated([.workerLegacy], noHairpin),
      .violated([.workerEBPF], noHairpinRewrite)),
    Requirement(
      "5508 REQ-8", .should, section: "6", "Who gets no mapping is told by ICMP 3/13",
      .holds([.rfc]),
      .violated(.aws, "Dropped, and counted (A-17; documented for the NAT gateway)."),
      .violated([.workerLegacy], "Linux drops."), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "5508 REQ-9", .may, section: "7", "A policy may keep errors back",
      .doesNotApply(
        .all, "A permission: see `answersTimeExceeded`, and the owner sends or does not.")),
    Requirement(
      "5508 REQ-10", .must, section: "7", "Unreachable, time exceeded and echo are known",
      .holds([.natGateway, .workerLegacy, .workerEBPF, .rfc]),
      .violated([.v2n, .withoutVPC], noQueries)),
    Requirement(
      "5508 REQ-11", .may, section: "8", "Other ICMP messages are dropped",
      .holds(.stateful), .doesNotApply([.workerEBPF], "All protocols pass alike.")),
  ]
}
