import AddressTranslation
import PacketFormats

/// A packet taken apart by the figures of RFC 791, 768, 9293 and 792, and put together anew.
struct SpecifiedPacket {
  /// The packet and whatever lies behind it.
  var bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  // MARK: Header

  /// Whether there is an IPv4 header that agrees with the number of bytes.
  var hasSoundHeader: Bool {
    bytes.count >= 20 && bytes[0] >> 4 == 4 && headerByteCount >= 20
      && totalLength >= headerByteCount && totalLength <= bytes.count
  }

  var headerByteCount: Int { Int(bytes[0] & 15) * 4 }
  var totalLength: Int { Int(word(2)) }
  var payloadByteCount: Int { totalLength - headerByteCount }
  var identification: UInt16 { word(4) }
  var dontFragment: Bool { bytes[6] & 0x40 != 0 }
  /// Where in the whole packet's payload this one's begins, in bytes.
  var fragmentOffset: Int { Int(word(6) & 0x1fff) * 8 }
  var isFragment: Bool { word(6) & 0x3fff != 0 }
  var timeToLive: UInt8 { bytes[8] }
  var `protocol`: IPProtocol { IPProtocol(rawValue: bytes[9]) }
  var source: IPv4Address { IPv4Address(rawValue: long(12)) }
  var destination: IPv4Address { IPv4Address(rawValue: long(16)) }

  // MARK: Transport

  /// Whether what follows the IPv4 header is a whole header of its protocol that agrees with the
  /// number of bytes; not to be asked of later fragments.
  var hasSoundTransport: Bool {
    switch `protocol` {
    case .tcp:
      guard payloadByteCount >= 20 else { return false }
      let byteCount = Int(bytes[headerByteCount + 12] >> 4) * 4
      return byteCount >= 20 && byteCount <= payloadByteCount
    case .udp:
      guard payloadByteCount >= 8 else { return false }
      let length = Int(word(headerByteCount + 4))
      return length >= 8 && (length <= payloadByteCount || isFragment)
    default: return payloadByteCount >= 8
    }
  }

  var flags: TCPHeader.Flags { TCPHeader.Flags(rawValue: bytes[headerByteCount + 13]) }
  var sequence: UInt32 { long(headerByteCount + 4) }
  var acknowledgment: UInt32 { long(headerByteCount + 8) }
  /// The sequence number after all that the segment occupies (RFC 9293, section 3.3.1).
  var sequenceEnd: UInt32 {
    let data = payloadByteCount - Int(bytes[headerByteCount + 12] >> 4) * 4
    return sequence &+ UInt32(data) &+ (flags.contains(.syn) ? 1 : 0)
      &+ (flags.contains(.fin) ? 1 : 0)
  }

  enum ICMPMessage { case request, reply, error, other }

  /// What kind of ICMP message it is (RFC 792; RFC 950 for address masks).
  var message: ICMPMessage {
    switch bytes[headerByteCount] {
    case 8, 13, 15, 17: .request
    case 0, 14, 16, 18: .reply
    case 3, 11, 12: .error
    default: .other
    }
  }

  /// The source as a translator of ports sees it; a query's identifier stands for both ports.
  var sourceEnd: TransportAddress {
    TransportAddress(source, word(headerByteCount + (`protocol` == .icmp ? 4 : 0)))
  }

  var destinationEnd: TransportAddress {
    TransportAddress(destination, word(headerByteCount + (`protocol` == .icmp ? 4 : 2)))
  }

  // MARK: Change

  /// Where the checksum of the transport header is, or `nil` for a protocol without.
  private var checksumPlace: Int? {
    switch `protocol` {
    case .tcp: headerByteCount + 16
    case .udp: headerByteCount + 6
    case .icmp: headerByteCount + 2
    default: nil
    }
  }

