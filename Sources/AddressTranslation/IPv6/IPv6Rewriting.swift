import PacketFormats

/// The changes a translator makes to an IPv6 packet.
///
/// IPv6 has no checksum of its own; those of TCP, UDP and ICMPv6 all cover the addresses (RFC 8200,
/// section 8.1), and are brought up to date from what changes.
struct IPv6Rewriting {
  private let high: Field<UInt64>
  private let low: Field<UInt64>
  private let port: Field<UInt16>

  /// For the source of packets.
  static var source: IPv6Rewriting {
    IPv6Rewriting(
      high: IPv6Header.Layout.sourceHigh, low: IPv6Header.Layout.sourceLow,
      port: HeaderLayout.sourcePort)
  }

  /// For the destination of packets.
  static var destination: IPv6Rewriting {
    IPv6Rewriting(
      high: IPv6Header.Layout.destinationHigh, low: IPv6Header.Layout.destinationLow,
      port: HeaderLayout.destinationPort)
  }

  /// Replaces an address of the packet whose header starts at `offset`.
  ///
  /// - Returns: the change, for the checksums that cover it.
  @discardableResult
  func replaceAddress(
    in bytes: inout MutableRawSpan, at offset: Int, by new: IPv6Address
  ) -> InternetChecksum.Change {
    let old = IPv6Address(high: bytes[high, at: offset], low: bytes[low, at: offset])
    bytes[high, at: offset] = new.high
    bytes[low, at: offset] = new.low
    return InternetChecksum.Change(from: old, to: new)
  }

  /// Replaces the port, or a query's identifier, of the header that starts at `transport`.
  func replacePort(
    in bytes: inout MutableRawSpan, at transport: Int, of protocolNumber: UInt8, by new: UInt16
  ) -> InternetChecksum.Change {
    let field = HeaderLayout.isICMP(protocolNumber) ? HeaderLayout.icmpIdentifier : port
    let change = InternetChecksum.Change(from: bytes[field, at: transport], to: new)
    bytes[field, at: transport] = new
    return change
  }

  /// Takes `decrement` off the hops of the packet whose header starts at `offset`.
  static func takeHops(_ decrement: UInt8, in bytes: inout MutableRawSpan, at offset: Int) {
    bytes[IPv6Header.Layout.hopLimit, at: offset] &-= decrement
  }

  /// Brings up to date the checksum of the header that starts at `transport`, if all of it lies
  /// before `end`.
  ///
  /// - Returns: the change of the checksum itself, for one that covers it.
  @discardableResult
  static func updateChecksum(
    in bytes: inout MutableRawSpan, at transport: Int, of protocolNumber: UInt8, end: Int,
    with change: InternetChecksum.Change
  ) -> InternetChecksum.Change {
    let field: Field<UInt16> =
      switch protocolNumber {
      case HeaderLayout.tcp: HeaderLayout.tcpChecksum
      case HeaderLayout.udp: HeaderLayout.udpChecksum
      default: HeaderLayout.icmpChecksum
      }
    guard transport + field.offset + 2 <= end else {
      return InternetChecksum.Change(from: UInt16(0), to: 0)
    }
    let old = bytes[field, at: transport]
    let new =
      protocolNumber == HeaderLayout.udp
      ? change.appliedToUDP(old) : change.applied(to: old)
    bytes[field, at: transport] = new
    return InternetChecksum.Change(from: old, to: new)
  }
}
