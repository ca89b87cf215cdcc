import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

@Suite struct DataPlaneOracleTests {
  #if DEBUG
    static let packets = 1_000
  #else
    static let packets = 20_000
  #endif

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `Random packets under random rules never break the specification`(seed: UInt64) throws {
    var world = try RandomWorld(seed: seed)
    var plane = DataPlane(world.network, expectingFlows: 0)
    var spec = SpecifiedDataPlane()
    var now: Int64 = 0
    var accepted = 0
    var fast = 0
    var recent: [(FlowKey, InterfaceIndex)] = []
    for number in 0..<Self.packets {
      now += world.nextPause()
      if Int.random(in: 0..<200, using: &world.random) == 0 {
        try plane.update { (network) throws(VirtualNetworkError) in
          try world.change(&network)
        }
      }
      let (key, index) = world.nextPacket(&plane, &recent)
      let flags = world.nextFlags(key.protocol)
      let direction: TrafficDirection = Bool.random(using: &world.random) ? .egress : .ingress
      let packet = direction == .egress ? key : key.reversed
      let spelled = SpecifiedDataPlane.Packet(
        key: packet, source: plane.source(of: packet), destination: plane.destination(of: packet))
      let origin = world.nextOrigin(spelled.source, plane.network)
      let (verdict, hop) = spec.judge(
        spelled, direction, flags, index, from: origin, now, plane.network)
      let instant = Instant(nanoseconds: now)
      let got =
        direction == .egress
        ? plane.egress(packet, flags: flags, from: index, now: instant)
        : plane.ingress(packet, flags: flags, at: index, fromSubnet: origin, now: instant)
      guard got.verdict == verdict, got.nextHop == hop else {
        Issue.record(
          "packet \(number): \(direction) \(plane.text(packet)): \(got), but should be \(verdict) \(hop)"
        )
        return
      }
      let decision = plane.decision(got.decision)
      #expect(decision.verdict == verdict)
      #expect(decision.direction == direction)
      #expect(decision.interface == index)
      #expect(!decision.reasons.isEmpty)
      if verdict == .accept { accepted += 1 }
      if !got.isSlowPath { fast += 1 }
    }
    // Neither verdict and neither path may be rare, or little was tested.
    #expect((Self.packets / 5...Self.packets * 4 / 5).contains(accepted))
    #expect(fast > Self.packets / 10)
  }
}
