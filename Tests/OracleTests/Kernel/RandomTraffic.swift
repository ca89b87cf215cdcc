import AddressTranslation
import PacketFormats
import TestSupport
import Testing

/// Random packets of a few hosts that use the same ports, with answers, errors, fragments and
/// whatever else comes along.
///
/// What is in ``KnownDifference`` is left out: those have tests of their own.
final class RandomTraffic {
  private let pair: SideBySide
  private var generator: SplitMix64
  private var identification: UInt16 = 0
  /// Flows of UDP and ICMP that were let out, and the last packet of each as it left.
  private var left: [(flow: Flow, packet: Both<[UInt8]>)] = []
  private var connections: [Connection] = []
  private var connectionCount = 0

  /// A TCP connection and how far it has come.
  private struct Connection {
    var conversation: Conversation
    var hasSYN = false
    var isAnswered = false
    var isAcknowledged = false
    /// Whether the kernel believes any RST: a FIN was seen, or the handshake was not.
    var believesResets = false
  }

  init(_ pair: SideBySide, seed: UInt64) {
    self.pair = pair
    generator = SplitMix64(seed: seed)
    pair.comparesKeeping = false
  }

  /// Sends one packet, or all fragments of one.
  func step() throws {
    switch number(100) {
    case 0..<25: try sendDatagram()
    case 25..<40: try answerDatagram()
    case 40..<50: try sendQuery()
    case 50..<58: try answerQuery()
    case 58..<80: try sendSegment()
    case 80..<88: try sendError()
    case 88..<92: try sendFragments()
    case 92..<96: try sendUnsolicited()
    default: try sendDamaged()
    }
  }

  // MARK: Choices

  private func number(_ end: Int) -> Int { Int.random(in: 0..<end, using: &generator) }

  private func one<Value>(of values: [Value]) -> Value { values[number(values.count)] }

