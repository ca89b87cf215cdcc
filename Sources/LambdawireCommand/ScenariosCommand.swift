import ArgumentParser
import LambdawireModel

struct ScenariosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scenarios", abstract: "List the built-in scenarios, one line each.")

  func run() throws {
    let entries = BuiltInScenarios(root: ProgramFolder.root).list()
    guard !entries.isEmpty else {
      Terminal.say(
        "lambdawire: no scenarios in \(ProgramFolder.root)/Captures; set LAMBDAWIRE_HOME to the "
          + "folder of the project")
      throw ExitStatus.badInput
    }
    let width = entries.map(\.name.count).max() ?? 0
    let lines = entries.map { entry in
      entry.name + String(repeating: " ", count: width - entry.name.count + 2)
        + (entry.title ?? "(not readable: run it to see why)")
    }
    try Terminal.print(lines.joined(separator: "\n") + "\n")
  }
}
