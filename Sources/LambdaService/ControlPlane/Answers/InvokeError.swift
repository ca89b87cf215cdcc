/// Why an invocation was refused before any code of the function ran (lambda-vpc §3.2).
public enum InvokeError: Error, Hashable, Sendable {
  /// No further network interface may be made: the quota of the VPC or of the Region is used up.
  case eniLimitReached(limit: Int, Scope)
  /// A configured subnet has no free address.
  case subnetIPAddressLimitReached(subnet: String)
  /// EC2 refused because of too many requests, as often as it was tried.
  case ec2Throttled(attempts: Int)
  /// The execution role may not do what a network interface needs.
  case ec2AccessDenied(action: String)
  /// EC2 refused for a reason that Lambda has no error of its own for.
  case ec2Unexpected(code: String)
  /// A configured subnet does not exist.
  case invalidSubnetID(subnet: String)
  /// A configured security group does not exist.
  case invalidSecurityGroupID(group: String)
  /// The function was Inactive; its network is being made again from now on.
  case resourceNotReady
  /// The function is Active, but the network interface it needs is being replaced.
  case eniNotReady
  /// The function is Pending, or Failed.
  case resourceConflict(FunctionState)
  /// There is no such function.
  case resourceNotFound
  /// Too many executions at a time, or requests in a second.
  case tooManyRequests(ThrottleReason)

  /// What a quota of network interfaces belongs to.
  public enum Scope: String, Hashable, Sendable {
    case vpc = "VPC"
    case region = "Region"
  }

  /// `Reason` of a `TooManyRequestsException`, spelled as in the API.
  public enum ThrottleReason: String, Hashable, Sendable, CaseIterable {
    /// The account's concurrency, less what is reserved, is used up.
    case concurrentInvocationLimitExceeded = "ConcurrentInvocationLimitExceeded"
    /// Ten requests a second for each unit of the account's concurrency are used up.
    case functionInvocationRateLimitExceeded = "FunctionInvocationRateLimitExceeded"
    /// The function's reserved concurrency is used up.
    case reservedFunctionConcurrentInvocationLimitExceeded =
      "ReservedFunctionConcurrentInvocationLimitExceeded"
    /// Ten requests a second for each unit of reserved concurrency are used up.
    case reservedFunctionInvocationRateLimitExceeded =
      "ReservedFunctionInvocationRateLimitExceeded"
    case callerRateLimitExceeded = "CallerRateLimitExceeded"
  }
}

extension InvokeError {
  /// The error's name in the API.
  public var code: String {
    switch self {
    case .eniLimitReached: "ENILimitReachedException"
    case .subnetIPAddressLimitReached: "SubnetIPAddressLimitReachedException"
    case .ec2Throttled: "EC2ThrottledException"
    case .ec2AccessDenied: "EC2AccessDeniedException"
    case .ec2Unexpected: "EC2UnexpectedException"
    case .invalidSubnetID: "InvalidSubnetIDException"
    case .invalidSecurityGroupID: "InvalidSecurityGroupIDException"
    case .resourceNotReady: "ResourceNotReadyException"
    case .eniNotReady: "ENINotReadyException"
    case .resourceConflict: "ResourceConflictException"
    case .resourceNotFound: "ResourceNotFoundException"
    case .tooManyRequests: "TooManyRequestsException"
    }
  }

  /// The HTTP status of the answer.
  ///
  /// Documented in the Lambda API reference but for ``eniNotReady``, which is assumed to be like its
  /// neighbours.
  public var status: Int {
    switch self {
    case .eniLimitReached, .subnetIPAddressLimitReached, .ec2Throttled, .ec2AccessDenied,
      .ec2Unexpected, .invalidSubnetID, .invalidSecurityGroupID, .resourceNotReady, .eniNotReady:
      502
    case .resourceConflict: 409
    case .resourceNotFound: 404
    case .tooManyRequests: 429
    }
  }

  /// What the answer says, in AWS's way.
  public var sentence: String {
    switch self {
    case .eniLimitReached(let limit, let scope):
      "Lambda was not able to create an elastic network interface in the VPC: the limit of "
        + "\(limit) network interfaces of the \(scope.rawValue) has been reached."
    case .subnetIPAddressLimitReached(let subnet):
      "Lambda was not able to set up VPC access for the Lambda function because \(subnet) has no "
        + "available IP addresses."
    case .ec2Throttled(let attempts):
      "Lambda was throttled by Amazon EC2 during Lambda function initialization using the "
        + "execution role provided for the Lambda function (\(attempts) attempts). EC2 Error Code: "
        + "RequestLimitExceeded. EC2 Error Message: Request limit exceeded."
    case .ec2AccessDenied(let action):
      "Lambda does not have permission to call \(action) using the provided execution role. EC2 "
        + "Error Code: UnauthorizedOperation. EC2 Error Message: You are not authorized to perform "
        + "this operation."
    case .ec2Unexpected(let code):
      "Lambda received an unexpected EC2 client exception while setting up for the Lambda "
        + "function. EC2 Error Code: \(code). EC2 Error Message: "
        + (EC2Failure(rawValue: code)?.sentence ?? code)
    case .invalidSubnetID(let subnet):
      "The Subnet ID provided in the Lambda function VPC configuration is invalid: \(subnet)."
    case .invalidSecurityGroupID(let group):
      "The Security Group ID provided in the Lambda function VPC configuration is invalid: "
        + "\(group)."
    case .resourceNotReady:
      "The function is inactive and its VPC connection is no longer available. Wait for the VPC "
        + "connection to reestablish and try again."
    case .eniNotReady:
      "The elastic network interface that the function needs is not ready yet. Try again."
    case .resourceConflict(let state):
      "The operation cannot be performed at this time. The function is currently in the following "
        + "state: \(state.rawValue)"
    case .resourceNotFound: "Function not found."
    case .tooManyRequests: "Rate Exceeded."
    }
  }

  /// What a function's state or last update says if this kept it from its network.
  var stateReason: StateReason {
    let code: StateReason.Code =
      switch self {
      case .eniLimitReached: .eniLimitExceeded
      case .subnetIPAddressLimitReached: .subnetOutOfIPAddresses
      case .ec2Throttled: .ec2RequestLimitExceeded
      case .ec2AccessDenied: .insufficientRolePermissions
      case .invalidSubnetID: .invalidSubnet
      case .invalidSecurityGroupID: .invalidSecurityGroup
      case .ec2Unexpected, .resourceNotReady, .eniNotReady, .resourceConflict, .resourceNotFound,
        .tooManyRequests:
        .internalError
      }
    return StateReason(code, sentence)
  }
}

extension InvokeError: CustomStringConvertible {
  public var description: String { "\(code): \(sentence)" }
}
