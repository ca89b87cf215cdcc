public import LambdawireModel

/// A comparison as comma-separated values (RFC 4180), one header line each; times in nanoseconds.
public struct ComparisonCSV: Sendable {
  private let comparison: Comparison

  public init(_ comparison: Comparison) {
    self.comparison = comparison
  }

  /// The files of a comparison's folder.
  public var documents: [ComparisonRun.Document] {
    [
      ComparisonRun.Document(name: "summary.csv", text: summary),
      ComparisonRun.Document(name: "cold-starts.csv", text: coldStarts),
      ComparisonRun.Document(name: "steps.csv", text: steps),
      ComparisonRun.Document(name: "addresses.csv", text: addresses),
      ComparisonRun.Document(name: "failures.csv", text: failures),
    ]
  }

  /// One line for each number and era.
  public var summary: String {
    var rows: [[String]] = []
    for era in comparison.eras {
      func add(_ measure: String, _ unit: String, _ value: Int) {
        rows.append([era.networking.rawValue, measure, unit, "\(value)"])
      }
      func add(_ measure: String, _ summary: SampleSummary?) {
        guard let summary else { return }
        add("\(measure)-count", "", summary.count)
        for (name, value) in [
          ("min", summary.minimum), ("p50", summary.median), ("p90", summary.percentile90),
          ("p99", summary.percentile99), ("max", summary.maximum),
        ] { add("\(measure)-\(name)", "ns", Int(value)) }
      }
      add("cold-start", era.startup)
      add("network-share", era.networkShare)
      for step in era.steps { add("step-\(step.act)", step.times) }
      add("interfaces-before", "", era.interfaces.earlier)
      add("interfaces-made", "", era.interfaces.made)
      add("interfaces-made-on-invoke", "", era.interfaces.madeOnInvoke)
      if era.networking == .perEnvironment {
        add("interfaces-projected", "", era.interfaces.projected)
      }
      add("addresses-most", "", era.interfaces.mostAddresses)
      add("addresses-capacity", "", era.interfaces.capacity)
      add("environments-most", "", era.mostEnvironments)
      add("environments-started-most", "", era.mostReady)
      add("invocations", "", era.invocations.all)
      add("invocations-finished", "", era.invocations.finished)
      add("invocations-failed", "", era.invocations.failed)
      add("invocations-throttled", "", era.invocations.throttled)
      add("invocations-refused", "", era.invocations.refused)
      add("connections", "", era.path.connections)
      add("connections-per-second-most", "1/s", era.path.mostConnectionsPerSecond)
      add("translations-per-interface-most", "", era.mostTranslations)
      add("first-packet", era.path.firstPacket)
      add("later-packets", era.path.laterPackets)
      add("answers", era.path.answers)
    }
    return Self.text(["era", "measure", "unit", "value"], rows)
  }

  /// One line for each cold start.
  private var coldStarts: String {
    Self.text(
      ["era", "function", "environment", "arrival_ns", "duration_ns", "network_ns"],
      comparison.eras.flatMap { era in
        era.coldStarts.map {
          [
            era.networking.rawValue, $0.function, $0.environment, "\($0.arrival)",
            "\($0.duration)", "\($0.networkTime)",
          ]
        }
      })
  }

  /// One line for each step of each cold start; starts count from the arrival.
  private var steps: String {
    Self.text(
      ["era", "environment", "arrival_ns", "step", "kind", "start_ns", "duration_ns"],
      comparison.eras.flatMap { era in
        era.coldStarts.flatMap { start in
          start.steps.map {
            [
              era.networking.rawValue, start.environment, "\(start.arrival)", $0.act,
              StartupStep.kind(of: $0.act).rawValue, "\($0.start)", "\($0.duration)",
            ]
          }
        }
      })
  }

  /// One line for each change of the addresses in use.
  private var addresses: String {
    Self.text(
      ["era", "time_ns", "addresses"],
      comparison.eras.flatMap { era in
        era.interfaces.addresses.map { [era.networking.rawValue, "\($0.time)", "\($0.count)"] }
      })
  }

  /// One line for each reason why invocations got no answer.
  private var failures: String {
    Self.text(
      ["era", "phase", "reason", "invocations"],
      comparison.eras.flatMap { era in
        era.failures.map { [era.networking.rawValue, $0.phase, $0.reason, "\($0.count)"] }
      })
  }

  private static func text(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n") + "\n"
  }

  /// A field, in quotation marks if it has a comma, a quotation mark or a line break in it
  /// (RFC 4180, section 2).
  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }
}
