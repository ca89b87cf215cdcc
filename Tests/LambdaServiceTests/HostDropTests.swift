import CaptureInspection
import LambdawireModel
import LambdawireTesting
import Testing

/// What a guest or a customer's host refuses is in the ground truth and in the summary.
@Suite struct HostDropTests {
  @Test(arguments: Scenario.Networking.allCases)
  func `Datagrams to a closed port die at the host`(era: Scenario.Networking) throws {
    let run = try SmallScenario.run(
      "traffic.0.do.0={ send: sink, port: 10, packets: 3 }", era: era)
    let drops = try run.events("drop").filter { $0.code == "NO_SOCKET" }
    #expect(drops.map(\.place) == Array(repeating: "shop/sink", count: 3))
    #expect(
      try run.summaryText().contains("  3 at shop/sink: NO_SOCKET, nobody listens at the port\n"))
  }

  @Test func `What comes back to a port that a guest has closed dies at the guest`() throws {
    let run = try SmallScenario.run(
      "vpcs.shop.hosts.sink.serves=echo",
      "traffic.0.do.0={ send: sink, port: 7, packets: 2, every: 1 ms }")
    let drops = try run.events("drop").filter { $0.code == "NO_SOCKET" }
    #expect(drops.map(\.place).contains("guest"))
    expectDropped(
      in: run, from: "10.0.2.20:7", to: "169.254.79.1", at: "guest",
      reason: "DROP host nobody listens at the port")
    // Captures show every death at a capture point that the ground truth has.
    let shown = run.traffic.analysis.drops.filter { $0.point == "guest" }.map(\.count)
    #expect(shown.reduce(0, +) == UInt64(drops.count))
  }

  @Test func `What dies at a point that is not captured dies at a named place all the same`() throws
  {
    let run = try SmallScenario.run(
      "vpcs.shop.security-groups.database={}", "settings.nat-first-port=2000",
      "settings.nat-last-port=2001", taps: ["tunnel"])
    #expect(Set(run.summary.drops.map(\.place)) == ["hyperplane-in", "destination"])
    #expect(run.summary.files.allSatisfy { !$0.contains("hyperplane") })
  }
}
