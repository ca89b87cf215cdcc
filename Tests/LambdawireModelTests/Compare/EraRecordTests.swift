import LambdawireModel
import Testing

@Suite struct EraRecordTests {
  private static let millisecond = HandMadeRun.millisecond

  @Test func `A cold start is its steps in order, and what lies between them`() throws {
    var run = HandMadeRun()
    run.add(
      "control", at: 110, act: "PlaceEnvironment", environment: "orders-1", duration: 20)
    run.add("control", at: 130, act: "BootGuest", environment: "orders-1", duration: 100)
    run.add(
      "control", at: 250, act: "CreateGeneveDevice", environment: "orders-1", duration: 150)
    run.add("invocation-started", at: 410, environment: "orders-1", elapsed: 310)
    let start = try #require(run.result(.hyperplane).coldStarts.first)
    #expect(start.arrival == 100 * Self.millisecond)
    #expect(start.duration == 310 * Self.millisecond)
    #expect(start.networkTime == 150 * Self.millisecond)
    #expect(
      start.steps.map(\.act) == [
        "Wait", "PlaceEnvironment", "BootGuest", "Wait", "CreateGeneveDevice", "Wait",
      ])
    #expect(start.steps.map { $0.start / Self.millisecond } == [0, 10, 30, 130, 150, 300])
    #expect(start.steps.map(\.duration).reduce(0, +) == start.duration)
  }

  @Test func `Interfaces are projected for the most executions at one time`() {
    var run = HandMadeRun()
    run.addFunction(memory: 1536)
    let starts = (1...5).map { "orders-\($0)" }
    for name in starts {
      run.add("control", at: 0, act: "BootGuest", environment: name, duration: 100)
    }
    // One ends in between, one fails, and two are warm later: never more than five.
    run.add("control", at: 50, act: "RetireEnvironment", environment: "orders-1")
    run.add("invocation-failed", at: 60, environment: "orders-2", elapsed: 60)
    for name in starts.dropFirst(2) {
      run.add("invocation-started", at: 100, environment: name, elapsed: 100)
      run.add("invocation-finished", at: 110, environment: name, elapsed: 110)
      run.add("invocation-started", at: 200, environment: name, elapsed: 1)
    }
    // Five times half of 3 GB.
    #expect(run.result(.perEnvironment).interfaces.projected == 3)
    for name in starts.prefix(2) {
      run.add("control", at: 300, act: "BootGuest", environment: name, duration: 100)
    }
    #expect(run.result(.perEnvironment).interfaces.projected == 3)
    for name in 6...7 {
      run.add("control", at: 300, act: "BootGuest", environment: "orders-\(name)", duration: 100)
    }
    #expect(run.result(.perEnvironment).interfaces.projected == 4)
  }

  @Test func `A warm invocation is none`() {
    var run = HandMadeRun()
    run.coldStart("orders-1", at: 0, [("BootGuest", "", 100)])
    run.add("invocation-started", at: 500, environment: "orders-1", elapsed: 2)
    run.add("invocation-finished", at: 510, environment: "orders-1", elapsed: 12)
    let result = run.result(.hyperplane)
    #expect(result.coldStarts.count == 1)
    #expect(result.invocations.all == 2)
    #expect(result.invocations.finished == 2)
  }

  @Test func `An environment that ends and is started again has another cold start`() {
    var run = HandMadeRun()
    run.coldStart("orders-1", at: 0, [("BootGuest", "", 100)])
    run.add("control", at: 5_000, act: "RetireEnvironment", environment: "orders-1")
    run.coldStart("orders-1", at: 9_000, [("BootGuest", "", 130)])
    let result = run.result(.hyperplane)
    #expect(result.coldStarts.map { $0.duration / Self.millisecond } == [100, 130])
    #expect(result.mostEnvironments == 1)
    #expect(result.mostReady == 1)
    #expect(result.steps.map(\.times.count) == [2])
  }

  @Test func `Steps keep their order, also those that only some cold starts have`() {
    var run = HandMadeRun()
    run.coldStart("orders-1", at: 0, [("A", "", 1), ("D", "", 1)])
    run.coldStart("orders-2", at: 10, [("A", "", 1), ("B", "", 2), ("C", "", 3), ("D", "", 1)])
    let result = run.result(.hyperplane)
    #expect(result.steps.map(\.act) == ["A", "B", "C", "D"])
    #expect(result.steps.map(\.times.count) == [2, 1, 1, 2])
    #expect(result.steps.map(\.kind) == [.other, .other, .other, .other])
  }

  @Test func `Steps of several eras are put together`() {
    func era(_ networking: Scenario.Networking, _ acts: [String]) -> EraResult {
      var run = HandMadeRun()
      run.coldStart("orders-1", at: 0, acts.map { ($0, "", 1) })
      return run.result(networking)
    }
    let comparison = Comparison(
      scenario: "s", title: "t", seed: 1,
      eras: [
        era(.perEnvironment, ["Boot", "Own", "Init"]),
        era(.hyperplane, ["Boot", "Tunnel", "DHCP", "Init"]),
        era(.hyperplaneEBPF, ["Boot", "Map", "Init"]),
      ], checks: [], settings: [])
    #expect(comparison.acts == ["Boot", "Own", "Tunnel", "DHCP", "Map", "Init"])
  }

  @Test func `What fails before its environment is ready is counted once`() {
    var run = HandMadeRun()
    run.add("control", at: 0, act: "PlaceEnvironment", environment: "orders-1", duration: 20)
    run.add(
      "invocation-failed", at: 20, environment: "orders-1", detail: "private-a is full",
      elapsed: 20)
    run.add("invocation-failed", at: 30, detail: "private-a is full")
    run.coldStart("orders-2", at: 40, [("BootGuest", "", 100)])
    run.add("invocation-started", at: 200, environment: "orders-2")
    run.add("invocation-failed", at: 210, environment: "orders-2", detail: "timed out", elapsed: 10)
    run.add("invocation-throttled", at: 220, detail: "TooManyRequestsException")
    run.add("invocation-refused", at: 230, detail: "the function is Pending")
    let result = run.result(.perEnvironment)
    #expect(result.invocations.all == 6)
    #expect(result.invocations.finished == 1)
    #expect(result.invocations.failed == 3)
    #expect(result.invocations.throttled == 1)
    #expect(result.invocations.refused == 1)
    #expect(result.coldStarts.count == 1)
    #expect(result.mostReady == 1)
    #expect(
      result.failures.map(\.reason) == [
        "private-a is full", "TooManyRequestsException", "the function is Pending", "timed out",
      ])
    #expect(result.failures.map(\.count) == [2, 1, 1, 1])
    #expect(result.arrivals.map { $0 / Self.millisecond } == [0, 30, 40, 200, 220, 230])
  }

  @Test func `Addresses are in use from making to deleting`() {
    var run = HandMadeRun()
    run.add("control", at: 0, act: "NetworkInterfaceInUse", resource: "eni-0")
    run.coldStart("orders-1", at: 10, [("CreateAndAttachNetworkInterface", "eni-1", 100)])
    run.coldStart("orders-2", at: 10, [("CreateAndAttachNetworkInterface", "eni-2", 100)])
    run.add("control", at: 500, act: "CreateNetworkInterface", resource: "eni-3", duration: 60)
    run.add("control", at: 560, act: "NetworkInterfaceInUse", resource: "eni-3")
    run.add("control", at: 700, act: "DeleteNetworkInterface", resource: "eni-1")
    run.add("control", at: 800, act: "DeleteNetworkInterface", resource: "eni-9")
    let use = run.result(.perEnvironment).interfaces
    #expect(use.earlier == 1)
    #expect(use.made == 3)
    #expect(use.madeOnInvoke == 2)
    #expect(use.mostAddresses == 4)
    #expect(use.addresses.map { $0.time / Self.millisecond } == [0, 10, 500, 700])
    #expect(use.addresses.map(\.count) == [1, 3, 4, 3])
    #expect(use.addresses(at: 499 * Self.millisecond) == 3)
    #expect(use.addresses(at: -1) == 0)
  }

  @Test func `What EC2 says of interfaces counts as well, and nothing twice`() {
    var run = HandMadeRun()
    func status(_ status: String, of identifier: String, at time: Int64) {
      run.add("network-interface", at: time, identifier: identifier, status: status)
    }
    status("in-use", of: "eni-0", at: 0)
    run.add("control", at: 0, act: "NetworkInterfaceInUse", resource: "eni-0")
    run.add(
      "control", at: 10, act: "CreateNetworkInterface", environment: "orders-1",
      resource: "eni-1", duration: 500)
    for (time, state) in [
      (20, "pending"), (510, "available"), (511, "attaching"), (900, "in-use"),
      (2_000, "detaching"), (2_100, "available"), (2_200, "gone"),
    ] as [(Int64, String)] { status(state, of: "eni-1", at: time) }
    run.add("control", at: 2_300, act: "DeleteNetworkInterface", resource: "eni-1")
    status("pending", of: "eni-2", at: 3_000)
    let use = run.result(.perEnvironment).interfaces
    #expect(use.earlier == 1)
    #expect(use.made == 2)
    #expect(use.madeOnInvoke == 1)
    #expect(use.addresses.map { $0.time / Self.millisecond } == [0, 10, 2_200, 3_000])
    #expect(use.addresses.map(\.count) == [1, 2, 1, 2])
  }

  @Test func `Translations of a shared interface are counted, those in slots are not`() {
    var run = HandMadeRun()
    for (time, event, translator) in [
      (1, "translation-made", "orders-1/host"), (2, "translation-made", "eni-0"),
      (3, "translation-made", "eni-0"), (4, "translation-ended", "eni-0"),
      (5, "translation-made", "eni-1"), (6, "translation-made", "eni-0"),
    ] as [(Int64, String, String)] {
      run.add(event, at: time, translator: translator)
    }
    #expect(run.result(.hyperplane).mostTranslations == 2)
  }

  @Test(
    arguments: [
      ([5], 5, 5, 5), ([1, 2], 1, 2, 2), ([3, 1, 2], 2, 3, 3), (Array(1...10), 5, 9, 10),
      (Array(1...100), 50, 90, 99), (Array(1...101), 51, 91, 100),
    ] as [([Int64], Int64, Int64, Int64)])
  func `Percentiles are samples`(
    samples: [Int64], median: Int64, percentile90: Int64, percentile99: Int64
  ) throws {
    let summary = try #require(SampleSummary(samples))
    #expect(summary.median == median)
    #expect(summary.percentile90 == percentile90)
    #expect(summary.percentile99 == percentile99)
    #expect(summary.minimum == samples.min())
    #expect(summary.maximum == samples.max())
    #expect(SampleSummary([]) == nil)
  }

  @Test func `Any one second counts, not only whole ones`() {
    let second: Int64 = 1_000_000_000
    let times = [0, second - 1, second, second + 1, 3 * second].map { $0 + 17 }
    #expect(PathReader.mostWithinOneSecond(times) == 3)
    #expect(PathReader.mostWithinOneSecond([]) == 0)
    #expect(PathReader.mostWithinOneSecond([4, 4, 4]) == 3)
  }

  @Test func `Of many environments some are measured, evenly spread`() {
    let names = (0..<10).map(String.init)
    #expect(ComparisonRun.spread(names, limit: 10) == names)
    #expect(ComparisonRun.spread(names, limit: 4) == ["0", "2", "5", "7"])
  }

  @Test(
    arguments: [
      ("BootGuest", "boot the guest", .machine),
      ("EnterTunnelMap", "enter the tunnel map", .network),
      ("WarmSomethingUp", "warm something up", .other), ("", "", .other), ("Wait", "wait", .wait),
    ] as [(String, String, StartupStep.Kind)])
  func `Steps have names in words`(act: String, label: String, kind: StartupStep.Kind) {
    #expect(StartupStep.label(of: act) == label)
    #expect(StartupStep.kind(of: act) == kind)
  }
}
