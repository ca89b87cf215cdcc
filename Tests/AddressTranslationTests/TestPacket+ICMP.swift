import AddressTranslation
import PacketFormats

/// ICMP messages and fragments, built byte by byte like everything in ``TestPacket``.
extension TestPacket {
  /// An ICMP message, its checksum computed by definition.
  static func icmp(
    from source: IPv4Address, to destination: IPv4Address, type: UInt8, code: UInt8 = 0,
    parameter: [UInt8] = [0, 0, 0, 0], body: [UInt8], timeToLive: UInt8 = 64
  ) -> [UInt8] {
    var message = [type, code, 0, 0] + parameter + body
    message.replaceSubrange(2..<4, with: word(checksum(message)))
    return ipv4(
      1, from: TransportAddress(source, 0), to: TransportAddress(destination, 0),
      timeToLive: timeToLive, body: message)
  }

  /// An echo request (type 8) or reply (type 0).
  static func echo(
    _ type: UInt8 = 8, from source: IPv4Address, to destination: IPv4Address, identifier: UInt16,
    payload: [UInt8] = [1, 2, 3], timeToLive: UInt8 = 64
  ) -> [UInt8] {
    icmp(
      from: source, to: destination, type: type, parameter: word(identifier) + [0, 1],
      body: payload, timeToLive: timeToLive)
  }

  /// An error about `packet`, of which it quotes the first `quoted` bytes.
  static func error(
    _ type: UInt8 = 3, code: UInt8 = 3, from source: IPv4Address, about packet: [UInt8],
    quoting quoted: Int = .max, to destination: IPv4Address? = nil
  ) -> [UInt8] {
    icmp(
      from: source, to: destination ?? self.source(of: packet).address, type: type, code: code,
      body: Array(packet.prefix(quoted)))
  }

  static func identifier(of packet: [UInt8]) -> UInt16 {
    word(at: headerByteCount(packet) + 4, of: packet)
  }

  /// Cuts a packet into fragments with at most `size` bytes each behind their headers.
  static func fragments(
    _ packet: [UInt8], size: Int, identification: UInt16 = 7
  ) -> [[UInt8]] {
    precondition(size % 8 == 0)
    let start = headerByteCount(packet)
    return stride(from: start, to: packet.count, by: size).map { position in
      let end = min(position + size, packet.count)
      var fragment = Array(packet[..<start] + packet[position..<end])
      fragment.replaceSubrange(2..<4, with: word(UInt16(fragment.count)))
      fragment.replaceSubrange(4..<6, with: word(identification))
      let more: UInt16 = end < packet.count ? 0x2000 : 0
      fragment.replaceSubrange(6..<8, with: word(more | UInt16((position - start) / 8)))
      fixHeaderChecksum(&fragment)
      return fragment
    }
  }

  /// Puts fragments together again, by their offsets (RFC 791, section 3.2).
  static func reassembled(_ fragments: [[UInt8]]) -> [UInt8] {
    let sorted = fragments.sorted { word(at: 6, of: $0) & 0x1fff < word(at: 6, of: $1) & 0x1fff }
    var packet = sorted[0]
    for fragment in sorted.dropFirst() { packet += fragment[headerByteCount(fragment)...] }
    packet.replaceSubrange(2..<4, with: word(UInt16(packet.count)))
    packet.replaceSubrange(6..<8, with: [0, 0])
    fixHeaderChecksum(&packet)
    return packet
  }

  /// Whether every checksum in the packet is what its bytes call for: IP, TCP, UDP, ICMP.
  static func hasRightChecksums(_ packet: [UInt8]) -> Bool {
    var anew = packet
    fixHeaderChecksum(&anew)
    if packet[9] == 1 {
      let start = headerByteCount(packet)
      return anew == packet && checksum(Array(packet[start...])) == 0
    }
    if !(packet[9] == 17 && word(at: headerByteCount(packet) + 6, of: packet) == 0) {
      fixTransportChecksum(&anew)
    }
    return anew == packet
  }
}
