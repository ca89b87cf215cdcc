public import PacketFormats

extension Scenario {
  /// A customer's VPC: its address block and what is in it.
  public struct VPC: Hashable, Sendable {
    public package(set) var name: String
    /// The block all subnets lie in; /16 to /28 (VPC guide, "VPC CIDR blocks").
    public package(set) var prefix: IPv4Prefix
    public package(set) var subnets: [Subnet]
    public package(set) var securityGroups: [SecurityGroup]
    public package(set) var hosts: [Host]
    /// The AWS account that it and the functions in it belong to: 12 digits.
    ///
    /// VPCs of different accounts exchange no packets.
    public package(set) var account: String
    public package(set) var flowLogs: [FlowLog] = []
    /// Whether instances in it run on hardware of their own.
    public package(set) var tenancy: Tenancy

    /// On whose hardware a VPC's instances run (VPC guide, "Dedicated instances").
    public enum Tenancy: String, Hashable, Sendable, CaseIterable {
      case `default`
      /// Not supported for functions (lambda-vpc §3.1).
      case dedicated
    }
  }
}

extension Scenario.VPC {
  /// The subnet called `name`.
  ///
  /// - Returns: `nil` if there is none.
  public func subnet(named name: String) -> Scenario.Subnet? {
    subnets.first { $0.name == name }
  }

  /// The security group called `name`.
  ///
  /// - Returns: `nil` if there is none.
  public func securityGroup(named name: String) -> Scenario.SecurityGroup? {
    securityGroups.first { $0.name == name }
  }

  /// The host called `name`.
  ///
  /// - Returns: `nil` if there is none.
  public func host(named name: String) -> Scenario.Host? {
    hosts.first { $0.name == name }
  }
}
