/// A network access control list: numbered rules that guard the border of subnets.
///
/// It remembers nothing: answers need a rule of their own (lambda-vpc §7.5).
public struct NetworkACL: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// By ascending number.
  public internal(set) var ingress: [NetworkACLRule]
  /// By ascending number.
  public internal(set) var egress: [NetworkACLRule]

  /// The rules for one direction, by ascending number; what none of them matches is denied.
  public func rules(_ direction: TrafficDirection) -> [NetworkACLRule] {
    direction == .ingress ? ingress : egress
  }
}
