import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// How long connections are remembered, seen from outside: whether replies still pass.
@Suite struct ConnectionTrackingTests {
  /// One host that may send anything to anybody and takes nothing but replies.
  struct Host: ~Copyable {
    var plane: DataPlane
    let interface: InterfaceIndex
    let address: IPv4Address

    init() throws(VirtualNetworkError) {
      var shop = try Shop()
      let group = try shop.network.addSecurityGroup(name: "client", allowsAllEgress: false)
      try shop.network.authorize(
        SecurityGroupRule(.all, peer: .prefix(.v4(prefix(10, 0, 0, 0, 8)))), .egress, in: group)
      try shop.network.setSecurityGroups([group], of: shop.eni)
      plane = DataPlane(shop.network)
      interface = shop.eni
      address = shop.query.source
    }

    func key(_ protocol: IPProtocol) -> FlowKey {
      FlowKey(
        `protocol`, source: address, sourcePort: 40110, destination: IPv4Address(10, 0, 2, 20),
        destinationPort: 53)
    }

    mutating func send(
      _ protocol: IPProtocol, _ flags: TCPHeader.Flags = [], at now: Int64
    ) -> PathVerdict {
      plane.egress(key(`protocol`), flags: flags, from: interface, now: seconds(now)).verdict
    }

    mutating func receive(
      _ protocol: IPProtocol, _ flags: TCPHeader.Flags = [], at now: Int64
    ) -> PathVerdict {
      plane.ingress(key(`protocol`).reversed, flags: flags, at: interface, now: seconds(now))
        .verdict
    }
  }

  @Test func `A lone datagram is remembered for thirty seconds`() throws {
    var host = try Host()
    #expect(host.send(.udp, at: 0) == .accept)
    #expect(host.receive(.udp, at: 30) == .accept)
    // One request with its response is still no stream.
    #expect(host.receive(.udp, at: 60) == .accept)
    #expect(host.receive(.udp, at: 91) == .reject)
  }

  @Test func `Two requests with their responses make a stream of three minutes`() throws {
    var host = try Host()
    for _ in 0..<2 {
      #expect(host.send(.udp, at: 0) == .accept)
      #expect(host.receive(.udp, at: 0) == .accept)
    }
    #expect(host.receive(.udp, at: 180) == .accept)
    #expect(host.receive(.udp, at: 361) == .reject)
  }

  @Test func `Two requests without a response between them make no stream`() throws {
    var host = try Host()
    #expect(host.send(.udp, at: 0) == .accept)
    #expect(host.send(.udp, at: 0) == .accept)
    #expect(host.receive(.udp, at: 0) == .accept)
    #expect(host.receive(.udp, at: 0) == .accept)
    #expect(host.receive(.udp, at: 31) == .reject)
  }

