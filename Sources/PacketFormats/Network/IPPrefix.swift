/// A block of IPv4 or of IPv6 addresses.
///
/// The families are apart: no IPv4 address lies in an IPv6 block, not even in `::/0`.
public enum IPPrefix: Hashable, Sendable {
  case v4(IPv4Prefix)
  case v6(IPv6Prefix)

  /// The block of `length` that `address` lies in.
  ///
  /// - Precondition: `length` is not more than the family has bits.
  public init(_ address: IPAddress, length: Int) {
    switch address {
    case .v4(let address): self = .v4(IPv4Prefix(address, length: length))
    case .v6(let address): self = .v6(IPv6Prefix(address, length: length))
    }
  }

  /// The block that holds `address` and nothing else.
  public init(_ address: IPAddress) {
    self.init(address, length: address.family.addressBitCount)
  }

  /// Every address of a family: `0.0.0.0/0` or `::/0`.
  public static func everything(_ family: IPFamily) -> Self {
    switch family {
    case .v4: .v4(IPv4Prefix(.unspecified, length: 0))
    case .v6: .v6(IPv6Prefix(.unspecified, length: 0))
    }
  }

  public var family: IPFamily {
    switch self {
    case .v4: .v4
    case .v6: .v6
    }
  }

  /// The lowest address of the block.
  public var address: IPAddress {
    switch self {
    case .v4(let prefix): .v4(prefix.address)
    case .v6(let prefix): .v6(prefix.address)
    }
  }

  /// How many leading bits the block fixes: at most 32 in IPv4, 128 in IPv6.
  public var length: Int {
    switch self {
    case .v4(let prefix): prefix.length
    case .v6(let prefix): prefix.length
    }
  }

  /// Whether `candidate` lies in the block.
  public func contains(_ candidate: IPAddress) -> Bool {
    switch (self, candidate) {
    case (.v4(let prefix), .v4(let address)): prefix.contains(address)
    case (.v6(let prefix), .v6(let address)): prefix.contains(address)
    default: false
    }
  }

  /// Whether all of `other` lies in the block.
  public func contains(_ other: IPPrefix) -> Bool {
    switch (self, other) {
    case (.v4(let prefix), .v4(let other)): prefix.contains(other)
    case (.v6(let prefix), .v6(let other)): prefix.contains(other)
    default: false
    }
  }

  /// Whether the two blocks share an address.
  public func overlaps(_ other: IPPrefix) -> Bool {
    switch (self, other) {
    case (.v4(let prefix), .v4(let other)): prefix.overlaps(other)
    case (.v6(let prefix), .v6(let other)): prefix.overlaps(other)
    default: false
    }
  }
}

extension IPPrefix {
  /// Reads an address and a length in the form of ``IPv4Prefix`` or of ``IPv6Prefix``.
  ///
  /// What has a colon in it is read as IPv6, everything else as IPv4.
  public init(_ text: some StringProtocol) throws(AddressError) {
    self =
      text.utf8.contains(UInt8(ascii: ":")) ? .v6(try IPv6Prefix(text)) : .v4(try IPv4Prefix(text))
  }
}

extension IPPrefix: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let prefix): prefix.description
    case .v6(let prefix): prefix.description
    }
  }
}

extension IPPrefix: Comparable {
  /// IPv4 first, then by address, then the larger block first.
  public static func < (left: Self, right: Self) -> Bool {
    left.address != right.address ? left.address < right.address : left.length < right.length
  }
}
