public import EventSimulation
import SimulatedTime

/// The time to the next of many independent events that come at a steady rate.
public struct ExponentialGap: Hashable, Sendable {
  public var mean: Duration

  public init(mean: Duration) {
    self.mean = mean
  }

  /// Draws a gap.
  public func sample(from random: inout RandomStream) -> Duration {
    // 1 - u is never zero, so the logarithm is finite.
    let gap = -Self.naturalLogarithm(1 - random.nextUnit()) * Double(mean.wholeNanoseconds)
    return .nanoseconds(Int64(min(gap, 9e18)))
  }

  /// The natural logarithm of a positive number, by the series of the inverse hyperbolic tangent.
  static func naturalLogarithm(_ x: Double) -> Double {
    let mantissa = x.significand  // 1 to 2
    let t = (mantissa - 1) / (mantissa + 1)
    let square = t * t
    var power = t
    var sum = 0.0
    var n = 1
    while n <= 31 {
      sum += power / Double(n)
      power *= square
      n += 2
    }
    return 2 * sum + Double(x.exponent) * 0.693_147_180_559_945_3
  }
}
