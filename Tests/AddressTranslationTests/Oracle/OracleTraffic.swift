import AddressTranslation
import PacketFormats

/// Random packets, most of which are of sessions there are, or nearly so.
struct OracleTraffic {
  typealias Input = OracleRun.Input

  var chance: TestGenerator
  var now: Int64 = 0
  /// Fragments and kept packets still to be sent.
  private var pending: [(bytes: [UInt8], fromInside: Bool)] = []

  init(seed: UInt64) {
    chance = TestGenerator(seed: seed)
  }

  mutating func next(for run: inout OracleRun) -> Input {
    if !run.submitAgain.isEmpty, chance.below(8) != 0 {
      let (bytes, fromInside) = run.submitAgain.removeFirst()
      return Input(now: now, event: .packet(bytes, fromInside: fromInside))
    }
    advance(run.model)
    if chance.below(8) == 0 { return Input(now: now, event: .check) }
    if !pending.isEmpty, chance.below(2) == 0 {
      let place = chance.below(pending.count)
      let (bytes, fromInside) = pending[place]
      if chance.below(8) != 0 { pending.remove(at: place) }
      return Input(now: now, event: .packet(bytes, fromInside: fromInside))
    }
    let fromInside = chance.below(2) == 0
    var packet = randomPacket(run.model, fromInside: fromInside)
    if chance.below(6) == 0, pending.count < 12 {
      let fragments = TestPacket.fragments(
        packet, size: chance.any(of: [16, 24, 24, 32]),
        identification: UInt16(7 + chance.below(2)))
      for var fragment in fragments.prefix(5) where chance.below(12) != 0 {
        if chance.below(40) == 0 {
          fragment[6] |= 0x40
          TestPacket.fixHeaderChecksum(&fragment)
        }
        pending.append((fragment, fromInside))
      }
    }
    damage(&packet)
    return Input(now: now, event: .packet(packet, fromInside: fromInside))
  }

  /// Moves time on: mostly a little, sometimes to the very nanosecond at which something ends, or
  /// just before it, or past everything.
  private mutating func advance(_ model: SpecifiedTranslator) {
    switch chance.below(32) {
    case 0, 1:
      if let session = chance.element(of: model.sessions) {
        now = max(now, model.end(of: session) - Int64(chance.below(2)))
      }
    case 2:
      let ends = model.packetsInFragments.map(\.end) + model.waitingSYNs.map(\.end)
      if let end = chance.element(of: ends) { now = max(now, end - Int64(chance.below(2))) }
    case 3 where chance.below(40) == 0: now += 500_000 * 1_000_000_000
    case 4...6: now += Int64(chance.below(20)) * 1_000_000_000 + Int64(chance.below(1000))
    default: now += Int64(chance.below(3))
    }
  }

  /// Breaks few packets in one of the ways that a packet can be broken.
  private mutating func damage(_ packet: inout [UInt8]) {
    let start = TestPacket.headerByteCount(packet)
    switch chance.below(400) {
    case 0:
      packet[6] ^= 0x20
      TestPacket.fixHeaderChecksum(&packet)
    case 1:
      packet[7] = 1
      TestPacket.fixHeaderChecksum(&packet)
    case 2:
      packet[9] = 47
      TestPacket.fixHeaderChecksum(&packet)
    case 3: packet.removeLast(1 + chance.below(packet.count))
    case 4:
      packet[0] = UInt8(chance.any(of: [0x44, 0x4f, 0x65]))
      if packet[0] == 0x4f, packet.count >= 60 { TestPacket.fixHeaderChecksum(&packet) }
    case 5:
      packet[3] = UInt8(chance.below(40))
      if packet[3] >= 20 { TestPacket.fixHeaderChecksum(&packet) }
    case 6 where packet[9] == 6: packet[start + 12] = UInt8(chance.any(of: [0x40, 0xf0]))
    case 6 where packet[9] == 17: packet[start + 5] = UInt8(chance.any(of: [7, 255]))
    case 7...9 where packet.count > start + 8:
      // Leaves a wrong checksum, which for an ICMP error matters and for all else does not.
      packet[start + 8 + chance.below(packet.count - start - 8)] ^= 4
    case 10...13: packet += [1, 2, 3].prefix(1 + chance.below(3))
    default: break
    }
  }

