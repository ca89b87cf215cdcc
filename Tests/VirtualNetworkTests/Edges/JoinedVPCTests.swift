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

  /// Gives a VPC an end of a transit gateway in its first subnet.
  private static func attach(
    to name: String, in vpc: inout VirtualPrivateCloud
  ) throws -> GatewayIndex {
    let hub = try vpc.addGateway(.transit, name: name)
    let attachment = try vpc.addInterface(
      name: "tgw", in: try #require(vpc.subnet(named: "a")), type: .transitGateway)
    try vpc.setAttachments([attachment], of: hub)
    return hub
  }

  /// Three VPCs on a transit gateway, with a table of its own for the first.
  private static func hub() throws -> PairWorld {
    var world = PairWorld()
    for number in [1, 2, 3] as [UInt8] {
      try world.addVPC(number) { vpc in
        let hub = try Self.attach(to: "hub", in: &vpc)
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
    try world.connect(hub, attachments)
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
  @Test func `One VPC's NAT gateway serves another through a transit gateway`() throws {
    var world = PairWorld()
    try world.addVPC(1) { vpc in
      let hub = try Self.attach(to: "hub", in: &vpc)
      try vpc.addRoute(
        Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(hub)),
        to: VirtualPrivateCloud.mainRouteTable)
    }
    try world.addVPC(2) { vpc in
      let hub = try Self.attach(to: "hub", in: &vpc)
      let internet = try vpc.addGateway(.internet, name: "igw")
      let table = try vpc.addRouteTable(name: "public")
      let subnet = try vpc.addSubnet(
        name: "public", cidr: prefix(10, 2, 9, 0, 24), zone: "use1-az1", routeTable: table)
      let nat = try vpc.addInterface(
        name: "nat", in: subnet, address: IPv4Address(10, 2, 9, 5), type: .natGateway)
      try vpc.associateAddress(IPv4Address(198, 51, 100, 5), of: nat)
      // What comes out of the transit gateway follows the table of the subnet it comes out in.
      try vpc.addRoute(
        Route(to: prefix(0, 0, 0, 0, 0), via: .networkInterface(nat)),
        to: VirtualPrivateCloud.mainRouteTable)
      try vpc.addRoute(Route(to: prefix(0, 0, 0, 0, 0), via: .gateway(internet)), to: table)
      try vpc.addRoute(Route(to: prefix(10, 1, 0, 0, 16), via: .gateway(hub)), to: table)
    }
    var hub = TransitGateway(name: "hub")
    let table = try hub.addTable(name: "main")
    var attachments: [TransitAttachmentIndex] = []
    for network in world.networks {
      attachments.append(
        try hub.attach(name: network.name, blocks: network.allBlocks, zones: ["use1-az1"]))
    }
    for attachment in attachments {
      hub.associate(attachment, with: table)
      hub.propagate(attachment, to: table)
    }
    try hub.addRoute(to: IPPrefix("0.0.0.0/0"), via: .attachment(attachments[1]), in: table)
    try world.connect(hub, attachments)
    let server = try world.addInternet(behind: 1, nat: "nat")

    let query = try TestPacket(.tcp(.syn), from: "10.1.0.10", to: "203.0.113.10")
    world.send([query.frame], from: 0)
    let frames = world.simulation.withNode(server) { $0.take() }
    let frame = try #require(frames.first)
    let port = UInt16(frame[34]) << 8 | UInt16(frame[35])
    let translated = try query.with {
      $0.source = try IPAddress("198.51.100.5")
      $0.sourcePort = port
      $0.timeToLive = 63
    }
    #expect(Array(frame[14...]) == translated.packetBytes)
    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "203.0.113.10", 443, to: "198.51.100.5", port)
    let now = world.simulation.network.now
    Probe.send([answer.frame], from: server, at: now, in: &world.simulation)
    world.simulation.run(until: now.advanced(by: .milliseconds(100)))
    let turnedBack = try answer.with {
      $0.destination = try IPAddress("10.1.0.10")
      $0.destinationPort = 40110
      $0.timeToLive = 63
    }
    #expect(world.packets(0) == [turnedBack.packetBytes])
    #expect(world.drops() == [])
  }
}
