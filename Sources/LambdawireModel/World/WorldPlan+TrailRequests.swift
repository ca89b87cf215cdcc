import LambdaService
import PacketFormats
import VirtualNetwork

/// Changes of VPCs as CloudTrail records them.
extension VirtualPrivateCloud {
  /// The calls that make a change to the VPC as it is (EC2 API reference; CloudTrail records of such
  /// calls that others have published).
  func requests(
    for change: WorldPlan.Change, _ edges: WorldPlan.Edges
  ) -> [NetworkCall.Request] {
    let resource = TrailValue.text(change.resource.rawValue)
    let name = change.event.call
    switch change.event {
    case .authorize, .revoke:
      let permissions = change.configuration.compactMap(permission)
      return [
        NetworkCall.Request(
          name, ["groupId": resource, "ipPermissions": ["items": .list(permissions)]])
      ]
    case .createRoute(let route, _), .replaceRoute(let route, _):
      if let request = endpointRequest(route.target, "AddRouteTableId", resource) {
        return [request]
      }
      return [
        NetworkCall.Request(
          name,
          .object([
            TrailValue.Member("routeTableId", resource), destination(route.destination),
            target(route.target, edges),
          ]))
      ]
    case .deleteRoute(let destination, let table):
      if let former = routeTables[Int(known(routeTable(named: table)).rawValue)]
        .route(to: self.destination(destination)),
        let request = endpointRequest(former.target, "RemoveRouteTableId", resource)
      {
        return [request]
      }
      return [
        NetworkCall.Request(
          name,
          .object([TrailValue.Member("routeTableId", resource), self.destination(destination)]))
      ]
    case .createEntry, .replaceEntry:
      return change.configuration.compactMap { change in
        guard case .addACLRule(let rule, let direction, _) = change else { return nil }
        return NetworkCall.Request(name, Self.entry(rule, direction, resource))
      }
    case .deleteEntry(let number, let direction, _):
      return [
        NetworkCall.Request(
          name,
          [
            "networkAclId": resource, "ruleNumber": .number(number),
            "egress": .flag(direction == .egress),
          ])
      ]
    }
  }

  private func permission(_ change: ConfigurationChange) -> TrailValue? {
    let rule: SecurityGroupRule
    switch change {
    case .authorize(let authorized, _, _): rule = authorized
    case .revoke(let revoked, _, _): rule = revoked
    default: return nil
    }
    let (proto, ports) = Self.wording(rule.traffic, names: true)
    var members = [TrailValue.Member("ipProtocol", .text(proto))]
    if let ports {
      members += [
        TrailValue.Member("fromPort", .number(ports.from)),
        TrailValue.Member("toPort", .number(ports.to)),
      ]
    }
    var lists: [(name: String, items: TrailValue)] = [
      ("groups", .object([])), ("ipRanges", .object([])), ("ipv6Ranges", .object([])),
      ("prefixListIds", .object([])),
    ]
    func set(_ place: Int, _ item: TrailValue) { lists[place].items = ["items": [item]] }
    switch rule.peer {
    case .securityGroup(let group):
      set(0, ["groupId": .text(securityGroups[Int(group.rawValue)].identifier.rawValue)])
    case .peeredSecurityGroup(let group):
      set(0, ["groupId": .text(peeredGroups[Int(group.rawValue)].identifier.rawValue)])
    case .prefix(.v4(let prefix)): set(1, ["cidrIp": .text("\(prefix)")])
    case .prefix(.v6(let prefix)): set(2, ["cidrIpv6": .text("\(prefix)")])
    case .prefixList(let list):
      set(3, ["prefixListId": .text(prefixLists[Int(list.rawValue)].identifier.rawValue)])
    }
    return .object(members + lists.map { TrailValue.Member($0.name, $0.items) })
  }

  /// A protocol and ports as calls have them: names in groups, numbers in network ACLs; -1 for all.
  private static func wording(
    _ traffic: SecurityGroupRule.Traffic, names: Bool
  ) -> (protocol: String, ports: (from: Int, to: Int)?) {
    switch traffic {
    case .all: return ("-1", nil)
    case .tcp(let ports):
      return (names ? "tcp" : "6", (Int(ports.lowerBound), Int(ports.upperBound)))
    case .udp(let ports):
      return (names ? "udp" : "17", (Int(ports.lowerBound), Int(ports.upperBound)))
    case .icmp: return (names ? "icmp" : "1", (-1, -1))
    case .icmpv6: return (names ? "icmpv6" : "58", (-1, -1))
    case .other(let number): return ("\(number.rawValue)", nil)
    }
  }

