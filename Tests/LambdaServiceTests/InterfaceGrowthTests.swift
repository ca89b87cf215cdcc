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
    // EC2 has it from the order on.
    let second = try #require(acts[0].resource)
    #expect(try run.interfaceStatuses(at: "1 s").count == 1)
    #expect(try run.interfaceStatuses(at: "10 s")[second] == "attaching")
    #expect(try run.interfaceStatuses()[second] == "in-use")
    let calls = try run.events("cloudtrail").filter { $0.name == "CreateNetworkInterface" }
    #expect(calls.map(\.time_ns) == [acts[0].time_ns])
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

  @Test(arguments: ["eni-quota", "region-eni-quota"])
  func `A quota that is used up lets nothing grow, and packets go on to be dropped`(
    _ quota: String
  ) throws {
    // One for the shared interface, and in the Region one for the host too.
    let run = try run("settings.\(quota)=\(quota == "eni-quota" ? 1 : 2)")
    let acts = try run.events("control").filter { $0.reason?.isEmpty == false }
    #expect(acts.map(\.act) == ["CreateNetworkInterface", "CreateNetworkInterfaceRefused"])
    #expect(acts[1].reason?.hasPrefix("ENILimitReachedException: ") == true)
    #expect(run.summary.invocations.failed == 4)
    let drops = try run.events("drop")
    #expect(!drops.isEmpty && drops.allSatisfy { $0.code == "NAT_PORTS_EXHAUSTED" })
    #expect(try run.interfaceStatuses().count == 1)
    #expect(try run.summaryText().contains("CreateNetworkInterfaceRefused"))
  }

  @Test func `A subnet that has no address left lets nothing grow`() throws {
    // Eleven addresses: one for the shared interface, ten for hosts.
    let hosts = (1...10).map {
      "vpcs.shop.hosts.h\($0)={ subnet: private-a, address: 10.0.1.\($0 + 4), "
        + "security-groups: [database] }"
    }
    let run = try SmallScenario.run(Self.overrides + hosts)
    let acts = try run.events("control").filter { $0.reason?.isEmpty == false }
    #expect(acts.map(\.act) == ["CreateNetworkInterface", "CreateNetworkInterfaceRefused"])
    #expect(acts[1].reason?.hasPrefix("SubnetIPAddressLimitReachedException: ") == true)
    #expect(run.summary.invocations.failed == 4)
  }

  @Test func `A group that had grown begins anew with one interface when it is used again`() throws
  {
    let run = try run(
      "vpcs.shop.subnets.private-b={ cidr: 10.0.3.0/28, zone: use1-az1 }",
      "settings.eni-deletion-delay=10 s", "settings.eni-creation-median=30 s",
      "settings.eni-creation-spread=0 %", "settings.eni-growth-delay=5 s",
      """
      events=[{ at: 30 s, update: orders, subnets: [private-b] }, \
      { at: 200 s, update: orders, subnets: [private-a] }]
      """,
      """
      traffic=[{ invoke: orders, arrivals: 8 at once, from: 1 s, \
      do: [{ send: sink, protocol: tcp }] }, \
      { invoke: orders, arrivals: 6 at once, from: 400 s, \
      do: [{ send: sink, protocol: tcp }] }]
      """)
    #expect(run.summary.invocations.finished == 14)
    #expect(try run.interfaceStatuses(at: "29 s").count == 2)
    // The one that was added has gone with the first.
    #expect(try run.interfaceStatuses(at: "199 s").count == 1)
    let last = try run.interfaceStatuses(at: "399 s")
    #expect(last.count == 1)
    // What it sends from then on leaves by that one.
    let late = try run.events("translation-made").filter {
      $0.time_ns > 400_000_000_000 && $0.translator?.hasPrefix("eni-") == true
    }
    #expect(!late.isEmpty)
    #expect(Set(late.compactMap(\.translator)) == Set(last.keys))
    expectNoDrops(in: run)
    expectVerified(in: run)
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
