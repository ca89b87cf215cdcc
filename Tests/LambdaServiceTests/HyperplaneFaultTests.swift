import CaptureInspection
import LambdawireModel
import LambdawireTesting
import Testing

/// What breaks in Hyperplane, as captures, events and summary show it.
@Suite struct HyperplaneFaultTests {
  /// Two environments with three connections each, on which they write for 20 s.
  private func overrides(_ events: String, from: Int = 1, then more: [String]) -> [String] {
    let paced = "{ send: sink, protocol: tcp, flows: 3, packets: 20, every: 1 s }"
    let traffic =
      ["{ invoke: orders, arrivals: 2 at once, from: \(from) s, do: [\(paced)] }"] + more
    return [
      "vpcs.shop.hosts.sink.serves=tcp-sink", "traffic=[\(traffic.joined(separator: ", "))]",
      "events=[\(events)]",
    ]
  }

  /// Runs those and `more` entries of traffic.
  private func run(
    _ events: String, _ settings: String..., from: Int = 1, then more: [String] = [],
    era: Scenario.Networking = .hyperplane
  ) throws -> LambdawireRun {
    try SmallScenario.run(overrides(events, from: from, then: more) + settings, era: era)
  }

  /// An invocation that sends a single message over TCP.
  private func message(at time: String) -> String {
    "{ invoke: orders, from: \(time), do: [{ send: sink, protocol: tcp }] }"
  }

  /// Records whose comment begins with `words`.
  private func comments(_ words: String, in run: LambdawireRun) throws -> [CommentedRecord] {
    try CommentedRecord.all(in: run).filter { $0.comment.hasPrefix(words) }
  }

