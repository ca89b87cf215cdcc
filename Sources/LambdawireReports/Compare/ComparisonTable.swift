import LambdawireModel

/// The rows of a comparison, one column to an era: what text and page show alike.
struct ComparisonTable {
  struct Row {
    var label: String
    /// How deep the row stands below the one that it is part of.
    var depth = 0
    /// One to an era.
    var cells: [String]
  }

  struct Section {
    var title: String
    var rows: [Row]
  }

  let sections: [Section]
  /// What stands for what an era does not have.
  static let nothing = "–"

  init(_ comparison: Comparison) {
    let eras = comparison.eras
    func row(_ label: String, depth: Int = 0, _ cell: (EraResult) -> String) -> Row {
      Row(label: label, depth: depth, cells: eras.map(cell))
    }
    func time(_ label: String, depth: Int = 0, _ value: (EraResult) -> Int64?) -> Row {
      row(label, depth: depth) { value($0).map(Wording.shortTime) ?? Self.nothing }
    }
    func count(_ label: String, depth: Int = 0, _ value: (EraResult) -> Int) -> Row {
      row(label, depth: depth) { Wording.count(UInt64(max(0, value($0)))) }
    }
    let steps = comparison.acts.map { act in
      time(StartupStep.label(of: act)) { era in
        era.steps.first { $0.act == act }?.times.median
      }
    }
    sections = [
      Section(
        title: "cold start, from the invoke to the handler",
        rows: [
          count("cold starts") { $0.coldStarts.count },
          time("p50") { $0.startup?.median }, time("p90") { $0.startup?.percentile90 },
          time("p99") { $0.startup?.percentile99 }, time("max") { $0.startup?.maximum },
          time("way into the VPC, p50") { $0.networkShare?.median },
          time("p90", depth: 1) { $0.networkShare?.percentile90 },
          time("p99", depth: 1) { $0.networkShare?.percentile99 },
          time("max", depth: 1) { $0.networkShare?.maximum },
        ]),
      Section(title: "its steps, p50 of each", rows: steps),
      Section(
        title: "interfaces (ENIs) and addresses of the subnets",
        rows: [
          count("there before the run") { $0.interfaces.earlier },
          count("made during the run") { $0.interfaces.made },
          count("an invoke waited for", depth: 1) { $0.interfaces.madeOnInvoke },
          row("by AWS's formula of then", depth: 1) {
            $0.networking == .perEnvironment
              ? Wording.count(UInt64(max(0, $0.interfaces.projected))) : Self.nothing
          },
          count("addresses in use, most") { $0.interfaces.mostAddresses },
          count("of so many to give", depth: 1) { $0.interfaces.capacity },
          count("environments, most") { $0.mostEnvironments },
          count("that had started", depth: 1) { $0.mostReady },
        ]),
      Section(
        title: "invokes",
        rows: [
          count("arrived") { $0.invocations.all }, count("finished") { $0.invocations.finished },
          count("failed") { $0.invocations.failed },
          count("throttled") { $0.invocations.throttled },
          count("refused") { $0.invocations.refused },
        ]),
      Section(
        title: "connections",
        rows: [
          count("begun") { $0.path.connections },
          count("most in one second") { $0.path.mostConnectionsPerSecond },
          row("most on one shared ENI") {
            $0.networking == .perEnvironment
              ? Self.nothing : Wording.count(UInt64($0.mostTranslations))
          },
        ]),
      Section(
        title: "path latency, one way",
        rows: [
          time("first packet out, p50") { $0.path.firstPacket?.median },
          time("p99", depth: 1) { $0.path.firstPacket?.percentile99 },
          time("later packets out, p50") { $0.path.laterPackets?.median },
          time("p99", depth: 1) { $0.path.laterPackets?.percentile99 },
          time("packets back, p50") { $0.path.answers?.median },
          time("p99", depth: 1) { $0.path.answers?.percentile99 },
        ]),
    ]
  }
}
