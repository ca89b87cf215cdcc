public import PacketFormats

extension Scenario {
  /// A machine in the customer's VPC with one network interface.
  public struct Host: Hashable, Sendable {
    public package(set) var name: String
    /// Name of its subnet, in the same VPC.
    public package(set) var subnet: String
    public package(set) var address: IPv4Address
    /// Names of security groups of the same VPC; at least one.
    public package(set) var securityGroups: [String]
    /// What the VPC's resolver answers for.
    public package(set) var domainName: String
    /// What listens here; no two on the same port of the same transport.
    public package(set) var services: [Service]
  }
}
