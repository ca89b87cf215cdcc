import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Hosts that pass on packets of others.
struct ApplianceNodeTests {
  /// A VPC whose private subnet has `box` in the public one as its default route.
  struct World: ~Copyable {
    var edge: EdgeWorld
    let server: NodeID<Probe>
    /// What is behind the appliance.
    let host: NodeID<Probe>

    init(masqueraded: [IPv4Prefix]) throws {
      // First of all, because a noncopyable value cannot be left half made by an error.
      var edge = try EdgeWorld { vpc in
        let gateway = try vpc.addGateway(.internet, name: "igw")
        try EdgeWorld.addDefaultRoutes("public", via: .gateway(gateway), in: &vpc)
        guard let subnet = vpc.subnet(named: "public-a"),
          let open = vpc.securityGroup(named: "open")
        else { return }
        let box = try vpc.addInterface(
          name: "box", in: subnet, address: IPv4Address(10, 0, 0, 30), securityGroups: [open],
          checksSourceAndDestination: false)
        try vpc.associateAddress(IPv4Address(198, 51, 100, 30), of: box)
        try EdgeWorld.addDefaultRoutes("private", via: .networkInterface(box), in: &vpc)
      }
      let server = try edge.addInternet()
      let index = try #require(edge.vpc.interface(named: "box"))
      let appliance = edge.simulation.add(
        ApplianceNode(
          .init(
            name: "box", addresses: [try IPAddress("10.0.0.30")],
            linkLayerAddress: edge.linkLayerAddress(index),
            routerLinkLayerAddress: edge.router("public-a"), masqueraded: masqueraded),
          seed: 5))
      let host = edge.simulation.add(Probe())
      let node = edge.node
      let outer = edge.simulation.connect(
        appliance, node, name: "box", LinkBehavior(propagation: .microseconds(1)),
        labels: (ApplianceNode.Label.network, Int32(index.rawValue)))
      let inner = edge.simulation.connect(
        appliance, host, name: "box host", LinkBehavior(propagation: .microseconds(1)),
        labels: (ApplianceNode.Label.host, 0))
      edge.simulation.withNode(appliance) { $0.connect(network: outer.a, host: inner.a) }
      edge.simulation.withNode(host) { $0.port = inner.b }
      edge.simulation.withNode(node) { $0.attach(index, to: outer.b, capturing: .none) }
      self.edge = edge
      self.server = server
      self.host = host
    }
  }

  @Test func `A NAT instance lends its address to others, and keeps what is its own`() throws {
    var world = try World(masqueraded: [prefix(10, 0, 1, 0, 24)])
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "203.0.113.10")
    world.edge.send([query.frame], from: world.edge.app)
    // Linux keeps the port where it can.
    let translated = try query.with {
      $0.source = try IPAddress("198.51.100.30")
      $0.timeToLive = 63
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(world.edge.received(world.server) == [translated.frame])
    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "203.0.113.10", 443, to: "198.51.100.30", 40110)
    let own = try TestPacket(.tcp(.syn), from: "203.0.113.10", to: "198.51.100.30", 22)
    world.edge.send([answer.frame, own.frame], from: world.server)
    let turnedBack = try answer.with {
      $0.destination = try IPAddress("10.0.1.10")
      $0.timeToLive = 63
    }
    #expect(
      world.edge.received(world.edge.app).map { Array($0[14...]) } == [turnedBack.packetBytes])
    let kept = try own.with { $0.destination = try IPAddress("10.0.0.30") }
    #expect(world.edge.received(world.host).map { Array($0[14...]) } == [kept.packetBytes])
    #expect(world.edge.drops() == [])
  }

  @Test func `A router takes a hop and leaves addresses alone`() throws {
    var world = try World(masqueraded: [])
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "203.0.113.10")
    world.edge.send([query.frame], from: world.edge.app)
    // Without an address of its own the packet dies at the internet gateway.
    #expect(world.edge.drops() == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"])
    world.edge.send([query.with { $0.timeToLive = 1 }.frame], from: world.edge.app)
    let answer = try TestPacket(
      .error(
        type: 11, code: 0, parameter: 0, about: query.with { $0.timeToLive = 1 }.packetBytes),
      from: "10.0.0.30", to: "10.0.1.10"
    ).with { $0.identification = 0 }
    #expect(
      world.edge.received(world.edge.app).map { Array($0[14...]) } == [answer.packetBytes])
    #expect(world.edge.drops() == ["TIME_TO_LIVE_EXCEEDED"])
  }
}
