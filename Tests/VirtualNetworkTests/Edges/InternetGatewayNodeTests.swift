import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Frames between a VPC and the internet, byte for byte.
struct InternetGatewayNodeTests {
  /// A VPC with an internet gateway, and a server behind the internet's routers.
  struct World: ~Copyable {
    var edge: EdgeWorld
    let server: NodeID<Probe>

    init(routers: [OutsideNetworkNode.Router] = []) throws {
      // First of all, because a noncopyable value cannot be left half made by an error.
      var edge = try EdgeWorld { vpc in
        let gateway = try vpc.addGateway(.internet, name: "igw")
        try EdgeWorld.addDefaultRoutes("public", via: .gateway(gateway), in: &vpc)
      }
      server = try edge.addInternet(routers: routers)
      self.edge = edge
    }
  }

  @Test func `A public address stands for the private one, both ways`() throws {
    var world = try World()
    let router = world.edge.router("public-a")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.bastion)
    let query = try TestPacket(.tcp(.syn), from: "10.0.0.10", to: "203.0.113.10").with {
      $0.linkLayerSource = eni
      $0.linkLayerDestination = router
    }
    world.edge.send([query.frame], from: world.edge.bastion)
    let translated = try query.with {
      $0.source = try IPAddress("198.51.100.10")
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(world.edge.received(world.server) == [translated.frame])

    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "203.0.113.10", 443, to: "198.51.100.10", 40110)
    world.edge.send([answer.frame], from: world.server)
    let turnedBack = try answer.with {
      $0.destination = try IPAddress("10.0.0.10")
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
    }
    #expect(world.edge.received(world.edge.bastion) == [turnedBack.frame])
    #expect(world.edge.drops() == [])
  }

  @Test func `What has no public address dies at the gateway, and nobody is told`() throws {
    var world = try World()
    let query = try TestPacket(.tcp(.syn), from: "10.0.0.20", to: "203.0.113.10")
    world.edge.send([query.frame], from: world.edge.lonely)
    #expect(world.edge.received(world.server) == [])
    #expect(world.edge.received(world.edge.lonely) == [])
    #expect(world.edge.drops() == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"])
  }

  @Test func `Nothing private leaves for the internet or comes from there`() throws {
    var world = try World()
    let out = try TestPacket(from: "10.0.0.10", to: "192.168.7.7")
    world.edge.send([out.frame], from: world.edge.bastion)
    let shared = try TestPacket(from: "10.0.0.10", to: "100.64.0.1")
    world.edge.send([shared.frame], from: world.edge.bastion)
    let into = try TestPacket(from: "10.0.1.10", to: "198.51.100.10")
    world.edge.send([into.frame], from: world.server)
    let nobody = try TestPacket(from: "203.0.113.10", to: "198.51.100.99")
    world.edge.send([nobody.frame], from: world.server)
    #expect(
      world.edge.drops() == [
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
        "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
        "IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS", "NO_POSSIBLE_DESTINATION",
      ])
  }

  @Test func `IPv6 addresses stay as they are, and nobody outside may claim one of the VPC`() throws
  {
    var world = try World()
    let router = world.edge.router("public-a")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.bastion)
    let query = try TestPacket(.tcp(.syn), from: "2001:db8:1200::10", to: "2001:db8:ffff::10")
    world.edge.send([query.frame], from: world.edge.bastion)
    let arrived = query.with {
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(world.edge.received(world.server) == [arrived.frame])
    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "2001:db8:ffff::10", 443, to: "2001:db8:1200::10", 40110)
    let spoofed = try TestPacket(from: "2001:db8:1200:1::10", to: "2001:db8:1200::10")
    world.edge.send([answer.frame, spoofed.frame], from: world.server)
    let delivered = answer.with {
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
    }
    #expect(world.edge.received(world.edge.bastion) == [delivered.frame])
    #expect(world.edge.drops() == ["GATEWAY_REJECTS_SPOOFED_TRAFFIC"])
  }

  @Test func `Traceroute shows the routers of the internet and not those of the VPC`() throws {
    var world = try World(routers: [
      .init(ipv4: IPv4Address(192, 0, 2, 1), ipv6: try IPv6Address("2001:db8:aaaa::1")),
      .init(ipv4: IPv4Address(192, 0, 2, 2)),
    ])
    let router = world.edge.router("public-a")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.bastion)
    for hop in 1...2 {
      let probe = try TestPacket(from: "10.0.0.10", to: "203.0.113.10", 33434).with {
        $0.timeToLive = UInt8(hop)
      }
      world.edge.send([probe.frame], from: world.edge.bastion)
      // The gateway turns back what is quoted, too.
      let answer = try TestPacket(
        .error(type: 11, code: 0, parameter: 0, about: probe.packetBytes),
        from: "192.0.2.\(hop)", to: "10.0.0.10"
      ).with {
        $0.linkLayerSource = router
        $0.linkLayerDestination = eni
        $0.identification = 0
      }
      #expect(world.edge.received(world.edge.bastion) == [answer.frame])
      #expect(world.edge.drops() == ["TIME_TO_LIVE_EXCEEDED"])
    }
    let last = try TestPacket(from: "10.0.0.10", to: "203.0.113.10", 33434).with {
      $0.timeToLive = 3
    }
    world.edge.send([last.frame], from: world.edge.bastion)
    let arrived = try last.with {
      $0.source = try IPAddress("198.51.100.10")
      $0.timeToLive = 1
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(world.edge.received(world.server) == [arrived.frame])

    let six = try TestPacket(from: "2001:db8:1200::10", to: "2001:db8:ffff::10", 33434).with {
      $0.timeToLive = 1
    }
    world.edge.send([six.frame], from: world.edge.bastion)
    let answer = try TestPacket(
      .error(type: 3, code: 0, parameter: 0, about: six.packetBytes), from: "2001:db8:aaaa::1",
      to: "2001:db8:1200::10"
    ).with {
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
    }
    #expect(world.edge.received(world.edge.bastion) == [answer.frame])
  }

  @Test func `A packet of more than 1,500 bytes is refused with its path MTU, or split`() throws {
    var world = try World()
    let router = world.edge.router("public-a")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.bastion)
    let long = try TestPacket(from: "10.0.0.10", to: "203.0.113.10").with {
      $0.payload = (0..<2972).map { UInt8(truncatingIfNeeded: $0) }
    }
    world.edge.send([long.frame], from: world.edge.bastion)
    let answer = try TestPacket(
      .error(type: 3, code: 4, parameter: 1500, about: Array(long.packetBytes[..<548])),
      from: "10.0.0.1", to: "10.0.0.10"
    ).with {
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
      $0.identification = 0
    }
    #expect(world.edge.received(world.edge.bastion) == [answer.frame])
    #expect(world.edge.drops() == ["PACKET_TOO_BIG"])

    world.edge.send([long.with { $0.dontFragment = false }.frame], from: world.edge.bastion)
    let fragments = world.edge.received(world.server)
    #expect(fragments.map { $0.count - 14 } == [1500, 1500, 40])
    #expect(fragments.map { Int($0[20]) << 8 + Int($0[21]) } == [0x2000, 0x20b9, 0x0172])
    // The first 8 bytes are the UDP header, which the address outside changes.
    let body = fragments.flatMap { $0[34...] }
    #expect(Array(body[8...]) == long.payload)
    for fragment in fragments {
      #expect(TestPacket.checksum(Array(fragment[14..<34])) == 0, "header checksum")
    }
    #expect(world.edge.drops() == [])
  }

  @Test func `An IPv6 packet of more than 1,500 bytes is refused by the router's own address`()
    throws
  {
    var world = try World()
    let long = try TestPacket(from: "2001:db8:1200::10", to: "2001:db8:ffff::10").with {
      $0.payload = [UInt8](repeating: 7, count: 1500)
    }
    world.edge.send([long.frame], from: world.edge.bastion)
    let router = world.edge.router("public-a")
    let eni = world.edge.linkLayerAddress(world.edge.interfaces.bastion)
    let answer = try TestPacket(
      .error(type: 2, code: 0, parameter: 1500, about: Array(long.packetBytes[..<1232])),
      from: "fe80:ec2::1", to: "2001:db8:1200::10"
    ).with {
      $0.linkLayerSource = router
      $0.linkLayerDestination = eni
    }
    #expect(world.edge.received(world.edge.bastion) == [answer.frame])
    #expect(world.edge.drops() == ["PACKET_TOO_BIG"])
  }

  @Test func `A VPC reaches its own public addresses from outside`() throws {
    var world = try World()
    let query = try TestPacket(.tcp(.syn), from: "10.0.0.10", to: "198.51.100.10")
    world.edge.send([query.frame], from: world.edge.bastion)
    let reflected = try query.with {
      $0.source = try IPAddress("198.51.100.10")
      $0.destination = try IPAddress("10.0.0.10")
    }
    #expect(
      world.edge.received(world.edge.bastion).map { Array($0[14...]) } == [reflected.packetBytes])
    #expect(world.edge.drops() == [])
  }
}