  private func bytes(upTo count: Int) -> [UInt8] {
    (0..<number(count + 1)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  private func timeToLive() -> UInt8 { one(of: [64, 64, 64, 64, 255, 2, 1, 0]) }

  private func flow(_ number: IPProtocol) -> Flow {
    KernelTests.flow(
      number, one(of: [KernelTests.a, KernelTests.b, KernelTests.c]),
      one(of: [40_000, 40_001, 500, 600, 5]), one(of: [KernelTests.x, KernelTests.y]),
      number == .icmp ? 0 : one(of: [53, 443]))
  }

  private func note(_ flow: Flow, _ packet: Both<[UInt8]>?) {
    guard let packet else { return }
    left.removeAll { $0.flow == flow }
    left.append((flow, packet))
  }

  private func known(_ number: IPProtocol) -> Flow? {
    let flows = left.map(\.flow).filter { $0.protocol == number }
    return flows.isEmpty ? nil : one(of: flows)
  }

  // MARK: UDP

  private func sendDatagram() throws {
    let flow = flow(.udp)
    note(
      flow,
      try pair.outbound(
        RawPacket.udp(
          flow.inside, flow.remote, payload: bytes(upTo: 40), timeToLive: timeToLive(),
          options: one(of: [[], [], [1, 1, 1, 0]]), hasChecksum: number(8) > 0)))
  }

  private func answerDatagram() throws {
    guard let flow = known(.udp) else { return }
    let stranger = TransportAddress(KernelTests.hop, 53)
    let remote = number(6) > 0 ? flow.remote : stranger
    let (payload, hops, hasChecksum) = (bytes(upTo: 40), timeToLive(), number(8) > 0)
    try pair.inbound(
      try pair.outside(of: flow).map {
        RawPacket.udp(remote, $0, payload: payload, timeToLive: hops, hasChecksum: hasChecksum)
      })
  }

  // MARK: ICMP

  private func request(of flow: Flow) -> UInt8 { flow.inside.port < 1000 ? 13 : 8 }

  private func body(of request: UInt8) -> [UInt8] {
    request == 13 ? [UInt8](repeating: 1, count: 12) : bytes(upTo: 30)
  }

  private func sendQuery() throws {
    let flow = flow(.icmp)
    let type = request(of: flow)
    // Now and then an answer that nobody asked for.
    let isReply = number(10) == 0
    let packet = try pair.outbound(
      RawPacket.query(
        isReply ? type == 8 ? 0 : 14 : type, flow.inside.address, flow.remote.address,
        identifier: flow.inside.port, payload: body(of: type), timeToLive: timeToLive()))
    note(flow, packet)
  }

  private func answerQuery() throws {
    guard let flow = known(.icmp) else { return }
    let type = request(of: flow)
    let isRequest = number(10) == 0
    let from = number(8) > 0 ? flow.remote.address : KernelTests.hop
    let (payload, hops) = (body(of: type), timeToLive())
    try pair.inbound(
      try pair.outside(of: flow).map {
        RawPacket.query(
          isRequest ? type : type == 8 ? 0 : 14, from, $0.address, identifier: $0.port,
          payload: payload, timeToLive: hops)
      })
  }

  // MARK: TCP

  private func newConnection() -> Connection {
    connectionCount += 1
    return Connection(
      conversation: Conversation(
        pair,
        from: TransportAddress(
          one(of: [KernelTests.a, KernelTests.b]), UInt16(50_000 + connectionCount))))
  }

  private func sendSegment() throws {
    if connections.count < 12 || number(30) == 0 {
      connections.append(newConnection())
    }
    let index = number(connections.count)
    let talk = connections[index].conversation
    let size = number(3) == 0 ? number(1400) : 0
    guard connections[index].hasSYN else {
      switch number(8) {
      case 0: try talk.in(one(of: [.ack, [.fin, .ack], .rst, .syn, [.syn, .ack]]))
      case 1: try talk.out(one(of: [[.fin, .ack], .rst, [.rst, .ack], [.syn, .ack]]))
      case 2:
        try talk.out(size > 0 ? [.psh, .ack] : .ack, size, expecting: .forwarded)
        connections[index] = Connection(
          conversation: talk, hasSYN: true, isAnswered: true, isAcknowledged: true,
          believesResets: true)
      default:
        try talk.out(.syn, expecting: .forwarded)
        connections[index].hasSYN = true
      }
      return
    }
    guard connections[index].isAnswered else {
      switch number(6) {
      case 0: try talk.out(.syn, again: true)
      case 1: try talk.out(one(of: [.ack, [.fin, .ack], [.syn, .ack]]))
      case 2: try talk.in(one(of: [[.fin, .ack], [.psh, .fin, .ack]]))
      default:
        try talk.in([.syn, .ack])
        connections[index].isAnswered = true
      }
      return
    }
    let hops: UInt8 = connections[index].isAcknowledged && number(20) == 0 ? 1 : 64
    switch number(24) {
    case 0, 1:
      connections[index].believesResets = true
      if number(2) == 0 {
        try talk.out([.fin, .ack], size)
      } else {
        try talk.in([.fin, .ack], size)
      }
    case 2:
      // It is over. The kernel believes a RST only at the very number that the other side has
      // acknowledged; that we do is a matter of sequence numbers too.
      if number(2) == 0 {
        try talk.in(.ack)
        try talk.out([.rst, .ack])
      } else {
        try talk.out(.ack)
        try talk.in(.rst)
      }
      connections[index] = newConnection()
    case 3 where !connections[index].believesResets: try talk.out(.rst, offset: 0x5000_0000)
    case 4 where !connections[index].believesResets: try talk.in([.rst, .ack], offset: 0x5000_0000)
    case 5: try talk.out(one(of: [[], .fin, [.syn, .fin], [.fin, .rst], [.psh, .urg]]))
    case 6: try talk.in(one(of: [[], .fin, [.syn, .fin], [.fin, .rst], [.psh, .urg]]))
    // Until the handshake is over, the kernel lets some segments from outside pass without taking
    // note of them, and a FIN is no FIN then.
    case 7 where connections[index].isAcknowledged: try talk.out([.syn, .ack], again: true)
    case 8..<16:
      try talk.out(size > 0 ? [.psh, .ack] : .ack, size, timeToLive: hops)
      connections[index].isAcknowledged = true
    default: try talk.in(size > 0 ? [.psh, .ack] : .ack, size, timeToLive: hops)
    }
  }

  // MARK: Errors

  private func sendError() throws {
    guard !left.isEmpty else { return }
    let (flow, packet) = one(of: left)
    let kinds: [(UInt8, UInt8)] = [(3, 0), (3, 3), (3, 4), (11, 0), (12, 0), (5, 0)]
    let (type, code) = one(of: kinds)
    let quoted = one(of: [27, 28, 30, 36, 548])
    guard number(3) == 0 else {
      let hops = timeToLive()
      try pair.inbound(
        packet.map {
          RawPacket.error(
            type, code: code, from: KernelTests.hop, about: $0, quoting: quoted,
            timeToLive: hops)
        })
      return
    }
    let answer =
      flow.protocol == .udp
      ? RawPacket.udp(flow.remote, flow.inside, payload: bytes(upTo: 20), timeToLive: 63)
      : RawPacket.query(
        request(of: flow) == 8 ? 0 : 14, flow.remote.address, flow.inside.address,
        identifier: flow.inside.port, payload: body(of: request(of: flow)))
    try pair.outbound(
      RawPacket.error(
        type, code: code, from: one(of: [flow.inside.address, IPv4Address(10, 0, 0, 30)]),
        about: answer, quoting: quoted))
  }

  // MARK: Others

  private func sendFragments() throws {
    identification += 1
    let number = identification
    let (size, payload) = (8 * (self.number(100) + 5), bytes(upTo: 3000))
    var order = Array(0..<100)
    order.shuffle(using: &generator)
    func cut(_ packet: [UInt8]) -> [[UInt8]] {
      let all = RawPacket.fragments(packet, size: size, identification: number)
      return order.filter { $0 < all.count }.map { all[$0] }
    }
    if let flow = known(.udp), self.number(2) == 0 {
      try pair.inbound(
        fragments: try pair.outside(of: flow).map {
          cut(RawPacket.udp(flow.remote, $0, payload: payload))
        })
    } else {
      let flow = flow(.udp)
      try pair.outbound(fragments: cut(RawPacket.udp(flow.inside, flow.remote, payload: payload)))
    }
  }

  private func sendUnsolicited() throws {
    let here = TransportAddress(KernelRouter.outside, UInt16(30_000 + number(1000)))
    let there = TransportAddress(one(of: [KernelTests.x, KernelTests.hop]), 443)
    switch number(3) {
    case 0: try pair.inbound(Both(RawPacket.udp(there, here, payload: bytes(upTo: 20))))
    case 1:
      try pair.inbound(
        Both(
          RawPacket.tcp(
            there, here, TCPHeader.Flags(rawValue: UInt8(number(64))), sequence: 1,
            acknowledgment: 2, timeToLive: timeToLive())))
    default:
      try pair.inbound(
        Both(
          RawPacket.ipv4(
            1, there.address, here.address, body: [UInt8(number(20)), 0, 0, 0] + bytes(upTo: 60))))
    }
  }

  /// One byte is not what it should be, though checksums agree with it.
  private func sendDamaged() throws {
    let flow = flow(.udp)
    var packet = RawPacket.udp(flow.inside, flow.remote, payload: bytes(upTo: 20))
    // Type of service, length, identification, hops; length of the datagram.
    let place = one(of: [1, 2, 3, 4, 5, 8, 24, 25])
    packet[place] = UInt8.random(in: .min ... .max, using: &generator)
    RawPacket.fixHeaderChecksum(&packet)
    if place > 20 { RawPacket.fixBodyChecksum(&packet) }
    if number(4) == 0 { packet.removeLast(number(packet.count - 20)) }
    try pair.outbound(packet)
  }
}
