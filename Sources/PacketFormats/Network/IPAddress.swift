/// An IPv4 or an IPv6 address.
///
/// IPv4 addresses come before IPv6 addresses; the IPv4-mapped ones of IPv6 stay IPv6.
public enum IPAddress: Hashable, Sendable {
  case v4(IPv4Address)
  case v6(IPv6Address)

  /// Which of the two it is.
  public var family: IPFamily {
    switch self {
    case .v4: .v4
    case .v6: .v6
    }
  }

  /// The address, or `nil` if it is an IPv6 one.
  public var ipv4: IPv4Address? {
    if case .v4(let address) = self { address } else { nil }
  }

  /// The address, or `nil` if it is an IPv4 one.
  public var ipv6: IPv6Address? {
    if case .v6(let address) = self { address } else { nil }
  }
}

extension IPAddress {
  /// Reads an address in the form of ``IPv4Address`` or of ``IPv6Address``.
  ///
  /// What has a colon in it is read as IPv6, everything else as IPv4.
  public init(_ text: some StringProtocol) throws(AddressError) {
    self =
      text.utf8.contains(UInt8(ascii: ":"))
      ? .v6(try IPv6Address(text)) : .v4(try IPv4Address(text))
  }
}

extension IPAddress: CustomStringConvertible {
  public var description: String {
    switch self {
    case .v4(let address): address.description
    case .v6(let address): address.description
    }
  }
}

extension IPAddress: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.v4(let left), .v4(let right)): left < right
    case (.v6(let left), .v6(let right)): left < right
    case (.v4, .v6): true
    case (.v6, .v4): false
    }
  }
}