  private static func entry(
    _ rule: NetworkACLRule, _ direction: TrafficDirection, _ list: TrailValue
  ) -> TrailValue {
    let (proto, ports) = wording(rule.traffic, names: false)
    let isICMP = proto == "1" || proto == "58"
    let type: TrailValue = isICMP ? ["type": .number(-1), "code": .number(-1)] : .object([])
    let range: TrailValue =
      isICMP
      ? .object([]) : ports.map { ["from": .number($0.from), "to": .number($0.to)] } ?? .object([])
    return .object([
      TrailValue.Member("networkAclId", list),
      TrailValue.Member("ruleNumber", .number(rule.number)),
      TrailValue.Member("egress", .flag(direction == .egress)),
      TrailValue.Member("ruleAction", rule.action == .allow ? "allow" : "deny"),
      TrailValue.Member("icmpTypeCode", type), TrailValue.Member("portRange", range),
      TrailValue.Member("aclProtocol", .text(proto)),
      TrailValue.Member(
        rule.peer.family == .v4 ? "cidrBlock" : "ipv6CidrBlock", .text("\(rule.peer)")),
    ])
  }

  private func destination(_ destination: Scenario.Route.Destination) -> TrailValue.Member {
    switch destination {
    case .prefix(.v4(let prefix)):
      return TrailValue.Member("destinationCidrBlock", .text("\(prefix)"))
    case .prefix(.v6(let prefix)):
      return TrailValue.Member("destinationIpv6CidrBlock", .text("\(prefix)"))
    case .prefixList(let name):
      let list = known(prefixList(named: name))
      return TrailValue.Member(
        "destinationPrefixListId", .text(prefixLists[Int(list.rawValue)].identifier.rawValue))
    }
  }

  private func target(
    _ target: Scenario.Route.Target, _ edges: WorldPlan.Edges
  ) -> TrailValue.Member {
    switch routeTarget(target, edges) {
    case .gateway(let index):
      let gateway = gateways[Int(index.rawValue)]
      let name =
        switch gateway.kind {
        case .internet, .virtualPrivate, .gatewayEndpoint: "gatewayId"
        case .egressOnlyInternet: "egressOnlyInternetGatewayId"
        case .regionalNAT: "natGatewayId"
        case .peering: "vpcPeeringConnectionId"
        case .transit: "transitGatewayId"
        }
      return TrailValue.Member(name, .text(gateway.identifier.rawValue))
    case .networkInterface(let index):
      let interface = interfaces[Int(index.rawValue)]
      guard interface.type == .natGateway else {
        return TrailValue.Member("networkInterfaceId", .text(interface.identifier.rawValue))
      }
      let identifier = ResourceIdentifier(
        .natGateway, name: "\(name)/\(interface.name)", seed: seed)
      return TrailValue.Member("natGatewayId", .text(identifier.rawValue))
    case .local, .blackhole: return TrailValue.Member("gatewayId", "local")
    }
  }

  /// Routes to a gateway endpoint are the endpoint's: they are made and deleted by changing it (VPC
  /// guide, "Gateway endpoints").
  private func endpointRequest(
    _ target: Scenario.Route.Target, _ member: String, _ table: TrailValue
  ) -> NetworkCall.Request? {
    guard case .gateway(let name) = target,
      let gateway = gateways.firstIndex(where: { $0.name == name })
    else { return nil }
    return endpointRequest(.gateway(GatewayIndex(rawValue: UInt32(gateway))), member, table)
  }

  private func endpointRequest(
    _ target: RouteTarget, _ member: String, _ table: TrailValue
  ) -> NetworkCall.Request? {
    guard case .gateway(let index) = target else { return nil }
    let gateway = gateways[Int(index.rawValue)]
    guard case .gatewayEndpoint = gateway.kind else { return nil }
    return NetworkCall.Request(
      "ModifyVpcEndpoint",
      [
        "ModifyVpcEndpointRequest": .object([
          TrailValue.Member("VpcEndpointId", .text(gateway.identifier.rawValue)),
          TrailValue.Member(member, ["tag": .number(1), "content": table]),
        ])
      ], isEndpointRequest: true)
  }
}
