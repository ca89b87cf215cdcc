public import SimulatedTime

/// The numbers that Lambda's and EC2's control planes go by.
public struct ControlPlaneSettings: Hashable, Sendable {
  /// The Region's code, such as `us-east-1`.
  public var region = "us-east-1"
  /// The date at which simulated time begins; it is in the names of sessions.
  public var epoch = CalendarTime(nanosecondsSince1970: 1_567_468_800_000_000_000)

  // MARK: Quotas

  /// Most Hyperplane interfaces of a VPC.
  ///
  /// Documented: 500, 250 until about 2024 (lambda-vpc §3.1).
  public var sharedInterfacesPerVPC = 500
  /// Most network interfaces of a Region.
  ///
  /// Documented: 5,000 (lambda-vpc §3.1).
  public var interfacesPerRegion = 5000
  /// Most subnets of a function.
  ///
  /// Documented (lambda-vpc §3.1).
  public var subnetsPerFunction = 16
  /// Most security groups of a function.
  ///
  /// Documented (lambda-vpc §3.1).
  public var securityGroupsPerFunction = 5
  /// Most concurrent executions of the account.
  ///
  /// Documented: 1,000 (AWS, "Lambda quotas").
  public var accountConcurrency = 1000
  /// Concurrency that cannot be reserved.
  ///
  /// Documented: 100 (AWS, "Configuring reserved concurrency").
  public var leastUnreservedConcurrency = 100
  /// Requests in a second for each unit of concurrency.
  ///
  /// Documented: 10 (AWS, "Lambda quotas").
  public var requestsPerConcurrency = 10

  // MARK: EC2's requests

  /// `CreateNetworkInterface` calls that EC2 takes at once.
  ///
  /// Documented as of 2026: 100 (AWS,
  /// "Request throttling for the Amazon EC2 API"); what it was in 2019 is not known.
  public var createRequests = 100
  /// Such calls that it takes in a second after that.
  ///
  /// Documented as of 2026: 5.
  public var createRefill = 5
  /// `DeleteNetworkInterface` calls that EC2 takes at once.
  ///
  /// Documented as of 2026: 100.
  public var deleteRequests = 100
  /// Such calls that it takes in a second after that.
  ///
  /// Documented as of 2026: 5.
  public var deleteRefill = 5
  /// The wait after the first throttled call; it doubles with each.
  ///
  /// Assumed.
  public var firstBackOff = Duration.milliseconds(500)
  /// The longest such wait.
  ///
  /// Assumed.
  public var longestBackOff = Duration.seconds(10)
  /// Calls on the way to an environment's interface until Lambda gives up.
  ///
  /// Assumed.
  public var attempts = 8

  // MARK: Times

  /// Making a Hyperplane interface.
  public var sharedCreation = LogNormal(
    median: .seconds(75), spread: 0.5, bounds: .seconds(30) ... .seconds(600))
  /// Making one more, when the ports of those that a pair has run short.
  ///
  /// Assumed.
  public var growthDelay = Duration.seconds(60)
  /// Making an environment's interface and attaching it, before September 2019.
  public var ownCreation = LogNormal(
    median: .seconds(10), spread: 0.3, bounds: .seconds(3) ... .seconds(15))
  /// How long a function may be without an invocation.
  ///
  /// Documented: 14 days (lambda-vpc §3.1).
  public var idleLimit = Duration.seconds(14 * 86_400)
  /// From the last use of a Hyperplane interface to its deletion.
  ///
  /// Documented: up to 20 minutes
  /// (lambda-vpc §3.1); the model takes all of them.
  public var sharedDeletionDelay = Duration.seconds(1200)
  /// How long an environment's interface waits for another environment.
  ///
  /// Assumed.
  public var ownIdleLifetime = Duration.seconds(1200)
  /// How long detaching takes.
  ///
  /// Assumed.
  public var detachment = Duration.seconds(5)

  public init() {}
}
