public import VirtualNetwork

/// A change that a call of EC2's API has made to a VPC.
public struct NetworkChange: Hashable, Sendable {
  /// The call, such as `RevokeSecurityGroupIngress`.
  public var act: String
  /// The name of the VPC.
  public var vpc: String
  /// The security group, route table or network ACL that has changed.
  public var resource: ResourceIdentifier
  /// Its name in the scenario.
  public var name: String
  /// The rule, route or entry, in words.
  public var detail: String

  public init(
    act: String, vpc: String, resource: ResourceIdentifier, name: String, detail: String
  ) {
    self.act = act
    self.vpc = vpc
    self.resource = resource
    self.name = name
    self.detail = detail
  }
}
