package import SimulatedTime

/// How many environments a function may start now: so many in an interval, refilled continuously.
///
/// A token bucket in whole numbers. What it holds is counted in tokens times nanoseconds of the
/// interval, so that refilling needs no division and loses nothing.
package struct ScalingAllowance {
  private let burst: Int64
  /// In nanoseconds.
  private let interval: Int64
  private var level: Int64
  private var updated: Instant = .start

  /// A full allowance.
  ///
  /// - Precondition: there is at least one token, the interval is longer than zero, and the product
  ///   of both fits 63 bits.
  package init(burst: Int, interval: Duration) {
    precondition(burst > 0 && interval > .zero, "an allowance of nothing")
    self.burst = Int64(burst)
    self.interval = interval.wholeNanoseconds
    level = self.burst * self.interval
  }

  /// Takes a token, if there is one.
  package mutating func take(at now: Instant) -> Bool {
    // Longer than an interval fills the bucket in any case; the bound keeps the product small.
    let elapsed = min(updated.duration(to: now).wholeNanoseconds, interval)
    level = min(burst * interval, level + elapsed * burst)
    updated = now
    guard level >= interval else { return false }
    level -= interval
    return true
  }
}
