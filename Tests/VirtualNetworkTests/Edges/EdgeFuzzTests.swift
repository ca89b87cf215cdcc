import EventSimulation
import PacketFormats
import SimulatedTime
import TestSupport
import Testing
import VirtualNetwork

/// Frames that nobody would send.
struct EdgeFuzzTests {
  /// What is sent before it is damaged.
  private static func frames() throws -> [[UInt8]] {
    let syn = try TestPacket(
      .tcp(.syn, maximumSegmentSize: 8961), from: "10.0.1.10", to: "203.0.113.10")
    let packets = [
      syn, syn.with { $0.body = .udp },
      syn.with { $0.payload = [UInt8](repeating: 1, count: 3000) },
      syn.with {
        $0.payload = [UInt8](repeating: 1, count: 3000)
        $0.dontFragment = false
      },
      try TestPacket(
        .error(type: 11, code: 0, parameter: 0, about: syn.packetBytes), from: "203.0.113.10",
        to: "198.51.100.5"),
      try TestPacket(.echo(isReply: false), from: "10.0.0.10", to: "203.0.113.10"),
      try TestPacket(.tcp(.syn), from: "2001:db8:1200::10", to: "2001:db8:ffff::10"),
      try TestPacket(
        .error(type: 3, code: 0, parameter: 0, about: syn.packetBytes), from: "2001:db8:ffff::10",
        to: "2001:db8:1200::10"),
      try TestPacket(from: "10.0.0.10", to: "169.254.169.123", 123).with {
        $0.payload = [0x23] + [UInt8](repeating: 0, count: 47)
      },
      try TestPacket(from: "10.0.0.10", to: "10.0.1.10"),
      // A neighbour solicitation, and an extension header before it.
      try TestPacket(.other(58), from: "2001:db8:1200::10", to: "ff02::1:ff00:1").with {
        $0.payload =
          [135, 0, 0, 0, 0, 0, 0, 0] + [0xfe, 0x80, 0x0e, 0xc2]
          + [UInt8](repeating: 0, count: 11) + [1]
        $0.timeToLive = 255
      },
      try TestPacket(.other(44), from: "2001:db8:1200::10", to: "2001:db8:ffff::10").with {
        $0.payload = [17, 0, 0, 1, 0, 0, 0, 9] + [UInt8](repeating: 7, count: 24)
      },
    ]
    return packets.map(\.frame)
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `Damaged frames break nothing, and each is delivered, answered or dropped`(seed: UInt64)
    throws
  {
    var random = SplitMix64(seed: seed)
    var world = try NATGatewayNodeTests.World(
      routers: [.init(ipv4: IPv4Address(192, 0, 2, 1), ipv6: try IPv6Address("2001:db8:aaaa::1"))])
    let node = world.edge.node
    let session = MirrorSession(
      source: world.edge.interfaces.bastion, target: world.edge.interfaces.app, number: 1,
      virtualNetworkIdentifier: 1,
      filter: [MirrorRule(1, .egress, .accept), MirrorRule(1, .ingress, .accept)])
    try world.edge.simulation.withNode(node) { node in
      try node.setMirrorSessions([session])
      node.limitFlows(bitsPerSecond: 5_000_000_000)
    }
    let whole = try Self.frames()
    let senders = [world.edge.bastion, world.edge.app, world.edge.lonely, world.server]
    for _ in 0..<300 {
      var frame = whole[Int(random.next() % UInt64(whole.count))]
      switch random.next() % 4 {
      case 0: frame.removeLast(Int(random.next() % UInt64(frame.count)))
      case 1: break
      default:
        for _ in 0..<1 + random.next() % 3 {
          // Most of it is decided in the headers.
          let place = Int(random.next() % UInt64(min(frame.count, 80)))
          frame[place] = UInt8(truncatingIfNeeded: random.next())
        }
      }
      let sender = senders[Int(random.next() % UInt64(senders.count))]
      let now = world.edge.simulation.network.now
      Probe.send([frame], from: sender, at: now, in: &world.edge.simulation)
      world.edge.simulation.run(until: now.advanced(by: .milliseconds(30)))
    }
    world.edge.simulation.run(
      until: world.edge.simulation.network.now.advanced(by: .seconds(1)))
    #expect(world.edge.simulation.network.frames.inUse == 0)
    for drop in world.edge.simulation.network.takeDrops() {
      #expect(!drop.code.isEmpty && !drop.detail.isEmpty)
    }
  }
}