  // MARK: Packets

  private mutating func randomPacket(
    _ model: SpecifiedTranslator, fromInside: Bool
  ) -> [UInt8] {
    var flow = Flow(
      protocol: chance.any(of: [.tcp, .tcp, .udp, .udp, .icmp]),
      inside: TransportAddress(
        chance.any(of: OracleCase.inside), chance.any(of: [500, 700, 1024, 1030, 1041, 40000])),
      remote: TransportAddress(
        IPv4Address(198, 51, 100, UInt8(1 + chance.below(3))), UInt16(80 + chance.below(2))))
    var outside = TransportAddress(
      chance.any(of: model.outsideAddresses),
      chance.below(8) == 0
        ? chance.any(of: [80, 1024, 1026])
        : (flow.protocol == .icmp ? model.behavior.identifiers : model.behavior.ports)
          .lowerBound &+ UInt16(chance.below(18)) &- 1)
    var session: SpecifiedTranslator.Session?
    // Mostly packets of sessions that exist, or nearly so.
    if chance.below(4) != 0, let known = chance.element(of: model.sessions) {
      session = known
      let other = flow.remote
      flow = known.flow
      outside = known.outside
      switch chance.below(12) {
      case 0: flow.remote = other
      case 1: flow.remote.address = other.address
      case 2: flow.remote.port = other.port
      case 3 where !fromInside: outside.address = chance.any(of: model.outsideAddresses)
      default: break
      }
      if chance.below(8) == 0 {
        return error(about: flow, outside: outside, model, fromInside: fromInside)
      }
    }
    if fromInside, chance.below(10) == 0 {
      flow.remote = chance.element(of: model.sessions)?.outside ?? outside
      if let fixed = chance.element(of: model.fixedMappings), chance.below(2) == 0 {
        flow.remote = TransportAddress(fixed.outside, fixed.ports?.outside ?? flow.inside.port)
      }
    }
    let source = fromInside ? flow.inside : flow.remote
    let destination = fromInside ? flow.remote : outside
    var packet = packet(flow.protocol, source, destination, session, fromInside: fromInside)
    packet[8] = chance.below(50) == 0 ? UInt8(chance.below(5)) : 64
    if chance.below(4) == 0 { packet[6] &= ~0x40 }
    if chance.below(40) == 0 {
      packet.insert(contentsOf: [1, 1, 1, 0], at: 20)
      packet[0] = 0x46
      packet.replaceSubrange(2..<4, with: TestPacket.word(UInt16(packet.count)))
    }
    TestPacket.fixHeaderChecksum(&packet)
    return packet
  }

  private mutating func payload() -> [UInt8] {
    let count = chance.any(of: [0, 0, 1, 2, 3, 4, 40, 41, 100])
    return (0..<count).map { _ in UInt8(chance.below(256)) }
  }

  private mutating func packet(
    _ protocol: IPProtocol, _ source: TransportAddress, _ destination: TransportAddress,
    _ session: SpecifiedTranslator.Session?, fromInside: Bool
  ) -> [UInt8] {
    switch `protocol` {
    case .tcp: segment(source, destination, session, fromInside: fromInside)
    case .udp:
      TestPacket.udp(
        from: source, to: destination, payload: payload(), hasChecksum: chance.below(8) != 0)
    default:
      TestPacket.icmp(
        from: source.address, to: destination.address,
        type: chance.below(30) == 0
          ? chance.any(of: [4, 5, 13, 14, 17, 18, 30])
          : fromInside == (chance.below(6) != 0) ? 8 : 0,
        parameter: TestPacket.word(fromInside ? source.port : destination.port) + [0, 1],
        body: payload())
    }
  }

