import CaptureInspection
import LambdawireModel
import LambdawireTesting
import SimulatedTime
import Testing

/// Connections that are silent for longer than Hyperplane remembers them.
@Suite struct IdleConnectionTests {
  /// A function that queries over a pooled connection, freezes, and queries again `seconds` later.
  private func frozen(
    _ seconds: Int, era: Scenario.Networking = .hyperplane, _ more: String...
  ) throws -> LambdawireRun {
    try SmallScenario.run(
      [
        "vpcs.shop.hosts.sink.serves=postgresql", "functions.orders.idle=frozen",
        """
        traffic=[{ invoke: orders, arrivals: every \(seconds) s, count: 2, from: 1 s, \
        do: [{ query: sink, connection: pooled }] }]
        """,
      ] + more, era: era)
  }

  @Test(arguments: [Scenario.Networking.hyperplane, .hyperplaneEBPF])
  func `An environment frozen for 351 s finds its connection gone`(
    era: Scenario.Networking
  ) throws {
    // The last packet is 0.5 s after the first invocation came, so 352 is 351 and a bit.
    let run = try frozen(352, era: era)
    #expect(run.summary.invocations.finished == 1)
    #expect(run.summary.invocations.failures == [.init(reason: "connection reset", count: 1)])
    let acts = try run.events("control").map(\.act)
    #expect(acts.suffix(2) == ["ThawEnvironment", "FreezeEnvironment"])
    #expect(acts.contains("FreezeEnvironment"))
    let ended = try run.events("translation-ended").filter { $0.reason == "idle" }
    #expect(!ended.isEmpty)
    let records = try CommentedRecord.all(in: run)
    #expect(records.count { $0.comment == "RST from Hyperplane: no translation" } == 1)
    // The database side never hears: after the first query nothing reaches it.
    let thaw = try #require(
      try run.events("control").last { $0.act == "ThawEnvironment" }
    ).time_ns
    let start = try #require(records.first).time - 1_000_000_000
    #expect(!records.contains { $0.point == "destination" && $0.time - start > thaw })
    expectVerified(in: run)
  }

  @Test func `An environment frozen for less goes on with its connection`() throws {
    let run = try frozen(340)
    #expect(run.summary.invocations.finished == 2)
    expectNoDrops(in: run)
    // One connection: one SYN at the database.
    let flows = run.traffic.analysis.flows.filter { $0.point == "destination" }
    #expect(flows.count == 1)
    expectVerified(in: run)
  }

  @Test func `Nothing leaves a frozen environment`() throws {
    let run = try frozen(340)
    let freeze = try #require(
      try run.events("control").first { $0.act == "FreezeEnvironment" }
    ).time_ns
    let thaw = try #require(
      try run.events("control").first { $0.act == "ThawEnvironment" }
    ).time_ns
    #expect(thaw - freeze > 339_000_000_000)
    let records = try CommentedRecord.all(in: run).filter { $0.point == "guest" }
    let epoch = try Scenario(yaml: SmallScenario.text).start.nanosecondsSince1970
    #expect(!records.contains { (freeze + 1..<thaw).contains($0.time - epoch) })
  }

  @Test func `Keep-alives every 340 s keep a connection, and none do not`() throws {
    func waiting(_ keepAlive: String) throws -> LambdawireRun {
      let query = "{ query: sink, connection: pooled\(keepAlive) }"
      return try SmallScenario.run([
        "vpcs.shop.hosts.sink.serves=postgresql",
        "traffic=[{ invoke: orders, from: 1 s, do: [\(query), { wait: 800 s }, \(query)] }]",
      ])
    }
    let alive = try waiting(", keep-alive: 340 s")
    #expect(alive.summary.invocations.finished == 1)
    expectNoDrops(in: alive)
    expectVerified(in: alive)
    #expect(
      try waiting("").summary.invocations.failures == [
        .init(reason: "connection reset", count: 1)
      ])
    // Ten seconds too late is too late: the probe gets the reset, and the query connects anew.
    let late = try waiting(", keep-alive: 360 s")
    #expect(try late.events("drop").map(\.code) == ["NAT_NO_TRANSLATION"])
    #expect(late.summary.invocations.finished == 1)
    #expect(late.traffic.analysis.flows.count { $0.point == "destination" } == 2)
  }

  @Test func `After the reset the pool is empty and the next query connects anew`() throws {
    let run = try SmallScenario.run([
      "vpcs.shop.hosts.sink.serves=postgresql", "functions.orders.idle=frozen",
      """
      traffic=[{ invoke: orders, arrivals: every 352 s, count: 2, from: 1 s, \
      do: [{ query: sink, connection: pooled }] }, \
      { invoke: orders, from: 400 s, do: [{ query: sink, connection: pooled }] }]
      """,
    ])
    #expect(run.summary.invocations.finished == 2)
    #expect(run.summary.invocations.failed == 1)
  }
}
