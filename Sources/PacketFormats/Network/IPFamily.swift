/// The version of the Internet Protocol that an address belongs to.
public enum IPFamily: UInt8, Hashable, Sendable, CaseIterable {
  case v4 = 4
  case v6 = 6

  /// How many bits an address has.
  public var addressBitCount: Int { self == .v4 ? 32 : 128 }
}

extension IPFamily: CustomStringConvertible {
  public var description: String { self == .v4 ? "IPv4" : "IPv6" }
}
