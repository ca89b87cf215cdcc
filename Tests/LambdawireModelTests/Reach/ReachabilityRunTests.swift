import LambdawireModel
import PacketFormats
import Testing

/// What `reach` says without simulating time is what becomes of the packets of a run.
@Suite struct ReachabilityRunTests {
  /// Ten thousand questions: some thirty in each of so many clouds.
  private static let cloudCount = 360

  @Test(arguments: 0..<8)
  func `The answer agrees with the packets of a run, in random clouds`(part: Int) throws {
    var reachable = 0
    var asked = 0
    var reachableFromHosts = 0
    var askedByHosts = 0
    for number in 0..<(Self.cloudCount / 8) {
      let cloud = RandomCloud(seed: UInt64(part * 100_000 + number))
      let scenario = try Scenario(yaml: cloud.yaml, file: "cloud-\(part)-\(number).yaml")
      let run = try RunOutcomes(of: scenario)
      let outcomes = run.succeeded
      #expect(outcomes.count == cloud.functions.count * cloud.targets.count)
      var place = 0
      for function in cloud.functions {
        for target in cloud.targets {
          let outcome = outcomes[place]
          let answer = try judge(function, target, scenario)
          // Nobody has one of these addresses, and a run shows no more than that no answer comes.
          check(answer, outcome, cloud, number: "\(part)/\(number)")
          if answer.isReachable { reachable += 1 }
          asked += 1
          place += 1
        }
      }
      #expect(run.tasksSucceeded.count == cloud.hostQuestions.count)
      for (question, outcome) in zip(cloud.hostQuestions, run.tasksSucceeded) {
        let answer = try judge(question.from, question.to, scenario)
        check(answer, outcome, cloud, number: "\(part)/\(number)")
        if answer.isReachable { reachableFromHosts += 1 }
        askedByHosts += 1
      }
    }
    // Clouds in which everything or nothing passes would show nothing.
    #expect(reachable * 10 > asked && reachable * 10 < asked * 9, "\(reachable) of \(asked)")
    #expect(
      reachableFromHosts * 10 > askedByHosts && reachableFromHosts * 10 < askedByHosts * 9,
      "\(reachableFromHosts) of \(askedByHosts)")
  }

  private func judge(
    _ source: String, _ target: String, _ scenario: Scenario
  ) throws -> Reachability {
    var target = target
    if source == "out", let found = scenario.destination(named: target, from: nil)?.address {
      target = found.description
    }
    return try Reachability(
      of: scenario, named: "cloud",
      query: ReachQuery(from: source, to: target, protocol: "udp", port: 7))
  }

  private func check(
    _ answer: Reachability, _ outcome: Bool, _ cloud: RandomCloud, number: String
  ) {
    #expect(
      answer.isReachable == outcome,
      """
      \(answer.from) to \(answer.to) in cloud \(number): \
      \(answer.culprit?.sentence ?? "nothing stops it"), but the run says \(outcome)
      \(cloud.yaml)
      """)
  }
}
