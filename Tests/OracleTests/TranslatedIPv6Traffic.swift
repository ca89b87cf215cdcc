import PacketFormats

/// IPv6 packets of all kinds from inside, and what comes back because of them.
struct TranslatedIPv6Traffic {
  private let remote: IPv6Address

  init() throws {
    remote = try IPv6Address("2001:db8:99::9")
  }

  var outbound: [[UInt8]] {
    var packets: [[UInt8]] = []
    for host: UInt64 in 1...3 {
      let inside = IPv6Address(high: 0xfd01_0203_0405_0001, low: host)
      for size in [0, 1, 2, 63, 1200] {
        let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 5) }
        let ports = RawPacket.word(UInt16(40_000 + size)) + RawPacket.word(9)
        let datagram = ports + RawPacket.word(UInt16(8 + size)) + [0, 0] + payload
        let tail: [UInt8] = [0x60, 2, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5, 0xa0]
        let segment = ports + RawPacket.long(1) + RawPacket.long(0) + tail
        let query: [UInt8] =
          [128, 0, 0, 0] + RawPacket.word(UInt16(500 + size)) + [0, 1] + payload
        packets += [
          Self.packet(17, inside, remote, body: datagram),
          Self.packet(6, inside, remote, body: segment),
          Self.packet(58, inside, remote, body: query),
        ]
      }
      packets += Self.fragments(
        Self.packet(
          17, inside, remote,
          body: [0xa0, 0, 0, 9] + RawPacket.word(508) + [0, 0] + [UInt8](repeating: 3, count: 500)),
        size: 200)
    }
    return packets
  }

  /// An answer and some errors to a packet that has come out.
  func answers(to packet: [UInt8]) -> [[UInt8]] {
    guard packet[6] != 44 else { return [] }
    let (local, far) = (Self.address(at: 8, of: packet), Self.address(at: 24, of: packet))
    var body = Array(packet[40...])
    switch packet[6] {
    case 58: body[0] = 129
    case 6:
      body[13] = 0x12
      body.replaceSubrange(0..<4, with: body[2..<4] + body[0..<2])
    default: body.replaceSubrange(0..<4, with: body[2..<4] + body[0..<2])
    }
    var answers = [Self.packet(packet[6], far, local, body: body)]
    for quoted in packet[6] == 6 ? [48, 1232] : [48, 60, 1232] {
      for (type, code): (UInt8, UInt8) in [(1, 4), (2, 0), (3, 0)] {
        answers.append(
          Self.packet(
            58, IPv6Address(high: 0x2001_0db8_0042_0000, low: 1), local,
            body: [type, code, 0, 0, 0, 0, type == 2 ? 5 : 0, 0] + packet.prefix(quoted)))
      }
    }
    return answers
  }

  /// A packet with the checksum that its body calls for (RFC 8200, section 8.1).
  private static func packet(
    _ next: UInt8, _ source: IPv6Address, _ destination: IPv6Address, body: [UInt8]
  ) -> [UInt8] {
    var body = body
    let field = [6: 16, 17: 6][next] ?? 2
    body.replaceSubrange(field..<field + 2, with: [0, 0])
    let ends = bytes(of: source) + bytes(of: destination)
    var sum = RawPacket.checksum(
      ends + RawPacket.long(UInt32(body.count)) + [0, 0, 0, next] + body)
    if next == 17, sum == 0 { sum = 0xffff }
    body.replaceSubrange(field..<field + 2, with: RawPacket.word(sum))
    return [0x60, 0, 0, 0] + RawPacket.word(UInt16(body.count)) + [next, 64] + ends + body
  }

  /// Cuts a packet without extension headers into fragments.
  private static func fragments(_ packet: [UInt8], size: Int) -> [[UInt8]] {
    stride(from: 40, to: packet.count, by: size).map { start in
      let part = packet[start..<min(start + size, packet.count)]
      let more: UInt16 = start + size < packet.count ? 1 : 0
      let header: [UInt8] =
        [packet[6], 0] + RawPacket.word(UInt16(start - 40) | more) + RawPacket.long(77)
      return packet[..<4] + RawPacket.word(UInt16(8 + part.count)) + [44] + packet[7..<40] + header
        + part
    }
  }

  private static func bytes(of address: IPv6Address) -> [UInt8] {
    [address.high, address.low].flatMap {
      RawPacket.long(UInt32(truncatingIfNeeded: $0 >> 32))
        + RawPacket.long(UInt32(truncatingIfNeeded: $0))
    }
  }

  private static func address(at offset: Int, of packet: [UInt8]) -> IPv6Address {
    func half(_ start: Int) -> UInt64 {
      UInt64(RawPacket.long(at: start, of: packet)) << 32
        | UInt64(RawPacket.long(at: start + 4, of: packet))
    }
    return IPv6Address(high: half(offset), low: half(offset + 8))
  }
}
