import AddressTranslation
import PacketFormats

/// IPv4 packets for the kernel, built and taken apart byte by byte with none of the library's own
/// code.
enum RawPacket {
  static func udp(
    _ source: TransportAddress, _ destination: TransportAddress, payload: [UInt8] = [1, 2, 3],
    timeToLive: UInt8 = 64, options: [UInt8] = [], hasChecksum: Bool = true
  ) -> [UInt8] {
    let datagram =
      word(source.port) + word(destination.port) + word(UInt16(8 + payload.count)) + [0, 0]
      + payload
    return ipv4(
      17, source.address, destination.address, timeToLive: timeToLive, options: options,
      body: datagram, fixesChecksum: hasChecksum)
  }

  static func tcp(
    _ source: TransportAddress, _ destination: TransportAddress, _ flags: TCPHeader.Flags,
    sequence: UInt32, acknowledgment: UInt32 = 0, window: UInt16 = 0xffff,
    tcpOptions: [UInt8] = [], payload: [UInt8] = [], timeToLive: UInt8 = 64
  ) -> [UInt8] {
    var segment = word(source.port) + word(destination.port) + long(sequence)
    segment += long(acknowledgment)
    segment += [UInt8((5 + tcpOptions.count / 4) << 4), flags.rawValue] + word(window)
    segment += [0, 0, 0, 0]
    return ipv4(
      6, source.address, destination.address, timeToLive: timeToLive,
      body: segment + tcpOptions + payload)
  }

  /// An ICMP query or its answer.
  static func query(
    _ type: UInt8, _ source: IPv4Address, _ destination: IPv4Address, identifier: UInt16,
    code: UInt8 = 0, payload: [UInt8] = [7, 8, 9], timeToLive: UInt8 = 64
  ) -> [UInt8] {
    ipv4(
      1, source, destination, timeToLive: timeToLive,
      body: [type, code, 0, 0] + word(identifier) + [0, 1] + payload)
  }

  /// An ICMP error to the sender of `packet`, which it quotes up to `byteCount` bytes.
  static func error(
    _ type: UInt8 = 3, code: UInt8 = 3, from source: IPv4Address, about packet: [UInt8],
    quoting byteCount: Int = 548, to destination: IPv4Address? = nil, parameter: UInt32 = 0,
    timeToLive: UInt8 = 64
  ) -> [UInt8] {
    ipv4(
      1, source, destination ?? self.source(of: packet), timeToLive: timeToLive,
      body: [type, code, 0, 0] + long(parameter) + packet.prefix(byteCount))
  }

  static func ipv4(
    _ protocolNumber: UInt8, _ source: IPv4Address, _ destination: IPv4Address,
    timeToLive: UInt8 = 64, options: [UInt8] = [], body: [UInt8], fixesChecksum: Bool = true
  ) -> [UInt8] {
    var packet: [UInt8] = [UInt8(0x45 + options.count / 4), 0]
    packet += word(UInt16(20 + options.count + body.count)) + [0x12, 0x34, 0, 0]
    packet += [timeToLive, protocolNumber, 0, 0]
    packet += long(source.rawValue) + long(destination.rawValue) + options + body
    if fixesChecksum { fixBodyChecksum(&packet) }
    fixHeaderChecksum(&packet)
    return packet
  }

  /// Cuts a packet without options into fragments with at most `size` bytes behind each header.
  static func fragments(_ packet: [UInt8], size: Int, identification: UInt16) -> [[UInt8]] {
    stride(from: 20, to: packet.count, by: size).map { start in
      let end = min(start + size, packet.count)
      var fragment = Array(packet[..<20] + packet[start..<end])
      fragment.replaceSubrange(2..<4, with: word(UInt16(fragment.count)))
      fragment.replaceSubrange(4..<6, with: word(identification))
      let more: UInt16 = end < packet.count ? 0x2000 : 0
      fragment.replaceSubrange(6..<8, with: word(more | UInt16((start - 20) / 8)))
      fixHeaderChecksum(&fragment)
      return fragment
    }
  }

