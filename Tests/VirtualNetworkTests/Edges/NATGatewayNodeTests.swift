import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Frames through NAT gateways, byte for byte.
struct NATGatewayNodeTests {
  /// What a gateway reported.
  final class Log {
    var lines: [String] = []
  }

  /// A VPC whose private subnet has a NAT gateway in the public one as its default route.
  struct World: ~Copyable {
    var edge: EdgeWorld
    let server: NodeID<Probe>
    let gateway: NodeID<NATGatewayNode>
    let log: Log

    init(routers: [OutsideNetworkNode.Router] = []) throws {
      // First of all, because a noncopyable value cannot be left half made by an error.
      var edge = try EdgeWorld { vpc in
        let gateway = try vpc.addGateway(.internet, name: "igw")
        try EdgeWorld.addDefaultRoutes("public", via: .gateway(gateway), in: &vpc)
        guard let subnet = vpc.subnet(named: "public-a") else { return }
        let nat = try vpc.addInterface(
          name: "nat-a", in: subnet, address: IPv4Address(10, 0, 0, 5), type: .natGateway)
        try vpc.associateAddress(IPv4Address(198, 51, 100, 5), of: nat)
        try EdgeWorld.addDefaultRoutes("private", via: .networkInterface(nat), in: &vpc)
      }
      let server = try edge.addInternet(routers: routers)
      let index = try #require(edge.vpc.interface(named: "nat-a"))
      let value = try NATGateway(index, of: edge.vpc, connectivity: .public)
      let log = Log()
      let gateway = edge.simulation.add(
        NATGatewayNode(
          value, linkLayerAddress: edge.linkLayerAddress(index),
          routerLinkLayerAddress: edge.router("public-a"), seed: 7
        ) { event, translator in
          log.lines.append("\(translator) \(event.kind) \(event.translation.outside.address)")
        })
      let node = edge.node
      let link = edge.simulation.connect(
        gateway, node, name: "nat", LinkBehavior(propagation: .microseconds(20)),
        labels: (0, Int32(index.rawValue)))
      edge.simulation.withNode(gateway) { $0.connect(to: link.a) }
      edge.simulation.withNode(node) { $0.attach(index, to: link.b, capturing: .none) }
      self.edge = edge
      self.server = server
      self.gateway = gateway
      self.log = log
    }

    /// Sends a packet of `app` to the server and returns the port that it has outside.
    mutating func open(_ query: TestPacket) -> UInt16? {
      edge.send([query.frame], from: edge.app)
      let frames = edge.received(server)
      guard frames.count == 1 else { return nil }
      return UInt16(frames[0][34]) << 8 | UInt16(frames[0][35])
    }
  }

