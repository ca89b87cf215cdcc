extension Scenario {
  /// How long something takes: always the same, or drawn at random each time.
  ///
  /// Kept as written, in whole numbers, so that nothing is rounded.
  public enum Timing: Hashable, Sendable {
    case fixed(Duration)
    case uniform(ClosedRange<Duration>)
    case exponential(mean: Duration, bounds: ClosedRange<Duration>?)
    /// `spread` is the standard deviation of the logarithm.
    case logNormal(median: Duration, spread: Ratio, bounds: ClosedRange<Duration>?)
  }
}
