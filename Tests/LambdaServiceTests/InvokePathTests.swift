import LambdawireModel
import LambdawireTesting
import Testing

/// The steps of an invocation, and environments that come and go.
@Suite struct InvokePathTests {
  private func steps(
    _ overrides: String..., era: Scenario.Networking = .hyperplaneEBPF
  ) throws -> [LoggedEvent] {
    try SmallScenario.run(overrides, era: era).events("control").filter { $0.environment != nil }
  }

  @Test(
    arguments: [
      (.perEnvironment, ["CreateNetworkInterface", "AttachNetworkInterface"]),
      (.hyperplane, ["CreateGeneveDevice", "ConfigureGuestNetwork"]),
      (.hyperplaneEBPF, ["EnterTunnelMap"]),
    ] as [(Scenario.Networking, [String])])
  func `A cold start is written down step by step, each where the one before ended`(
    era: Scenario.Networking, network: [String]
  ) throws {
    let steps = try steps("functions.orders.init=uniform 5 ms to 20 ms", era: era)
      .filter { $0.act != "ReclaimEnvironment" }
    #expect(
      steps.compactMap(\.act) == [
        "AdmitInvocation", "AssignEnvironment", "PlaceEnvironment", "StartVirtualMachine",
        "BootGuest",
      ] + network + ["InitializeRuntime", "InitializeFunction"])
    for (step, next) in zip(steps, steps.dropFirst()) {
      #expect(step.time_ns + (step.duration_ns ?? 0) == next.time_ns)
    }
    #expect((5_000_000...20_000_000).contains(steps.last?.duration_ns ?? 0))
  }

  @Test func `Memory stretches initialisation where the vCPU is shared`() throws {
    let whole = try steps("functions.orders.init=100 ms")
    #expect(whole.last?.duration_ns == 100_000_000)
    // 128 MB by default, of 1,769 MB for a vCPU.
    let share = try steps("functions.orders.init=100 ms", "functions.orders.init-cpu=share")
    #expect(share.last?.duration_ns == 1_382_031_250)
    let large = try steps(
      "functions.orders.init=100 ms", "functions.orders.init-cpu=share",
      "functions.orders.memory=3008 MB")
    #expect(large.last?.duration_ns == 100_000_000)
  }

  @Test func `A microVM that was booted beforehand saves its boot, and is replaced`() throws {
    let run = try SmallScenario.run(
      "settings={ booted-pool: 1 }", "traffic.0.arrivals=2 at once", era: .hyperplane)
    let acts = try run.events("control")
    #expect(acts.count { $0.act == "TakeBootedMachine" } == 1)
    #expect(acts.count { $0.act == "BootGuest" } == 1)
    let starts = try run.events("invocation-started").compactMap(\.elapsed_ns)
    #expect(starts == [422_000_000, 559_000_000])
    // 137 ms after it was taken, another one is ready.
    let later = try SmallScenario.run(
      "settings={ booted-pool: 1 }", "traffic.0.arrivals=every 200 ms", "traffic.0.count=2",
      "traffic.0.do=[{ wait: 1 s }]", era: .hyperplane)
    #expect(try later.events("control").count { $0.act == "TakeBootedMachine" } == 2)
  }

  @Test func `Without a pause the environment that worked last works again`() throws {
    let run = try SmallScenario.run(
      "functions.orders.environments=3",
      "traffic=[{ invoke: orders, arrivals: 3 at once, do: [{ wait: 1 ms }] }, "
        + "{ invoke: orders, arrivals: every 1 s, from: 2 s, count: 5, do: [{ wait: 1 ms }] }]")
    let later = try run.events("invocation-started").dropFirst(3).compactMap(\.environment)
    #expect(later.count == 5)
    #expect(Set(later).count == 1)
  }

  @Test func `An environment that nobody needs is reclaimed, and another starts in its place`()
    throws
  {
    let run = try SmallScenario.run(
      "settings={ environment-idle: 60 s }", "traffic.0.arrivals=every 100 s", "traffic.0.count=3")
    #expect(run.summary.invocations.coldStarts == 3)
    #expect(run.summary.invocations.finished == 3)
    let reclaimed = try run.events("control").filter { $0.act == "ReclaimEnvironment" }
    let finished = try run.events("invocation-finished")
    #expect(
      reclaimed.map(\.time_ns) == finished.prefix(2).map { $0.time_ns + 60_000_000_000 })
    // The place that was left longest ago is taken first.
    #expect(finished.compactMap(\.environment) == ["orders-1", "orders-2", "orders-1"])
    expectNoDrops(in: run)
    expectVerified(in: run)
  }

  @Test func `An environment is ended after some hours, between invocations`() throws {
    let run = try SmallScenario.run(
      "settings={ environment-life: 90 s }", "functions.orders.environments=1",
      "traffic.0.arrivals=every 40 s", "traffic.0.count=6")
    // Invocations at 1, 41, 81 s; the fourth, at 121 s, finds one whose time is up.
    #expect(run.summary.invocations.coldStarts == 2)
    let retired = try run.events("control").filter { $0.act == "RetireEnvironment" }
    #expect(retired.map(\.time_ns) == [121_000_000_000])
    #expect(run.summary.invocations.finished == 6)
  }

  @Test func `An environment at work when its time is up ends with its invocation`() throws {
    let run = try SmallScenario.run(
      "settings={ environment-life: 10 s }", "traffic.0.do=[{ wait: 60 s }]")
    let retired = try run.events("control").first { $0.act == "RetireEnvironment" }
    let finished = try run.events("invocation-finished").first
    #expect(retired?.time_ns == finished?.time_ns)
    #expect(finished != nil)
  }

  @Test func `Beyond a thousand environments at once a function waits for its allowance`() throws {
    let run = try SmallScenario.run(
      "settings={ scaling-burst: 10, scaling-interval: 10 s, account-concurrency: 500 }",
      "functions.orders.environments=60",
      "traffic.0={ invoke: orders, arrivals: every 100 ms, count: 100, do: [{ wait: 15 s }] }")
    let throttled = try run.events("invocation-throttled")
    #expect(
      throttled.allSatisfy { $0.detail == "TooManyRequestsException: the function scales too fast" }
    )
    // Ten at once, and one more a second: in 9.9 s nine, and each of those 100 was tried once.
    #expect(run.summary.invocations.coldStarts == 19)
    #expect(throttled.count == 81)
  }

  @Test func `An account's concurrency is shared by the functions of its VPC`() throws {
    let run = try SmallScenario.run(
      "settings={ account-concurrency: 3 }", "functions.orders.environments=5",
      "traffic.0.arrivals=5 at once")
    #expect(run.summary.invocations.finished == 3)
    let throttled = try run.events("invocation-throttled").compactMap(\.detail)
    #expect(
      throttled
        == Array(
          repeating: "TooManyRequestsException: ConcurrentInvocationLimitExceeded", count: 2))
  }

  @Test func `Reserved concurrency of zero stops a function`() throws {
    let run = try SmallScenario.run("functions.orders.reserved-concurrency=0")
    #expect(run.summary.invocations.throttled == 1)
    #expect(
      try run.events("invocation-throttled").first?.detail
        == "TooManyRequestsException: ReservedFunctionConcurrentInvocationLimitExceeded")
  }

  @Test func `An invocation that takes too long is given up with its environment`() throws {
    let run = try SmallScenario.run(
      "functions.orders.timeout=3 s", "functions.orders.environments=1",
      "traffic.0={ invoke: orders, arrivals: every 10 s, count: 2, do: [{ wait: 5 s }, { send: sink }] }"
    )
    let failed = try run.events("invocation-failed")
    #expect(
      failed.compactMap(\.detail)
        == Array(repeating: "Sandbox.Timedout: the task timed out after 3.0 seconds", count: 2))
    let started = try run.events("invocation-started")
    #expect(zip(started, failed).allSatisfy { $1.time_ns - $0.time_ns == 3_000_000_000 })
    #expect(run.summary.invocations.coldStarts == 2)
    // Nothing that the first of them would have sent later is sent.
    #expect(run.summary.packetCount == 0)
  }

  @Test func `In time, a timeout changes nothing`() throws {
    let run = try SmallScenario.run(
      "functions.orders.timeout=3 s", "traffic.0.arrivals=every 1 s", "traffic.0.count=20",
      "traffic.0.do=[{ wait: 200 ms }]")
    #expect(run.summary.invocations.finished == 20)
    #expect(run.summary.invocations.coldStarts == 1)
  }

  @Test func `The first packet of a flow waits for the rules of every slot in use`() throws {
    // What the only environment of a worker waits, and what forty wait: each adds its rules.
    func firstAnswer(_ count: Int) throws -> Int64 {
      let run = try SmallScenario.run(
        "settings={ legacy-slot-cost: 100 us, latency-jitter: 0 % }",
        "functions.orders.environments=40", "traffic.0.arrivals=\(count) at once",
        "traffic.0.do=[{ resolve: sink }]", era: .hyperplane)
      let started = try #require(try run.events("invocation-started").first)
      let finished = try #require(try run.events("invocation-finished").first)
      return finished.time_ns - started.time_ns
    }
    let alone = try firstAnswer(1)
    let crowded = try firstAnswer(40)
    #expect(crowded - alone == 39 * 100_000)
  }
}
