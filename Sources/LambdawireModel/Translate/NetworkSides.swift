import PacketFormats

/// Which addresses are inside, which are the translator's own outside, and so which way a packet
/// goes.
struct NetworkSides {
  /// Where a packet goes, as its two addresses say.
  enum Journey {
    /// From inside to anywhere else, the translator's own addresses included.
    case outward
    /// From elsewhere to one of the translator's outside addresses.
    case inward
    /// From elsewhere to an inside address: seen by somebody who captured inside, where answers
    /// have been turned back already.
    case seenInside
    /// From inside to inside, or to everybody on the link: it never meets the translator.
    case staysInside
    /// Neither from inside nor to anyone the translator knows.
    case elsewhere
  }

  private let networks: [(address: UInt32, mask: UInt32)]
  private let first: (address: UInt32, mask: UInt32)
  private let outside: [UInt32]

  init(inside: [IPv4Prefix], outside: [IPv4Address]) {
    networks = inside.map { prefix in
      (prefix.address.rawValue, prefix.length == 0 ? 0 : ~0 << UInt32(32 - prefix.length))
    }
    first = networks.first ?? (0, ~0)
    self.outside = outside.map(\.rawValue)
  }

  @inline(__always)
  func isInside(_ address: UInt32) -> Bool {
    if address & first.mask == first.address { return true }
    if networks.count < 2 { return false }
    return networks.contains { address & $0.mask == $0.address }
  }

  func isOutside(_ address: UInt32) -> Bool { outside.contains(address) }

  /// Which way a packet goes.
  ///
  /// - Parameter addresses: The source in the upper half, the destination in the lower, as they
  ///   stand in the header.
  /// - Returns: What the two addresses say.
  @inline(__always)
  func journey(_ addresses: UInt64) -> Journey {
    let source = UInt32(truncatingIfNeeded: addresses &>> 32)
    let destination = UInt32(truncatingIfNeeded: addresses)
    if isInside(source) {
      // 224.0.0.0/4 is multicast (RFC 5771), all ones is everybody on the link (RFC 919).
      if isInside(destination) || destination &>> 28 == 14 || destination == ~0 {
        return isOutside(destination) ? .outward : .staysInside
      }
      return .outward
    }
    if isOutside(destination) { return .inward }
    return isInside(destination) ? .seenInside : .elsewhere
  }
}
