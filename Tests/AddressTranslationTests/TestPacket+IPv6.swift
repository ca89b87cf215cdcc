import AddressTranslation
import PacketFormats

/// IPv6 packets, built byte by byte like everything in ``TestPacket``.
extension TestPacket {
  static func udp(
    from source: IPv6TransportAddress, to destination: IPv6TransportAddress, hopLimit: UInt8 = 64,
    payload: [UInt8] = [1, 2, 3]
  ) -> [UInt8] {
    ipv6(
      17, from: source.address, to: destination.address, hopLimit: hopLimit,
      body: word(source.port) + word(destination.port) + word(UInt16(8 + payload.count)) + [0, 0]
        + payload, checksumAt: 6)
  }

  static func tcp(
    from source: IPv6TransportAddress, to destination: IPv6TransportAddress, hopLimit: UInt8 = 64,
    _ flags: TCPHeader.Flags, sequence: UInt32 = 1000, acknowledgment: UInt32 = 0,
    options: [UInt8] = [], payload: [UInt8] = []
  ) -> [UInt8] {
    var segment = word(source.port) + word(destination.port) + word(sequence)
    segment += word(acknowledgment)
    segment += [UInt8((5 + options.count / 4) << 4), flags.rawValue, 0xff, 0xff, 0, 0, 0, 0]
    return ipv6(
      6, from: source.address, to: destination.address, hopLimit: hopLimit,
      body: segment + options + payload, checksumAt: 16)
  }

  /// An ICMPv6 echo request (type 128) or reply (type 129).
  static func echoV6(
    _ type: UInt8 = 128, from source: IPv6Address, to destination: IPv6Address,
    identifier: UInt16, hopLimit: UInt8 = 64
  ) -> [UInt8] {
    ipv6(
      58, from: source, to: destination, hopLimit: hopLimit,
      body: [type, 0, 0, 0] + word(identifier) + [0, 1, 9, 9, 9], checksumAt: 2)
  }

  /// An ICMPv6 error about `packet`, of which it quotes the first `quoted` bytes.
  static func errorV6(
    _ type: UInt8 = 1, code: UInt8 = 4, from source: IPv6Address, about packet: [UInt8],
    quoting quoted: Int = .max, hopLimit: UInt8 = 64
  ) -> [UInt8] {
    ipv6(
      58, from: source, to: sourceV6(of: packet), hopLimit: hopLimit,
      body: [type, code, 0, 0, 0, 0, 0, 0] + packet.prefix(quoted), checksumAt: 2)
  }

  static func ipv6(
    _ next: UInt8, from source: IPv6Address, to destination: IPv6Address, hopLimit: UInt8,
    extensions: [UInt8] = [], firstHeader: UInt8? = nil, body: [UInt8], checksumAt field: Int?
  ) -> [UInt8] {
    var body = body
    let ends = bytes(source) + bytes(destination)
    if let field {
      let pseudoHeader = ends + word(UInt32(body.count)) + [0, 0, 0, next]
      var sum = checksum(pseudoHeader + body)
      if next == 17, sum == 0 { sum = 0xffff }
      body.replaceSubrange(field..<field + 2, with: word(sum))
    }
    return [0x60, 0, 0, 0] + word(UInt16(extensions.count + body.count))
      + [firstHeader ?? next, hopLimit] + ends + extensions + body
  }

  static func bytes(_ address: IPv6Address) -> [UInt8] {
    [address.high, address.low].flatMap { half in
      (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) }
    }
  }

  static func sourceV6(of packet: [UInt8]) -> IPv6Address { address(at: 8, of: packet) }

  static func address(at offset: Int, of packet: [UInt8]) -> IPv6Address {
    func half(_ start: Int) -> UInt64 {
      packet[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
    return IPv6Address(high: half(offset), low: half(offset + 8))
  }

  /// Cuts an IPv6 packet without extension headers into fragments of at most `size` bytes.
  static func fragmentsV6(
    _ packet: [UInt8], size: Int, identification: UInt32 = 7
  ) -> [[UInt8]] {
    precondition(size % 8 == 0)
    return stride(from: 40, to: packet.count, by: size).map { position in
      let end = min(position + size, packet.count)
      var fragment = Array(packet[..<40])
      let more: UInt16 = end < packet.count ? 1 : 0
      fragment += [fragment[6], 0] + word(UInt16(position - 40) | more) + word(identification)
      fragment += packet[position..<end]
      fragment[6] = 44
      fragment.replaceSubrange(4..<6, with: word(UInt16(fragment.count - 40)))
      return fragment
    }
  }
}
