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
      let outcomes = try RunOutcomes(of: scenario).succeeded
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
}
