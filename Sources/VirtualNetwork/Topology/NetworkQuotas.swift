/// Limits that AWS sets to a VPC and raises on request.
public struct NetworkQuotas: Hashable, Sendable {
  /// The most security groups of one network interface.
  ///
  /// Documented: 5 for a Lambda function (lambda-vpc §3.1), and AWS's default for every
  /// interface ("Amazon VPC quotas").
  public var securityGroupsPerInterface = 5

  /// The most address blocks of one family: 5 (AWS, "Amazon VPC quotas").
  public var blocksPerFamily = 5
  /// The most rules of a security group in one direction and family: 60 (AWS, "Amazon VPC quotas").
  ///
  /// A rule that names a prefix list counts as the list's maximum.
  public var rulesPerSecurityGroup = 60
  /// The most rules of a network ACL in one direction: 20 (lambda-vpc §7.5).
  public var rulesPerNetworkACL = 20
  /// The most static routes of a table in one family: 500 (AWS, "Amazon VPC quotas").
  public var routesPerRouteTable = 500
  /// The most propagated routes of a table: 100 (AWS, "Amazon VPC quotas").
  public var propagatedRoutesPerRouteTable = 100
  /// The most connections that an interface tracks; `nil` for any number.
  ///
  /// AWS documents that there is a limit, by instance type, and gives no figure ("Security group
  /// connection tracking"), so none is assumed (A-61).
  public var trackedConnectionsPerInterface: Int?

  public init() {}
}
