import EventSimulation
import PacketFormats

/// A router on a ``Wire``: it takes a hop from what passes it and says what it cannot pass on.
///
/// The frames keep their hardware addresses, so the hosts take each other for neighbours.
struct Hop {
  var ipv4: IPv4Address
  var ipv6 = IPv6Address.unspecified
  /// The longest packet that the link behind it carries, in bytes.
  var mtu = 1500
  /// Whether it drops without a word.
  var isSilent = false

  enum Fate {
    case passes
    /// Lost, and perhaps somebody is told.
    case lost([UInt8]?)
  }

  /// What becomes of the frame `bytes` on its way past `hops`.
  static func fate(of bytes: inout MutableRawSpan, on hops: [Hop]) -> Fate {
    let type = bytes[EthernetHeader.Layout.etherType, at: 0]
    switch EthernetHeader.EtherType(rawValue: type) {
    case .ipv4: return ipv4Fate(of: &bytes, on: hops)
    case .ipv6: return ipv6Fate(of: &bytes, on: hops)
    default: return .passes
    }
  }

  private static func ipv4Fate(of bytes: inout MutableRawSpan, on hops: [Hop]) -> Fate {
    guard var header = try? IPv4Header(parsing: bytes.bytes, at: 14) else { return .lost(nil) }
    for hop in hops {
      header.timeToLive -= 1
      header.write(to: &bytes, at: 14)
      if header.timeToLive == 0 {
        return .lost(hop.isSilent ? nil : hop.answer(ICMPv4Header(type: .timeExceeded), bytes))
      }
      if Int(header.totalLength) > hop.mtu {
        return .lost(
          hop.isSilent
            ? nil : hop.answer(.fragmentationNeeded(nextHopMTU: UInt16(hop.mtu)), bytes))
      }
    }
    return .passes
  }

  private static func ipv6Fate(of bytes: inout MutableRawSpan, on hops: [Hop]) -> Fate {
    guard var header = try? IPv6Header(parsing: bytes.bytes, at: 14) else { return .lost(nil) }
    // Neighbours talk to each other.
    guard header.hopLimit < 255 else { return .passes }
    for hop in hops {
      header.hopLimit -= 1
      header.write(to: &bytes, at: 14)
      if header.hopLimit == 0 {
        return .lost(hop.isSilent ? nil : hop.answer(ICMPv6Header(type: .timeExceeded), bytes))
      }
      if Int(header.payloadLength) + 40 > hop.mtu {
        return .lost(
          hop.isSilent ? nil : hop.answer(.packetTooBig(nextHopMTU: UInt32(hop.mtu)), bytes))
      }
    }
    return .passes
  }

  /// The frame that tells the sender of `bytes`.
  private func answer(_ message: ICMPv4Header, _ bytes: borrowing MutableRawSpan) -> [UInt8] {
    guard let header = try? IPv4Header(parsing: bytes.bytes, at: 14) else { return [] }
    let quoted = (14..<14 + min(Int(header.totalLength), 28)).map {
      bytes[Field<UInt8>(at: 0), at: $0]
    }
    var answer = [UInt8](repeating: 0, count: 42) + quoted
    var span = answer.mutableSpan
    var raw = unsafe span.mutableBytes
    turn(bytes, into: &raw, .ipv4)
    IPv4Header(
      totalLength: UInt16(28 + quoted.count), protocol: .icmp, source: ipv4,
      destination: header.source
    ).write(to: &raw, at: 14)
    message.write(
      to: &raw, at: 34, checksum: unsafe message.checksum(payload: quoted.span.bytes))
    return answer
  }

  private func answer(_ message: ICMPv6Header, _ bytes: borrowing MutableRawSpan) -> [UInt8] {
    guard let header = try? IPv6Header(parsing: bytes.bytes, at: 14) else { return [] }
    let quoted = (14..<14 + min(Int(header.payloadLength) + 40, 1232)).map {
      bytes[Field<UInt8>(at: 0), at: $0]
    }
    var answer = [UInt8](repeating: 0, count: 62) + quoted
    var span = answer.mutableSpan
    var raw = unsafe span.mutableBytes
    turn(bytes, into: &raw, .ipv6)
    IPv6Header(
      payloadLength: UInt16(8 + quoted.count), nextHeader: .icmpv6, source: ipv6,
      destination: header.source
    ).write(to: &raw, at: 14)
    message.write(
      to: &raw, at: 54,
      checksum: unsafe message.checksum(
        source: ipv6, destination: header.source, payload: quoted.span.bytes))
    return answer
  }

  private func turn(
    _ bytes: borrowing MutableRawSpan, into answer: inout MutableRawSpan,
    _ type: EthernetHeader.EtherType
  ) {
    guard let ethernet = try? EthernetHeader(parsing: bytes.bytes) else { return }
    EthernetHeader(
      destination: ethernet.source, source: ethernet.destination, etherType: type
    ).write(to: &answer, at: 0)
  }
}
