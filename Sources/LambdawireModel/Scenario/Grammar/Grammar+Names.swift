import PacketFormats

extension Grammar {
  enum DHCPOptions {
    static let domainName = Key<String>(
      "domain-name", .domainName, .optional("that of the Region"), "Domain that hosts are told.")
    static let domainNameServers = Key<[Located<IPv4Address>]>(
      "domain-name-servers", .oneOrMore(.address), .optional("the VPC's own resolver"),
      "Whom hosts and functions ask about names; the first is asked.")
    static let section = Section(
      name: "DHCP option set", documentation: "What hosts and functions of the VPC are told.",
      keys: [domainName.declaration, domainNameServers.declaration])
  }

  enum PrivateZone {
    static let addresses = ValueType<[Located<IPAddress>]>.oneOrMore(.anyAddress)
    static let type = ValueType<SourceNode>(
      expected: "a mapping from names to addresses",
      schema: ["type": "object", "additionalProperties": addresses.schema]
    ) { node, _ in node }
    static let named = ValueType<[SourceEntry]>.byDomainName(type, called: "records")
  }

  enum ResolverRule {
    static let targets = ValueType<[Located<IPv4Address>]>.oneOrMore(.address)
    static let named = ValueType<[SourceEntry]>.byDomainName(targets, called: "servers")
  }

  enum MirrorSession {
    static let source = Key<String>(
      "source", .reference(to: "a host of this VPC"), .required, "Whose packets are copied.")
    static let target = Key<String>(
      "target", .reference(to: "a host of this VPC"), .required, "Where the copies go.")
    static let number = Key<Int>(
      "number", .quantity(.integer(1...32_766)), .required,
      "Its place among the sessions of the source; the first that takes a packet copies it.")
    static let networkIdentifier = Key<Int>(
      "vni", .quantity(.integer(0...0xff_ffff)), .optional("made up"),
      "VXLAN network identifier of the copies.")
    static let packetLength = Key<Int>(
      "packet-length", .quantity(.byteCount(1...8_500)), .optional("the whole packet"),
      "How much of each packet is copied.")
    static let filter = Key<[SourceNode]>(
      "filter", .list(of: MirrorRule.section), .required, "What is copied; the rest is not.")
    static let section = Section(
      name: "mirror session", documentation: "Copies a host's packets to another host in VXLAN.",
      keys: [
        source.declaration, target.declaration, number.declaration, networkIdentifier.declaration,
        packetLength.declaration, filter.declaration,
      ])
  }

  enum MirrorRule {
    static let number = Key<Int>(
      "rule", .quantity(.integer(1...32_766)), .required,
      "Its number; the lowest that matches decides.")
    static let direction = Key<Scenario.Direction>(
      "direction", .choice, .required, "Seen from the source's interface.")
    static let action = Key<Scenario.MirrorSession.Action>(
      "action", .choice, .defaulted("accept"), "Whether such packets are copied.")
    static let `protocol` = Key<Scenario.RuleProtocol>(
      "protocol", .ruleProtocol, .defaulted("all"), "Protocol that the rule is about.")
    static let from = Key<IPPrefix?>(
      "from", ValueType<IPPrefix>.anyBlock, .defaulted("any"), "Who sends.")
    static let to = Key<IPPrefix?>(
      "to", ValueType<IPPrefix>.anyBlock, .defaulted("any"), "Who is sent to.")
    static let sourcePorts = Key<ClosedRange<UInt16>>(
      "source-ports", .ports, .defaulted("all"), "Source ports; only with `tcp` and `udp`.")
    static let ports = Key<ClosedRange<UInt16>>(
      "ports", .ports, .defaulted("all"), "Destination ports; only with `tcp` and `udp`.")
    static let section = Section(
      name: "mirror rule", documentation: "A numbered rule of a mirror session's filter.",
      keys: [
        number.declaration, direction.declaration, action.declaration, `protocol`.declaration,
        from.declaration, to.declaration, sourcePorts.declaration, ports.declaration,
      ])
  }
}
