extension Requirement {
  private static let permission = "A permission that is not made use of."

  /// Updates to the behavioural requirements (RFC 7857), by their sections.
  static let rfc7857: [Requirement] = [
    Requirement(
      "7857 §2", .should, section: "2", "Connections are followed as in RFC 6146",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §2.1", .recommended, section: "2.1",
      "Half open and closing have timers of 4 min by default",
      .holds([.rfc]), .violated(.aws, "60 s and 120 s (N-03)."),
      .violated([.workerLegacy], "Linux: 120 s, 30 s."), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §2.2", .should, section: "2.2", "After a RST the mapping waits 4 min",
      .holds([.rfc]), .violated(.aws, "120 s (N-09)."), .violated([.workerLegacy], "Linux: 10 s."),
      .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §3", .may, section: "3", "One port may serve several destinations",
      .holds([.natGateway, .workerLegacy]),
      .doesNotApply([.v2n, .withoutVPC, .workerEBPF, .rfc], permission)),
    Requirement(
      "7857 §4", .should, section: "4", "A host whose address is full is not moved to another",
      .holds([.workerEBPF, .rfc]),
      .violated(
        [.v2n, .natGateway, .withoutVPC, .workerLegacy], "The next address with a free port (N-10)."
      )),
    Requirement(
      "7857 §5", .should, section: "5", "A mapping of one protocol says nothing of another's",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §6", .should, section: "6", "Filtering of one protocol says nothing of another's",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §7", .may, section: "7", "Inbound refresh may be limited where anyone may come in",
      .doesNotApply(.all, "A permission: see `inboundRefresh`.")),
    Requirement(
      "7857 §7.1", .shouldNot, section: "7.1", "Errors sent from inside restart no timer",
      .holds(.stateful), .doesNotApply([.workerEBPF], noState)),
    Requirement(
      "7857 §8", .may, section: "8", "Parity may be given up",
      .doesNotApply(.all, "A permission: see 4787 REQ-4.")),
    Requirement(
      "7857 §9", .should, section: "9", "Ports are random (RFC 6056)",
      .holds([.v2n, .natGateway, .withoutVPC, .rfc]), .violated([.workerLegacy], linuxCollision),
      .violated([.workerEBPF], "Ports stay.")),
    Requirement(
      "7857 §10", .should, section: "10", "The identification of what is not cut stays (RFC 6864)",
      .holds(.all)),
    Requirement(
      "7857 §10f", .should, section: "10",
      "Packets in fragments keep apart by their identification",
      .holds(.all)),
    Requirement(
      "7857 §11", .may, section: "11", "A query's mapping may go with its last session",
      .doesNotApply(.all, "A permission; it goes when its timer runs out.")),
    Requirement(
      "7857 §12", .should, section: "12", "Queries between hosts inside come back",
      .violated(
        [.rfc], "A query has no port that says which host it is for; a fixed mapping does."),
      .violated([.natGateway, .workerLegacy], noHairpin),
      .violated([.workerEBPF], noHairpinRewrite),
      .doesNotApply([.v2n, .withoutVPC], "Queries are dropped (A-10).")),
  ]
}