  private mutating func segment(
    _ source: TransportAddress, _ destination: TransportAddress,
    _ session: SpecifiedTranslator.Session?, fromInside: Bool
  ) -> [UInt8] {
    let usual: [TCPHeader.Flags] = [
      .syn, .syn, [.syn, .ack], [.syn, .ack], .ack, .ack, [.psh, .ack], [.fin, .ack],
      [.fin, .ack], [.fin, .ack], .rst, [.rst, .ack],
    ]
    let flags =
      chance.below(24) == 0
      ? TCPHeader.Flags(rawValue: UInt8(chance.below(64))) : chance.any(of: usual)
    let ends = session?.ends
    let own = ends?[fromInside ? 0 : 1].next ?? 0xffff_fffc
    let peer = ends?[fromInside ? 1 : 0]
    let near = UInt32(truncatingIfNeeded: chance.any(of: [0, 0, 0, 0, -1, 1, 2]))
    let far: [UInt32] = [10, 11, 1000, 1001, 1 << 20, 1 << 20 + 1, 0x7fff_fffe]
    let distance = chance.any(of: far)
    let sequence =
      own &+ near &+ (chance.below(10) == 0 ? (chance.below(2) == 0 ? distance : 0 &- distance) : 0)
    let acknowledgment = (peer?.finEnd ?? peer?.next ?? 0xffff_fffc) &+ near
    let options: [[UInt8]] = [
      [], [], [], [2, 4, 0x23, 0x28], [1, 2, 4, 0x23, 0x28, 0, 0, 0], [2, 4, 2, 0],
      [1, 1, 2, 3], [5, 200, 2, 4], [3, 3, 7, 2, 4, 0x10, 0, 2, 4, 0xff, 0xff, 1],
    ]
    return TestPacket.tcp(
      from: source, to: destination, flags, sequence: sequence, acknowledgment: acknowledgment,
      options: chance.any(of: options), payload: payload())
  }

  /// An ICMP error about a packet of a flow, as somebody on the way or at its end would send it.
  private mutating func error(
    about flow: Flow, outside: TransportAddress, _ model: SpecifiedTranslator, fromInside: Bool
  ) -> [UInt8] {
    // Seen from inside it came from the remote end, seen from outside from the outside end.
    let source = fromInside ? flow.remote : outside
    let destination = fromInside ? flow.inside : flow.remote
    var quoted: [UInt8]
    if flow.protocol == .icmp, chance.below(8) == 0 {
      quoted = TestPacket.icmp(
        from: source.address, to: destination.address, type: 3, body: [1, 2, 3, 4])
    } else {
      quoted = packet(flow.protocol, source, destination, nil, fromInside: !fromInside)
    }
    quoted[8] = UInt8(chance.below(64))
    switch chance.below(30) {
    case 0: quoted[6] = 0x20
    case 1: quoted[7] = 3
    case 2: quoted[9] = 47
    case 3:
      quoted.insert(contentsOf: [1, 1, 1, 0], at: 20)
      quoted[0] = 0x46
      quoted.replaceSubrange(2..<4, with: TestPacket.word(UInt16(quoted.count)))
    case 4: quoted[0] = 0x65
    default: break
    }
    TestPacket.fixHeaderChecksum(&quoted)
    if chance.below(20) == 0 { quoted[1] ^= 1 }
    let router = IPv4Address(192, 0, 2, 1)
    return TestPacket.icmp(
      from: fromInside ? (chance.below(2) == 0 ? flow.inside.address : router) : router,
      to: chance.below(20) == 0 ? chance.any(of: model.outsideAddresses) : source.address,
      type: chance.any(of: [3, 3, 3, 3, 11, 11, 12, 5]), code: UInt8(chance.below(5)),
      body: Array(quoted.prefix(chance.any(of: [28, 28, 32, 36, 37, 38, 576, 576, 27, 19]))),
      timeToLive: chance.below(30) == 0 ? UInt8(chance.below(4)) : 64)
  }
}
