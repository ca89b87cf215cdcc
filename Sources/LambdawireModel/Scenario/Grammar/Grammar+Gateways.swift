import PacketFormats

extension Grammar {
  /// What routes lead to, each kind known by its `type`.
  enum Gateways {
    static let sections = [
      InternetGateway.section, EgressOnlyInternetGateway.section, NATGateway.section,
      GatewayEndpoint.section, InterfaceEndpoint.section, VirtualPrivateGateway.section,
    ]

    static let named = ValueType<[SourceEntry]>.named(sections, called: "gateways")

    /// The key that tells kinds of gateways apart.
    static func kind(_ name: String) -> Key<String> {
      Key("type", .word(name), .required, "What it is.")
    }

    static let routeTable = Key<String>(
      "route-table", .reference(to: "a route table of this VPC"), .optional("none"),
      "The table that packets which come in through it go by.")
  }

  enum InternetGateway {
    static let word = "internet-gateway"
    static let kind = Gateways.kind(word)
    static let section = Section(
      name: "internet gateway",
      documentation: "Leads to the internet, for interfaces with a public address.",
      keys: [kind.declaration, Gateways.routeTable.declaration])
  }

  enum EgressOnlyInternetGateway {
    static let word = "egress-only-internet-gateway"
    static let kind = Gateways.kind(word)
    static let section = Section(
      name: "egress-only internet gateway",
      documentation: "Leads to the internet over IPv6, for connections that begin in the VPC.",
      keys: [kind.declaration])
  }

  enum NATGateway {
    static let word = "nat-gateway"
    static let kind = Gateways.kind(word)
    static let subnet = Key<String>(
      "subnet", .reference(to: "a subnet of this VPC"),
      .optional("a regional NAT gateway, which is in no subnet"), "Where its interface is.")
    static let connectivity = Key<Scenario.NATGateway.Connectivity>(
      "connectivity", .choice, .defaulted("public"),
      "Whether it translates to Elastic IP addresses or to its private ones.")
    static let addresses = Key<Int>(
      "addresses", .quantity(.integer(1...8)), .defaulted("1"),
      "How many addresses it translates to; each takes 55,000 connections to one destination.")
    static let elasticAddresses = Key<[Located<IPv4Address>]>(
      "elastic-ips", .oneOrMore(.address), .optional("made up"), "Its Elastic IP addresses.")
    static let section = Section(
      name: "NAT gateway", documentation: "Translates to addresses of its own.",
      keys: [
        kind.declaration, subnet.declaration, connectivity.declaration, addresses.declaration,
        elasticAddresses.declaration,
      ])
  }

  enum GatewayEndpoint {
    static let word = "gateway-endpoint"
    static let kind = Gateways.kind(word)
    static let service = Key<Scenario.EndpointService>(
      "service", .choice, .required, "The service that it leads to.")
    static let section = Section(
      name: "gateway endpoint",
      documentation: "Leads to a service's public addresses without the internet.",
      keys: [kind.declaration, service.declaration])
  }

  enum InterfaceEndpoint {
    static let word = "interface-endpoint"
    static let kind = Gateways.kind(word)
    static let service = Key<String>(
      "service", .reference(to: "a service such as `sqs`"), .required, "The service behind it.")
    static let subnets = Key<[Located<String>]>(
      "subnets", .oneOrMore(.reference(to: "a subnet of this VPC")), .required,
      "Where its network interfaces are, each in another zone.")
    static let securityGroups = Key<[Located<String>]>(
      "security-groups", .oneOrMore(.reference(to: "a security group of this VPC")), .required,
      "Security groups of its network interfaces.")
    static let domainName = Key<String>(
      "domain-name", .domainName, .optional("`SERVICE.REGION.amazonaws.com`"),
      "The public name of the service.")
    static let privateDNS = Key<YesOrNo>(
      "private-dns", .choice, .defaulted("yes"),
      "Whether that name resolves to the interfaces inside the VPC.")
    static let serves = Key<[Located<SourceNode>]>(
      "serves", .oneOrMore(Service.type), .defaulted("http"), "What the service speaks.")
    static let section = Section(
      name: "interface endpoint", documentation: "Network interfaces that lead to a service.",
      keys: [
        kind.declaration, service.declaration, subnets.declaration, securityGroups.declaration,
        domainName.declaration, privateDNS.declaration, serves.declaration,
      ])
  }

  enum VirtualPrivateGateway {
    static let word = "virtual-private-gateway"
    static let kind = Gateways.kind(word)
    static let networks = Key<[Located<IPv4Prefix>]>(
      "networks", .oneOrMore(.prefix(1...32)), .required, "The networks behind it.")
    static let hosts = Key<[SourceEntry]>(
      "hosts", .named(OutsideHost.section), .optional("no hosts"), "The machines in them by name.")
    static let section = Section(
      name: "virtual private gateway", documentation: "The VPC's end of a VPN or Direct Connect.",
      keys: [
        kind.declaration, networks.declaration, hosts.declaration,
        Gateways.routeTable.declaration,
      ])
  }

  enum OutsideHost {
    static let address = Key<IPv4Address>("address", .address, .required, "Its address.")
    static let ipv6Address = Key<IPv6Address>(
      "ipv6", .ipv6Address, .optional("none"), "Its IPv6 address.")
    static let domainName = Key<String>(
      "domain-name", .domainName, .optional("`HOST.example.com`"), "Name that resolvers know it by."
    )
    static let serves = Key<[Located<SourceNode>]>(
      "serves", .oneOrMore(Service.type), .optional("nothing listens"), "What listens on it.")
    static let section = Section(
      name: "outside host", documentation: "A machine in no VPC, named by its key.",
      keys: [
        address.declaration, ipv6Address.declaration, domainName.declaration, serves.declaration,
      ])
  }
}

extension ValueType<String> {
  /// Exactly `word`.
  static func word(_ word: String) -> Self {
    .text("`\(word)`", schema: ["const": .string(word)]) { text throws(ValueProblem) in
      guard text == word else { throw ValueProblem() }
      return text
    }
  }
}
