public import PacketFormats

extension Scenario {
  /// A customer's VPC: its address blocks and what is in it.
  public struct VPC: Hashable, Sendable {
    public package(set) var name: String
    /// The blocks that subnets lie in, the primary one first; /16 to /28, at most five (VPC guide,
    /// "VPC CIDR blocks").
    public package(set) var prefixes: [IPv4Prefix]
    /// The IPv6 block that subnets have theirs from; `nil` if it has none.
    public package(set) var ipv6Prefix: IPv6Prefix?
    /// The Region that it is in, such as `us-east-1`.
    public package(set) var region: String
    public package(set) var dhcpOptions: DHCPOptions
    public package(set) var subnets: [Subnet]
    public package(set) var securityGroups: [SecurityGroup]
    public package(set) var networkACLs: [NetworkACL]
    public package(set) var routeTables: [RouteTable]
    public package(set) var gateways: [Gateway]
    public package(set) var hosts: [Host]
    public package(set) var privateZones: [PrivateZone]
    public package(set) var resolverRules: [ResolverRule]
    public package(set) var mirrorSessions: [MirrorSession]
    /// The AWS account that it and the functions in it belong to: 12 digits.
    ///
    /// VPCs of different accounts exchange no packets.
    public package(set) var account: String
    public package(set) var flowLogs: [FlowLog] = []
    /// How many connections each network interface in it tracks; `nil` for any number.
    public package(set) var trackedConnections: Int?
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
  /// The primary block.
  ///
  /// A validated scenario has one for each VPC.
  public var prefix: IPv4Prefix {
    prefixes.first ?? IPv4Prefix(IPv4Address(rawValue: 0), length: 0)
  }

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

  /// The gateway called `name`.
  ///
  /// - Returns: `nil` if there is none.
  public func gateway(named name: String) -> Scenario.Gateway? {
    gateways.first { $0.name == name }
  }
}
