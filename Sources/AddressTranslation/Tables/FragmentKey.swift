/// What the fragments of a packet have in common (RFC 791, section 2.3), and which way they go.
struct FragmentKey: Equatable, BitwiseCopyable {
  /// Source address in the upper half, destination address in the lower.
  let addresses: UInt64
  private let rest: UInt64

  static var none: FragmentKey {
    FragmentKey(addresses: 0, protocolNumber: 0, identification: 0, isOutbound: false)
  }

  init(addresses: UInt64, protocolNumber: UInt8, identification: UInt16, isOutbound: Bool) {
    self.addresses = addresses
    rest = (isOutbound ? 1 << 24 : 0) | UInt64(protocolNumber) << 16 | UInt64(identification)
  }

  private init(addresses: UInt64, rest: UInt64) {
    self.addresses = addresses
    self.rest = rest
  }

  var isOutbound: Bool { rest & 1 << 24 != 0 }
  var identification: UInt16 { UInt16(truncatingIfNeeded: rest) }

  var withNextIdentification: FragmentKey {
    FragmentKey(
      addresses: addresses, rest: rest & ~0xffff | UInt64(identification &+ 1))
  }

  var tag: UInt32 { FlowKey.mix(addresses, rest) }
}