  @Test func `An established TCP connection is remembered for five days`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 0) == .accept)
    #expect(host.send(.tcp, .ack, at: 0) == .accept)
    #expect(host.receive(.tcp, .ack, at: 432_000) == .accept)
    #expect(host.receive(.tcp, .ack, at: 864_001) == .reject)
  }

  @Test func `A SYN without an answer is forgotten after a minute`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 61) == .reject)
    #expect(host.send(.tcp, .syn, at: 100) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 160) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 221) == .reject)
  }

  @Test func `A connection that both ends have finished is forgotten after two minutes`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 0) == .accept)
    #expect(host.send(.tcp, .ack, at: 0) == .accept)
    #expect(host.send(.tcp, [.fin, .ack], at: 0) == .accept)
    #expect(host.send(.tcp, [.fin, .ack], at: 0) == .accept)
    // Half closed: the other end may go on sending.
    #expect(host.receive(.tcp, .ack, at: 1_000) == .accept)
    #expect(host.receive(.tcp, [.fin, .ack], at: 1_000) == .accept)
    #expect(host.receive(.tcp, .ack, at: 1_120) == .accept)
    #expect(host.receive(.tcp, .ack, at: 1_241) == .reject)
  }

  @Test func `A reset shortens what is remembered`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.rst, .ack], at: 0) == .accept)
    #expect(host.receive(.tcp, .ack, at: 121) == .reject)
  }

  @Test func `A SYN after the end begins anew, if the rules still allow it`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, .rst, at: 0) == .accept)
    // The other end may not begin one.
    #expect(host.receive(.tcp, .syn, at: 1) == .reject)
    // Which has not harmed the old one.
    #expect(host.receive(.tcp, .rst, at: 2) == .accept)
    #expect(host.send(.tcp, .syn, at: 3) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 3) == .accept)
    #expect(host.send(.tcp, .ack, at: 3) == .accept)
    #expect(host.receive(.tcp, .ack, at: 200_000) == .accept)
  }

  @Test(arguments: [.ack, [.syn, .ack], .rst, [.fin, .ack], []] as [TCPHeader.Flags])
  func `A segment that is no SYN passes by the rules but begins nothing`(
    flags: TCPHeader.Flags
  ) throws {
    var host = try Host()
    #expect(host.send(.tcp, flags, at: 0) == .accept)
    #expect(host.receive(.tcp, .ack, at: 0) == .reject)
    // What was remembered of that segment must not keep a real connection from beginning.
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 0) == .accept)
  }

  @Test func `A connection idle for too long hangs: data goes out, nothing comes back`() throws {
    var host = try Host()
    #expect(host.send(.tcp, .syn, at: 0) == .accept)
    #expect(host.receive(.tcp, [.syn, .ack], at: 0) == .accept)
    #expect(host.send(.tcp, .ack, at: 0) == .accept)
    #expect(host.send(.tcp, [.psh, .ack], at: 432_001) == .accept)
    #expect(host.receive(.tcp, .ack, at: 432_001) == .reject)
  }

  @Test func `A dropped packet keeps nothing alive`() throws {
    var host = try Host()
    #expect(host.send(.udp, at: 0) == .accept)
    try host.plane.update { (network) throws(VirtualNetworkError) in
      let postgres = network.interface(named: "postgres")
      if let postgres { network.removeInterface(postgres) }
    }
    // The security group would still let it out, but nobody has the address any more.
    #expect(host.send(.udp, at: 29) == .reject)
    #expect(host.receive(.udp, at: 31) == .reject)
  }

  @Test func `ICMP is remembered for half a minute, other protocols for ten`() throws {
    var host = try Host()
    let gre = IPProtocol(rawValue: 47)
    #expect(host.send(gre, at: 0) == .accept)
    #expect(host.receive(gre, at: 600) == .accept)
    #expect(host.receive(gre, at: 1_201) == .reject)
    let ping = FlowKey(
      icmpType: 8, code: 0, identifier: 1, source: host.address,
      destination: IPv4Address(10, 0, 2, 20))
    let interface = host.interface
    #expect(host.plane.egress(ping, from: interface, now: .start).verdict == .accept)
    let soon = host.plane.ingress(ping.reversed, at: interface, now: seconds(30))
    #expect(soon.verdict == .accept)
    let late = host.plane.ingress(ping.reversed, at: interface, now: seconds(61))
    #expect(late.verdict == .reject)
  }

  // MARK: - The table

  @Test func `A flow takes at most 64 bytes, at every size of the table`() throws {
    var host = try Host()
    var worst = 0
    for number in 0..<100_000 as Range<UInt32> {
      let key = FlowKey(
        .udp, source: host.address, sourcePort: UInt16(number & 0xffff),
        destination: IPv4Address(10, 0, 2, 20), destinationPort: UInt16(number >> 16))
      let interface = host.interface
      _ = host.plane.egress(key, from: interface, now: .start)
      let count = host.plane.cachedFlowCount
      if count >= 2_048 { worst = max(worst, host.plane.flowTableByteCount / count) }
    }
    #expect(host.plane.cachedFlowCount == 100_000)
    #expect(worst <= 64)
  }

  @Test func `Flows that have timed out make room without anybody looking for them`() throws {
    var host = try Host()
    let interface = host.interface
    var most = 0
    // A thousand new flows a second, each gone after thirty: some thirty thousand live at any time.
    for number in 0..<200_000 as Range<UInt32> {
      let key = FlowKey(
        .udp, source: host.address, sourcePort: UInt16(number & 0xffff),
        destination: IPv4Address(10, 0, 2, 20), destinationPort: UInt16(number >> 16))
      let now = Instant(nanoseconds: Int64(number) * 1_000_000)
      _ = host.plane.egress(key, from: interface, now: now)
      most = max(most, host.plane.cachedFlowCount)
    }
    #expect(most < 60_000)
    #expect(host.plane.flowTableByteCount < 4_000_000)
  }

  @Test func `Flows are found again after others around them were swept away`() throws {
    var host = try Host()
    let interface = host.interface
    func key(_ number: Int) -> FlowKey {
      FlowKey(
        .udp, source: host.address, sourcePort: UInt16(number),
        destination: IPv4Address(10, 0, 2, 20), destinationPort: 9)
    }
    for number in 0..<2_000 { _ = host.plane.egress(key(number), from: interface, now: .start) }
    // Every third lives on; the rest is swept away while new ones come in.
    for number in stride(from: 0, to: 2_000, by: 3) {
      _ = host.plane.egress(key(number), from: interface, now: seconds(20))
    }
    for number in 2_000..<8_000 {
      _ = host.plane.egress(key(number), from: interface, now: seconds(31))
    }
    for number in 0..<8_000 {
      let alive = number >= 2_000 || number % 3 == 0
      #expect(host.plane.tracks(key(number), at: interface, now: seconds(40)) == alive)
    }
    #expect(host.plane.cachedFlowCount < 7_000)
  }
}
