import PacketFormats

/// A change of the configuration after which a packet gets further.
public struct Remedy: Hashable, Sendable {
  /// The VPC that changes.
  public let vpc: String
  /// What to do, in one sentence, such as "add to security group database the ingress rule …".
  public let sentence: String
  /// The change itself.
  let change: Change

  enum Change: Hashable, Sendable {
    case authorize(SecurityGroupRule, TrafficDirection, SecurityGroupIndex)
    case addACLRule(NetworkACLRule, TrafficDirection, NetworkACLIndex)
    case addRoute(Route, RouteTableIndex)
    case replaceRoute(Route, RouteTableIndex)
    case switchCheckOff(InterfaceIndex)
    case associateAddress(IPv4Address, IPv4Address, InterfaceIndex)
    case addTransitRoute(IPPrefix, TransitAttachmentIndex, TransitTableIndex, Int)
  }
}

extension CloudNetwork {
  /// The network after a change.
  ///
  /// - Returns: `nil` if AWS would refuse the change.
  func applying(_ change: Remedy.Change, to vpc: VPCIndex) -> CloudNetwork? {
    var changed = self
    let place = vpc.position
    do throws(VirtualNetworkError) {
      switch change {
      case .authorize(let rule, let direction, let group):
        try changed.vpcs[place].authorize(rule, direction, in: group)
      case .addACLRule(let rule, let direction, let list):
        try changed.vpcs[place].addRule(rule, direction, to: list)
      case .addRoute(let route, let table):
        try changed.vpcs[place].addRoute(route, to: table)
      case .replaceRoute(let route, let table):
        try changed.vpcs[place].removeRoute(to: route.destination, from: table)
        try changed.vpcs[place].addRoute(route, to: table)
      case .switchCheckOff(let interface):
        changed.vpcs[place].setChecksSourceAndDestination(false, of: interface)
      case .associateAddress(let address, let own, let interface):
        try changed.vpcs[place].associateAddress(address, with: own, of: interface)
      case .addTransitRoute(let block, let attachment, let table, let transit):
        do throws(GatewayError) {
          try changed.transitGateways[transit].addRoute(
            to: block, via: .attachment(attachment), in: table)
        } catch { return nil }
      }
    } catch {
      // A quota, for example.
      return nil
    }
    return changed
  }
}
