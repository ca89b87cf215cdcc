import ArgumentParser
import LambdawireModel

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Say what is wrong with a scenario, with file:line:column.")

  @Argument(help: "A built-in scenario or the path of a scenario file.")
  var scenario: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a value before the scenario is read.", valueName: "key=value"))
  var overrides: [String] = []

  @Flag(help: "List every number of the model, with its source.")
  var showDefaults = false

  func run() throws {
    if showDefaults { print(ScenarioReference.defaults(), terminator: "") }
    guard let scenario else {
      if showDefaults { return }
      Terminal.say("lambdawire: validate needs a scenario, or --show-defaults")
      throw ExitStatus.badInput
    }
    do throws(ScenarioError) {
      let path = try BuiltInScenarios(root: ProgramFolder.root).locate(scenario)
      _ = try Scenario(contentsOf: path, overrides: overrides.map(ScenarioOverride.init))
      if !showDefaults { print("\(path): sound") }
    } catch {
      Terminal.say("\(error)")
      throw ExitStatus.badInput
    }
  }
}
