/// What somebody asks for who creates a function.
public struct FunctionConfiguration: Hashable, Sendable {
  public var name: String
  /// Memory of each execution environment, in MiB: 128 to 10,240 (AWS, "Lambda quotas").
  public var memory: Int
  /// The longest that an invocation may take, in seconds: 1 to 900 (AWS, "Lambda quotas").
  public var timeout: Int
  /// The identifier of the runtime, such as `python3.13`; nothing depends on it.
  public var runtime: String
  /// The execution role.
  public var role: Principal
  /// The connection to a VPC, or `nil` for a function without one.
  public var vpc: VPCConfiguration?
  /// Concurrent executions that are set aside for the function and that it may not exceed, or `nil`
  /// if it shares what the account has left.
  public var reservedConcurrency: Int?
  /// How it reaches its VPC.
  public var era: NetworkingEra

  public init(
    name: String, memory: Int = 128, timeout: Int = 3, runtime: String = "python3.13",
    role: Principal, vpc: VPCConfiguration?, reservedConcurrency: Int? = nil,
    era: NetworkingEra = .hyperplane
  ) {
    self.name = name
    self.memory = memory
    self.timeout = timeout
    self.runtime = runtime
    self.role = role
    self.vpc = vpc
    self.reservedConcurrency = reservedConcurrency
    self.era = era
  }
}
