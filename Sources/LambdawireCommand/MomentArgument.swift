import ArgumentParser
import LambdawireModel

/// As of when a path is judged.
struct MomentArgument: ParsableArguments {
  @Option(
    name: .customLong("at"),
    help: ArgumentHelp(
      "Judge rules and routes as the scenario's events have left them at that time of a run.",
      valueName: "time"),
    transform: { text in
      do throws(ModelError) { return try Scenario.moment(text) } catch {
        throw ValidationError("\(error)")
      }
    })
  var time = Duration.zero
}