  /// Puts the fragments among `packets` together (RFC 791, section 3.2); others stay as they are.
  static func reassembled(_ packets: [[UInt8]]) -> [[UInt8]] {
    var whole: [[UInt8]] = []
    var parts: [(key: [UInt8], fragments: [[UInt8]])] = []
    for packet in packets {
      guard word(at: 6, of: packet) & 0x3fff != 0 else {
        whole.append(packet)
        continue
      }
      let key = Array(packet[4..<6] + packet[9..<10] + packet[12..<20])
      if let index = parts.firstIndex(where: { $0.key == key }) {
        parts[index].fragments.append(packet)
      } else {
        parts.append((key, [packet]))
      }
    }
    for part in parts {
      let sorted = part.fragments.sorted {
        word(at: 6, of: $0) & 0x1fff < word(at: 6, of: $1) & 0x1fff
      }
      var packet = sorted[0]
      for fragment in sorted.dropFirst() { packet += fragment[headerByteCount(fragment)...] }
      packet.replaceSubrange(2..<4, with: word(UInt16(truncatingIfNeeded: packet.count)))
      packet.replaceSubrange(6..<8, with: [0, 0])
      fixHeaderChecksum(&packet)
      whole.append(packet)
    }
    return whole
  }

  static func hexadecimal(_ packet: [UInt8]) -> String {
    packet.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// The bytes that hexadecimal digits stand for.
  static func bytes(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16) ?? 0
    }
  }

  // MARK: Fields

  static func headerByteCount(_ packet: [UInt8]) -> Int { Int(packet[0] & 15) * 4 }
  static func protocolNumber(of packet: [UInt8]) -> UInt8 { packet[9] }

  static func source(of packet: [UInt8]) -> IPv4Address {
    IPv4Address(rawValue: long(at: 12, of: packet))
  }

  static func destination(of packet: [UInt8]) -> IPv4Address {
    IPv4Address(rawValue: long(at: 16, of: packet))
  }

  static func word(_ value: UInt16) -> [UInt8] {
    [UInt8(truncatingIfNeeded: value >> 8), UInt8(truncatingIfNeeded: value)]
  }

  static func long(_ value: UInt32) -> [UInt8] {
    word(UInt16(truncatingIfNeeded: value >> 16)) + word(UInt16(truncatingIfNeeded: value))
  }

  static func word(at offset: Int, of packet: [UInt8]) -> UInt16 {
    UInt16(packet[offset]) << 8 | UInt16(packet[offset + 1])
  }

  static func long(at offset: Int, of packet: [UInt8]) -> UInt32 {
    UInt32(word(at: offset, of: packet)) << 16 | UInt32(word(at: offset + 2, of: packet))
  }

  // MARK: Checksums

  /// The checksum of RFC 1071 by its definition.
  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for position in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[position]) << 8
      if position + 1 < bytes.count { sum += UInt32(bytes[position + 1]) }
      if sum > 0xffff { sum -= 0xffff }
    }
    return ~UInt16(sum)
  }

  static func fixHeaderChecksum(_ packet: inout [UInt8]) {
    packet.replaceSubrange(10..<12, with: [0, 0])
    let sum = checksum(Array(packet[..<headerByteCount(packet)]))
    packet.replaceSubrange(10..<12, with: word(sum))
  }

  /// Where the checksum of what follows the IP header stands, if it has one.
  static func checksumOffset(in packet: [UInt8]) -> Int? {
    [1: 2, 6: 16, 17: 6][Int(packet[9])].map { headerByteCount(packet) + $0 }
  }

  /// Puts in the checksum of the TCP, UDP or ICMP message in a packet that is no fragment.
  static func fixBodyChecksum(_ packet: inout [UInt8]) {
    guard let field = checksumOffset(in: packet), field + 2 <= packet.count else { return }
    packet.replaceSubrange(field..<field + 2, with: [0, 0])
    let body = Array(packet[headerByteCount(packet)...])
    let pseudoHeader =
      packet[9] == 1 ? [] : Array(packet[12..<20]) + [0, packet[9]] + word(UInt16(body.count))
    var sum = checksum(pseudoHeader + body)
    if packet[9] == 17, sum == 0 { sum = 0xffff }
    packet.replaceSubrange(field..<field + 2, with: word(sum))
  }

  /// Whether every checksum of a whole packet is what its bytes call for.
  static func hasRightChecksums(_ packet: [UInt8]) -> Bool {
    var anew = packet
    fixHeaderChecksum(&anew)
    let isUDPWithout =
      packet[9] == 17 && word(at: headerByteCount(packet) + 6, of: packet) == 0
    if !isUDPWithout { fixBodyChecksum(&anew) }
    return anew == packet
  }
}
