import PacketFormats

/// The words for decisions.
///
/// Every sentence begins with the name of the component, because a capture's comment column shows no
/// more than the beginning.
extension VirtualPrivateCloud {
  /// The steps of a decision.
  ///
  /// No packet is quoted, for others are judged by the same decision.
  ///
  /// - Parameters:
  ///   - shape: The decision.
  ///   - inFull: Whether to mention network ACLs that let everything through as AWS made them.
  ///   - past: Looks up earlier decisions.
  /// - Returns: The steps, in the order in which they were taken.
  func reasons(
    for shape: DecisionShape, inFull: Bool, past: (DecisionIndex) -> Decision
  ) -> [Reason] {
    let filter = filterReason(shape, past)
    let border = borderReason(shape, inFull)
    let steps =
      shape.direction == .egress
      ? [filter, border, pathReason(shape)] : [border, filter, pathReason(shape)]
    return steps.compactMap(\.self)
  }

  private func filterReason(
    _ shape: DecisionShape, _ past: (DecisionIndex) -> Decision
  ) -> Reason? {
    guard case .networkInterface(let index) = shape.place else { return nil }
    switch shape.filter {
    case .notAsked: return nil
    case .unfiltered:
      return Reason(
        component: .networkInterface(index), code: .noSecurityGroups,
        sentence: "\(text(index)) has no security groups")
    case .exempt(let service):
      return Reason(
        component: .service(service), code: .linkLocalService,
        sentence: "\(service) is not subject to security groups")
    case .tracked:
      let first = shape.connection.map(past)
      let way = first?.direction == .egress ? "out" : "in"
      // A network ACL that was asked first had no part in it.
      let granting = first?.reasons.first { $0.code != .networkACLRule }
      let cause = granting.map { ": \($0.sentence)" } ?? ""
      return Reason(
        component: .networkInterface(index), code: .trackedConnection,
        sentence: "\(text(index)) tracks the connection, which it let \(way)\(cause)")
    case .matched(let group, let rule):
      let tracking = shape.tracks ? "" : "; the flow is not tracked"
      return Reason(
        component: .securityGroup(group), code: .securityGroupRule,
        sentence: "\(text(group)) has the \(shape.direction) rule "
          + "\(text(securityGroups[group.position].rules(shape.direction)[rule], shape.direction))"
          + tracking)
    case .refused: return refusal(index, shape.direction)
    case .tableFull:
      let limit = quotas.trackedConnectionsPerInterface ?? 0
      return Reason(
        component: .networkInterface(index), code: .trackingAllowanceExceeded,
        sentence: "\(text(index)) tracks \(limit) connections and takes no more")
    }
  }

  /// What the network ACL had to say.
  private func borderReason(_ shape: DecisionShape, _ inFull: Bool) -> Reason? {
    let way = shape.direction
    switch shape.border {
    case .notAsked: return nil
    case .allowed(let list, let rule):
      if !inFull, isUntouched(list) { return nil }
      let rule = networkACLs[list.position].rules(way)[rule]
      return Reason(
        component: .networkACL(list), code: .networkACLRule,
        sentence: "\(text(list)) has the \(way) rule \(text(rule, way))")
    case .denied(let list, let rule?):
      let rule = networkACLs[list.position].rules(way)[rule]
      return Reason(
        component: .networkACL(list), code: .subnetACLRestriction,
        sentence: "\(text(list)) has the \(way) rule \(text(rule, way))")
    case .denied(let list, nil):
      return Reason(
        component: .networkACL(list), code: .subnetACLRestriction,
        sentence: "\(text(list)) has no \(way) rule for it and denies what no rule allows")
    }
  }

  private func refusal(_ index: InterfaceIndex, _ direction: TrafficDirection) -> Reason {
    let groups = interfaces[index.position].securityGroups
    let names = groups.map(text).joined(separator: " and ")
    let rules = groups.flatMap { securityGroups[$0.position].rules(direction) }
    let verb = groups.count == 1 ? "has" : "have"
    let component = NetworkComponent.securityGroup(groups[0])
    guard !rules.isEmpty else {
      return Reason(
        component: component, code: .securityGroupHasNoRules,
        sentence: "\(names) \(verb) no \(direction) rules")
    }
    let quoted = 5
    var list = rules.prefix(quoted).map { text($0, direction) }.joined(separator: ", ")
    if rules.count > quoted { list += " and \(rules.count - quoted) more" }
    return Reason(
      component: component, code: .securityGroupRulesMismatch,
      sentence: "\(names) \(verb) no \(direction) rule for it, only \(list)")
  }

