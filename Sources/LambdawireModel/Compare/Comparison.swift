/// One scenario in several eras of Lambda's networking, side by side.
///
/// Everything comes from what the runs wrote: their `events.jsonl` and their captures. Times are in
/// nanoseconds.
///
/// ```swift
/// let scenario = try Scenario(contentsOf: "Captures/burst/scenario.yaml")
/// let runs = try ComparisonRun(scenario, name: "burst", eras: [.perEnvironment, .hyperplane])
/// for era in try runs.execute().eras {
///   print(era.networking.rawValue, era.startup.median)
/// }
/// ```
public struct Comparison: Hashable, Sendable, Encodable {
  /// What the scenario is called.
  public var scenario: String
  /// What it shows, in one line.
  public var title: String
  public var seed: UInt64
  /// The version of the model.
  public var version: String
  /// In the order asked for.
  public var eras: [EraResult]
  /// How the eras compare with what was published about them.
  public var checks: [PublishedCheck]
  /// Every number that went into the runs, and how sure it is.
  public var settings: [ComparedSetting]

  package init(
    scenario: String, title: String, seed: UInt64, eras: [EraResult], checks: [PublishedCheck],
    settings: [ComparedSetting]
  ) {
    self.scenario = scenario
    self.title = title
    self.seed = seed
    version = LambdawireVersion.current
    self.eras = eras
    self.checks = checks
    self.settings = settings
  }

  /// Whether something contradicts what was published.
  public var hasFailedChecks: Bool { checks.contains { $0.verdict == .failed } }

  /// The startup steps of all eras, each once, in the order in which they come.
  ///
  /// A step that only one era has stands where it comes in that era.
  public var acts: [String] {
    var acts: [String] = []
    for era in eras {
      var position = 0
      for step in era.steps {
        if let known = acts.firstIndex(of: step.act) {
          position = max(position, known + 1)
        } else {
          // Behind the steps that earlier eras have in this place.
          while position < acts.count, !era.steps.contains(where: { $0.act == acts[position] }) {
            position += 1
          }
          acts.insert(step.act, at: position)
          position += 1
        }
      }
    }
    return acts
  }
}
