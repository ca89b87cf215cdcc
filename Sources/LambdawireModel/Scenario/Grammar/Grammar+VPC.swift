import PacketFormats

extension Grammar {
  enum VPC {
    static let cidr = Key<IPv4Prefix>(
      "cidr", .prefix(16...28), .required, "Address block that all its subnets lie in.")
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
    static let copies = Key<Int>(
      "copies", .quantity(.integer(1...1_000)), .defaulted("1"),
      "How many VPCs the entry stands for, each with the functions that name it; with more than "
        + "one, `NAME-1`, `NAME-2` and so on, and the functions likewise.")

    static let section = Section(
      name: "VPC", documentation: "A customer's VPC, named by its key.",
      keys: [
        cidr.declaration, subnets.declaration, securityGroups.declaration, tenancy.declaration,
        hosts.declaration, account.declaration, flowLogs.declaration, copies.declaration,
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
      "addressing", .choice, .defaulted("ipv4"),
      "Whether it has IPv6 addresses too; no packet uses them so far.")

    static let section = Section(
      name: "subnet", documentation: "A subnet, named by its key.",
      keys: [cidr.declaration, zone.declaration, addressing.declaration])
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
    static let `protocol` = Key<Scenario.SecurityGroupRule.RuleProtocol>(
      "protocol", .choice, .required, "Protocol that the rule is about.")
    static let ports = Key<ClosedRange<UInt16>>(
      "ports", .ports, .defaulted("all"), "Destination ports; only with `tcp` and `udp`.")
  }

  enum Host {
    static let subnet = Key<String>(
      "subnet", .reference(to: "a subnet of this VPC"), .required, "Where it is.")
    static let address = Key<IPv4Address>(
      "address", .address, .optional("the lowest free address of the subnet"), "Its address.")
    static let securityGroups = Key<[Located<String>]>(
      "security-groups", .oneOrMore(.reference(to: "a security group of this VPC")), .required,
      "Security groups of its network interface.")
    static let domainName = Key<String>(
      "domain-name", .domainName, .optional("`HOST.VPC.internal`"),
      "Name that the VPC's resolver knows it by.")
    static let serves = Key<[Located<SourceNode>]>(
      "serves", .oneOrMore(Service.type), .optional("nothing listens"), "What listens on it.")

    static let section = Section(
      name: "host", documentation: "A machine with one network interface, named by its key.",
      keys: [
        subnet.declaration, address.declaration, securityGroups.declaration,
        domainName.declaration, serves.declaration,
      ])
  }

  enum Service {
    static let kind = Key<Scenario.Service.Kind>("service", .choice, .required, "What it speaks.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("the usual one: 5432, 9 for sinks, 7 for `echo`"),
      "Port it listens on.")

    static let section = Section(
      name: "service", documentation: "A server process; its bare name stands for its usual port.",
      keys: [kind.declaration, port.declaration])

    /// A service by its name alone, or with its keys.
    static let type = ValueType<SourceNode>(
      expected: "a service: \(kind.type.expected)",
      schema: ["anyOf": [kind.type.schema, section.schemaReference]]
    ) { node, log in
      guard case .scalar = node.content else { return node }
      // The short form is the long one with a single key.
      let entry = SourceEntry(key: kind.name, location: node.location, value: node)
      var long = node
      long.content = .mapping([entry])
      return long
    }
  }
}
