/// Limits that AWS sets to a VPC and raises on request.
public struct NetworkQuotas: Hashable, Sendable {
  /// The most security groups of one network interface.
  ///
  /// Documented: 5 for a Lambda function (lambda-vpc §3.1), and AWS's default for every
  /// interface ("Amazon VPC quotas").
  public var securityGroupsPerInterface = 5

  public init() {}
}
