import PacketFormats

extension Grammar {
  enum Host {
    static let subnet = Key<String>(
      "subnet", .reference(to: "a subnet of this VPC"), .required, "Where it is.")
    static let address = Key<IPv4Address>(
      "address", .address, .optional("the lowest free address of the subnet"), "Its address.")
    static let ipv6Address = Key<IPv6Address>(
      "ipv6", .ipv6Address, .optional("made up if the subnet is dual-stack"), "Its IPv6 address.")
    static let secondaryAddresses = Key<[Located<IPv4Address>]>(
      "secondary-addresses", .oneOrMore(.address), .optional("none"),
      "Further private addresses of its network interface.")
    static let ipv4Prefixes = Key<[Located<IPv4Prefix>]>(
      "ipv4-prefixes", .oneOrMore(.prefix(28...28)), .optional("none"),
      "Blocks delegated to its network interface, a /28 each; it answers at all their addresses.")
    static let ipv6Prefixes = Key<[Located<IPv6Prefix>]>(
      "ipv6-prefixes", .oneOrMore(.ipv6Prefix(80...80, example: "2001:db8:1200:1:1::/80")),
      .optional("none"),
      "IPv6 blocks delegated to its network interface, a /80 each; it answers at the first 16 addresses "
        + "of each.")
    static let publicAddress = Key<Scenario.PublicAddress>(
      "public-address", .publicAddress, .defaulted("no"),
      "Whether its interface has an Elastic IP address, or which.")
    static let sourceDestinationCheck = Key<YesOrNo>(
      "source-destination-check", .choice, .defaulted("yes"),
      "Whether its interface refuses packets that are neither from nor to it.")
    static let forwards = Key<Scenario.Host.Forwarding>(
      "forwards", .choice, .defaulted("none"),
      "What it does with packets for others: sends them on, or sends them on under its own address "
        + "as a NAT instance does.")
    static let maximumTransmissionUnit = Key<Int>(
      "mtu", .quantity(.byteCount(576...9_001)), .optional("that of the VPC, setting `vpc-mtu`"),
      "The largest packet that it sends.")
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
        subnet.declaration, address.declaration, ipv6Address.declaration,
        secondaryAddresses.declaration, ipv4Prefixes.declaration, ipv6Prefixes.declaration,
        publicAddress.declaration, securityGroups.declaration,
        sourceDestinationCheck.declaration, forwards.declaration,
        maximumTransmissionUnit.declaration, domainName.declaration, serves.declaration,
      ])
  }

  enum Service {
    static let kind = Key<Scenario.Service.Kind>("service", .choice, .required, "What it speaks.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()),
      .optional("the usual one: 5432, 80, 53, 9 for sinks, 7 for `echo`"),
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
