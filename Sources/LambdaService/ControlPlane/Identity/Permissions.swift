/// What a role or a user may do: a set of IAM actions such as `ec2:CreateNetworkInterface`.
///
/// Only what this model asks about matters: whether an action is allowed. Resources and conditions
/// of policies are not modelled.
public struct Permissions: Hashable, Sendable {
  /// Only ever asked for one action, never walked: its order changes with every run.
  private var allowed: Set<String>
  private var denied: Set<String> = []

  /// Allows the actions; `ec2:*` is every action of a service and `*` every action.
  public init(allowing actions: [String]) {
    allowed = Set(actions)
  }

  /// The same, but for these actions, as an explicit deny does.
  public func denying(_ actions: String...) -> Permissions {
    var permissions = self
    permissions.denied.formUnion(actions)
    return permissions
  }

  /// Whether `action` is allowed: some entry allows it and none denies it (AWS, "Policy evaluation
  /// logic").
  public func allows(_ action: String) -> Bool {
    let service = action.prefix { $0 != ":" } + ":*"
    let names = [action, String(service), "*"]
    return names.contains(where: allowed.contains) && !names.contains(where: denied.contains)
  }

  /// The managed policy `AWSLambdaVPCAccessExecutionRole` (lambda-vpc §3.4).
  public static let lambdaVPCAccessExecutionRole = Permissions(allowing: [
    "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ])

  /// The managed policy `AWSLambdaENIManagementAccess` (lambda-vpc §3.4).
  public static let lambdaENIManagementAccess = Permissions(allowing: [
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
  ])

  /// The managed policy `AdministratorAccess`.
  public static let administrator = Permissions(allowing: ["*"])
}
