/// A block of IPv6 addresses (RFC 4291, section 2.3).
public struct IPv6Prefix: Hashable, Sendable {
  /// The lowest address of the block; its host bits are zero.
  public let address: IPv6Address
  /// How many leading bits the block fixes, 0 to 128.
  public let length: Int

  /// The block of `length` that `address` lies in.
  ///
  /// - Precondition: `length` is 0 to 128.
  public init(_ address: IPv6Address, length: Int) {
    precondition((0...128).contains(length), "an IPv6 prefix length is 0 to 128")
    self.length = length
    let mask = Self.mask(length)
    self.address = IPv6Address(high: address.high & mask.high, low: address.low & mask.low)
  }

  /// The netmask of a prefix of `length` bits.
  private static func mask(_ length: Int) -> IPv6Address {
    // A shift by 64 or more yields zero.
    length <= 64
      ? IPv6Address(high: UInt64.max << UInt64(64 - length), low: 0)
      : IPv6Address(high: .max, low: UInt64.max << UInt64(128 - length))
  }

  /// Whether `candidate` lies in the block.
  public func contains(_ candidate: IPv6Address) -> Bool {
    let mask = Self.mask(length)
    return candidate.high & mask.high == address.high && candidate.low & mask.low == address.low
  }

  /// Whether all of `other` lies in the block.
  public func contains(_ other: IPv6Prefix) -> Bool {
    length <= other.length && contains(other.address)
  }

  /// Whether the two blocks share an address.
  public func overlaps(_ other: IPv6Prefix) -> Bool {
    contains(other) || other.contains(self)
  }
}

extension IPv6Prefix {
  /// Reads an address and a length, such as `2001:db8::/32`.
  ///
  /// Bits set after the prefix are refused rather than cleared: they are more often a slip than
  /// meant.
  public init(_ text: some StringProtocol) throws(AddressError) {
    var cursor = TextCursor(text, form: .ipv6Prefix)
    let address = try IPv6Address(&cursor)
    try cursor.expect("/")
    let length = try cursor.number(upTo: 128, else: .prefixLength(128))
    try cursor.expectEnd()
    self.init(address, length: length)
    guard self.address == address else { throw cursor.failure(.zeroHostBits, at: 0) }
  }
}

extension IPv6Prefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
