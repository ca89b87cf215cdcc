import LambdawireModel
import LambdawireTesting
import Testing

@Suite struct FunctionFrontendTests {
  /// Frontend, assignment, placement, virtual machine, boot and runtime: 1.5 + 0.5 + 20 + 12 + 125 +
  /// 100 ms by default.
  private let boot: Int64 = 259_000_000

  @Test(
    arguments: [(.hyperplane, 300_000_000), (.hyperplaneEBPF, 200_000)]
      as [(Scenario.Networking, Int64)])
  func `A cold start behind Hyperplane takes what its parts take`(
    era: Scenario.Networking, network: Int64
  ) throws {
    let run = try SmallScenario.run(era: era)
    let started = try run.events("invocation-started")
    #expect(started.map(\.elapsed_ns) == [boot + network])
    let parts = try run.events("control").compactMap(\.duration_ns)
    #expect(parts.reduce(0, +) == boot + network)
  }

  @Test(arguments: 1...5)
  func `A cold start with an interface of its own waits for it for seconds`(seed: Int) throws {
    let run = try SmallScenario.run(era: .perEnvironment, seed: seed)
    let elapsed = try #require(try run.events("invocation-started").first?.elapsed_ns)
    // Observed: 3 to 15 s for the interface (lambda-vpc §2).
    #expect((3_000_000_000 + boot...15_000_000_000 + boot).contains(elapsed))
  }

  @Test func `A warm environment is found in two milliseconds`() throws {
    let run = try SmallScenario.run("traffic.0.arrivals=every 10 s", "traffic.0.count=3")
    #expect(
      try run.events("invocation-started").map(\.elapsed_ns) == [559_000_000, 2_000_000, 2_000_000])
    #expect(run.summary.invocations.coldStarts == 1)
    #expect(run.summary.invocations.finished == 3)
  }

  @Test func `Invocations are throttled when no environment is free`() throws {
    let run = try SmallScenario.run("traffic.0.arrivals=5 at once")
    #expect(run.summary.invocations.finished == 2)
    #expect(run.summary.invocations.throttled == 3)
    let throttled = try run.events("invocation-throttled")
    #expect(throttled.count == 3)
    #expect(throttled.allSatisfy { $0.detail?.hasPrefix("TooManyRequestsException") == true })
  }

  @Test func `A function is Pending until its interface exists, and refuses meanwhile`() throws {
    let run = try SmallScenario.run(
      "functions.orders.created=500ms", "traffic.0.arrivals=every 10 s", "traffic.0.count=70")
    let acts = try run.events("control")
    let created = try #require(acts.first { $0.act == "CreateFunction" })
    let interface = try #require(acts.first { $0.act == "CreateNetworkInterface" })
    let inUse = try #require(acts.first { $0.act == "NetworkInterfaceInUse" })
    let active = try #require(acts.first { $0.act == "FunctionActive" })
    #expect(created.time_ns == 500_000_000)
    #expect(interface.time_ns == created.time_ns)
    #expect(interface.resource?.hasPrefix("eni-") == true)
    #expect(inUse.resource == interface.resource)
    #expect(active.time_ns == inUse.time_ns)
    // no faster than 30 s, no slower than ten minutes.
    #expect((30_000_000_000...600_000_000_000).contains(inUse.time_ns - interface.time_ns))
    let refused = try run.events("invocation-refused")
    #expect(!refused.isEmpty)
    #expect(refused.allSatisfy { $0.time_ns < active.time_ns })
    #expect(
      refused.dropFirst().allSatisfy {
        $0.http_status == 409 && $0.detail?.hasSuffix("Pending") == true
      })
    // The invocations before it is created find nothing.
    #expect(refused.first?.http_status == 409)
    let started = try run.events("invocation-started")
    #expect(!started.isEmpty)
    #expect(started.allSatisfy { $0.time_ns >= active.time_ns })
    #expect(refused.count + started.count == 70)
  }

  @Test func `A function without Hyperplane is never Pending`() throws {
    let run = try SmallScenario.run("functions.orders.created=500ms", era: .perEnvironment)
    let active = try #require(try run.events("control").first { $0.act == "FunctionActive" })
    #expect(active.time_ns == 500_000_000)
    #expect(run.summary.invocations.finished == 1)
  }

  @Test func `A full subnet is an error of those environments that came too late`() throws {
    // A /28 has 16 addresses, of which AWS keeps five.
    let run = try SmallScenario.run(
      "functions.orders.environments=14", "traffic.0.arrivals=13 at once", era: .perEnvironment)
    #expect(run.summary.invocations.finished == 11)
    let failed = try run.events("invocation-failed")
    #expect(failed.count == 2)
    #expect(
      failed.allSatisfy {
        $0.http_status == 502
          && $0.detail?.hasPrefix("SubnetIPAddressLimitReachedException: ") == true
      })
  }

  @Test func `What failed says why, in words`() throws {
    let run = try SmallScenario.run(
      "traffic.0.arrivals=2 at once", "traffic.0.do.0={ query: sink }")
    let details = try run.events("invocation-failed").map(\.detail)
    #expect(details == ["connection refused", "connection refused"])
    #expect(try run.summaryText().contains("\n  2 failed: connection refused\n"))
  }

  @Test func `Behind Hyperplane a small subnet is enough for many environments`() throws {
    let run = try SmallScenario.run(
      "functions.orders.environments=40", "traffic.0.arrivals=40 at once")
    #expect(run.summary.invocations.finished == 40)
    #expect(Set(try run.events("control").compactMap(\.resource)).count == 1)
    expectNoDrops(in: run)
    expectVerified(in: run)
  }
}
