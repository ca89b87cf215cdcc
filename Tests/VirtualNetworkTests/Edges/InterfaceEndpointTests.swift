import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Packets to and from the interface of a VPC endpoint.
struct InterfaceEndpointTests {
  @Test func `An endpoint takes 8,500 bytes, tells nobody of more, and clamps segment sizes`()
    throws
  {
    var edge = try EdgeWorld { vpc in
      let subnet = try #require(vpc.subnet(named: "private-b"))
      let open = try #require(vpc.securityGroup(named: "open"))
      _ = try vpc.addInterface(
        name: "sqs", in: subnet, address: IPv4Address(10, 0, 1, 50), securityGroups: [open],
        type: .vpcEndpoint)
    }
    let index = try #require(edge.vpc.interface(named: "sqs"))
    let node = edge.node
    let service = EdgeWorld.addProbe("sqs", to: node, index, &edge.simulation)
    let query = try TestPacket(
      .tcp(.syn, maximumSegmentSize: 8961), from: "10.0.1.10", to: "10.0.1.50")
    edge.send([query.frame], from: edge.app)
    #expect(
      edge.received(service).map { Array($0[14...]) }
        == [query.with { $0.body = .tcp(.syn, maximumSegmentSize: 8460) }.packetBytes])
    let answer = try TestPacket(
      .tcp([.syn, .ack], maximumSegmentSize: 8961), from: "10.0.1.50", 443, to: "10.0.1.10", 40110)
    edge.send([answer.frame], from: service)
    #expect(
      edge.received(edge.app).map { Array($0[14...]) }
        == [answer.with { $0.body = .tcp([.syn, .ack], maximumSegmentSize: 8460) }.packetBytes])

    let fits = try TestPacket(from: "10.0.1.10", to: "10.0.1.50").with {
      $0.payload = [UInt8](repeating: 1, count: 8472)
    }
    edge.send([fits.frame, fits.with { $0.payload.append(1) }.frame], from: edge.app)
    #expect(edge.received(service).map { Array($0[14...]) } == [fits.packetBytes])
    #expect(edge.received(edge.app) == [])
    #expect(edge.drops() == ["PACKET_TOO_BIG"])
  }
}
