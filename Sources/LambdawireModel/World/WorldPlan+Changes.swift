import LambdaService
import PacketFormats
import VirtualNetwork

/// What changes VPCs in the course of a run, as their nodes make it and as CloudTrail records it.
extension WorldPlan {
  /// A change of a VPC.
  struct Change {
    var event: Scenario.NetworkChange
    /// Counted from the start of the run.
    var time: Duration
    /// The security group, route table or network ACL.
    var resource: ResourceIdentifier
    /// What is changed, all at once.
    var configuration: [ConfigurationChange]
    var requests: [NetworkCall.Request]
  }
}

extension Scenario {
  /// What changes a VPC in the course of the run, in order of time.
  func changes(of vpc: String) -> [(time: Duration, change: NetworkChange)] {
    events.inOrderOfTime.compactMap { event in
      guard case .change(vpc, let change) = event.act else { return nil }
      return (event.time, change)
    }
  }
}

extension VirtualPrivateCloud {
  /// Plans the changes of the scenario and tries them.
  ///
  /// Groups of other VPCs that later rules name become known to this one.
  ///
  /// - Throws: If EC2 would refuse one of them.
  mutating func planChanges(
    _ edges: WorldPlan.Edges, _ scenario: Scenario
  ) throws(VirtualNetworkError) -> [WorldPlan.Change] {
    var changes: [WorldPlan.Change] = []
    for (time, event) in scenario.changes(of: name) {
      changes.append(
        WorldPlan.Change(
          event: event, time: time, resource: resource(of: event),
          configuration: try configuration(event, edges, scenario), requests: []))
    }
    var trial = self
    for number in changes.indices {
      changes[number].requests = trial.requests(for: changes[number], edges)
      for change in changes[number].configuration { try trial.apply(change) }
    }
    return changes
  }

  /// The IPv6 blocks of subnets that packets from outside come to through a gateway, at any time.
  func ipv6Prefixes(behind gateway: GatewayIndex, during changes: [WorldPlan.Change]) -> [IPPrefix]
  {
    var prefixes = ipv6Prefixes(behind: gateway)
    var later = self
    for change in changes.flatMap(\.configuration) {
      do throws(VirtualNetworkError) {
        try later.apply(change)
      } catch {
        preconditionFailure("planned changes have been tried: \(error)")
      }
      for prefix in later.ipv6Prefixes(behind: gateway) where !prefixes.contains(prefix) {
        prefixes.append(prefix)
      }
    }
    return prefixes
  }

  // MARK: - What changes

  private mutating func configuration(
    _ event: Scenario.NetworkChange, _ edges: WorldPlan.Edges, _ scenario: Scenario
  ) throws(VirtualNetworkError) -> [ConfigurationChange] {
    switch event {
    case .authorize(let rule, let direction, let name):
      let group = known(securityGroup(named: name))
      return try rules(rule, edges, scenario).map { .authorize($0, direction.value, in: group) }
    case .revoke(let rule, let direction, let name):
      let group = known(securityGroup(named: name))
      return try rules(rule, edges, scenario).map { .revoke($0, direction.value, in: group) }
    case .createRoute(let route, let name):
      return [.addRoute(self.route(route, edges), to: known(routeTable(named: name)))]
    case .replaceRoute(let route, let name):
      let (table, route) = (known(routeTable(named: name)), self.route(route, edges))
      return [.removeRoute(route.destination, from: table), .addRoute(route, to: table)]
    case .deleteRoute(let destination, let name):
      return [
        .removeRoute(self.destination(destination), from: known(routeTable(named: name)))
      ]
    case .createEntry(let entry, let direction, let name):
      let list = known(networkACL(named: name))
      return rules(entry).map { .addACLRule($0, direction.value, to: list) }
    case .replaceEntry(let entry, let direction, let name):
      let list = known(networkACL(named: name))
      return [.removeACLRule(entry.number, direction.value, from: list)]
        + rules(entry).map { .addACLRule($0, direction.value, to: list) }
    case .deleteEntry(let number, let direction, let name):
      return [.removeACLRule(number, direction.value, from: known(networkACL(named: name)))]
    }
  }

  private func resource(of event: Scenario.NetworkChange) -> ResourceIdentifier {
    switch event {
    case .authorize(_, _, let name), .revoke(_, _, let name):
      securityGroups[Int(known(securityGroup(named: name)).rawValue)].identifier
    case .createRoute(_, let name), .replaceRoute(_, let name), .deleteRoute(_, let name):
      routeTables[Int(known(routeTable(named: name)).rawValue)].identifier
    case .createEntry(_, _, let name), .replaceEntry(_, _, let name),
      .deleteEntry(_, _, let name):
      networkACLs[Int(known(networkACL(named: name)).rawValue)].identifier
    }
  }

  func known<Index>(_ index: Index?) -> Index {
    guard let index else { preconditionFailure("a validated scenario changes what there is") }
    return index
  }
}

extension Scenario.Direction {
  var value: TrafficDirection { self == .ingress ? .ingress : .egress }
}
