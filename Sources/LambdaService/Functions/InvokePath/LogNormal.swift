public import EventSimulation
import SimulatedTime

/// A random duration that is never below zero and often far above its middle.
///
/// The logarithm is close to normally distributed: the sum of twelve uniform numbers stands for a
/// normal one, which bounds it to six deviations. Only additions, multiplications and divisions
/// are used, which IEEE 754 defines to the last bit, so that every machine draws the same.
public struct LogNormal: Hashable, Sendable {
  public var median: Duration
  /// Standard deviation of the logarithm.
  public var spread: Double
  /// No duration is outside.
  public var bounds: ClosedRange<Duration>

  public init(median: Duration, spread: Double, bounds: ClosedRange<Duration>) {
    self.median = median
    self.spread = spread
    self.bounds = bounds
  }

  /// Draws a duration.
  public func sample(from random: inout RandomStream) -> Duration {
    var deviation = -6.0
    for _ in 0..<12 { deviation += random.nextUnit() }
    let nanoseconds = Double(median.wholeNanoseconds) * Self.exponential(spread * deviation)
    let duration = Duration.nanoseconds(Int64(min(nanoseconds, 9e18)))
    return min(max(duration, bounds.lowerBound), bounds.upperBound)
  }

  /// e to the power of `x`, for moderate `x`.
  static func exponential(_ x: Double) -> Double {
    // Halving the argument until the series converges at once, then squaring back.
    var halvings = 0
    var argument = x
    while argument > 0.5 || argument < -0.5 {
      argument *= 0.5
      halvings += 1
    }
    var term = 1.0
    var sum = 1.0
    for n in 1...16 {
      term = term * argument / Double(n)
      sum += term
    }
    for _ in 0..<halvings { sum *= sum }
    return sum
  }
}
