import CaptureInspection
import LambdawireModel
import LambdawireTesting
import Testing

/// `every` of a `send` step means the same over both transports.
@Suite struct PacedTrafficTests {
  @Test(arguments: Scenario.Networking.allCases)
  func `Messages over TCP keep the pace on one connection each`(
    era: Scenario.Networking
  ) throws {
    let run = try SmallScenario.run(
      "vpcs.shop.hosts.sink.serves=tcp-sink",
      "traffic.0.do.0={ send: sink, protocol: tcp, flows: 2, packets: 5, payload: 50 B,"
        + " every: 20 ms }", era: era)
    #expect(run.summary.invocations.finished == 1)
    let began = try #require(try run.events("invocation-started").first)
    let ended = try #require(try run.events("invocation-finished").first)
    #expect(ended.detail == "500 bytes")
    // Four pauses, and what opening and closing takes.
    #expect((80_000_000..<90_000_000).contains(ended.time_ns - began.time_ns))
    let flows = run.traffic.analysis.flows.filter {
      $0.point == "destination" && $0.responder.port == 9
    }
    // SYN, ACK, five messages of which the last has the FIN, and the ACK of the other FIN.
    #expect(flows.map(\.forward.packetCount) == [8, 8])
    expectNoDrops(in: run)
    expectVerified(in: run)
  }
}
