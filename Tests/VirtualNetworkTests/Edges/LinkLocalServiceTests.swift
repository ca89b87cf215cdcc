import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// What hosts find at link-local addresses, and who answers for neighbours.
struct LinkLocalServiceTests {
  @Test func `The time service answers an NTP client with the virtual time`() throws {
    var edge = try EdgeWorld()
    let node = edge.node
    // 3 September 2019, the day of the 2019 captures.
    edge.simulation.withNode(node) { $0.setClock(1_567_468_800_000_000_000) }
    let request = [0x23] + [UInt8](repeating: 0, count: 39) + [1, 2, 3, 4, 5, 6, 7, 8]
    let query = try TestPacket(from: "10.0.1.10", 50000, to: "169.254.169.123", 123).with {
      $0.payload = request
    }
    let now = Instant(nanoseconds: 2_500_000_000)
    edge.simulation.run(until: now.advanced(by: .microseconds(-1)))
    edge.send([query.frame], from: edge.app)
    let frames = edge.received(edge.app)
    let frame = try #require(frames.first)
    let answer = try unsafe NTPHeader(parsing: frame.span.bytes, at: 42)
    #expect(answer.mode == .server && answer.version == 4 && answer.stratum == 3)
    #expect(answer.originTime.rawValue == 0x0102_0304_0506_0708)
    // Seconds since 1900, and the fraction of half a second.
    #expect(answer.transmitTime.rawValue >> 32 == 1_567_468_802 + 2_208_988_800)
    #expect(answer.transmitTime.rawValue & 0xffff_ffff == 0x8000_0000)
    let expected = try TestPacket(from: "169.254.169.123", 123, to: "10.0.1.10", 50000).with {
      $0.payload = Array(frame[42...])
      $0.identification = 0
      $0.linkLayerSource = edge.router("private-b")
      $0.linkLayerDestination = edge.linkLayerAddress(edge.interfaces.app)
    }
    #expect(frames == [expected.frame])

    let six = try TestPacket(from: "2001:db8:1200:1::10", 50000, to: "fd00:ec2::123", 123).with {
      $0.payload = request
    }
    edge.send([six.frame], from: edge.app)
    #expect(edge.received(edge.app).count == 1)
    // Anything else gets no answer.
    edge.send([query.with { $0.payload = [1] }.frame], from: edge.app)
    #expect(edge.received(edge.app) == [])
    #expect(edge.drops() == ["NO_POSSIBLE_DESTINATION"])
  }

  @Test func `The metadata service is a host of its own, one hop from everybody`() throws {
    var edge = try EdgeWorld()
    let metadata = edge.simulation.add(Probe())
    let node = edge.node
    let link = edge.simulation.connect(
      metadata, node, name: "imds", LinkBehavior(propagation: .microseconds(30)),
      labels: (0, VPCNode.Label.instanceMetadata))
    edge.simulation.withNode(metadata) { $0.port = link.a }
    let query = try TestPacket(.tcp(.syn), from: "10.0.1.10", to: "169.254.169.254", 80)
    edge.send([query.frame], from: edge.app)
    #expect(edge.drops() == ["NO_POSSIBLE_DESTINATION"])
    edge.simulation.withNode(node) {
      $0.attachInstanceMetadata(to: link.b, linkLayerAddress: EdgeWorld.serverAddress)
    }
    edge.send([query.frame], from: edge.app)
    #expect(edge.received(metadata).map { Array($0[14...]) } == [query.packetBytes])
    let answer = try TestPacket(
      .tcp([.syn, .ack]), from: "169.254.169.254", 80, to: "10.0.1.10", 40110)
    edge.send([answer.frame], from: metadata)
    #expect(edge.received(edge.app).map { Array($0[14...]) } == [answer.packetBytes])
    #expect(edge.drops() == [])
  }

  @Test func `Services together take 1,024 packets a second from an interface`() throws {
    var edge = try EdgeWorld()
    let metadata = edge.simulation.add(Probe())
    let node = edge.node
    let link = edge.simulation.connect(
      metadata, node, name: "imds", LinkBehavior(propagation: .microseconds(30)),
      labels: (0, VPCNode.Label.instanceMetadata))
    edge.simulation.withNode(node) {
      $0.attachInstanceMetadata(to: link.b, linkLayerAddress: EdgeWorld.serverAddress)
      $0.attachResolver(
        to: link.b, linkLayerAddress: EdgeWorld.serverAddress, capturing: .none,
        packetsPerSecond: 1024)
    }
    let query = try TestPacket(from: "10.0.1.10", to: "169.254.169.254", 80)
    edge.send(Array(repeating: query.frame, count: 1030), from: edge.app)
    #expect(edge.received(metadata).count == 1024)
    #expect(edge.drops() == Array(repeating: "LINKLOCAL_ALLOWANCE_EXCEEDED", count: 6))
  }

