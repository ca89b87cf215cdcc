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
  ///   - past: Looks up earlier decisions.
  /// - Returns: The steps, in the order in which they were taken.
  func reasons(for shape: DecisionShape, past: (DecisionIndex) -> Decision) -> [Reason] {
    [filterReason(shape, past), pathReason(shape)].compactMap(\.self)
  }

  private func filterReason(
    _ shape: DecisionShape, _ past: (DecisionIndex) -> Decision
  ) -> Reason? {
    switch shape.filter {
    case .notAsked: return nil
    case .exempt(let service):
      return Reason(
        component: .service(service), code: .linkLocalService,
        sentence: "\(service) is not subject to security groups")
    case .tracked(let index):
      let first = past(index)
      let way = first.direction == .egress ? "out" : "in"
      let cause = first.reasons.first.map { ": \($0.sentence)" } ?? ""
      return Reason(
        component: .networkInterface(shape.interface), code: .trackedConnection,
        sentence: "\(text(shape.interface)) tracks the connection, which it let \(way)\(cause)")
    case .matched(let group, let rule):
      let tracking = shape.tracks ? "" : "; the flow is not tracked"
      return Reason(
        component: .securityGroup(group), code: .securityGroupRule,
        sentence: "\(text(group)) has the \(shape.direction) rule "
          + "\(text(securityGroups[group.position].rules(shape.direction)[rule], shape.direction))"
          + tracking)
    case .refused: return refusal(shape)
    }
  }

  private func refusal(_ shape: DecisionShape) -> Reason {
    let groups = interfaces[shape.interface.position].securityGroups
    let names = groups.map(text).joined(separator: " and ")
    let rules = groups.flatMap { securityGroups[$0.position].rules(shape.direction) }
    let verb = groups.count == 1 ? "has" : "have"
    let component = NetworkComponent.securityGroup(groups[0])
    guard !rules.isEmpty else {
      return Reason(
        component: component, code: .securityGroupHasNoRules,
        sentence: "\(names) \(verb) no \(shape.direction) rules")
    }
    let quoted = 5
    var list = rules.prefix(quoted).map { text($0, shape.direction) }.joined(separator: ", ")
    if rules.count > quoted { list += " and \(rules.count - quoted) more" }
    return Reason(
      component: component, code: .securityGroupRulesMismatch,
      sentence: "\(names) \(verb) no \(shape.direction) rule for it, only \(list)")
  }

  private func pathReason(_ shape: DecisionShape) -> Reason? {
    let interface = interfaces[shape.interface.position]
    let subnet = subnets[interface.subnet.position]
    switch shape.path {
    case .notAsked, .intoHost, .service: return nil
    case .neighbour(let index):
      return Reason(
        component: .subnet(interface.subnet), code: .sameSubnet,
        sentence: "\(text(interface.subnet)) also holds the destination, \(text(index))")
    case .routed(let route, let hop):
      return routeReason(subnet.routeTable, route, code: .route, suffix: text(hop))
    case .deleted:
      return Reason(
        component: .networkInterface(shape.interface), code: .badState,
        sentence: "\(text(shape.interface)) has been deleted")
    case .foreign:
      let end = shape.direction == .egress ? "from" : "to"
      return Reason(
        component: .networkInterface(shape.interface), code: .sourceDestinationCheck,
        sentence: "\(text(shape.interface)) takes only packets \(end) \(interface.address)")
    case .noNeighbour:
      return Reason(
        component: .mappingService, code: .noPossibleDestination,
        sentence: "nobody in \(text(interface.subnet)) has the destination address")
    case .nobody(let route):
      let block = routeTables[subnet.routeTable.position].routes[route].destination
      return Reason(
        component: .mappingService, code: .noPossibleDestination,
        sentence: "nobody in \(block) has the destination address")
    case .noRoute:
      return Reason(
        component: .routeTable(subnet.routeTable), code: .noRouteToDestination,
        sentence: "\(text(subnet.routeTable)) has no route to the destination")
    case .blackhole(let route):
      return routeReason(subnet.routeTable, route, code: .badStateRoute, suffix: "nowhere")
    case .unroutable:
      return Reason(
        component: .routeTable(subnet.routeTable), code: .noPossibleDestination,
        sentence: "\(text(subnet.routeTable)) routes no multicast, no broadcast and nothing to "
          + "\(LinkLocalService.unroutableBlock)")
    }
  }

  private func routeReason(
    _ table: RouteTableIndex, _ route: Int, code: ExplanationCode, suffix: String
  ) -> Reason {
    let route = routeTables[table.position].routes[route]
    let local = route.target == .local ? "local, " : ""
    return Reason(
      component: .routeTable(table), code: code,
      sentence: "\(text(table)) has the route \(route.destination) to \(local)\(suffix)")
  }
}

extension VirtualPrivateCloud {
  /// A rule as a scenario states it, such as `tcp 5432 to database (sg-…)`.
  public func text(_ rule: SecurityGroupRule, _ direction: TrafficDirection) -> String {
    let peer =
      switch rule.peer {
      case .prefix(let prefix): prefix.description
      case .securityGroup(let group): text(group)
      }
    return "\(rule.traffic) \(direction == .egress ? "to" : "from") \(peer)"
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
