/// A change of a VPC's rules or routes, as a call of EC2's API makes it.
///
/// It holds from the next packet on: what was decided before is judged anew, except that a tracked
/// connection outlives the security group rule that let it in (lambda-vpc §7.4).
public enum ConfigurationChange: Hashable, Sendable {
  case authorize(SecurityGroupRule, TrafficDirection, in: SecurityGroupIndex)
  case revoke(SecurityGroupRule, TrafficDirection, in: SecurityGroupIndex)
  case addRoute(Route, to: RouteTableIndex)
  case removeRoute(Route.Destination, from: RouteTableIndex)
  case addACLRule(NetworkACLRule, TrafficDirection, to: NetworkACLIndex)
  case removeACLRule(Int, TrafficDirection, from: NetworkACLIndex)
}

extension VirtualPrivateCloud {
  /// Makes a change.
  ///
  /// - Throws: If EC2 would refuse it; nothing has changed then.
  public mutating func apply(_ change: ConfigurationChange) throws(VirtualNetworkError) {
    switch change {
    case .authorize(let rule, let direction, let group):
      try authorize(rule, direction, in: group)
    case .revoke(let rule, let direction, let group):
      try revoke(rule, direction, in: group)
    case .addRoute(let route, let table): try addRoute(route, to: table)
    case .removeRoute(let destination, let table): try removeRoute(to: destination, from: table)
    case .addACLRule(let rule, let direction, let list): try addRule(rule, direction, to: list)
    case .removeACLRule(let number, let direction, let list):
      try removeRule(number, direction, from: list)
    }
  }
}
