import SimulatedTime

/// A rate that changes with time, for arrivals at random.
///
/// Arrivals are drawn by thinning: as if they came at the highest rate all the time, and each is then
/// kept with the probability that its instant has (Lewis and Shedler, "Simulation of nonhomogeneous
/// Poisson processes by thinning", 1979). Shares are computed by additions, multiplications and
/// divisions alone, which are exact to the last bit everywhere.
public enum RateCurve: Hashable, Sendable {
  /// From one rate to another in a straight line.
  ///
  /// The shares are those of the higher rate; `highest` is the mean gap at that.
  case ramp(from: Double, to: Double, over: Duration, highest: ExponentialGap)
  /// A sine wave around a mean rate, from its lowest point on.
  ///
  /// `peak` is the highest rate as a multiple of the mean, from 1 to 2; `highest` the mean gap at the
  /// peak.
  case wave(peak: Double, period: Duration, highest: ExponentialGap)

  /// The mean gap where the rate is highest.
  var highest: ExponentialGap {
    switch self {
    case .ramp(_, _, _, let highest), .wave(_, _, let highest): highest
    }
  }

  /// The rate as a share of the highest, `time` after the beginning.
  package func share(after time: Duration) -> Double {
    switch self {
    case .ramp(let from, let to, let span, _):
      let progress = Double(time.wholeNanoseconds) / Double(max(1, span.wholeNanoseconds))
      return from + (to - from) * min(max(progress, 0), 1)
    case .wave(let peak, let period, _):
      let length = max(1, period.wholeNanoseconds)
      let turn = Double(time.wholeNanoseconds % length) / Double(length)
      return (1 - (peak - 1) * Self.cosine(ofTurn: turn)) / peak
    }
  }

  /// The cosine of a part of a full turn, from 0 to 1.
  static func cosine(ofTurn turn: Double) -> Double {
    // The four quarters are alike, and up to a quarter the series converges fast.
    let half = turn > 0.5 ? 1 - turn : turn
    let isNegative = half > 0.25
    let x = (isNegative ? 0.5 - half : half) * 6.283_185_307_179_586
    let square = x * x
    var term = 1.0
    var sum = 1.0
    var n = 0.0
    while n < 20 {
      term = -term * square / ((n + 1) * (n + 2))
      sum += term
      n += 2
    }
    return isNegative ? -sum : sum
  }
}
