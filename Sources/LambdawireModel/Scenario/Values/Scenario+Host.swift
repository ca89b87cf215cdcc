public import PacketFormats

extension Scenario {
  /// A machine in the customer's VPC with one network interface.
  public struct Host: Hashable, Sendable {
    public package(set) var name: String
    /// Name of its subnet, in the same VPC.
    public package(set) var subnet: String
    public package(set) var address: IPv4Address
    /// `nil` if it has none.
    public package(set) var ipv6Address: IPv6Address?
    /// Further private addresses of its interface.
    public package(set) var secondaryAddresses: [IPv4Address]
    /// Blocks delegated to its interface: /28.
    public package(set) var ipv4Prefixes: [IPv4Prefix]
    /// IPv6 blocks delegated to its interface: /80.
    public package(set) var ipv6Prefixes: [IPv6Prefix]
    /// The Elastic IP address of its interface, if it has one.
    public package(set) var elasticAddress: IPv4Address?
    /// Whether its interface refuses packets that are neither from nor to it.
    public package(set) var checksSourceAndDestination: Bool
    /// What it does with packets that are for others.
    public package(set) var forwarding: Forwarding
    /// The largest packet that it sends, in bytes; `nil` for that of the VPC.
    public package(set) var maximumTransmissionUnit: Int?
    /// Names of security groups of the same VPC; at least one.
    public package(set) var securityGroups: [String]
    /// What the VPC's resolver answers for.
    public package(set) var domainName: String
    /// What listens here; no two on the same port of the same transport.
    public package(set) var services: [Service]

    /// What a host does with packets that are for others.
    public enum Forwarding: String, Hashable, Sendable, CaseIterable {
      /// Drops them.
      case none
      /// Sends them on, as a firewall does.
      case forward
      /// Sends them on with its own address as their source, as a NAT instance does.
      case masquerade
    }
  }
}
