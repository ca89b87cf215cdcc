/// A security group: rules for the network interfaces that are in it.
///
/// An interface's groups are one set of rules: a packet that matches any rule of any of them passes
/// (lambda-vpc §7.4).
public struct SecurityGroup: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  public internal(set) var ingress: [SecurityGroupRule]
  public internal(set) var egress: [SecurityGroupRule]

  /// The rules for one direction, in the order in which they were added.
  public func rules(_ direction: TrafficDirection) -> [SecurityGroupRule] {
    direction == .ingress ? ingress : egress
  }
}
