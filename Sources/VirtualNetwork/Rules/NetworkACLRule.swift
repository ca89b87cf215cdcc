public import PacketFormats

/// A rule of a network ACL.
///
/// The matching rule with the lowest number decides (VPC guide, "Network ACL rules").
public struct NetworkACLRule: Hashable, Sendable {
  /// 1 to 32,766.
  public var number: Int
  public var action: Action
  public var traffic: SecurityGroupRule.Traffic
  /// The far end: where ingress comes from, where egress goes.
  public var peer: IPPrefix

  public enum Action: UInt8, Hashable, Sendable {
    case allow
    case deny
  }

  /// The numbers that rules may have; the rule `*` behind them denies the rest.
  public static let numbers = 1...32766

  public init(
    _ number: Int, _ action: Action, _ traffic: SecurityGroupRule.Traffic = .all, peer: IPPrefix
  ) {
    self.number = number
    self.action = action
    self.traffic = traffic
    self.peer = peer
  }
}
