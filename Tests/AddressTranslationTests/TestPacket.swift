import AddressTranslation
import PacketFormats
import SimulatedTime

/// Packets for tests, built and taken apart byte by byte with none of the library's own code.
enum TestPacket {
  static func udp(
    from source: TransportAddress, to destination: TransportAddress, timeToLive: UInt8 = 64,
    payload: [UInt8] = [1, 2, 3], hasChecksum: Bool = true
  ) -> [UInt8] {
    var datagram = word(source.port) + word(destination.port)
    datagram += word(UInt16(8 + payload.count)) + [0, 0] + payload
    return ipv4(
      17, from: source, to: destination, timeToLive: timeToLive, body: datagram,
      hasChecksum: hasChecksum)
  }

  static func tcp(
    from source: TransportAddress, to destination: TransportAddress, timeToLive: UInt8 = 64,
    _ flags: TCPHeader.Flags, sequence: UInt32 = 1000, acknowledgment: UInt32 = 0,
    options: [UInt8] = [], payload: [UInt8] = []
  ) -> [UInt8] {
    precondition(options.count % 4 == 0)
    var segment = word(source.port) + word(destination.port) + word(sequence)
    segment += word(flags.contains(.ack) ? acknowledgment : 0)
    segment += [UInt8((5 + options.count / 4) << 4), flags.rawValue, 0xff, 0xff, 0, 0, 0, 0]
    return ipv4(
      6, from: source, to: destination, timeToLive: timeToLive, body: segment + options + payload)
  }

  static func ipv4(
    _ protocolNumber: UInt8, from source: TransportAddress, to destination: TransportAddress,
    timeToLive: UInt8 = 64, options: [UInt8] = [], body: [UInt8], hasChecksum: Bool = true
  ) -> [UInt8] {
    precondition(options.count % 4 == 0)
    var packet: [UInt8] = [UInt8(0x45 + options.count / 4), 0]
    packet += word(UInt16(20 + options.count + body.count)) + [0, 7, 0x40, 0]
    packet += [timeToLive, protocolNumber, 0, 0]
    packet += word(source.address.rawValue) + word(destination.address.rawValue) + options + body
    if hasChecksum { fixTransportChecksum(&packet) }
    fixHeaderChecksum(&packet)
    return packet
  }

  static func word(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

  static func word(_ value: UInt32) -> [UInt8] {
    word(UInt16(value >> 16)) + word(UInt16(value & 0xffff))
  }

  static func word(at offset: Int, of packet: [UInt8]) -> UInt16 {
    UInt16(packet[offset]) << 8 | UInt16(packet[offset + 1])
  }

  static func long(at offset: Int, of packet: [UInt8]) -> UInt32 {
    UInt32(word(at: offset, of: packet)) << 16 | UInt32(word(at: offset + 2, of: packet))
  }

  /// The checksum of RFC 1071 by its definition: two bytes at a time, end-around carry at each.
  static func checksum(_ bytes: [UInt8]) -> UInt16 {
    var sum: UInt32 = 0
    for position in stride(from: 0, to: bytes.count, by: 2) {
      sum += UInt32(bytes[position]) << 8
      if position + 1 < bytes.count { sum += UInt32(bytes[position + 1]) }
      if sum > 0xffff { sum -= 0xffff }
    }
    return ~UInt16(sum)
  }

  static func headerByteCount(_ packet: [UInt8]) -> Int { Int(packet[0] & 15) * 4 }

  static func fixHeaderChecksum(_ packet: inout [UInt8]) {
    packet.replaceSubrange(10..<12, with: [0, 0])
    let sum = checksum(Array(packet[..<headerByteCount(packet)]))
    packet.replaceSubrange(10..<12, with: word(sum))
  }

  /// Puts in the checksum of a TCP or UDP packet that is no fragment and has no padding behind.
  static func fixTransportChecksum(_ packet: inout [UInt8]) {
    let start = headerByteCount(packet)
    guard let field = [6: start + 16, 17: start + 6][Int(packet[9])] else { return }
    packet.replaceSubrange(field..<field + 2, with: [0, 0])
    let body = Array(packet[start...])
    let pseudoHeader = Array(packet[12..<20]) + [0, packet[9]] + word(UInt16(body.count))
    var sum = checksum(pseudoHeader + body)
    if packet[9] == 17, sum == 0 { sum = 0xffff }
    packet.replaceSubrange(field..<field + 2, with: word(sum))
  }

  /// What `packet` must become: ends replaced, hops taken off, both checksums computed anew.
  static func rewritten(
    _ packet: [UInt8], source: TransportAddress? = nil, destination: TransportAddress? = nil,
    decrement: UInt8
  ) -> [UInt8] {
    var packet = packet
    let start = headerByteCount(packet)
    let hadNoChecksum = packet[9] == 17 && word(at: start + 6, of: packet) == 0
    packet[8] -= decrement
    if let source {
      packet.replaceSubrange(12..<16, with: word(source.address.rawValue))
      packet.replaceSubrange(start..<start + 2, with: word(source.port))
    }
    if let destination {
      packet.replaceSubrange(16..<20, with: word(destination.address.rawValue))
      packet.replaceSubrange(start + 2..<start + 4, with: word(destination.port))
    }
    if !hadNoChecksum { fixTransportChecksum(&packet) }
    fixHeaderChecksum(&packet)
    return packet
  }

  static func source(of packet: [UInt8]) -> TransportAddress {
    TransportAddress(
      IPv4Address(rawValue: long(at: 12, of: packet)),
      word(at: headerByteCount(packet), of: packet))
  }

  static func destination(of packet: [UInt8]) -> TransportAddress {
    TransportAddress(
      IPv4Address(rawValue: long(at: 16, of: packet)),
      word(at: headerByteCount(packet) + 2, of: packet))
  }
}

extension Translator {
  /// Translates a packet in an array, outbound.
  mutating func outbound(_ packet: inout [UInt8], at nanoseconds: Int64, offset: Int = 0) -> Verdict
  {
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    return translateOutbound(&bytes, at: offset, now: .init(nanoseconds: nanoseconds))
  }

  /// Translates a packet in an array, inbound.
  mutating func inbound(_ packet: inout [UInt8], at nanoseconds: Int64, offset: Int = 0) -> Verdict
  {
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    return translateInbound(&bytes, at: offset, now: .init(nanoseconds: nanoseconds))
  }

  /// All events not yet taken.
  mutating func takeEvents() -> [TranslationEvent] {
    var events: [TranslationEvent] = []
    while let event = nextEvent() { events.append(event) }
    return events
  }
}