  @Test func `A host without a public address reaches the internet, one hop later`() throws {
    var world = try World()
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "203.0.113.10")
    world.edge.send([query.frame], from: world.edge.app)
    let frames = world.edge.received(world.server)
    let frame = try #require(frames.first)
    let port = UInt16(frame[34]) << 8 | UInt16(frame[35])
    #expect(port >= 1024)
    let translated = try query.with {
      $0.source = try IPAddress("198.51.100.5")
      $0.sourcePort = port
      $0.timeToLive = 63
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(frames == [translated.frame])

    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "203.0.113.10", 443, to: "198.51.100.5", port)
    world.edge.send([answer.frame], from: world.server)
    let router = world.edge.router("private-b")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.app)
    let turnedBack = try answer.with {
      $0.destination = try IPAddress("10.0.1.10")
      $0.destinationPort = 40110
      $0.timeToLive = 63
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
    }
    #expect(world.edge.received(world.edge.app) == [turnedBack.frame])
    #expect(world.edge.drops() == [])
    #expect(world.log.lines.first == "nat-a made 10.0.0.5")
  }

  @Test func `It shows in a traceroute with its private address`() throws {
    var world = try World()
    let probe = try TestPacket(from: "10.0.1.10", to: "203.0.113.10", 33434).with {
      $0.timeToLive = 1
    }
    world.edge.send([probe.frame], from: world.edge.app)
    let router = world.edge.router("private-b")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.app)
    let answer = try TestPacket(
      .error(type: 11, code: 0, parameter: 0, about: probe.packetBytes), from: "10.0.0.5",
      to: "10.0.1.10"
    ).with {
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
      $0.identification = 0
    }
    #expect(world.edge.received(world.edge.app) == [answer.frame])
    #expect(world.edge.drops() == ["TIME_TO_LIVE_EXCEEDED"])
  }

  @Test func `Segment sizes are clamped, and what is longer is refused with the path MTU`() throws {
    var world = try World()
    let query = try TestPacket(
      .tcp(.syn, maximumSegmentSize: 8961), from: "10.0.1.10", to: "203.0.113.10")
    world.edge.send([query.frame], from: world.edge.app)
    let frame = try #require(world.edge.received(world.server).first)
    #expect(UInt16(frame[56]) << 8 | UInt16(frame[57]) == 8460)

    let long = try TestPacket(from: "10.0.1.10", to: "203.0.113.10").with {
      $0.payload = [UInt8](repeating: 1, count: 8900)
    }
    world.edge.send([long.frame], from: world.edge.app)
    let answers = world.edge.received(world.edge.app)
    let expected = try TestPacket(
      .error(type: 3, code: 4, parameter: 8500, about: Array(long.packetBytes[..<548])),
      from: "10.0.0.5", to: "10.0.1.10"
    ).with { $0.identification = 0 }
    #expect(answers.map { Array($0[14...]) } == [expected.packetBytes])
    #expect(world.edge.drops() == ["PACKET_TOO_BIG"])
  }

  @Test func `Who goes on after the translation is gone gets a RST`() throws {
    var world = try World()
    let late = try TestPacket(.tcp(.ack), from: "10.0.1.10", to: "203.0.113.10")
    world.edge.send([late.frame], from: world.edge.app)
    let answers = world.edge.received(world.edge.app)
    #expect(answers.count == 1)
    // The flags of the segment: RST and nothing else.
    #expect(answers.first?[47] == 0x04)
    #expect(world.edge.drops() == ["NAT_NO_TRANSLATION"])
  }

  @Test func `Nobody outside can begin anything`() throws {
    var world = try World()
    let query = try TestPacket(.tcp(.syn), from: "203.0.113.10", to: "198.51.100.5")
    world.edge.send([query.frame], from: world.server)
    #expect(world.edge.received(world.edge.app) == [])
    #expect(world.edge.received(world.server) == [])
    #expect(world.edge.drops() == ["NAT_UNSOLICITED"])
  }

  @Test func `What a router answers to a translated packet is turned back`() throws {
    var world = try World(routers: [.init(ipv4: IPv4Address(192, 0, 2, 1))])
    let probe = try TestPacket(from: "10.0.1.10", to: "203.0.113.10", 33434).with {
      $0.timeToLive = 2
    }
    world.edge.send([probe.frame], from: world.edge.app)
    let answers = world.edge.received(world.edge.app)
    // The quoted packet has one hop left; all else is as it was sent, and so are its ports.
    let expected = try TestPacket(
      .error(
        type: 11, code: 0, parameter: 0, about: probe.with { $0.timeToLive = 1 }.packetBytes),
      from: "192.0.2.1", to: "10.0.1.10"
    ).with {
      $0.identification = 0
      $0.timeToLive = 63
    }
    #expect(answers.map { Array($0[14...]) } == [expected.packetBytes])
  }

  @Test func `An idle translation ends by itself and is reported`() throws {
    var world = try World()
    _ = world.open(try TestPacket(from: "10.0.1.10", to: "203.0.113.10"))
    let gateway = world.gateway
    #expect(world.edge.simulation.withNode(gateway) { $0.translationCount } == 1)
    world.edge.simulation.run(until: seconds(400))
    #expect(world.edge.simulation.withNode(gateway) { $0.translationCount } == 0)
    #expect(
      world.log.lines.last
        == "nat-a ended(AddressTranslation.TranslationEvent.EndReason.idle) 10.0.0.5")
  }
}
