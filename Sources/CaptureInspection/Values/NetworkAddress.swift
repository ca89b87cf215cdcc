public import PacketFormats

/// An IPv4 or IPv6 address, as captures show it.
///
/// Both kinds are held as 128 bits, IPv4 ones in `::ffff:0:0/96` (RFC 4291, section 2.5.5.2), so
/// that tables need only one kind of key. Mapped addresses have no business on a wire; should one
/// stand there, it is taken for the IPv4 address it names.
public struct NetworkAddress: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(_ address: IPv4Address) {
    self.init(high: 0, low: Self.mappedPrefix | UInt64(address.rawValue))
  }

  public init(_ address: IPv6Address) {
    self.init(high: address.high, low: address.low)
  }

  /// The upper half of the low 64 bits of every IPv4 address.
  static let mappedPrefix: UInt64 = 0xffff_0000_0000

  /// The address, or `nil` if it is an IPv6 one.
  public var ipv4: IPv4Address? {
    high == 0 && low >> 32 == 0xffff
      ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)) : nil
  }

  /// The address as IPv6 writes it; an IPv4 one is mapped.
  public var ipv6: IPv6Address { IPv6Address(high: high, low: low) }
}

extension NetworkAddress: CustomStringConvertible {
  public var description: String { ipv4?.description ?? ipv6.description }
}

extension NetworkAddress: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }
}

extension NetworkAddress: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
