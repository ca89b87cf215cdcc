import PacketFormats

extension Grammar {
  enum RouteTable {
    static let routes = Key<[SourceNode]>(
      "routes", .list(of: Route.section), .optional("the `local` routes only"),
      "Its routes besides `local`; the longest prefix that matches decides.")
    static let propagating = Key<[Located<String>]>(
      "propagating", .oneOrMore(.reference(to: "a virtual private gateway of this VPC")),
      .optional("none"), "Virtual private gateways whose networks it learns.")

    static let section = Section(
      name: "route table",
      documentation: "A route table, named by its key; `main` holds for subnets that name none.",
      keys: [routes.declaration, propagating.declaration])

    /// A route table by its keys, or a list of routes alone.
    static let type = ValueType<SourceNode>(
      expected: "a list of routes",
      schema: [
        "anyOf": [
          ["type": "array", "items": Route.section.schemaReference], section.schemaReference,
        ]
      ]
    ) { node, log in
      guard case .sequence = node.content else { return node }
      var long = node
      long.content = .mapping([
        SourceEntry(key: routes.name, location: node.location, value: node)
      ])
      return long
    }
  }

  enum Route {
    static let to = Key<Scenario.Route.Destination>(
      "to", .destination, .required, "Which packets take it.")
    static let via = Key<String>(
      "via",
      .reference(
        to: "a gateway or a host of this VPC, a peering connection, a transit gateway, or "
          + "`blackhole`"), .required, "Where they go.")

    static let section = Section(
      name: "route", documentation: "One line of a route table.",
      keys: [to.declaration, via.declaration])
  }

  enum NetworkACL {
    static let ingress = Key<[SourceNode]>(
      "ingress", .list(of: ACLIngress.section), .optional("nothing may come in"),
      "What may enter the subnet, answers included.")
    static let egress = Key<[SourceNode]>(
      "egress", .list(of: ACLEgress.section), .optional("nothing may go out"),
      "What may leave the subnet, answers included.")

    static let section = Section(
      name: "network ACL",
      documentation:
        "A network ACL, named by its key: stateless, judged only where packets enter or "
        + "leave a subnet. `default` holds for subnets that name none.",
      keys: [ingress.declaration, egress.declaration])
  }

  /// What the entries of network ACLs have in common.
  enum ACLEntry {
    static let number = Key<Int>(
      "rule", .quantity(.integer(1...32_766)), .required,
      "Its number; the lowest that matches decides.")
    static let action = Key<Scenario.NetworkACL.Action>(
      "action", .choice, .required, "What becomes of the packet.")
    static let `protocol` = Key<Scenario.RuleProtocol>(
      "protocol", .ruleProtocol, .defaulted("all"), "Protocol that the entry is about.")
    static let ports = Key<ClosedRange<UInt16>>(
      "ports", .ports, .defaulted("all"), "Destination ports; only with `tcp` and `udp`.")

    static let all = [
      number.declaration, action.declaration, `protocol`.declaration, ports.declaration,
    ]
  }

  enum ACLIngress {
    static let from = Key<IPPrefix?>(
      "from", ValueType<IPPrefix>.anyBlock, .defaulted("any"), "Who sends.")
    static let section = Section(
      name: "inbound ACL entry", documentation: "A numbered rule for what enters a subnet.",
      keys: ACLEntry.all + [from.declaration])
  }

  enum ACLEgress {
    static let to = Key<IPPrefix?>(
      "to", ValueType<IPPrefix>.anyBlock, .defaulted("any"), "Who is sent to.")
    static let section = Section(
      name: "outbound ACL entry", documentation: "A numbered rule for what leaves a subnet.",
      keys: ACLEntry.all + [to.declaration])
  }
}
