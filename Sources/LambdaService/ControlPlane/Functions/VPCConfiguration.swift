public import VirtualNetwork

/// How a function is connected to a customer's VPC, as `VpcConfig` of the API says it.
public struct VPCConfiguration: Hashable, Sendable {
  /// One to sixteen (lambda-vpc §3.1), in the order given.
  public var subnets: [ResourceIdentifier]
  /// One to five (lambda-vpc §3.1), in the order given.
  public var securityGroups: [ResourceIdentifier]
  /// `Ipv6AllowedForDualStack`: whether outbound IPv6 is wanted; every subnet must have IPv6 then.
  public var ipv6AllowedForDualStack: Bool

  public init(
    subnets: [ResourceIdentifier], securityGroups: [ResourceIdentifier],
    ipv6AllowedForDualStack: Bool = false
  ) {
    self.subnets = subnets
    self.securityGroups = securityGroups
    self.ipv6AllowedForDualStack = ipv6AllowedForDualStack
  }
}
