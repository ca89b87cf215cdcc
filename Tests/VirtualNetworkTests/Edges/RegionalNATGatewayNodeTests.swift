import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// A NAT gateway for a whole VPC.
struct RegionalNATGatewayNodeTests {
  @Test func `Each zone has its own addresses, and a zone without finds no way`() throws {
    var edge = try EdgeWorld { vpc in
      let gateway = try vpc.addGateway(.regionalNAT, name: "nat")
      try EdgeWorld.addDefaultRoutes("private", via: .gateway(gateway), in: &vpc)
      try EdgeWorld.addDefaultRoutes("public", via: .gateway(gateway), in: &vpc)
    }
    let index = try #require(edge.vpc.gateway(.natGateway, named: "nat"))
    let value = try RegionalNATGateway(
      name: "nat", zones: [.init(name: "use1-az2", addresses: [IPv4Address(198, 51, 100, 7)])])
    let zones = edge.vpc.subnets.map(\.zone)
    let gateway = edge.simulation.add(
      NATGatewayNode(
        value, linkLayerAddress: EdgeWorld.gatewayAddress,
        internetLinkLayerAddress: EdgeWorld.internetAddress, zonesOfSubnets: zones, seed: 3))
    let outside = edge.simulation.add(
      OutsideNetworkNode(name: "internet", linkLayerAddress: EdgeWorld.internetAddress))
    let server = edge.simulation.add(Probe())
    let node = edge.node
    let inner = edge.simulation.connect(
      node, gateway, name: "inner", LinkBehavior(propagation: .microseconds(5)),
      labels: (VPCNode.Label.gateway(index), GatewayLabel.inside))
    let outer = edge.simulation.connect(
      gateway, outside, name: "outer", LinkBehavior(propagation: .microseconds(5)),
      labels: (GatewayLabel.outside, 0))
    let link = edge.simulation.connect(
      server, outside, name: "server", LinkBehavior(propagation: .microseconds(5)), labels: (0, 1))
    edge.simulation.withNode(node) { $0.attachGateway(index, to: inner.a, limit: value.limit) }
    edge.simulation.withNode(gateway) { $0.connect(inside: inner.b, outside: outer.a) }
    edge.simulation.withNode(server) { $0.port = link.a }
    edge.simulation.withNode(outside) {
      $0.attachGateway(
        for: value.prefixes, linkLayerAddress: EdgeWorld.gatewayAddress, to: outer.b)
      $0.attachHost(
        at: [.v4(IPv4Address(203, 0, 113, 10))], linkLayerAddress: EdgeWorld.serverAddress,
        to: link.b)
    }
    let query = try TestPacket(from: "10.0.1.10", to: "203.0.113.10")
    edge.send([query.frame], from: edge.app)
    let frames = edge.received(server)
    let frame = try #require(frames.first)
    let port = UInt16(frame[34]) << 8 | UInt16(frame[35])
    let translated = try query.with {
      $0.source = try IPAddress("198.51.100.7")
      $0.sourcePort = port
      $0.timeToLive = 63
      $0.linkLayerSource = EdgeWorld.internetAddress
      $0.linkLayerDestination = EdgeWorld.serverAddress
    }
    #expect(frames == [translated.frame])
    let answer = try TestPacket(from: "203.0.113.10", 443, to: "198.51.100.7", port)
    edge.send([answer.frame], from: server)
    let turnedBack = try answer.with {
      $0.destination = try IPAddress("10.0.1.10")
      $0.destinationPort = 40110
      $0.timeToLive = 63
    }
    #expect(edge.received(edge.app).map { Array($0[14...]) } == [turnedBack.packetBytes])
    #expect(edge.drops() == [])

    // The bastion is in a zone in which the gateway has no address.
    edge.send(
      [try TestPacket(from: "10.0.0.10", to: "203.0.113.10").frame], from: edge.bastion)
    #expect(edge.drops() == ["REGIONAL_NGW_ROUTE_AZ_RESTRICTION"])
  }
}
