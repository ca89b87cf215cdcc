extension Requirement {
  /// Carrier-grade translators (RFC 6888, section 3).
  static let rfc6888: [Requirement] = [
    Requirement(
      "6888 REQ-1", .must, section: "3", "Every MUST of RFC 4787, 5382 and 5508 is met",
      .holds([.rfc]), .violated(.aws, "See there."), .violated([.workerLegacy], "See there."),
      .violated([.workerEBPF], "See there: hairpinning.")),
    Requirement(
      "6888 REQ-2", .must, section: "3", "A host keeps to one outside address by default",
      .holds([.workerEBPF, .rfc]),
      .violated(
        [.v2n, .natGateway, .withoutVPC, .workerLegacy], "A hash of the flow picks one (N-10).")),
    Requirement(
      "6888 REQ-3", .should, section: "3", "Outside addresses need not be neighbours", .holds(.all)),
    Requirement(
      "6888 REQ-4", .must, section: "3", "The ports of one host can be limited",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-4b", .should, section: "3", "So can the rate of new ones",
      .doesNotApply(.all, "For the owner, who can hold packets back.")),
    Requirement(
      "6888 REQ-5", .should, section: "3", "The state kept for one host can be limited",
      .holds([.v2n, .natGateway, .workerLegacy]),
      .violated(
        [.withoutVPC, .rfc], "The quota is one of ports, and one port serves any number of flows."),
      .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-6", .must, section: "3", "Some destinations can be reached untranslated",
      .doesNotApply(.all, "Its owner does not hand such packets to the translator.")),
    Requirement(
      "6888 REQ-7", .recommended, section: "3", "No filtering by remote end",
      .holds([.workerEBPF, .rfc]),
      .violated([.v2n, .natGateway, .withoutVPC, .workerLegacy], strict)),
    Requirement(
      "6888 REQ-8", .should, section: "3", "The port of a closed connection rests 120 s",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-8u", .should, section: "3",
      "A port that UDP gave back rests 120 s, or filtering guards it",
      .holds([.v2n, .natGateway, .withoutVPC, .workerLegacy]),
      .violated(
        [.rfc], "Only connections have a hold; a port idle for 300 s is given out again at once."),
      .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-9", .must, section: "3", "Hosts can ask for mappings (PCP)",
      .doesNotApply(.all, "Fixed mappings are settings; no protocol asks for them.")),
    Requirement(
      "6888 REQ-10", .should, section: "3", "Standard management (MIB)",
      .doesNotApply(.all, "Management is not modelled; counters can be read.")),
    Requirement(
      "6888 REQ-11", .should, section: "3", "Who gets no mapping is told by ICMP 3/1",
      .violated(.aws, "Dropped, and counted (A-17)."), .violated([.workerLegacy], "Linux drops."),
      .violated([.rfc], "It says 3/13, as 5508 REQ-8 asks; `whenFull` has both."),
      .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-11d", .mustNot, section: "3", "No mapping ends to make room for another",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-12", .should, section: "4", "Destinations are not logged",
      .doesNotApply(.all, "About logs, which are the owner's.")),
    Requirement(
      "6888 REQ-13", .should, section: "4", "Addresses are used to the full",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "6888 REQ-14", .should, section: "4", "Logs stay small",
      .doesNotApply(.all, "About logs, which are the owner's.")),
    Requirement(
      "6888 REQ-15", .should, section: "4", "Ports are hard to guess",
      .holds([.v2n, .natGateway, .withoutVPC, .rfc]), .violated([.workerLegacy], linuxCollision),
      .violated([.workerEBPF], "Ports stay.")),
  ]
}