  /// Puts in other ends, with the checksums that follow.
  ///
  /// `visible` is how much of the packet there is, of which a quote may lack the end.
  mutating func replace(
    source: TransportAddress? = nil, destination: TransportAddress? = nil,
    addressesOnly: Bool = false, maximumSegmentSize: UInt16? = nil, visible: Int? = nil
  ) {
    let visible = visible ?? totalLength
    let before = sumOfTransport(visible: visible)
    let start = headerByteCount
    let isFirst = fragmentOffset == 0
    if let source {
      set(source.address.rawValue, at: 12)
      if isFirst, !addressesOnly { set(source.port, at: start + (`protocol` == .icmp ? 4 : 0)) }
    }
    if let destination {
      set(destination.address.rawValue, at: 16)
      if isFirst, !addressesOnly {
        set(destination.port, at: start + (`protocol` == .icmp ? 4 : 2))
      }
    }
    if isFirst, let maximumSegmentSize { clamp(maximumSegmentSize) }
    fixHeaderChecksum()
    guard isFirst, let place = checksumPlace, place + 2 <= visible, visible >= start + 8 else {
      return
    }
    if `protocol` == .udp, word(place) == 0 { return }
    // What is not seen here went into the checksum before and goes into it now: whatever it was,
    // the difference is that of what is seen. For a whole packet this is the full computation.
    let sum =
      (UInt32(~word(place)) + 0xffff - before + sumOfTransport(visible: visible)) % 0xffff
    var checksum = ~UInt16(sum == 0 ? 0xffff : sum)
    if `protocol` == .udp, checksum == 0 { checksum = 0xffff }
    set(checksum, at: place)
  }

  /// The ones' complement sum, below 0xffff, of all that the transport checksum covers and that is
  /// seen, but for the checksum itself.
  private func sumOfTransport(visible: Int) -> UInt32 {
    var sum: UInt32 = 0
    if `protocol` != .icmp {
      for place in stride(from: 12, to: 20, by: 2) { sum += UInt32(word(place)) }
    }
    var place = headerByteCount
    while place < visible {
      if place != checksumPlace {
        sum += UInt32(bytes[place]) << 8
        if place + 1 < visible { sum += UInt32(bytes[place + 1]) }
      }
      place += 2
    }
    return sum % 0xffff
  }

  /// Reduces the maximum segment size that a SYN carries (RFC 9293, section 3.2).
  private mutating func clamp(_ limit: UInt16) {
    guard `protocol` == .tcp, flags.contains(.syn) else { return }
    let end = headerByteCount + Int(bytes[headerByteCount + 12] >> 4) * 4
    var place = headerByteCount + 20
    while place < end, bytes[place] != 0 {
      if bytes[place] == 1 {
        place += 1
        continue
      }
      guard place + 1 < end, bytes[place + 1] >= 2, place + Int(bytes[place + 1]) <= end else {
        return
      }
      if bytes[place] == 2, bytes[place + 1] == 4, word(place + 2) > limit {
        set(limit, at: place + 2)
      }
      place += Int(bytes[place + 1])
    }
  }

  mutating func fixHeaderChecksum() {
    set(0 as UInt16, at: 10)
    set(Self.checksum(bytes[..<headerByteCount]), at: 10)
  }

  /// The checksum of RFC 1071, two bytes at a time.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    var sum: UInt32 = 0
    var place = bytes.startIndex
    while place < bytes.endIndex {
      sum += UInt32(bytes[place]) << 8
      if place + 1 < bytes.endIndex { sum += UInt32(bytes[place + 1]) }
      place += 2
    }
    while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
    return ~UInt16(sum)
  }

  // MARK: Bytes

  func word(_ place: Int) -> UInt16 { UInt16(bytes[place]) << 8 | UInt16(bytes[place + 1]) }

  func long(_ place: Int) -> UInt32 { UInt32(word(place)) << 16 | UInt32(word(place + 2)) }

  mutating func set(_ value: UInt16, at place: Int) {
    bytes[place] = UInt8(value >> 8)
    bytes[place + 1] = UInt8(value & 0xff)
  }

  mutating func set(_ value: UInt32, at place: Int) {
    set(UInt16(value >> 16), at: place)
    set(UInt16(value & 0xffff), at: place + 2)
  }
}
