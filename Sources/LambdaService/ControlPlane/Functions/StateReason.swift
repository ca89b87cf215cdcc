/// Why a function is in its state, or why its last update failed: code and sentence.
///
/// Codes are spelled as `StateReasonCode` and `LastUpdateStatusReasonCode` (lambda-vpc §3.2); those
/// that the network has no part in are left out.
public struct StateReason: Hashable, Sendable {
  public enum Code: String, Hashable, Sendable, CaseIterable {
    case idle = "Idle"
    case creating = "Creating"
    case restoring = "Restoring"
    case eniLimitExceeded = "EniLimitExceeded"
    case insufficientRolePermissions = "InsufficientRolePermissions"
    case invalidConfiguration = "InvalidConfiguration"
    case internalError = "InternalError"
    case subnetOutOfIPAddresses = "SubnetOutOfIPAddresses"
    case invalidSubnet = "InvalidSubnet"
    case invalidSecurityGroup = "InvalidSecurityGroup"
    case efsMountConnectivityError = "EFSMountConnectivityError"
    case efsMountTimeout = "EFSMountTimeout"
    case ec2RequestLimitExceeded = "EC2RequestLimitExceeded"
    case vcpuLimitExceeded = "VcpuLimitExceeded"
    case insufficientCapacity = "InsufficientCapacity"
    case disallowedByVPCEncryptionControl = "DisallowedByVpcEncryptionControl"
  }

  public var code: Code
  public var sentence: String

  public init(_ code: Code, _ sentence: String) {
    self.code = code
    self.sentence = sentence
  }

  /// The words of the API, as observed.
  static let creating = StateReason(.creating, "The function is being created.")
  static let restoring = StateReason(.restoring, "The function is being restored.")
  static let idle = StateReason(
    .idle, "The function has been idle for too long and its resources were reclaimed.")
}
