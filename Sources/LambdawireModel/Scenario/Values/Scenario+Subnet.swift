public import PacketFormats

extension Scenario {
  /// A subnet of a VPC.
  public struct Subnet: Hashable, Sendable {
    public package(set) var name: String
    public package(set) var prefix: IPv4Prefix
    /// Its /64; `nil` if it has no IPv6.
    public package(set) var ipv6Prefix: IPv6Prefix?
    /// The availability zone, which decides latency: within one zone or between two.
    public package(set) var zone: String
    public package(set) var addressing: Addressing
    /// Name of its route table; `main` unless it names another.
    public package(set) var routeTable: String
    /// Name of its network ACL; `default` unless it names another.
    public package(set) var networkACL: String

    /// The kinds of addresses that a subnet has.
    public enum Addressing: String, Hashable, Sendable, CaseIterable {
      case ipv4
      case dualStack = "dual-stack"
    }
  }
}

extension Scenario.Subnet {
  /// Whether AWS keeps `address` for itself: the first four and the last of each subnet
  /// (VPC guide, "Subnet CIDR blocks"; lambda-vpc §7.1).
  public func reserves(_ address: IPv4Address) -> Bool {
    let first = prefix.address.rawValue
    return prefix.contains(address)
      && (address.rawValue - first < 4 || address == prefix[-1])
  }
}
