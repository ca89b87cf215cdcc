import PacketFormats
import VirtualNetwork

/// Security groups, network ACLs and prefix lists of a scenario, as a VPC has them.
extension VirtualPrivateCloud {
  /// Addresses of S3 and DynamoDB in us-east-1, of the lists that AWS publishes (`ip-ranges.json`); all
  /// Regions have them here (A-91, assumed).
  static let servicePrefixes: [Scenario.EndpointService: [IPPrefix]] = [
    .s3: [.v4(IPv4Prefix(IPv4Address(52, 216, 0, 0), length: 15))],
    .dynamodb: [.v4(IPv4Prefix(IPv4Address(52, 94, 0, 0), length: 22))],
  ]

  /// Adds the prefix lists that rules, routes and gateway endpoints of the VPC name.
  mutating func addPrefixLists(
    of scenario: Scenario, usedBy vpc: Scenario.VPC
  ) throws(VirtualNetworkError) {
    let changes = scenario.changes(of: vpc.name).map(\.change)
    func isNamed(_ list: String) -> Bool {
      vpc.names(list) || changes.contains { $0.names(list) }
    }
    for list in scenario.prefixLists where isNamed(list.name) {
      _ = try addPrefixList(name: list.name, entries: list.entries)
    }
    for service in Scenario.EndpointService.allCases where isNamed(service.rawValue) {
      _ = try addPrefixList(
        name: service.rawValue, entries: Self.servicePrefixes[service] ?? [])
    }
  }

  mutating func addNetworkACLs(of vpc: Scenario.VPC) throws(VirtualNetworkError) {
    for list in vpc.networkACLs {
      let index: NetworkACLIndex
      if list.name == "default", let existing = networkACL(named: list.name) {
        index = existing
        for direction in TrafficDirection.allCases {
          let numbers = Set(networkACLs[Int(index.rawValue)].rules(direction).map(\.number))
          for number in numbers.sorted() { try removeRule(number, direction, from: index) }
        }
      } else {
        index = try addNetworkACL(name: list.name)
      }
      for direction in TrafficDirection.allCases {
        for entry in direction == .ingress ? list.ingress : list.egress {
          for rule in rules(entry) { try addRule(rule, direction, to: index) }
        }
      }
    }
  }

  /// The rules that an entry comes to: for everybody, one for each family that the VPC has.
  ///
  /// They share a number, where EC2 would want another for the second; no packet is of both families.
  func rules(_ entry: Scenario.NetworkACL.Entry) -> [NetworkACLRule] {
    let action: NetworkACLRule.Action = entry.action == .allow ? .allow : .deny
    let traffic = SecurityGroupRule.Traffic(entry.protocol, entry.ports)
    let families: [IPFamily] = ipv6Blocks.isEmpty ? [.v4] : [.v4, .v6]
    let peers = entry.peer.map { [$0] } ?? families.map { .everything($0) }
    return peers.map { NetworkACLRule(entry.number, action, traffic, peer: $0) }
  }

  /// Gives a group exactly the rules of the scenario.
  mutating func replaceRules(
    of index: SecurityGroupIndex, with group: Scenario.SecurityGroup, _ edges: WorldPlan.Edges,
    _ scenario: Scenario
  ) throws(VirtualNetworkError) {
    for direction in TrafficDirection.allCases {
      for rule in securityGroups[Int(index.rawValue)].rules(direction) {
        try revoke(rule, direction, in: index)
      }
      for rule in direction == .ingress ? group.ingress : group.egress {
        for rule in try rules(rule, edges, scenario) {
          try authorize(rule, direction, in: index)
        }
      }
    }
  }

  /// The rules that one of the scenario comes to: for anybody, one for each family that the VPC has.
  mutating func rules(
    _ rule: Scenario.SecurityGroupRule, _ edges: WorldPlan.Edges, _ scenario: Scenario
  ) throws(VirtualNetworkError) -> [SecurityGroupRule] {
    let traffic = SecurityGroupRule.Traffic(rule.protocol, rule.ports)
    switch rule.peer {
    case .any:
      let first = SecurityGroupRule(traffic, peer: .anywhere)
      guard !ipv6Blocks.isEmpty else { return [first] }
      return [first, SecurityGroupRule(traffic, peer: .anywhereIPv6)]
    case .prefix(let prefix): return [SecurityGroupRule(traffic, peer: .prefix(prefix))]
    case .securityGroup(let name):
      guard let group = securityGroup(named: name) else { break }
      return [SecurityGroupRule(traffic, peer: .securityGroup(group))]
    case .prefixList(let name):
      guard let list = prefixList(named: name) else { break }
      return [SecurityGroupRule(traffic, peer: .prefixList(list))]
    case .peeredSecurityGroup(let vpc, let group):
      let index = try peeredGroup(group, of: vpc, edges, scenario)
      return [SecurityGroupRule(traffic, peer: .peeredSecurityGroup(index))]
    }
    preconditionFailure("a validated scenario names existing groups and lists")
  }

  private mutating func peeredGroup(
    _ group: String, of vpc: String, _ edges: WorldPlan.Edges, _ scenario: Scenario
  ) throws(VirtualNetworkError) -> PeeredGroupIndex {
    if let known = peeredGroups.firstIndex(where: { $0.name == group && $0.vpc == vpc }) {
      return PeeredGroupIndex(rawValue: UInt32(known))
    }
    let pair = Set([vpc, name])
    guard
      let peering = scenario.peeringConnections.first(where: {
        Set([$0.requester, $0.accepter]) == pair
      }), let gateway = edges.join(peering.name)
    else { preconditionFailure("a validated scenario names groups of peered VPCs") }
    return try addPeeredGroup(
      name: group, vpc: vpc, account: scenario.vpc(named: vpc)?.account ?? "", through: gateway)
  }
}

extension SecurityGroupRule.Traffic {
  init(_ proto: Scenario.RuleProtocol, _ ports: ClosedRange<UInt16>) {
    switch proto {
    case .all: self = .all
    case .tcp: self = .tcp(ports)
    case .udp: self = .udp(ports)
    case .icmp: self = .icmp(type: nil, code: nil)
    case .icmpv6: self = .icmpv6(type: nil, code: nil)
    case .number(let number): self = .other(IPProtocol(rawValue: number))
    }
  }
}

extension Scenario.VPC {
  /// Whether a rule, a route or a gateway endpoint names the prefix list.
  fileprivate func names(_ list: String) -> Bool {
    let rules = securityGroups.flatMap { $0.ingress + $0.egress }
    if rules.contains(where: { $0.peer == .prefixList(list) }) { return true }
    let routes = routeTables.flatMap(\.routes)
    if routes.contains(where: { $0.destination == .prefixList(list) }) { return true }
    return gateways.contains {
      if case .gatewayEndpoint(let service) = $0.kind { service.rawValue == list } else { false }
    }
  }
}

extension Scenario.NetworkChange {
  /// Whether a rule or a route names the prefix list.
  fileprivate func names(_ list: String) -> Bool {
    switch self {
    case .authorize(let rule, _, _), .revoke(let rule, _, _): rule.peer == .prefixList(list)
    case .createRoute(let route, _), .replaceRoute(let route, _):
      route.destination == .prefixList(list)
    case .deleteRoute(let destination, _): destination == .prefixList(list)
    case .createEntry, .replaceEntry, .deleteEntry: false
    }
  }
}
