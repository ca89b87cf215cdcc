/// What a scenario came to in one era.
public struct EraResult: Hashable, Sendable, Encodable {
  public var networking: Scenario.Networking
  /// Virtual time that passed.
  public var duration: Int64
  public var invocations: InvocationCounts
  /// Why invocations got no answer, the most frequent reason first.
  public var failures: [Failure]
  /// In the order in which the invocations arrived.
  public var coldStarts: [ColdStart]
  /// What each startup step took, in the order in which they come.
  public var steps: [StepSummary]
  /// The interfaces that Lambda had in the customer's subnets.
  public var interfaces: InterfaceUse
  /// Most execution environments at one time, those that were starting too.
  public var mostEnvironments: Int
  /// Most of them at one time that had started.
  public var mostReady: Int
  /// Most translations at one time on one shared interface; zero where there is no such interface.
  public var mostTranslations: Int
  public var path: PathMeasurement
  /// Arrivals of all invocations, sorted: equal in all eras, or the comparison is unfair.
  package var arrivals: [Int64]

  enum CodingKeys: String, CodingKey {
    case networking, duration, invocations, failures, coldStarts, steps, interfaces
    case mostEnvironments, mostReady, mostTranslations, path
  }

  public struct InvocationCounts: Hashable, Sendable, Encodable {
    public var all = 0
    public var finished = 0
    public var failed = 0
    public var throttled = 0
    public var refused = 0
  }

  /// Invocations that ended badly for the same reason.
  public struct Failure: Hashable, Sendable, Encodable {
    /// `failed`, `throttled` or `refused`.
    public var phase: String
    public var reason: String
    public var count: Int

    package init(phase: String, reason: String, count: Int) {
      self.phase = phase
      self.reason = reason
      self.count = count
    }
  }

  /// What one startup step took.
  public struct StepSummary: Hashable, Sendable, Encodable {
    public var act: String
    public var kind: StartupStep.Kind
    /// Of the cold starts that have the step.
    public var times: SampleSummary
  }
}

extension EraResult {
  /// From the arrival of an invocation to the start of its handler, where no environment was ready.
  ///
  /// - Returns: `nil` without cold starts.
  public var startup: SampleSummary? { SampleSummary(coldStarts.map(\.duration)) }

  /// What the way into the VPC takes of each cold start.
  ///
  /// - Returns: `nil` without cold starts.
  public var networkShare: SampleSummary? { SampleSummary(coldStarts.map(\.networkTime)) }

  /// The cold start whose duration is the median.
  ///
  /// - Returns: `nil` without cold starts.
  public var medianColdStart: ColdStart? {
    guard let median = startup?.median else { return nil }
    return coldStarts.first { $0.duration == median }
  }
}

extension Scenario.Networking: Encodable {}
