package import EventSimulation
package import SimulatedTime

/// Draws the arrivals of one traffic entry, one after the other.
package struct ArrivalProcess {
  private let arrivals: Arrivals
  /// Nothing arrives before it.
  private let first: Instant
  /// Nothing arrives at or after it.
  private let end: Instant
  /// Arrivals that may still come.
  private var left: Int
  private var random: RandomStream
  /// The arrival drawn last.
  private var last: Instant?
  /// How many of a list have been taken.
  private var taken = 0

  /// Draws nothing yet.
  ///
  /// - Parameters:
  ///   - arrivals: When they come.
  ///   - first: Before which none comes; rates that change begin here.
  ///   - end: At and after which none comes.
  ///   - limit: The most that come.
  ///   - random: What they are drawn from.
  package init(
    _ arrivals: Arrivals, first: Instant, end: Instant, limit: Int, random: RandomStream
  ) {
    self.arrivals = arrivals
    self.first = first
    self.end = end
    left = limit
    self.random = random
  }

  /// Draws the next arrival.
  ///
  /// - Returns: When it is and how many come together, or `nil` if none comes any more.
  package mutating func next() -> (time: Instant, count: Int)? {
    guard left > 0 else { return nil }
    var count = 1
    let time: Instant
    switch arrivals {
    case .atOnce(let all):
      guard last == nil else { return nil }
      time = first
      count = min(all, left)
    case .every(let interval):
      time = last?.advanced(by: interval) ?? first
    case .poisson(let gap):
      time = (last ?? first).advanced(by: gap.sample(from: &random))
    case .varying(let curve):
      guard let kept = thinned(curve) else { return nil }
      time = kept
    case .at(let times):
      // Those before the beginning were for somebody else.
      while taken < times.count, times[taken] < first { taken += 1 }
      guard taken < times.count else { return nil }
      time = times[taken]
      taken += 1
    }
    guard time < end else {
      left = 0
      return nil
    }
    last = time
    left -= count
    return (time, count)
  }

  /// The next arrival of a rate that changes, or `nil` if the end comes before it.
  private mutating func thinned(_ curve: RateCurve) -> Instant? {
    var time = last ?? first
    while true {
      time = time.advanced(by: curve.highest.sample(from: &random))
      guard time < end else { return nil }
      if random.nextUnit() < curve.share(after: first.duration(to: time)) { return time }
    }
  }
}
