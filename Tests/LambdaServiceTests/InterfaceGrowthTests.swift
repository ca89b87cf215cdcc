import CaptureInspection
import LambdawireModel
import LambdawireTesting
import Testing

/// Shared interfaces that run out of ports.
@Suite struct InterfaceGrowthTests {
  /// Ten ports, of which a burst takes eight at 1 s, and a second one two and four more at 3 s.
  private static let overrides = [
    "vpcs.shop.hosts.sink.serves=tcp-sink", "functions.orders.environments=8",
    "settings.nat-first-port=2000", "settings.nat-last-port=2009",
    """
    traffic=[{ invoke: orders, arrivals: 8 at once, from: 1 s, \
    do: [{ send: sink, protocol: tcp }] }, \
    { invoke: orders, arrivals: 6 at once, from: 3 s, do: [{ send: sink, protocol: tcp }] }]
    """,
  ]

  private func run(_ more: String...) throws -> LambdawireRun {
    try SmallScenario.run(Self.overrides + more)
  }

  @Test func `Another interface is there a minute after the threshold, and takes new flows`() throws
  {
    let run = try run()
    let acts = try run.events("control").filter { $0.reason?.isEmpty == false }
    #expect(acts.map(\.act) == ["CreateNetworkInterface", "NetworkInterfaceInUse"])
    #expect(acts[0].reason?.hasPrefix("8 of 10 TCP ports of eni-") == true)
    #expect(acts[1].time_ns - acts[0].time_ns == 60_000_000_000)
    #expect(acts[0].resource == acts[1].resource)
    let drops = try run.events("drop")
    #expect(!drops.isEmpty)
    #expect(drops.allSatisfy { $0.code == "NAT_PORTS_EXHAUSTED" && $0.place == "hyperplane-in" })
    // No answer of any kind comes to what is dropped.
    let refused = try CommentedRecord.all(in: run).filter {
      $0.comment.hasPrefix("RST") || $0.comment.hasPrefix("ICMP")
    }
    #expect(refused.isEmpty)
    let outside = run.traffic.analysis.translations
      .filter { $0.crossing.outer == "hyperplane-out" }
    #expect(outside.count(where: { "\($0.outside.address)" == "10.0.1.4" }) == 10)
    #expect(outside.contains { "\($0.outside.address)" == "10.0.1.5" })
    #expect(outside.allSatisfy { (2000...2009).contains($0.outside.port) })
    #expect(try run.summaryText().contains("shared ENIs     2"))
    expectVerified(in: run)
  }

  @Test func `Growth that keeps up helps those that the hash sends to the new interface`() throws {
    let run = try run("settings.eni-growth-delay=500 ms")
    // They never have to wait; the others never get a port.
    #expect((1...3).contains(run.summary.invocations.failed))
    let late = try run.events("invocation-finished").filter { ($0.elapsed_ns ?? 0) > 900_000_000 }
    #expect(late.isEmpty)
    expectVerified(in: run)
  }

  @Test func `Ports that do not rest are soon free again`() throws {
    let run = try run("settings.nat-port-hold=1 s")
    #expect(run.summary.invocations.finished == 14)
    expectVerified(in: run)
  }

  @Test func `A group that may not grow says so, once`() throws {
    let run = try run("settings.eni-limit=1")
    let acts = try run.events("control").filter { $0.reason?.isEmpty == false }
    #expect(acts.map(\.act) == ["NetworkInterfaceLimitReached"])
    #expect(run.summary.invocations.failed == 4)
  }

  @Test func `A flow keeps its interface when its environment is given another`() throws {
    // Every environment has a connection from before and one from after.
    let run = try SmallScenario.run([
      "vpcs.shop.hosts.sink.serves=tcp-sink", "functions.orders.environments=8",
      "settings.nat-first-port=2000", "settings.nat-last-port=2029",
      "settings.eni-growth-threshold=20 %", "settings.eni-growth-delay=2 s",
      """
      traffic=[{ invoke: orders, arrivals: 8 at once, from: 1 s, do: [\
      { send: sink, protocol: tcp, packets: 10, every: 1 s }, \
      { send: sink, protocol: tcp, packets: 5, every: 1 s }] }]
      """,
    ])
    #expect(run.summary.invocations.finished == 8)
    expectNoDrops(in: run)
    let outside = run.traffic.analysis.translations
      .filter { $0.crossing.outer == "hyperplane-out" }
    // One translation for each connection: none changed its interface half way.
    #expect(outside.count == 16)
    #expect(Set(outside.map { "\($0.outside.address)" }) == ["10.0.1.4", "10.0.1.5"])
    expectVerified(in: run)
  }

  @Test func `A run that cannot come near the threshold plans no second interface`() throws {
    let run = try SmallScenario.run()
    let layout = try CommentedRecord.all(in: run)
    #expect(!layout.isEmpty)
    #expect(run.summary.interfaceChanges.isEmpty)
    #expect(try !run.summaryText().contains("shared ENIs"))
  }
}
