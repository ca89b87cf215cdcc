import ArgumentParser
import LambdawireModel

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Say what is wrong with a scenario, with file:line:column.")

  @Argument(help: "A built-in scenario, or a scenario file or its folder.")
  var scenario: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Change a value before the scenario is read.", valueName: "key=value"))
  var overrides: [String] = []

  @Flag(help: "List every number of the model, with its source.")
  var showDefaults = false

  func run() throws {
    if showDefaults { try Terminal.print(ScenarioReference.defaults()) }
    guard let scenario else {
      if showDefaults { return }
      Terminal.say("lambdawire: validate needs a scenario, or --show-defaults")
      throw ExitStatus.badInput
    }
    let path: String
    do throws(ScenarioError) {
      path = try BuiltInScenarios(root: ProgramFolder.root).locate(scenario)
      _ = try Scenario(contentsOf: path, overrides: overrides.map(ScenarioOverride.init))
    } catch {
      Terminal.say("\(error)")
      throw ExitStatus.badInput
    }
    if !showDefaults { try Terminal.print("\(path): sound\n") }
  }
}
