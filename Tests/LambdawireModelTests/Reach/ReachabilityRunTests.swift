import Foundation
import LambdawireModel
import Testing

/// What `reach` says without simulating time is what becomes of the packets of a run.
@Suite struct ReachabilityRunTests {
  /// Ten thousand questions: some fifteen in each of so many clouds.
  private static let cloudCount = 700

  @Test(arguments: 0..<8)
  func `The answer agrees with the packets of a run, in random clouds`(part: Int) throws {
    var reachable = 0
    var asked = 0
    for number in 0..<(Self.cloudCount / 8) {
      let cloud = RandomCloud(seed: UInt64(part * 100_000 + number))
      let scenario = try Scenario(yaml: cloud.yaml, file: "cloud-\(part)-\(number).yaml")
      let folder = try ScratchFolder()
      _ = try Run(
        scenario, name: "cloud", options: RunOptions(files: .taps, taps: ["destination"])
      ).execute(in: "\(folder.path)/run")
      let outcomes = try Self.outcomes(of: "\(folder.path)/run/events.jsonl")
      #expect(outcomes.count == cloud.functions.count * cloud.targets.count)
      var place = 0
      for function in cloud.functions {
        for target in cloud.targets {
          let answer = try Reachability(
            of: scenario, named: "cloud",
            query: ReachQuery(from: function, to: target, protocol: "udp", port: 7))
          // Nobody has this address, and a run shows no more than that no answer comes.
          let outcome = outcomes[place]
          #expect(
            answer.isReachable == outcome,
            """
            \(function) to \(target) in cloud \(part)/\(number): \
            \(answer.culprit?.sentence ?? "nothing stops it"), but the run says \(outcome)
            \(cloud.yaml)
            """)
          if answer.isReachable { reachable += 1 }
          asked += 1
          place += 1
        }
      }
    }
    // Clouds in which everything or nothing passes would show nothing.
    #expect(reachable * 10 > asked && reachable * 10 < asked * 9, "\(reachable) of \(asked)")
  }

  /// Whether each invocation got its answer, in the order in which they began.
  private static func outcomes(of path: String) throws -> [Bool] {
    var outcomes: [Int: Bool] = [:]
    let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    for line in text.split(separator: "\n") where line.contains("\"event\":\"invocation-") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let fields = try #require(object as? [String: Any])
      let number = try #require(fields["number"] as? Int)
      switch fields["event"] as? String {
      case "invocation-finished": outcomes[number] = true
      case "invocation-failed": outcomes[number] = false
      default: break
      }
    }
    return outcomes.keys.sorted().compactMap { outcomes[$0] }
  }
}
