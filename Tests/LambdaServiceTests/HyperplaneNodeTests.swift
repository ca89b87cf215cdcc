import CaptureInspection
import LambdawireModel
import LambdawireTesting
import Testing

@Suite struct HyperplaneNodeTests {
  @Test func `A flow that finds no port dies at a named hop`() throws {
    let run = try SmallScenario.run(
      "settings.nat-first-port=2000", "settings.nat-last-port=2001")
    // Three flows of two packets, and two ports.
    let drops = try run.events("drop")
    #expect(drops.count == 2)
    #expect(
      drops.allSatisfy { $0.code == "NAT_PORTS_EXHAUSTED" && $0.place == "hyperplane-in" })
    #expect(
      run.summary.drops == [
        RunSummary.DropCount(
          place: "hyperplane-in", code: "NAT_PORTS_EXHAUSTED", detail: "no outside port is free",
          count: 2)
      ])
    #expect(
      try run.summaryText().contains(
        "2 at hyperplane-in: NAT_PORTS_EXHAUSTED, no outside port is free"))
    expectDropped(
      in: run, from: "169.254.79.1", to: "10.0.2.20:9", at: "hyperplane-in",
      reason: "DROP hyperplane-nat no outside port is free")
    expectTranslated(in: run, from: "169.254.79.1", to: "10.0.1.4:2000")
    expectTranslated(in: run, from: "169.254.79.1", to: "10.0.1.4:2001")
    expectVerified(in: run)
  }

  @Test func `Nothing comes in from the VPC that no translation waits for`() throws {
    // The resolver's answer is later than the timer of the question.
    let run = try SmallScenario.run(
      "traffic.0.do.0={ resolve: sink }", "settings.nat-udp-idle=1s",
      "settings.resolver-latency=3s")
    let drops = try run.events("drop")
    #expect(drops.count == 2, "the guest asks twice")
    #expect(drops.allSatisfy { $0.code == "NAT_UNSOLICITED" && $0.place == "hyperplane-out" })
    let ended = try run.events("translation-ended")
    #expect(!ended.isEmpty)
    #expect(run.summary.invocations.failed == 1)
    expectDropped(
      in: run, from: "169.254.169.253:53", to: "10.0.1.4", at: "hyperplane-out",
      reason: "no translation has this outside address and port")
    // With a timer that short, a second port for the same question is no mistake.
    expectVerified(in: run)
  }

  @Test func `Environments behind one interface share what the resolver takes from it`() throws {
    let overrides = [
      "functions.orders.environments=5", "traffic.0.arrivals=5 at once",
      "traffic.0.do.0={ resolve: sink }", "settings.resolver-limit=2",
    ]
    let run = try SmallScenario.run(
      overrides[0], overrides[1], overrides[2], overrides[3])
    // Five questions at once, of which two pass, and three more after 5 s, of which two pass.
    let drops = try run.events("drop")
    #expect(drops.map(\.code) == Array(repeating: "LINKLOCAL_ALLOWANCE_EXCEEDED", count: 4))
    #expect(drops.allSatisfy { $0.place == "eni" })
    #expect(run.summary.invocations.finished == 4)
    #expect(run.summary.invocations.failures == [.init(reason: "timed out", count: 1)])
    expectDropped(
      in: run, from: "10.0.1.4", to: "169.254.169.253:53", at: "eni",
      reason: "DROP resolver the resolver takes 2 packets a second from a network interface")
    expectVerified(in: run)
    // Before September 2019 each has an interface of its own.
    expectNoDrops(
      in: try SmallScenario.run(
        overrides[0], overrides[1], overrides[2], overrides[3], era: .perEnvironment))
  }

  @Test(arguments: [Scenario.Networking.hyperplane, .hyperplaneEBPF])
  func `Packets of a flow stay in order while its first one is looked up`(
    era: Scenario.Networking
  ) throws {
    // Much faster after each other than a look-up takes.
    let run = try SmallScenario.run(
      "traffic.0.do.0={ send: sink, packets: 40, every: 2 us }", era: era)
    #expect(run.summary.invocations.finished == 1)
    expectDelivered(in: run, from: "169.254.79.1", to: "10.0.2.20:9")
    expectNoDrops(in: run)
    let analysis = run.traffic.analysis
    let arrived = analysis.flows.filter { $0.point == "destination" && $0.responder.port == 9 }
    #expect(arrived.map(\.forward.packetCount) == [40])
    #expect(try packetIDs(of: run, at: "destination") == packetIDs(of: run, at: "guest/orders-1"))
  }

  @Test func `Each function has the interface of its subnet and its groups`() throws {
    let run = try SmallScenario.run("functions.orders.copies=3")
    // Three functions, one subnet, one set of groups: one interface (lambda-vpc §3.1).
    #expect(Set(try run.events("control").compactMap(\.resource)).count == 1)
    #expect(run.summary.invocations.finished == 3)
    expectVerified(in: run)
  }
}
