extension Requirement {
  /// TCP (RFC 5382).
  static let rfc5382: [Requirement] = [
    Requirement(
      "5382 REQ-1", .must, section: "4.1", "One mapping for all destinations",
      .holds([.withoutVPC, .workerEBPF, .rfc]), .violated([.v2n, .natGateway], symmetric),
      .violated([.workerLegacy], linuxCollision)),
    Requirement(
      "5382 REQ-2", .must, section: "4.2", "All valid openings pass, simultaneous ones too",
      .holds(.all)),
    Requirement(
      "5382 REQ-3", .recommended, section: "4.3", "Filtering by address at most",
      .holds([.workerEBPF, .rfc]),
      .violated([.v2n, .natGateway, .withoutVPC, .workerLegacy], strict)),
    Requirement(
      "5382 REQ-4", .mustNot, section: "4.3", "A SYN nobody asked for is not answered for 6 s",
      .holds(.stateful), .doesNotApply([.workerEBPF], "No SYN is turned away.")),
    Requirement(
      "5382 REQ-4a", .should, section: "4.3", "After 6 s it is answered by ICMP 3/3",
      .holds([.rfc]),
      .violated(
        [.v2n, .natGateway, .withoutVPC, .workerLegacy], "What comes uninvited vanishes (A-09)."),
      .doesNotApply([.workerEBPF], "No SYN is turned away.")),
    Requirement(
      "5382 REQ-5e", .must, section: "5", "An idle established connection lasts 2 h 4 min",
      .holds([.workerLegacy, .workerEBPF, .rfc]),
      .violated(.aws, "350 s (A-08; documented for the NAT gateway).")),
    Requirement(
      "5382 REQ-5t", .must, section: "5", "One that is half open or closing lasts 4 min",
      .holds([.workerEBPF, .rfc]), .violated(.aws, "60 s half open, 120 s closing (N-03)."),
      .violated([.workerLegacy], "Linux: 120 s half open, 30 s and 120 s closing.")),
    Requirement(
      "5382 REQ-6", .recommended, section: "6", "Payloads are left alone", .holds(.all)),
    Requirement(
      "5382 REQ-7", .mustNot, section: "7.1", "No port serves two hosts at a time",
      .holds([.v2n, .withoutVPC, .workerEBPF, .rfc]),
      .violated([.natGateway], "55,000 connections to each destination, as documented."),
      .violated([.workerLegacy], "Linux asks only that the whole flow is unique.")),
    Requirement(
      "5382 REQ-8", .must, section: "7.2", "Hosts inside reach each other by their outside ends",
      .holds([.rfc]), .violated(.aws, noHairpin), .violated([.workerLegacy], noHairpin),
      .violated([.workerEBPF], noHairpinRewrite)),
    Requirement(
      "5382 REQ-9", .should, section: "7.3", "ICMP destination unreachable is translated",
      .holds(.all)),
    Requirement(
      "5382 REQ-10", .mustNot, section: "7.3", "No ICMP message ends a connection", .holds(.all)),
  ]
}
