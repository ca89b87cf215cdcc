public import LambdawireModel

/// A run of a scenario into a folder of its own, which goes when the value does.
///
/// ```swift
/// @Test func `The database sees one address for all environments`() throws {
///   let run = try LambdawireRun(contentsOf: "Captures/first-query/scenario.yaml")
///   expectTranslated(in: run, from: "169.254.79.1", environment: "orders-1", to: "10.0.1.4")
///   expectNoDrops(in: run)
/// }
/// ```
public final class LambdawireRun: TrafficSource {
  /// What the run wrote, until the value goes.
  public let folder: String
  /// What the run came to.
  public let summary: RunSummary
  public let traffic: RecordedTraffic

  /// Runs a scenario.
  ///
  /// - Throws: What `Run.execute` throws.
  public init(
    _ scenario: Scenario, named name: String = "scenario", options: RunOptions = RunOptions()
  ) throws {
    let scratch = Scratch(try ScratchFolder())
    folder = "\(scratch.folder.path)/run"
    summary = try Run(scenario, name: name, options: options).execute(in: folder)
    traffic = RecordedTraffic(files: RunFolder.captures(in: folder), in: scratch)
  }

  /// Runs a scenario that stands in the test.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - overrides: Changes such as `seed=8`, made before the scenario is read.
  ///   - options: What to write.
  /// - Throws: `ScenarioError`, or why the scenario cannot be run.
  public convenience init(
    yaml text: String, overrides: [String] = [], options: RunOptions = RunOptions()
  ) throws {
    let scenario = try Scenario(yaml: text, overrides: overrides.map(ScenarioOverride.init))
    try self.init(scenario, options: options)
  }

  /// Runs the scenario in a file.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - overrides: Changes such as `seed=8`, made before the scenario is read.
  ///   - options: What to write.
  /// - Throws: `ScenarioError`, or why the scenario cannot be run.
  public convenience init(
    contentsOf path: String, overrides: [String] = [], options: RunOptions = RunOptions()
  ) throws {
    let scenario = try Scenario(
      contentsOf: path, overrides: overrides.map(ScenarioOverride.init))
    try self.init(scenario, options: options)
  }
}