  @Test(arguments: [Scenario.Networking.hyperplane, .hyperplaneEBPF])
  func `When a Top dies its flows go on through others, with one look-up each way`(
    era: Scenario.Networking
  ) throws {
    // One after the other, all of the hand but the last.
    let events = (1...4).map { "{ at: \(2 + $0) s, fail: hyperplane-top/\($0), of: shop }" }
    let run = try run(
      events.joined(separator: ", "), "settings.hyperplane-detection=1 ns", era: era)
    #expect(run.summary.invocations.finished == 2)
    expectNoDrops(in: run)
    expectVerified(in: run)
    let lookups = try comments("LOOKUP by hyperplane-top/", in: run)
    #expect(!lookups.isEmpty)
    // Each direction of each connection asks once for each Top that it loses.
    #expect(lookups.count <= 12 * 4)
    let outbound = try #require(lookups.first { $0.point == "hyperplane-in" })
    let waited =
      try #require(
        try CommentedRecord.all(in: run).first {
          $0.packetID == outbound.packetID && $0.point == "hyperplane-out"
        }
      ).time - outbound.time
    // 30 µs and 250 µs (A-16).
    #expect(waited == 280_000)
    let faults = try run.events("fault")
    #expect(faults.map(\.act) == Array(repeating: ["fail", "notice"], count: 4).flatMap(\.self))
    #expect(try run.summaryText().contains("3 s: fail hyperplane-top/"))
  }

  @Test func `Packets to a Top that is dead and not yet noticed are lost, and sent again`() throws {
    let events = (1...5).map { "{ at: 5 s, fail: hyperplane-top/\($0), of: shop, for: 3 s }" }
    let run = try run(events.joined(separator: ", "), "settings.hyperplane-detection=1 s")
    // With the whole hand dead nobody is left until new nodes come.
    #expect(run.summary.invocations.finished == 2)
    let drops = try run.events("drop")
    #expect(!drops.isEmpty)
    #expect(drops.allSatisfy { $0.code == "HYPERPLANE_TOP_FAILED" })
    let details = Set(drops.compactMap(\.detail))
    #expect(details.contains("packets still go to a dead Top"))
    #expect(details.contains("no Top of the hand is left"))
    #expect(try comments("DROP hyperplane-top", in: run).count == drops.count)
    expectVerified(in: run)
  }

  @Test func `A Top of another hand is nobody's business`() throws {
    let calm = try run("")
    let hand = try #require(try calm.events("hyperplane-hand").first?.tops)
    let tops = Set(hand.split(separator: " ").compactMap { Int($0) })
    let other = try #require((1...100).first { !tops.contains($0) })
    let run = try run("{ at: 4 s, fail: hyperplane-top/\(other) }")
    expectNoDrops(in: run)
    #expect(try comments("LOOKUP", in: run).isEmpty)
    #expect(try run.events("fault").first?.effect == "directions of flows in its cache: 0")
  }

  @Test func `When the primary Flow Master dies the secondary answers, and nothing is lost`() throws
  {
    let run = try run(
      "{ at: 4 s, fail: hyperplane-flow-master/1-primary, of: shop }",
      // One connection while nobody answers, and one when the secondary does.
      "functions.orders.environments=3",
      then: [message(at: "1 s"), message(at: "4.05 s"), message(at: "6 s")])
    #expect(run.summary.invocations.finished == 5)
    let drops = try run.events("drop")
    // Its SYN is lost: nobody asks again but TCP, a second later.
    #expect(drops.map(\.code) == ["HYPERPLANE_FLOW_MASTER_FAILED"])
    expectDropped(
      in: run, from: "169.254.79.1", to: "10.0.2.20:9", at: "hyperplane-in",
      reason: "DROP hyperplane-flow-master/")
    #expect(try run.events("translation-ended").allSatisfy { $0.reason != "flow-masters-failed" })
    expectVerified(in: run)
  }

  @Test func `When both Flow Masters die the flows break, with a RST to the function`() throws {
    let run = try run(
      """
      { at: 4 s, fail: hyperplane-flow-master/1-secondary, of: shop }, \
      { at: 6 s, fail: hyperplane-flow-master/1-primary, of: shop }
      """)
    #expect(run.summary.invocations.failures == [.init(reason: "connection reset", count: 2)])
    let lost = try run.events("translation-ended").filter { $0.reason == "flow-masters-failed" }
    #expect(lost.count == 6)
    #expect(try run.events("drop").allSatisfy { $0.code == "NAT_NO_TRANSLATION" })
    #expect(try comments("RST from Hyperplane", in: run).count == 6)
    // The host never hears of it.
    let resets = run.traffic.analysis.flows.filter { $0.point == "destination" }
    #expect(!resets.isEmpty)
    #expect(try run.summaryText().contains("both are dead; translations lost: 6"))
    expectVerified(in: run)
  }

  @Test func `With several pairs each dies with its own flows alone`() throws {
    let faults = """
      { at: 4 s, fail: hyperplane-flow-master/2-secondary, of: shop }, \
      { at: 6 s, fail: hyperplane-flow-master/2-primary, of: shop }
      """
    let run = try run(faults, "settings.hyperplane-flow-master-hand=3", "traffic.0.do.0.flows=12")
    let lost = try run.events("translation-ended").filter { $0.reason == "flow-masters-failed" }
    // Two environments with twelve flows each; ports are drawn evenly.
    #expect((2...14).contains(lost.count))
    #expect(try comments("RST from Hyperplane", in: run).count == lost.count)
    #expect(
      try run.summaryText().contains("both are dead; translations lost: \(lost.count)"))
    expectVerified(in: run)
  }

  @Test func `A pair of which one was mended in time loses nothing`() throws {
    let run = try run(
      """
      { at: 4 s, fail: hyperplane-flow-master/1-secondary, of: shop, for: 1 s }, \
      { at: 6 s, fail: hyperplane-flow-master/1-primary, of: shop }
      """)
    #expect(run.summary.invocations.finished == 2)
    expectNoDrops(in: run)
  }

  @Test func `A cell that browns out loses and delays, and the connections live`() throws {
    let run = try run(
      "{ at: 4 s, degrade: hyperplane-cell/1, loss: 20 %, delay: 30 ms, for: 8 s }")
    #expect(run.summary.invocations.finished == 2)
    let drops = try run.events("drop")
    #expect(!drops.isEmpty)
    #expect(drops.allSatisfy { $0.code == "HYPERPLANE_CELL_UNWELL" })
    #expect(try comments("DROP hyperplane-cell/1 ", in: run).count == drops.count)
    #expect(
      try run.summaryText().contains("20 % of packets are lost, the others delayed by 30 ms"))
    let slowest = run.traffic.analysis.latencies.filter {
      $0.from == "hyperplane-in" && $0.to == "hyperplane-out"
    }.map(\.maximum).max()
    #expect(try #require(slowest) >= 30_000_000)
    expectVerified(in: run)
  }

  @Test func `A cell that is full takes no more connections`() throws {
    let run = try run(
      "", "settings.hyperplane-cell-connections=4", "settings.tcp-syn-retries=1")
    let drops = try run.events("drop")
    #expect(drops.count == 4, "two SYNs, each sent twice")
    #expect(drops.allSatisfy { $0.code == "HYPERPLANE_CELL_FULL" })
    expectVerified(in: run)
    let slow = try self.run("", "settings.hyperplane-cell-rate=4")
    // What is too much for one second is welcome in the next.
    #expect(try slow.events("drop").count == 2)
    #expect(slow.summary.invocations.finished == 2)
  }

  @Test func `Flows on a replaced interface die, and new ones use the new one`() throws {
    let run = try run(
      "{ at: 5 s, replace: orders }", then: [message(at: "10 s")])
    #expect(run.summary.invocations.failures == [.init(reason: "connection reset", count: 2)])
    #expect(run.summary.invocations.finished == 1)
    let acts = try run.events("control").filter { $0.reason?.isEmpty == false }
    #expect(acts.map(\.act) == ["CreateNetworkInterface", "NetworkInterfaceInUse"])
    let effect = try #require(try run.events("fault").first?.effect)
    #expect(effect == "\(acts[1].resource ?? "") takes its place; translations lost: 6")
    // EC2 has deleted the old one as soon as it is detached.
    #expect(try run.interfaceStatuses(at: "4 s").count == 1)
    #expect(try run.interfaceStatuses(at: "6 s").values.sorted() == ["detaching", "in-use"])
    #expect(try Array(run.interfaceStatuses().keys) == [acts[1].resource])
    let lost = try run.events("translation-ended").filter { $0.reason == "interface-deleted" }
    #expect(lost.count == 6)
    let interfaces = Set(
      run.traffic.analysis.translations.filter { $0.crossing.outer == "hyperplane-out" }
        .map { "\($0.outside.address)" })
    #expect(interfaces == ["10.0.1.4", "10.0.1.5"])
    expectVerified(in: run)
  }

  @Test func `A replacement that EC2 refuses leaves the interface and its flows`() throws {
    let run = try run("{ at: 5 s, replace: orders }", "settings.eni-quota=1")
    #expect(run.summary.invocations.finished == 2)
    #expect(try run.events("fault").map(\.effect) == ["EC2 refuses another interface"])
    #expect(try run.interfaceStatuses().count == 1)
    expectNoDrops(in: run)
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `When a zone fails what is in it is gone, and comes back empty`(
    era: Scenario.Networking
  ) throws {
    let run = try run(
      "{ at: 30 s, fail: zone/use1-az1, for: 10 s }",
      from: 20, then: [message(at: "35 s"), message(at: "45 s")], era: era)
    #expect(
      run.summary.invocations.failures.contains(.init(reason: "the zone failed", count: 2)))
    // Nobody is there to take the second, and the third starts an environment anew.
    #expect(run.summary.invocations.throttled == 1)
    #expect(run.summary.invocations.finished == 1)
    #expect(run.summary.invocations.coldStarts == 3)
    #expect(try run.summaryText().contains("30 s: fail zone/use1-az1"))
    expectVerified(in: run)
  }

  @Test func `A host in a failed zone hears nothing, and a function elsewhere waits`() throws {
    let run = try run(
      "{ at: 4 s, fail: zone/use1-az2, for: 4 s }", "vpcs.shop.subnets.data-a.zone=use1-az2")
    #expect(run.summary.invocations.finished == 2)
    let drops = try run.events("drop")
    #expect(!drops.isEmpty)
    #expect(drops.allSatisfy { $0.code == "ENETDOWN" })
    expectVerified(in: run)
  }

  @Test func `Before September 2019 there is no Hyperplane to fail`() throws {
    let run = try run("{ at: 4 s, fail: hyperplane-top/1 }", era: .perEnvironment)
    expectNoDrops(in: run)
    #expect(try run.events("fault").isEmpty)
  }
}
