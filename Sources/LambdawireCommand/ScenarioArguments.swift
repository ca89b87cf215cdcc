public import ArgumentParser
import Foundation
public import LambdawireModel

/// What every command that reads a scenario takes.
struct ScenarioArguments: ParsableArguments {
  @Argument(
    help: "A built-in scenario (see `lambdawire scenarios`), or a scenario file or its folder.")
  var scenario: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Change a parameter of the scenario, or any value by its path, before it is read.",
      valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Use this seed instead of the scenario's.")
  var seed: UInt64?

  @Option(help: "Stop after this much virtual time, such as 30s.")
  var duration: String?

  /// The scenario and what it is called.
  ///
  /// Problems are said on standard error, each with its place.
  func load() throws(ExitStatus) -> (scenario: Scenario, name: String) {
    var overrides = overrides.map(ScenarioOverride.init)
    if let seed {
      overrides.append(ScenarioOverride(option: "--seed", key: "seed", value: "\(seed)"))
    }
    if let duration {
      overrides.append(ScenarioOverride(option: "--duration", key: "duration", value: duration))
    }
    do throws(ScenarioError) {
      let path = try BuiltInScenarios(root: ProgramFolder.root).locate(scenario)
      let loaded = try Scenario(contentsOf: path, overrides: overrides)
      return (loaded, Self.name(of: path))
    } catch {
      Terminal.say("\(error)")
      throw .badInput
    }
  }

  /// What a run of the file is called: after the file, or its folder if all files there have that
  /// name.
  private static func name(of path: String) -> String {
    let url = URL(fileURLWithPath: path).standardizedFileURL
    let name = url.deletingPathExtension().lastPathComponent
    return name == "scenario" ? url.deletingLastPathComponent().lastPathComponent : name
  }
}

/// The era of a command that runs a scenario once.
struct EraArgument: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let all functions reach the VPC this way: per-environment, hyperplane or hyperplane-ebpf.",
      valueName: "era"))
  var networking: Scenario.Networking?
}

extension Scenario.Networking: ExpressibleByArgument {}

/// Where the project's folder is, for the built-in scenarios.
enum ProgramFolder {
  /// `LAMBDAWIRE_HOME`, or the nearest folder with `Captures` above the program or above here.
  static var root: String {
    if let home = ProcessInfo.processInfo.environment["LAMBDAWIRE_HOME"], !home.isEmpty {
      return home
    }
    let program = URL(fileURLWithPath: CommandLine.arguments.first ?? ".").resolvingSymlinksInPath()
    for start in [program.deletingLastPathComponent(), URL(fileURLWithPath: ".")] {
      var folder = start.standardizedFileURL
      while folder.path != "/" {
        let candidate = folder.appendingPathComponent("Captures/first-query/scenario.yaml").path
        if FileManager.default.fileExists(atPath: candidate) { return folder.path }
        folder = folder.deletingLastPathComponent()
      }
    }
    return "."
  }
}
