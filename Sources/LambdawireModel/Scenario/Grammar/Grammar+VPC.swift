import PacketFormats

extension Grammar {
  enum VPC {
    static let cidr = Key<[Located<IPv4Prefix>]>(
      "cidr", .oneOrMore(.prefix(16...28)), .required,
      "Address blocks that its subnets lie in, the primary one first; at most five.")
    static let ipv6Block = Key<IPv6Prefix>(
      "ipv6-cidr", .ipv6Prefix(44...60, example: "2001:db8:1200::/56"),
      .optional("one made up if a subnet is dual-stack"), "Its IPv6 block.")
    static let region = Key<String>(
      "region", .region, .defaulted("us-east-1"), "The Region that it is in.")
    static let dhcpOptions = Key<SourceNode>(
      "dhcp-options", .section(DHCPOptions.section), .optional("the VPC's own resolver"),
      "What hosts and functions are told about names.")
    static let gateways = Key<[SourceEntry]>(
      "gateways", Gateways.named, .optional("no gateways"), "What its routes lead to, by name.")
    static let routeTables = Key<[SourceEntry]>(
      "route-tables", .named(RouteTable.type, called: "route tables"),
      .optional("`main` with the `local` routes"), "Its route tables by name.")
    static let networkACLs = Key<[SourceEntry]>(
      "network-acls", .named(NetworkACL.section), .optional("`default`, which allows everything"),
      "Its network ACLs by name.")
    static let privateZones = Key<[SourceEntry]>(
      "private-zones", PrivateZone.named, .optional("none besides its hosts' names"),
      "Private hosted zones by domain, with their records.")
    static let resolverRules = Key<[SourceEntry]>(
      "resolver-rules", ResolverRule.named, .optional("nothing is forwarded"),
      "Domains that its resolver asks other servers about.")
    static let mirrorSessions = Key<[SourceEntry]>(
      "mirror-sessions", .named(MirrorSession.section), .optional("none"),
      "Traffic mirroring sessions by name.")
    static let subnets = Key<[SourceEntry]>(
      "subnets", .named(Subnet.section), .required, "Its subnets by name.")
    static let securityGroups = Key<[SourceEntry]>(
      "security-groups", .named(SecurityGroup.section), .required, "Its security groups by name.")
    static let tenancy = Key<Scenario.VPC.Tenancy>(
      "tenancy", .choice, .defaulted("default"),
      "On whose hardware its instances run; Lambda does not support `dedicated`.")
    static let hosts = Key<[SourceEntry]>(
      "hosts", .named(Host.section), .optional("no hosts"), "The machines in it by name.")
    static let account = Key<String>(
      "account", .account, .optional("an account of its own, whose number the seed decides"),
      "AWS account of the VPC and of the functions in it (A-50).")
    static let flowLogs = Key<[SourceEntry]>(
      "flow-logs", .named(FlowLog.section), .optional("no flow logs"),
      "Flow logs of it, its subnets and its hosts by name.")
    static let trackedConnections = Key<Int>(
      "tracked-connections", .quantity(.integer(1...100_000_000)), .optional("no limit"),
      "How many connections each network interface in it tracks at most (A-61).")
    static let copies = Key<Int>(
      "copies", .quantity(.integer(1...1_000)), .defaulted("1"),
      "How many VPCs the entry stands for, each with the functions that name it; with more than "
        + "one, `NAME-1`, `NAME-2` and so on, and the functions likewise.")

    static let section = Section(
      name: "VPC", documentation: "A customer's VPC, named by its key.",
      keys: [
        cidr.declaration, ipv6Block.declaration, region.declaration, subnets.declaration,
        securityGroups.declaration, networkACLs.declaration, routeTables.declaration,
        gateways.declaration, dhcpOptions.declaration, privateZones.declaration,
        resolverRules.declaration, mirrorSessions.declaration, tenancy.declaration,
        hosts.declaration, account.declaration, flowLogs.declaration,
        trackedConnections.declaration, copies.declaration,
      ])
  }

  enum Subnet {
    static let cidr = Key<IPv4Prefix>(
      "cidr", .prefix(16...28), .required,
      "Address block; AWS keeps the first four addresses and the last for itself.")
    static let zone = Key<String>(
      "zone", .reference(to: "an availability zone such as `use1-az1`"), .required,
      "Availability zone; two zones are further apart than one (setting `cross-zone`).")

    static let addressing = Key<Scenario.Subnet.Addressing>(
      "addressing", .choice, .optional("`dual-stack` if it has an `ipv6-cidr`, otherwise `ipv4`"),
      "Whether it has IPv6 addresses too.")
    static let ipv6Block = Key<IPv6Prefix>(
      "ipv6-cidr", .ipv6Prefix(64...64, example: "2001:db8:1200:1::/64"),
      .optional("the next of its VPC's, if it is dual-stack"), "Its IPv6 block.")
    static let routeTable = Key<String>(
      "route-table", .reference(to: "a route table of this VPC"), .optional("the main one"),
      "Where packets that leave it go.")
    static let networkACL = Key<String>(
      "network-acl", .reference(to: "a network ACL of this VPC"), .optional("the default one"),
      "What may enter and leave it.")

    static let section = Section(
      name: "subnet", documentation: "A subnet, named by its key.",
      keys: [
        cidr.declaration, ipv6Block.declaration, zone.declaration, addressing.declaration,
        routeTable.declaration, networkACL.declaration,
      ])
  }

  enum SecurityGroup {
    static let ingress = Key<[SourceNode]>(
      "ingress", .list(of: IngressRule.section), .optional("nothing may come in"),
      "What may come in. Answers to what went out need no rule.")
    static let egress = Key<[SourceNode]>(
      "egress", .list(of: EgressRule.section), .optional("everything may go out"),
      "What may go out. Answers to what came in need no rule.")

    static let section = Section(
      name: "security group",
      documentation: "A security group, named by its key. All rules allow; the rest is dropped.",
      keys: [ingress.declaration, egress.declaration])
  }

  enum IngressRule {
    static let from = Key<Scenario.SecurityGroupRule.Peer>(
      "from", .peer, .required, "Who may send.")

    static let section = Section(
      name: "ingress rule", documentation: "A rule for what may come in.",
      keys: [Rule.protocol.declaration, Rule.ports.declaration, from.declaration])
  }

  enum EgressRule {
    static let to = Key<Scenario.SecurityGroupRule.Peer>(
      "to", .peer, .required, "Who may be reached.")

    static let section = Section(
      name: "egress rule", documentation: "A rule for what may go out.",
      keys: [Rule.protocol.declaration, Rule.ports.declaration, to.declaration])
  }

  /// What ingress and egress rules have in common.
  enum Rule {
    static let `protocol` = Key<Scenario.RuleProtocol>(
      "protocol", .ruleProtocol, .required, "Protocol that the rule is about.")
    static let ports = Key<ClosedRange<UInt16>>(
      "ports", .ports, .defaulted("all"), "Destination ports; only with `tcp` and `udp`.")
  }
}
