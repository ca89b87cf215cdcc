import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// VPCs joined by peering connections and transit gateways.
struct JoinedVPCTests {
  /// Three VPCs in a row, 1 – 2 – 3, each peered with the next; 1 sends all it has to 2.
  private static func row(_ farRegion: String = "us-east-1") throws -> PairWorld {
    var world = PairWorld()
    try world.addVPC(1) { vpc in
      let peer = try vpc.addGateway(.peering, name: "to-2")
      try vpc.addRoute(
        Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(peer)),
        to: VirtualPrivateCloud.mainRouteTable)
    }
    try world.addVPC(2, region: farRegion) { vpc in
      let back = try vpc.addGateway(.peering, name: "to-1")
      let on = try vpc.addGateway(.peering, name: "to-3")
      try vpc.addRoute(
        Route(to: prefix(10, 1, 0, 0, 16), via: .gateway(back)),
        to: VirtualPrivateCloud.mainRouteTable)
      try vpc.addRoute(
        Route(to: prefix(10, 3, 0, 0, 16), via: .gateway(on)),
        to: VirtualPrivateCloud.mainRouteTable)
    }
    try world.addVPC(3) { vpc in
      let back = try vpc.addGateway(.peering, name: "to-2")
      try vpc.addRoute(
        Route(to: prefix(10, 0, 0, 0, 8), via: .gateway(back)),
        to: VirtualPrivateCloud.mainRouteTable)
    }
    let one = try #require(world.networks[0].gateway(.peeringConnection, named: "to-2"))
    let back = try #require(world.networks[1].gateway(.peeringConnection, named: "to-1"))
    let on = try #require(world.networks[1].gateway(.peeringConnection, named: "to-3"))
    let three = try #require(world.networks[2].gateway(.peeringConnection, named: "to-2"))
    try world.peer((0, one), (1, back))
    try world.peer((1, on), (2, three))
    return world
  }

  @Test func `Peered VPCs reach each other, with addresses and hops as they were`() throws {
    var world = try Self.row()
    let query = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "10.2.0.10")
    world.send([query.frame], from: 0)
    #expect(world.packets(1) == [query.packetBytes])
    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "10.2.0.10", 443, to: "10.1.0.10", 40110)
    world.send([answer.frame], from: 1)
    #expect(world.packets(0) == [answer.packetBytes])
    #expect(world.drops() == [])
  }

  @Test func `Peering is not transitive, and lends no way to the internet`() throws {
    var world = try Self.row()
    let third = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "10.3.0.10")
    let internet = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "203.0.113.10")
    world.send([third.frame, internet.frame], from: 0)
    #expect(
      world.drops() == ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"])
    #expect(world.packets(1) == [] && world.packets(2) == [])
  }

  @Test(arguments: [("us-east-1", 9001, 0), ("eu-west-1", 8500, 1)])
  func `Packets between Regions are shorter`(region: String, mtu: Int, refused: Int) throws {
    var world = try Self.row(region)
    let fits = try TestPacket(from: "10.1.0.10", to: "10.2.0.10").with {
      $0.payload = [UInt8](repeating: 1, count: mtu - 28)
    }
    world.send([fits.frame], from: 0)
    #expect(world.packets(1) == [fits.packetBytes])
    guard refused > 0 else { return }
    world.send([fits.with { $0.payload.append(1) }.frame], from: 0)
    #expect(world.packets(1) == [])
    #expect(world.drops() == ["PACKET_TOO_BIG"])
    let answer = try #require(world.packets(0).first)
    #expect(Array(answer[20..<28]) == [3, 4] + Array(answer[22..<24]) + [0, 0, 0x21, 0x34])
  }

  /// Three VPCs on a transit gateway, with a table of its own for the first.
  private static func hub() throws -> PairWorld {
    var world = PairWorld()
    for number in [1, 2, 3] as [UInt8] {
      try world.addVPC(number) { vpc in
        let hub = try vpc.addGateway(.transit, name: "hub")
        guard let subnet = vpc.subnet(named: "a") else { return }
        let attachment = try vpc.addInterface(name: "tgw", in: subnet, type: .transitGateway)
        try vpc.setAttachments([attachment], of: hub)
        try vpc.addRoute(
          Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(hub)),
          to: VirtualPrivateCloud.mainRouteTable)
      }
    }
    var hub = TransitGateway(name: "hub")
    let spokes = try hub.addTable(name: "spokes")
    let first = try hub.addTable(name: "first")
    var attachments: [TransitAttachmentIndex] = []
    for network in world.networks {
      let zones = network.subnets.map(\.zone)
      attachments.append(
        try hub.attach(name: network.name, blocks: network.allBlocks, zones: zones))
    }
    hub.associate(attachments[0], with: first)
    hub.associate(attachments[1], with: spokes)
    hub.propagate(attachments[0], to: spokes)
    hub.propagate(attachments[1], to: spokes)
    hub.propagate(attachments[1], to: first)
    try hub.addRoute(to: IPPrefix("10.3.0.0/16"), via: .blackhole, in: first)
    let node = world.simulation.add(
      TransitGatewayNode(hub, linkLayerAddress: EdgeWorld.gatewayAddress))
    for number in 0..<3 {
      let network = world.networks[number]
      let index = try #require(network.gateway(.transitGateway, named: "hub"))
      let vpc = world.nodes[number]
      let link = world.simulation.connect(
        vpc, node, name: "tgw \(number)", LinkBehavior(propagation: .microseconds(100)),
        labels: (VPCNode.Label.gateway(index), Int32(number)))
      world.simulation.withNode(vpc) { $0.attachGateway(index, to: link.a, limit: hub.limit) }
      let zones = network.subnets.map(\.zone)
      let attachment = attachments[number]
      world.simulation.withNode(node) {
        $0.connect(attachment, to: link.b, zonesOfSubnets: zones)
      }
    }
    return world
  }

  @Test func `A transit gateway asks the table of the attachment that a packet comes from`() throws
  {
    var world = try Self.hub()
    let query = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "10.2.0.10")
    world.send([query.frame], from: 0)
    #expect(world.packets(1) == [query.packetBytes])
    let answer = try TestPacket(
      .tcp([.syn, .ack], maximumSegmentSize: 8961), from: "10.2.0.10", 443, to: "10.1.0.10", 40110)
    world.send([answer.frame], from: 1)
    #expect(
      world.packets(0)
        == [answer.with { $0.body = .tcp([.syn, .ack], maximumSegmentSize: 8460) }.packetBytes])
    #expect(world.drops() == [])

    let blackhole = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "10.3.0.10")
    let nowhere = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "10.9.0.10")
    world.send([blackhole.frame, nowhere.frame], from: 0)
    #expect(world.drops() == ["TGW_RTB_BAD_STATE_ROUTE", "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"])
    // The third is attached, but associated with no table.
    world.send([try TestPacket(from: "10.3.0.10", to: "10.1.0.10").frame], from: 2)
    #expect(world.drops() == ["TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"])
  }
}