  private func pathReason(_ shape: DecisionShape) -> Reason? {
    switch shape.path {
    case .notAsked, .intoHost, .service: return nil
    case .neighbour(let index):
      let subnet = interfaces[index.position].subnet
      return Reason(
        component: .subnet(subnet), code: .sameSubnet,
        sentence: "\(text(subnet)) also holds the destination, \(text(index))")
    case .delivered(let index):
      return Reason(
        component: .mappingService, code: .mapping,
        sentence: "\(text(index)) has the destination address")
    case .routed(let table, let route, let hop):
      return routeReason(table, route, code: .route, suffix: text(hop))
    case .deleted, .foreign, .noNeighbour: return interfaceReason(shape)
    case .nobody(let table, let route):
      let block = text(routeTables[table.position].routes[route].destination)
      return Reason(
        component: .mappingService, code: .noPossibleDestination,
        sentence: "nobody in \(block) has the destination address")
    case .nobodyInVPC:
      return Reason(
        component: .mappingService, code: .noPossibleDestination,
        sentence: "nobody in VPC \(name) has the destination address")
    case .notOfVPC:
      return Reason(
        component: .mappingService, code: .localRouteRestriction,
        sentence: "VPC \(name) takes from gateways only what is for its own addresses")
    case .noRoute(let table):
      return Reason(
        component: .routeTable(table), code: .noRouteToDestination,
        sentence: "\(text(table)) has no route to the destination")
    case .blackhole(let table, let route):
      return routeReason(table, route, code: .badStateRoute, suffix: "nowhere")
    case .unroutable(let table):
      return Reason(
        component: .routeTable(table), code: .noPossibleDestination,
        sentence: "\(text(table)) routes no multicast, no broadcast and nothing to "
          + "\(LinkLocalService.unroutableBlock)")
    }
  }

  private func interfaceReason(_ shape: DecisionShape) -> Reason? {
    guard case .networkInterface(let index) = shape.place else { return nil }
    let interface = interfaces[index.position]
    switch shape.path {
    case .deleted:
      return Reason(
        component: .networkInterface(index), code: .badState,
        sentence: "\(text(index)) has been deleted")
    case .foreign:
      let end = shape.direction == .egress ? "from" : "to"
      let count = interface.allAddresses.count + interface.delegatedPrefixes.count - 1
      let others = count == 0 ? "" : " and \(count) more"
      return Reason(
        component: .networkInterface(index), code: .sourceDestinationCheck,
        sentence: "\(text(index)) takes only packets \(end) \(interface.address)\(others)")
    default:
      return Reason(
        component: .mappingService, code: .noPossibleDestination,
        sentence: "nobody in \(text(interface.subnet)) has the destination address")
    }
  }

  private func routeReason(
    _ table: RouteTableIndex, _ route: Int, code: ExplanationCode, suffix: String
  ) -> Reason {
    let route = routeTables[table.position].routes[route]
    let local = route.target == .local ? "local, " : ""
    let origin = route.origin == .propagated ? "propagated " : ""
    return Reason(
      component: .routeTable(table), code: code,
      sentence: "\(text(table)) has the \(origin)route \(text(route.destination)) to "
        + "\(local)\(suffix)")
  }
}

extension VirtualPrivateCloud {
  /// A rule as a scenario states it, such as `tcp 5432 to database (sg-…)`.
  public func text(_ rule: SecurityGroupRule, _ direction: TrafficDirection) -> String {
    let peer =
      switch rule.peer {
      case .prefix(let prefix): prefix.description
      case .prefixList(let list): text(list)
      case .securityGroup(let group): text(group)
      case .peeredSecurityGroup(let group): text(group)
      }
    return "\(rule.traffic) \(direction == .egress ? "to" : "from") \(peer)"
  }

  /// A rule as a scenario states it, such as `100: allow tcp 443 from 10.0.0.0/16`.
  public func text(_ rule: NetworkACLRule, _ direction: TrafficDirection) -> String {
    let peer = "\(direction == .egress ? "to" : "from") \(rule.peer)"
    return "\(rule.number): \(rule.action == .allow ? "allow" : "deny") \(rule.traffic) \(peer)"
  }

  func text(_ index: PrefixListIndex) -> String {
    let list = prefixLists[index.position]
    return "\(list.name) (\(list.identifier))"
  }

  private func text(_ index: NetworkACLIndex) -> String {
    let list = networkACLs[index.position]
    return "\(list.name) (\(list.identifier))"
  }

  private func text(_ index: PeeredGroupIndex) -> String {
    let group = peeredGroups[index.position]
    return "\(group.name) of VPC \(group.vpc) (\(group.identifier))"
  }

  private func text(_ index: InterfaceIndex) -> String {
    let interface = interfaces[index.position]
    return "\(interface.name) (\(interface.identifier))"
  }

  private func text(_ index: SecurityGroupIndex) -> String {
    let group = securityGroups[index.position]
    return "\(group.name) (\(group.identifier))"
  }

  private func text(_ index: SubnetIndex) -> String {
    let subnet = subnets[index.position]
    return "\(subnet.name) (\(subnet.identifier))"
  }

  private func text(_ index: RouteTableIndex) -> String {
    let table = routeTables[index.position]
    return "\(table.name) (\(table.identifier))"
  }

  private func text(_ hop: NextHop) -> String {
    switch hop {
    case .none: "nowhere"
    case .interface(let index): text(index)
    case .gateway(let index):
      "\(gateways[index.position].name) (\(gateways[index.position].identifier))"
    case .service(let service): service.description
    }
  }
}
