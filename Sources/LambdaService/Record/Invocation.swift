/// What became of one invocation of a function.
public struct Invocation: Sendable {
  public enum Phase: String, Sendable {
    /// The frontend took it and found an environment.
    case started
    /// Its steps are done.
    case finished
    /// One of its steps failed.
    case failed
    /// No environment was free and the function may have no more (HTTP 429).
    case throttled
    /// The function is Pending or without its network (HTTP 502 or 409).
    case refused
  }

  public var number: Int
  public var function: String
  /// The execution environment, or empty if it got none.
  public var environment: String
  public var phase: Phase
  /// What went wrong, or what it did, in a few words.
  public var detail: String
  /// The HTTP status of Lambda's answer, where it refused; `nil` otherwise.
  public var status: Int?
  /// From arrival to this phase.
  public var elapsed: Duration

  public init(
    number: Int, function: String, environment: String, phase: Phase, detail: String,
    elapsed: Duration
  ) {
    self.number = number
    self.function = function
    self.environment = environment
    self.phase = phase
    self.detail = detail
    self.elapsed = elapsed
  }
}