  @Test func `Neighbours are found by ARP and by neighbour discovery, without a broadcast`() throws
  {
    var edge = try EdgeWorld()
    let asker = MACAddress(0x02_0000_0001)
    let broadcast = [UInt8](repeating: 0xff, count: 6)
    func arp(_ last: UInt8) -> [UInt8] {
      broadcast + [2, 0, 0, 0, 0, 1].map { UInt8($0) } + [8, 6, 0, 1, 8, 0, 6, 4, 0, 1]
        + [2, 0, 0, 0, 0, 1] + [10, 0, 0, 10] + [0, 0, 0, 0, 0, 0] + [10, 0, 0, last]
    }
    edge.send([arp(20), arp(1), arp(77)], from: edge.bastion)
    let answers = edge.received(edge.bastion)
    #expect(answers.count == 2, "nobody has .77")
    func sender(_ frame: [UInt8]) -> MACAddress {
      MACAddress(frame[22..<28].reduce(0) { $0 << 8 | UInt64($1) })
    }
    #expect(
      answers.map(sender) == [
        edge.linkLayerAddress(edge.interfaces.lonely), edge.router("public-a"),
      ])

    func solicitation(_ target: String) throws -> [UInt8] {
      let message = NeighborMessage(
        kind: .solicitation, target: try IPv6Address(target), linkLayerAddress: asker)
      var bytes = [UInt8](repeating: 0, count: 14 + 40 + message.byteCount)
      let source = try IPv6Address("2001:db8:1200::10")
      let group = try IPv6Address(target).solicitedNodeMulticast
      var span = bytes.mutableSpan
      var output = unsafe span.mutableBytes
      EthernetHeader(
        destination: MACAddress(0x3333_ff00_0001), source: asker, etherType: .ipv6
      ).write(to: &output, at: 0)
      IPv6Header(
        payloadLength: UInt16(message.byteCount), nextHeader: .icmpv6, hopLimit: 255,
        source: source, destination: group
      ).write(to: &output, at: 14)
      message.write(to: &output, at: 54, source: source, destination: group)
      return bytes
    }
    edge.send(
      [try solicitation("fe80:ec2::1"), try solicitation("2001:db8:1200::77")], from: edge.bastion)
    let advertisements = edge.received(edge.bastion)
    #expect(advertisements.count == 1)
    let frame = try #require(advertisements.first)
    let message = try unsafe NeighborMessage(parsing: frame.span.bytes, at: 54)
    #expect(
      message.kind == .advertisement(isRouter: true, isSolicited: true, overrides: true))
    #expect(message.linkLayerAddress == edge.router("public-a"))
    #expect(frame[21] == 255, "hop limit")
    // The checksum over pseudo header and message, as RFC 1071 says it.
    let pseudo = Array(frame[22..<54]) + [0, 0, 0, UInt8(frame.count - 54), 0, 0, 0, 58]
    #expect(TestPacket.checksum(pseudo + Array(frame[54...])) == 0)
    #expect(edge.drops() == [])
  }

  @Test func `A flow that is too fast loses what is beyond the burst, others nothing`() throws {
    var edge = try EdgeWorld()
    let node = edge.node
    edge.simulation.withNode(node) {
      $0.limitFlows(bitsPerSecond: 5_000_000_000, burstByteCount: 10_000)
    }
    let fast = try TestPacket(from: "10.0.1.10", 1, to: "10.0.0.10").with {
      $0.payload = [UInt8](repeating: 1, count: 958)
    }
    let slow = try TestPacket(from: "10.0.1.10", 2, to: "10.0.0.10")
    edge.send(Array(repeating: fast.frame, count: 20) + [slow.frame], from: edge.app)
    // Ten frames of 1,000 bytes; one nanosecond between two of them earns nothing.
    #expect(edge.received(edge.bastion).count == 11)
    #expect(edge.drops() == Array(repeating: "BW_OUT_ALLOWANCE_EXCEEDED", count: 10))
  }

  @Test func `A resolver asks others through its outbound endpoint`() throws {
    var edge = try EdgeWorld { vpc in
      let subnet = try #require(vpc.subnet(named: "private-b"))
      let open = try #require(vpc.securityGroup(named: "open"))
      _ = try vpc.addInterface(
        name: "outbound", in: subnet, address: IPv4Address(10, 0, 1, 60), securityGroups: [open])
    }
    let index = try #require(edge.vpc.interface(named: "outbound"))
    let resolver = edge.simulation.add(Probe())
    let node = edge.node
    let link = edge.simulation.connect(
      resolver, node, name: "resolver", LinkBehavior(propagation: .microseconds(30)),
      labels: (0, VPCNode.Label.resolver))
    edge.simulation.withNode(resolver) { $0.port = link.a }
    edge.simulation.withNode(node) {
      $0.attachResolver(
        to: link.b, linkLayerAddress: EdgeWorld.serverAddress, capturing: .none)
      $0.attach(index, to: link.b, capturing: .none)
    }
    let question = try TestPacket(from: "10.0.1.60", to: "10.0.0.10", 53)
    edge.send([question.frame], from: resolver)
    #expect(edge.received(edge.bastion).map { Array($0[14...]) } == [question.packetBytes])
    let answer = try TestPacket(from: "10.0.0.10", 53, to: "10.0.1.60", 40110)
    edge.send([answer.frame], from: edge.bastion)
    #expect(edge.received(resolver).map { Array($0[14...]) } == [answer.packetBytes])
    #expect(edge.drops() == [])
  }
}
