extension Scenario {
  /// A Lambda function, or several alike.
  public struct Function: Hashable, Sendable {
    public package(set) var name: String
    /// Memory of each execution environment, in bytes.
    public package(set) var memory: Int
    /// Name of the VPC it is connected to.
    public package(set) var vpc: String
    /// Names of subnets of that VPC; one to sixteen (lambda-vpc §3.1).
    public package(set) var subnets: [String]
    /// Names of security groups of that VPC; one to five (lambda-vpc §3.1).
    public package(set) var securityGroups: [String]
    public package(set) var networking: Networking
    /// Most execution environments at one time, for each copy.
    public package(set) var environments: Int
    /// How many functions this entry stands for.
    public package(set) var copies: Int
    /// The port every environment's first connection comes from; `nil` leaves it to the guest.
    public package(set) var sourcePort: UInt16?
    /// When the function is created, counted from the start of the run.
    ///
    /// `nil` if it has been there long enough to be Active when the run starts. Otherwise it is
    /// Pending, and invokes fail, until its network interface exists (lambda-vpc §3.2).
    public package(set) var created: Duration?
    /// What its environments do between invocations.
    public package(set) var idling: Idling
    /// What its own code takes to initialise in each new environment.
    public package(set) var initialization: Timing
    public package(set) var initializationCPU: InitializationCPU
    /// After how long an invocation is given up; `nil` for never.
    public package(set) var timeout: Duration?
    /// Concurrency kept for it alone, and no more; `nil` if it shares its account's.
    public package(set) var reservedConcurrency: Int?
    /// What its execution role may do, as IAM actions; `nil` for what a function in a VPC needs.
    public package(set) var permissions: [String]?
    /// What whoever creates and changes it may do; `nil` for everything.
    public package(set) var callerPermissions: [String]?
    /// Whether IPv6 is wanted in dual-stack subnets (`Ipv6AllowedForDualStack`).
    public package(set) var allowsIPv6: Bool
    /// Versions that are published when it is Active.
    public package(set) var versions: Int
  }
}

extension Scenario.Function {
  /// What environments do between invocations.
  public enum Idling: String, Hashable, Sendable, CaseIterable {
    /// They go on, so that connections are closed in good order after an invocation.
    case awake
    /// They are stopped between two instructions, as Lambda does.
    case frozen
  }

  /// How much of a vCPU an environment has while its function initialises.
  public enum InitializationCPU: String, Hashable, Sendable, CaseIterable {
    /// A whole one, or more if its memory buys more.
    case whole
    /// What its memory buys.
    case share
  }

  /// The names of the functions: the entry's own, or numbered from 1 if it has copies.
  public var instanceNames: [String] {
    copies <= 1 ? [name] : (1...copies).map { "\(name)-\($0)" }
  }
}
