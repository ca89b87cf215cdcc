/// A block of IPv4 addresses in CIDR notation (RFC 4632, section 3.1).
public struct IPv4Prefix: Hashable, Sendable {
  /// The lowest address of the block; its host bits are zero.
  public let address: IPv4Address
  /// How many leading bits the block fixes, 0 to 32.
  public let length: Int

  /// The block of `length` that `address` lies in.
  ///
  /// - Precondition: `length` is 0 to 32.
  public init(_ address: IPv4Address, length: Int) {
    precondition((0...32).contains(length), "an IPv4 prefix length is 0 to 32")
    self.length = length
    self.address = IPv4Address(rawValue: address.rawValue & Self.mask(length))
  }

  /// The netmask of a prefix of `length` bits.
  private static func mask(_ length: Int) -> UInt32 {
    length == 0 ? 0 : ~0 << UInt32(32 - length)
  }

  /// Whether `candidate` lies in the block.
  public func contains(_ candidate: IPv4Address) -> Bool {
    candidate.rawValue & Self.mask(length) == address.rawValue
  }

  /// Whether all of `other` lies in the block.
  public func contains(_ other: IPv4Prefix) -> Bool {
    length <= other.length && contains(other.address)
  }

  /// Whether the two blocks share an address.
  public func overlaps(_ other: IPv4Prefix) -> Bool {
    let shorter = Self.mask(min(length, other.length))
    return address.rawValue & shorter == other.address.rawValue & shorter
  }

  /// How many addresses the block holds.
  public var count: Int { 1 << (32 - length) }

  /// The address `offset` above the lowest one, or counted back from the end if negative.
  ///
  /// - Precondition: the address lies in the block.
  public subscript(offset: Int) -> IPv4Address {
    let position = offset < 0 ? count + offset : offset
    precondition((0..<count).contains(position), "outside the prefix")
    return IPv4Address(rawValue: address.rawValue + UInt32(position))
  }
}

extension IPv4Prefix {
  /// Reads an address and a length, such as `10.0.0.0/16`.
  ///
  /// Bits set after the prefix are refused rather than cleared: `10.0.0.1/16` is more often a
  /// slip than a network.
  public init(_ text: some StringProtocol) throws(AddressError) {
    var cursor = TextCursor(text, form: .ipv4Prefix)
    let address = IPv4Address(rawValue: try cursor.dottedQuad())
    try cursor.expect("/")
    let length = try cursor.number(upTo: 32, else: .prefixLength(32))
    try cursor.expectEnd()
    self.init(address, length: length)
    guard self.address == address else { throw cursor.failure(.zeroHostBits, at: 0) }
  }
}

extension IPv4Prefix: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
