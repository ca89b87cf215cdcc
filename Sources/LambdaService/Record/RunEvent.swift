public import AddressTranslation
public import SimulatedTime

/// One line of the ground truth: something the model did that a capture can only show traces of.
public struct RunEvent: Sendable {
  public var time: Instant
  public var kind: Kind

  public init(time: Instant, kind: Kind) {
    self.time = time
    self.kind = kind
  }

  public enum Kind: Sendable {
    /// A translator began, changed or ended a translation.
    case translation(TranslationEvent.Kind, Translation, translator: String)
    /// A stateless translator was set up: every packet of `inside` leaves as `outside`.
    case staticTranslation(inside: String, outside: String, translator: String)
    /// The control plane did something.
    case control(ControlAct)
    /// An invocation began, ended or was refused.
    case invocation(Invocation)
  }
}

/// Something that Lambda's control plane does, in the words of the APIs where they have one.
public struct ControlAct: Sendable {
  /// What was done, such as `CreateNetworkInterface`.
  public var act: String
  public var function: String
  /// The execution environment concerned, or empty.
  public var environment: String
  /// What it was done to, such as `eni-0a1b…`, or empty.
  public var resource: String
  /// How long it took, or `nil` for what happens at once.
  public var duration: Duration?

  public init(
    act: String, function: String, environment: String = "", resource: String = "",
    duration: Duration? = nil
  ) {
    self.act = act
    self.function = function
    self.environment = environment
    self.resource = resource
    self.duration = duration
  }
}

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
