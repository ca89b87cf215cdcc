import Foundation
import LambdawireModel
import Testing

/// What became of the invocations of a run, in the order in which they began.
struct RunOutcomes {
  let summary: RunSummary
  /// Whether each of them did what it was to do.
  private(set) var succeeded: [Bool] = []
  /// Whether each of the things that hosts began of their own accord did.
  private(set) var tasksSucceeded: [Bool] = []

  /// Runs a scenario that stands in a test.
  init(yaml: String, networking: Scenario.Networking? = nil) throws {
    try self.init(of: Scenario(yaml: yaml, file: "test.yaml"), networking: networking)
  }

  init(of scenario: Scenario, networking: Scenario.Networking? = nil) throws {
    let folder = try ScratchFolder()
    summary = try Run(
      scenario, name: "test",
      options: RunOptions(networking: networking, files: .taps, taps: ["destination"])
    ).execute(in: "\(folder.path)/run")
    let file = URL(filePath: "\(folder.path)/run/events.jsonl")
    var outcomes: [Int: Bool] = [:]
    var tasks: [Int: Bool] = [:]
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    where line.contains("\"event\":\"invocation-") || line.contains("\"event\":\"task-") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let fields = try #require(object as? [String: Any])
      let number = try #require(fields["number"] as? Int)
      switch fields["event"] as? String {
      case "invocation-finished": outcomes[number] = true
      case "invocation-failed": outcomes[number] = false
      case "task-finished": tasks[number] = true
      case "task-failed": tasks[number] = false
      default: break
      }
    }
    tasksSucceeded = tasks.keys.sorted().compactMap { tasks[$0] }
    succeeded = outcomes.keys.sorted().compactMap { outcomes[$0] }
  }
}
