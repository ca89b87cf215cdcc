/// What the fragments of a packet have in common (RFC 791, section 2.3), and which way they go.
struct FragmentKey: Equatable, BitwiseCopyable {
  /// Source address in the upper half, destination address in the lower.
  let addresses: UInt64
  private let rest: UInt64

  static var none: FragmentKey {
    FragmentKey(addresses: 0, protocolNumber: 0, identification: 0, isOutbound: false)
  }

  /// - Parameters:
  ///   - addresses: The source address in the upper half, the destination address in the lower;
  ///     for IPv6 numbers stand for them.
  ///   - protocolNumber: What the fragments are parts of.
  ///   - identification: Of 16 bits for IPv4, of 32 for IPv6.
  ///   - isOutbound: Whether they come from inside.
  init(addresses: UInt64, protocolNumber: UInt8, identification: UInt32, isOutbound: Bool) {
    self.addresses = addresses
    rest = (isOutbound ? 1 << 40 : 0) | UInt64(protocolNumber) << 32 | UInt64(identification)
  }

  private init(addresses: UInt64, rest: UInt64) {
    self.addresses = addresses
    self.rest = rest
  }

  var identification: UInt32 { UInt32(truncatingIfNeeded: rest) }

  /// The key with the next identification, of 16 bits, which are enough for IPv6 too.
  var withNextIdentification: FragmentKey {
    let next = UInt16(truncatingIfNeeded: rest) &+ 1
    return FragmentKey(addresses: addresses, rest: rest & ~0xffff | UInt64(next))
  }

  var tag: UInt32 { FlowKey.mix(addresses, rest) }
}
