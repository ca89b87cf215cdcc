public import EventSimulation
import SimulatedTime

/// How long a step takes: always the same, or drawn anew each time.
///
/// Only additions, multiplications and divisions are used, which IEEE 754 defines to the last bit,
/// so that every machine draws the same. What is fixed draws nothing, so that a step more does not
/// disturb the others.
public enum Distribution: Hashable, Sendable {
  case fixed(Duration)
  /// Every whole number of nanoseconds in the range is as likely as any other.
  case uniform(ClosedRange<Duration>)
  /// Without memory, within bounds.
  case exponential(ExponentialGap, bounds: ClosedRange<Duration>)
  case logNormal(LogNormal)

  /// Whether it is never anything but zero.
  public var isNothing: Bool { self == .fixed(.zero) }

  /// Draws a duration.
  public func sample(from random: inout RandomStream) -> Duration {
    switch self {
    case .fixed(let duration):
      return duration
    case .uniform(let range):
      let first = range.lowerBound.wholeNanoseconds
      let count = UInt64(range.upperBound.wholeNanoseconds - first) + 1
      return .nanoseconds(first + Int64(random.next(below: count)))
    case .exponential(let gap, let bounds):
      return min(max(gap.sample(from: &random), bounds.lowerBound), bounds.upperBound)
    case .logNormal(let distribution):
      return distribution.sample(from: &random)
    }
  }

  /// The same distribution with every duration `numerator / denominator` times as long.
  ///
  /// - Precondition: neither is below one.
  public func scaled(by numerator: Int, over denominator: Int) -> Distribution {
    precondition(numerator > 0 && denominator > 0, "a scale that is not positive")
    func scale(_ duration: Duration) -> Duration {
      let product = duration.wholeNanoseconds.multipliedFullWidth(by: Int64(numerator))
      let divisor = Int64(denominator)
      // What is longer than a signed number of nanoseconds can say lasts longer than any run.
      guard product.high < divisor / 2 else { return .nanoseconds(Int64.max / 4) }
      return .nanoseconds(min(divisor.dividingFullWidth(product).quotient, Int64.max / 4))
    }
    func scale(_ bounds: ClosedRange<Duration>) -> ClosedRange<Duration> {
      scale(bounds.lowerBound)...scale(bounds.upperBound)
    }
    switch self {
    case .fixed(let duration): return .fixed(scale(duration))
    case .uniform(let range): return .uniform(scale(range))
    case .exponential(let gap, let bounds):
      return .exponential(ExponentialGap(mean: scale(gap.mean)), bounds: scale(bounds))
    case .logNormal(let distribution):
      return .logNormal(
        LogNormal(
          median: scale(distribution.median), spread: distribution.spread,
          bounds: scale(distribution.bounds)))
    }
  }
}
