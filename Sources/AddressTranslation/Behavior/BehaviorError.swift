public import PacketFormats

/// Why no translator can be made.
public enum BehaviorError: Error, Hashable, Sendable {
  /// There is no outside address to translate to.
  case noOutsideAddress
  /// An outside address is listed twice.
  case duplicateOutsideAddress(IPv4Address)
  /// An outside address is listed twice.
  case duplicateOutsideIPv6Address(IPv6Address)
  /// IPv6 is translated one to one by a ``PrefixTranslator``.
  case oneToOneIsIPv4Only
  /// A one-to-one translator needs as many inside as outside addresses, and at least one.
  case notOneToOne(insideAddresses: Int, outsideAddresses: Int)
  /// An inside address is listed twice.
  case duplicateInsideAddress(IPv4Address)
  /// A timer is not between one nanosecond and 100 years.
  case timerOutOfRange(Translation.State, Duration)
  /// The timer of UDP to a port is not between one nanosecond and 100 years.
  case udpTimerOutOfRange(remotePort: UInt16, Duration)
  /// The time that a SYN from outside waits is not between one nanosecond and 100 years.
  case unsolicitedSYNTimerOutOfRange(Duration)
  /// The time that fragments are remembered is not between one nanosecond and 100 years.
  case fragmentTimerOutOfRange(Duration)
  /// There must be room for 1 to 2^15 packets in fragments, fewer than there are identifications, and
  /// for 1 to 2^15 waiting fragments of each.
  case fragmentLimitOutOfRange(Int)
  /// Port 0 cannot be given out (RFC 768 gives it another meaning).
  case portZero
  /// A quota of ports must be at least one.
  case quotaBelowOne(Int)
  /// A RST can be at most 2^31 − 1 bytes away from what is expected.
  case resetWindowOutOfRange(UInt32)
  /// Every IPv4 link takes packets of 68 bytes (RFC 791, section 3.2).
  case mtuBelow68(UInt16)
  /// A segment must be able to carry a byte.
  case maximumSegmentSizeZero
  /// A fixed mapping is to an outside address that the translator does not have.
  case fixedMappingToForeignAddress(FixedMapping)
  /// Two fixed mappings are for the same inside or the same outside end.
  case fixedMappingTwice(FixedMapping)
}
