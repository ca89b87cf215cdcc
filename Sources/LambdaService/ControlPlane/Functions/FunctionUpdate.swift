/// What `UpdateFunctionConfiguration` changes; what is `nil` stays.
public struct FunctionUpdate: Hashable, Sendable {
  public enum Connection: Hashable, Sendable {
    case connect(VPCConfiguration)
    /// Empty lists of subnets and groups: the function leaves its VPC.
    case disconnect
  }

  /// In MiB.
  public var memory: Int?
  /// In seconds.
  public var timeout: Int?
  public var role: Principal?
  public var vpc: Connection?

  public init(
    memory: Int? = nil, timeout: Int? = nil, role: Principal? = nil, vpc: Connection? = nil
  ) {
    self.memory = memory
    self.timeout = timeout
    self.role = role
    self.vpc = vpc
  }
}
