import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Nothing is allocated for a packet on its way out of a VPC and back.
@Suite(.enabled(if: AllocationCount.isMeaningful), .serialized)
struct EdgeAllocationTests {
  /// A host that talks to one on the internet through a NAT gateway.
  struct World: ~Copyable {
    var simulation: Simulation
    let host: NodeID<Turner>
    let hostPort: PortID

    static let addresses = (host: IPv4Address(10, 0, 1, 10), server: IPv4Address(203, 0, 113, 10))

    init() throws {
      var vpc = try VirtualPrivateCloud(
        name: "shop", blocks: [IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 16)], seed: 1)
      let gateway = try vpc.addGateway(.internet, name: "igw")
      let privateTable = try vpc.addRouteTable(name: "private")
      let everywhere = IPv4Prefix(.unspecified, length: 0)
      try vpc.addRoute(
        Route(to: everywhere, via: .gateway(gateway)), to: VirtualPrivateCloud.mainRouteTable)
      let publicA = try vpc.addSubnet(
        name: "public", cidr: IPv4Prefix(IPv4Address(10, 0, 0, 0), length: 24), zone: "use1-az1")
      let privateA = try vpc.addSubnet(
        name: "private", cidr: IPv4Prefix(IPv4Address(10, 0, 1, 0), length: 24), zone: "use1-az1",
        routeTable: privateTable)
      let nat = try vpc.addInterface(name: "nat", in: publicA, type: .natGateway)
      try vpc.associateAddress(IPv4Address(198, 51, 100, 5), of: nat)
      try vpc.addRoute(Route(to: everywhere, via: .networkInterface(nat)), to: privateTable)
      let index = try vpc.addInterface(
        name: "host", in: privateA, address: Self.addresses.host)
      let internet = InternetGateway(gateway, of: vpc)
      let translator = try NATGateway(nat, of: vpc, connectivity: .public)

      var simulation = Simulation(seed: 1, frames: FramePool(capacity: 64))
      let wire = LinkBehavior(propagation: .microseconds(5))
      let made = MACAddress(0x02_0000_0001)
      let node = simulation.add(VPCNode(DataPlane(vpc)))
      let border = simulation.add(GatewayNode(.internet(internet), linkLayerAddress: made))
      let outside = simulation.add(
        OutsideNetworkNode(
          name: "internet", linkLayerAddress: made,
          routers: [.init(ipv4: IPv4Address(192, 0, 2, 1))]))
      let middle = simulation.add(
        NATGatewayNode(
          translator, linkLayerAddress: vpc.interfaces[Int(nat.rawValue)].linkLayerAddress,
          routerLinkLayerAddress: made, seed: 1))
      let server = simulation.add(Turner())
      let host = simulation.add(Turner())
      let fabric = simulation.connect(
        node, node, name: "fabric", wire, labels: (0, VPCNode.Label.sameZone))
      let inner = simulation.connect(
        node, border, name: "inner", wire,
        labels: (VPCNode.Label.gateway(gateway), GatewayLabel.inside))
      let outer = simulation.connect(
        border, outside, name: "outer", wire, labels: (GatewayLabel.outside, 0))
      let far = simulation.connect(server, outside, name: "server", wire, labels: (0, 1))
      let natLink = simulation.connect(
        middle, node, name: "nat", wire, labels: (0, Int32(nat.rawValue)))
      let hostLink = simulation.connect(
        host, node, name: "host", wire, labels: (0, Int32(index.rawValue)))
      simulation.withNode(node) { node in
        node.setLanes(sameZone: fabric.a, crossZone: fabric.a)
        node.attachGateway(gateway, to: inner.a, limit: internet.limit)
        node.attach(nat, to: natLink.b, capturing: .none)
        node.attach(index, to: hostLink.b, capturing: .none)
        node.limitFlows(bitsPerSecond: 5_000_000_000)
      }
      simulation.withNode(border) { $0.connect(inside: inner.b, outside: outer.a) }
      simulation.withNode(middle) { $0.connect(to: natLink.a) }
      simulation.withNode(outside) { node in
        node.attachGateway(for: internet.prefixes, linkLayerAddress: made, to: outer.b)
        node.attachHost(at: [.v4(Self.addresses.server)], linkLayerAddress: made, to: far.b)
      }
      self.simulation = simulation
      self.host = host
      hostPort = hostLink.a
    }
  }

  @Test func `A packet through a NAT gateway and an internet gateway, there and back`() throws {
    var world = try World()
    let datagram = Datagram.bytes(
      from: World.addresses.host, 40_110, to: World.addresses.server, 53)
    let base = EthernetHeader.byteCount
    let made = world.simulation.network.frames.makeFrame(byteCount: base + datagram.count)
    guard let frame = made else {
      Issue.record("no frame")
      return
    }
    world.simulation.network.frames.withBytes(of: frame) { bytes in
      EthernetHeader(
        destination: MACAddress(1), source: MACAddress(2), etherType: .ipv4
      ).write(to: &bytes, at: 0)
      unsafe bytes.copyBytes(from: datagram.span.bytes, at: base)
    }
    world.simulation.network.send(frame, from: world.hostPort)
    world.simulation.run(until: Instant(nanoseconds: 1_000_000))
    let host = world.host
    let before = world.simulation.withNode(host) { $0.received }
    let count = AllocationCount.during {
      world.simulation.run(until: Instant(nanoseconds: 200_000_000))
    }
    let trips = world.simulation.withNode(host) { $0.received } - before
    #expect(world.simulation.network.takeDrops() == [])
    #expect(trips > 1_500)
    #expect(count == 0)
  }
}
