extension Requirement {
  static let symmetric = "A mapping for each destination (A-13; the NAT gateway's is observed)."
  static let portsHigh =
    "Only ports 1024–65535, as AWS documents (for functions without VPC: assumed)."
  static let linuxCollision = "Linux keeps a port while it is free and gives another if not."
  static let strict = "Filtering by address and port (A-13, N-01; Linux: conntrack)."
  static let noHairpin = "Hairpinning is not done (N-06)."
  static let noHairpinRewrite = "The destination stays, so the packet does not come back."
  static let noState = "Nothing is remembered: one address stands for one address."

  /// UDP (RFC 4787).
  static let rfc4787: [Requirement] = [
    Requirement(
      "4787 REQ-1", .must, section: "4.1", "One mapping for all destinations",
      .holds([.withoutVPC, .workerEBPF, .rfc]), .violated([.v2n, .natGateway], symmetric),
      .violated([.workerLegacy], linuxCollision)),
    Requirement(
      "4787 REQ-2", .recommended, section: "4.1", "A host keeps to one outside address",
      .holds([.workerEBPF, .rfc]),
      .violated(
        [.v2n, .natGateway, .withoutVPC, .workerLegacy], "A hash of the flow picks one (N-10).")),
    Requirement(
      "4787 REQ-3", .mustNot, section: "4.2.1", "No port serves two hosts at a time",
      .holds([.v2n, .withoutVPC, .workerEBPF, .rfc]),
      .violated([.natGateway], "55,000 connections to each destination, as documented."),
      .violated([.workerLegacy], "Linux asks only that the whole flow is unique.")),
    Requirement(
      "4787 REQ-3a", .recommended, section: "4.2.1", "Ports below 1024 stay below, others above",
      .holds([.workerLegacy, .workerEBPF]), .violated(.aws, portsHigh),
      .violated([.rfc], "No low ports are given out, so that all are hard to guess (6888 REQ-15).")),
    Requirement(
      "4787 REQ-4", .recommended, section: "4.2.2", "An even port stays even, an odd one odd",
      .holds([.workerEBPF]), .violated(.aws, "Ports are random (A-15)."),
      .violated([.workerLegacy], linuxCollision),
      .violated(
        [.rfc], "Given up for ports that are hard to guess, as RFC 7857, section 8, allows.")),
    Requirement(
      "4787 REQ-5", .must, section: "4.3", "A mapping lasts two minutes without packets",
      .holds([.v2n, .natGateway, .withoutVPC, .workerEBPF, .rfc]),
      .violated([.workerLegacy], "Linux: 30 s until an answer comes.")),
    Requirement(
      "4787 REQ-5a", .may, section: "4.3", "Well-known ports may have shorter timers",
      .doesNotApply(.all, "A permission: see `Timers.udpByRemotePort`.")),
    Requirement(
      "4787 REQ-5b", .may, section: "4.3", "The timer may be a setting",
      .doesNotApply(.all, "A permission that is made use of: see `Timers`.")),
    Requirement(
      "4787 REQ-5c", .recommended, section: "4.3", "Five minutes by default",
      .holds([.natGateway, .workerEBPF, .rfc]),
      .violated([.v2n, .withoutVPC], "120 s (A-08)."),
      .violated([.workerLegacy], "Linux: 30 s or 120 s.")),
    Requirement(
      "4787 REQ-6", .must, section: "4.3", "Packets from inside restart the timer", .holds(.all)),
    Requirement(
      "4787 REQ-6a", .may, section: "4.3", "Packets from outside may restart the timer",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "4787 REQ-7", .must, section: "4.4", "Inside and outside addresses may overlap",
      .doesNotApply(
        .all, "A translator is told which side a packet comes from; it has no interfaces.")),
    Requirement(
      "4787 REQ-8", .recommended, section: "5", "Filtering by address at most",
      .holds([.workerEBPF, .rfc]),
      .violated([.v2n, .natGateway, .withoutVPC, .workerLegacy], strict)),
    Requirement(
      "4787 REQ-9", .must, section: "6", "Hosts inside reach each other by their outside ends",
      .holds([.rfc]), .violated(.aws, noHairpin), .violated([.workerLegacy], noHairpin),
      .violated([.workerEBPF], noHairpinRewrite)),
    Requirement(
      "4787 REQ-10", .should, section: "7", "Payloads are left alone", .holds(.all)),
    Requirement(
      "4787 REQ-11", .must, section: "8", "The same behaviour at all times",
      .holds([.v2n, .natGateway, .withoutVPC, .workerEBPF, .rfc]),
      .violated([.workerLegacy], linuxCollision)),
    Requirement(
      "4787 REQ-12", .mustNot, section: "9", "No ICMP message ends a mapping", .holds(.all)),
    Requirement(
      "4787 REQ-12a", .should, section: "9", "Errors come in whoever sends them", .holds(.all)),
    Requirement(
      "4787 REQ-12b", .recommended, section: "9", "ICMP destination unreachable is translated",
      .holds(.all)),
    Requirement(
      "4787 REQ-13", .must, section: "10",
      "What is too long and may not be cut is answered by ICMP 3/4",
      .holds(.stateful), .doesNotApply([.workerEBPF], "Lengths are the next link's business.")),
    Requirement(
      "4787 REQ-13a", .must, section: "10", "What is too long and may be cut is cut, in order",
      .doesNotApply(.all, "A translator makes no packets; its owner cuts.")),
    Requirement(
      "4787 REQ-14", .must, section: "11", "Fragments pass in any order",
      .holds([.natGateway, .workerLegacy, .workerEBPF, .rfc]),
      .violated(
        [.v2n, .withoutVPC], "Hyperplane buffers nothing (assumed): the first must come first.")),
    Requirement(
      "4787 REQ-14a", .must, section: "11", "Only so many fragments wait",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
  ]
}
