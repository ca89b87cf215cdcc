import CaptureFiles
import PacketFormats

/// What stands before the IP header in the frames of one link type.
enum LinkFraming: BitwiseCopyable {
  /// Ethernet, with up to two VLAN tags (IEEE 802.1Q).
  case ethernet
  /// Linux "cooked" captures: the length of the header and where in it the EtherType is.
  case cooked(headerByteCount: Int, typeOffset: Int)
  /// Nothing.
  case bare
  /// BSD loopback: the address family as a number of four bytes.
  case loopback
  /// Something this program cannot read.
  case unknown

  init(_ linkType: LinkType) {
    switch linkType.rawValue {
    case LinkType.ethernet.rawValue: self = .ethernet
    case LinkType.linuxCooked.rawValue: self = .cooked(headerByteCount: 16, typeOffset: 14)
    case LinkType.linuxCooked2.rawValue: self = .cooked(headerByteCount: 20, typeOffset: 0)
    case LinkType.rawIP.rawValue, LinkType.ipv4.rawValue, LinkType.ipv6.rawValue: self = .bare
    case 0, 108: self = .loopback
    default: self = .unknown
    }
  }

  /// Where the IPv4 header starts.
  ///
  /// - Returns: `nil` if the frame carries none, or ends before one could be seen.
  @inline(__always)
  func ipv4Offset(in bytes: RawSpan) -> Int? {
    let offset: Int
    switch self {
    case .ethernet:
      guard bytes.byteCount > 14 else { return nil }
      let type = bytes[Field<UInt16>(at: 12), at: 0]
      if type == 0x0800 {
        offset = 14
      } else {
        guard let behindTags = Self.behindTags(in: bytes, type) else { return nil }
        offset = behindTags
      }
    case .cooked(let headerByteCount, let typeOffset):
      guard bytes.byteCount > headerByteCount,
        bytes[Field<UInt16>(at: 0), at: typeOffset] == 0x0800
      else { return nil }
      offset = headerByteCount
    case .bare: offset = 0
    case .loopback: offset = 4
    case .unknown: return nil
    }
    guard bytes.byteCount > offset, bytes[Field<UInt8>(at: 0), at: offset] >> 4 == 4 else {
      return nil
    }
    return offset
  }

  /// Steps over VLAN tags.
  private static func behindTags(in bytes: RawSpan, _ first: UInt16) -> Int? {
    var type = first
    var offset = 14
    for _ in 0..<2 {
      guard type == 0x8100 || type == 0x88a8, bytes.byteCount >= offset + 4 else { return nil }
      type = bytes[Field<UInt16>(at: 2), at: offset]
      offset += 4
      if type == 0x0800 { return offset }
    }
    return nil
  }
}

extension LinkFraming {
  /// Turns the link header of a packet round, for an answer that goes back to where it came from.
  func reverse(_ bytes: inout MutableRawSpan) {
    switch self {
    case .ethernet:
      for index in 0..<6 {
        let (low, high) = (Field<UInt8>(at: index), Field<UInt8>(at: index + 6))
        let byte = bytes[low, at: 0]
        bytes[low, at: 0] = bytes[high, at: 0]
        bytes[high, at: 0] = byte
      }
    // Packet type 4: sent by the capturing host. The address that follows is the sender's, which
    // a cooked header does not tell of a packet that was received.
    case .cooked(16, _): bytes[Field<UInt16>(at: 0), at: 0] = 4
    case .cooked: bytes[Field<UInt8>(at: 10), at: 0] = 4
    case .bare, .loopback, .unknown: break
    }
  }
}
