extension Scenario {
  /// Which way packets cross a network interface or the border of a subnet.
  public enum Direction: String, Hashable, Sendable, CaseIterable {
    case ingress, egress
  }

  /// A change of a VPC's rules or routes, named after the calls of EC2's API.
  public enum NetworkChange: Hashable, Sendable {
    case authorize(SecurityGroupRule, Direction, group: String)
    case revoke(SecurityGroupRule, Direction, group: String)
    case createRoute(Route, table: String)
    case replaceRoute(Route, table: String)
    case deleteRoute(Route.Destination, table: String)
    case createEntry(NetworkACL.Entry, Direction, list: String)
    case replaceEntry(NetworkACL.Entry, Direction, list: String)
    case deleteEntry(Int, Direction, list: String)
  }
}

extension Scenario.NetworkChange {
  /// The call, as the API has it, such as `RevokeSecurityGroupIngress`.
  var call: String {
    switch self {
    case .authorize(_, let direction, _):
      "AuthorizeSecurityGroup" + (direction == .ingress ? "Ingress" : "Egress")
    case .revoke(_, let direction, _):
      "RevokeSecurityGroup" + (direction == .ingress ? "Ingress" : "Egress")
    case .createRoute: "CreateRoute"
    case .replaceRoute: "ReplaceRoute"
    case .deleteRoute: "DeleteRoute"
    case .createEntry: "CreateNetworkAclEntry"
    case .replaceEntry: "ReplaceNetworkAclEntry"
    case .deleteEntry: "DeleteNetworkAclEntry"
    }
  }

  /// The name of the security group, route table or network ACL.
  var subject: String {
    switch self {
    case .authorize(_, _, let name), .revoke(_, _, let name), .createRoute(_, let name),
      .replaceRoute(_, let name), .deleteRoute(_, let name), .createEntry(_, _, let name),
      .replaceEntry(_, _, let name), .deleteEntry(_, _, let name):
      name
    }
  }

  /// The rule, route or entry, as in a scenario.
  var detail: String {
    switch self {
    case .authorize(let rule, let direction, _), .revoke(let rule, let direction, _):
      rule.text(direction)
    case .createRoute(let route, _), .replaceRoute(let route, _):
      "to \(route.destination) via \(route.target)"
    case .deleteRoute(let destination, _): "to \(destination)"
    case .createEntry(let entry, let direction, _), .replaceEntry(let entry, let direction, _):
      entry.text(direction)
    case .deleteEntry(let number, let direction, _): "\(direction.rawValue) rule \(number)"
    }
  }
}

extension Scenario.SecurityGroupRule {
  /// The rule in words, such as `tcp 5432 from orders`.
  func text(_ direction: Scenario.Direction) -> String {
    let way = direction == .ingress ? "from" : "to"
    return "\(Scenario.text(`protocol`, ports)) \(way) \(peer)"
  }
}

extension Scenario.NetworkACL.Entry {
  /// The entry in words, such as `ingress rule 90: deny tcp 5432 from 10.0.1.0/24`.
  func text(_ direction: Scenario.Direction) -> String {
    let way = direction == .ingress ? "from" : "to"
    return "\(direction.rawValue) rule \(number): \(action.rawValue) "
      + "\(Scenario.text(`protocol`, ports)) \(way) \(peer.map { "\($0)" } ?? "any")"
  }
}

extension Scenario {
  fileprivate static func text(_ proto: RuleProtocol, _ ports: ClosedRange<UInt16>) -> String {
    guard proto.hasPorts, ports != 0...65535 else { return "\(proto)" }
    return ports.count == 1
      ? "\(proto) \(ports.lowerBound)" : "\(proto) \(ports.lowerBound)-\(ports.upperBound)"
  }
}

extension Scenario.SecurityGroupRule.Peer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .any: "any"
    case .prefix(let prefix): "\(prefix)"
    case .securityGroup(let name), .prefixList(let name): name
    case .peeredSecurityGroup(let vpc, let group): "\(vpc)/\(group)"
    }
  }
}

extension Scenario.Route.Destination: CustomStringConvertible {
  public var description: String {
    switch self {
    case .prefix(let prefix): "\(prefix)"
    case .prefixList(let name): name
    }
  }
}

extension Scenario.Route.Target: CustomStringConvertible {
  public var description: String {
    switch self {
    case .gateway(let name), .peering(let name), .transitGateway(let name), .host(let name): name
    case .blackhole: "blackhole"
    }
  }
}
