/// What one invocation waited for because no execution environment was ready.
public struct ColdStart: Hashable, Sendable, Encodable {
  /// The environment that was started.
  public var environment: String
  public var function: String
  /// When the invocation arrived, since the run began.
  public var arrival: Int64
  /// From then to the start of the handler.
  public var duration: Int64
  /// In order of time, with what lies between steps as steps called ``StartupStep/wait``.
  public var steps: [Step]

  public struct Step: Hashable, Sendable, Encodable {
    /// As `events.jsonl` calls it.
    public var act: String
    /// When it began, since the arrival.
    public var start: Int64
    public var duration: Int64

    package init(act: String, start: Int64, duration: Int64) {
      self.act = act
      self.start = start
      self.duration = duration
    }
  }

  /// Puts the steps in order and fills the gaps.
  ///
  /// - Parameters:
  ///   - environment: The environment that was started.
  ///   - function: Whose it is.
  ///   - arrival: When the invocation arrived, since the run began.
  ///   - duration: From then to the start of the handler.
  ///   - steps: What happened in between, with starts since the arrival.
  package init(
    environment: String, function: String, arrival: Int64, duration: Int64, steps: [Step]
  ) {
    self.environment = environment
    self.function = function
    self.arrival = arrival
    self.duration = duration
    self.steps = []
    var end: Int64 = 0
    func wait(until time: Int64) -> [Step] {
      time > end ? [Step(act: StartupStep.wait, start: end, duration: time - end)] : []
    }
    for step in steps {
      self.steps += wait(until: step.start) + [step]
      end = max(end, step.start + step.duration)
    }
    self.steps += wait(until: duration)
  }

  /// How long steps of the way into the VPC took.
  public var networkTime: Int64 {
    steps.reduce(0) { StartupStep.kind(of: $1.act) == .network ? $0 + $1.duration : $0 }
  }
}
