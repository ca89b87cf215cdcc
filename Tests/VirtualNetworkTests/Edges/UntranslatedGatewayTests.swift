import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Gateways whose packets keep their addresses: gateway endpoints, egress-only internet gateways, virtual
/// private gateways.
struct UntranslatedGatewayTests {
  @Test func `A gateway endpoint takes TCP to its service, from the private address`() throws {
    var edge = try EdgeWorld { vpc in
      let list = try vpc.addPrefixList(name: "s3", entries: [IPPrefix("52.216.0.0/15")])
      let endpoint = try vpc.addGateway(.gatewayEndpoint(.s3, list), name: "s3")
      guard let table = vpc.routeTable(named: "private") else { return }
      try vpc.addRoute(Route(to: .prefixList(list), via: .gateway(endpoint)), to: table)
    }
    let index = try #require(edge.vpc.gateway(.endpoint, named: "s3"))
    let endpoint = try #require(GatewayEndpoint(index, of: edge.vpc))
    let bucket = edge.addOutside(
      .gatewayEndpoint(endpoint), index, prefixes: edge.vpc.allBlocks,
      serverAddresses: [try IPAddress("52.216.0.10"), try IPAddress("203.0.113.10")],
      limit: .endpoint)
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "52.216.0.10")
    let datagram = try TestPacket(from: "10.0.1.10", to: "52.216.0.10")
    let echo = try TestPacket(.echo(isReply: false), from: "10.0.1.10", to: "52.216.0.10")
    edge.send([query.frame, datagram.frame, echo.frame], from: edge.app)
    #expect(
      edge.received(bucket).map { Array($0[14...]) } == [query.packetBytes, echo.packetBytes])
    #expect(edge.drops() == ["VPCE_GATEWAY_PROTOCOL_RESTRICTION"])

    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "52.216.0.10", 443, to: "10.0.1.10", 40110)
    let other = try TestPacket(.tcp(.syn), from: "203.0.113.10", to: "10.0.1.10")
    edge.send([answer.frame, other.frame], from: bucket)
    #expect(edge.received(edge.app).map { Array($0[14...]) } == [answer.packetBytes])
    #expect(edge.drops() == ["VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION"])

    let generous = query.with { $0.body = .tcp(.syn, maximumSegmentSize: 8961) }
    edge.send([generous.frame], from: edge.app)
    #expect(
      edge.received(bucket).map { Array($0[14...]) }
        == [query.with { $0.body = .tcp(.syn, maximumSegmentSize: 8460) }.packetBytes])

    // 8,500 bytes and no more, and nobody is told.
    let long = try TestPacket(.tcp(.ack), from: "10.0.1.10", to: "52.216.0.10").with {
      $0.payload = [UInt8](repeating: 0, count: 8500)
    }
    edge.send([long.frame], from: edge.app)
    #expect(edge.received(edge.app) == [])
    #expect(edge.drops() == ["PACKET_TOO_BIG"])
  }

  @Test func `An egress-only internet gateway lets in answers and nothing else`() throws {
    var edge = try EdgeWorld { vpc in
      let gateway = try vpc.addGateway(.egressOnlyInternet, name: "eigw")
      guard let table = vpc.routeTable(named: "private") else { return }
      try vpc.addRoute(Route(to: IPv6Prefix("::/0"), via: .gateway(gateway)), to: table)
    }
    let index = try #require(edge.vpc.gateway(.egressOnlyInternetGateway, named: "eigw"))
    let server = edge.addOutside(
      .egressOnlyInternet(EgressOnlyInternetGateway(index, of: edge.vpc)), index,
      prefixes: edge.vpc.ipv6Blocks.map(IPPrefix.v6),
      serverAddresses: [try IPAddress("2001:db8:ffff::10")],
      routers: [.init(ipv4: IPv4Address(192, 0, 2, 1), ipv6: try IPv6Address("2001:db8:aaaa::1"))])
    let unasked = try TestPacket(
      .tcp(.syn), from: "2001:db8:ffff::10", 443, to: "2001:db8:1200:1::10", 40110)
    edge.send([unasked.frame], from: server)
    #expect(edge.drops() == ["UNSOLICITED"])
    let query = try TestPacket(.tcp(.syn), from: "2001:db8:1200:1::10", to: "2001:db8:ffff::10")
    edge.send([query.frame], from: edge.app)
    #expect(edge.received(server).count == 1)
    let answer = unasked.with { $0.body = .tcp([.syn, .ack]) }
    edge.send([answer.frame], from: server)
    #expect(
      edge.received(edge.app).map { Array($0[14...]) }
        == [answer.with { $0.timeToLive = 63 }.packetBytes])
    // A router's answer to a traceroute is about a packet that went out.
    let probe = try TestPacket(from: "2001:db8:1200:1::10", to: "2001:db8:ffff::10", 33434).with {
      $0.timeToLive = 1
    }
    edge.send([probe.frame], from: edge.app)
    #expect(edge.received(edge.app).count == 1)
    #expect(edge.drops() == ["TIME_TO_LIVE_EXCEEDED"])
    // Nobody remembers for ever.
    edge.simulation.run(until: edge.simulation.network.now.advanced(by: .seconds(351)))
    edge.send([answer.frame], from: server)
    #expect(edge.received(edge.app) == [])
    #expect(edge.drops() == ["UNSOLICITED"])
  }

  @Test func `A virtual private gateway joins the VPC with the customer's own network`() throws {
    let onPremises = try IPPrefix("10.8.0.0/16")
    var edge = try EdgeWorld { vpc in
      let gateway = try vpc.addGateway(.virtualPrivate, name: "vgw")
      guard let table = vpc.routeTable(named: "private") else { return }
      try vpc.addRoute(
        Route(to: .prefix(onPremises), via: .gateway(gateway), origin: .propagated), to: table)
    }
    let index = try #require(edge.vpc.gateway(.virtualPrivateGateway, named: "vgw"))
    let host = edge.addOutside(
      .virtualPrivate(VirtualPrivateGateway(index, of: edge.vpc, onPremises: [onPremises])), index,
      prefixes: edge.vpc.allBlocks, serverAddresses: [try IPAddress("10.8.0.10")])
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "10.8.0.10")
    edge.send([query.frame], from: edge.app)
    #expect(edge.received(host).map { Array($0[14...]) } == [query.packetBytes])
    let answer = try TestPacket(.tcp([.syn, .ack]), from: "10.8.0.10", 443, to: "10.0.1.10", 40110)
    let spoofed = try TestPacket(from: "10.0.0.10", to: "10.0.1.10")
    edge.send([answer.frame, spoofed.frame], from: host)
    #expect(edge.received(edge.app).map { Array($0[14...]) } == [answer.packetBytes])
    #expect(edge.drops() == ["GATEWAY_REJECTS_SPOOFED_TRAFFIC"])
  }
}
