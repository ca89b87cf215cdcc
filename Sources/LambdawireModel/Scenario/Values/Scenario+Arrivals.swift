extension Scenario {
  /// When invocations come.
  public enum Arrivals: Hashable, Sendable {
    /// So many at the same instant.
    case atOnce(Int)
    /// One each time this much time has passed, the first one at once.
    case every(Duration)
    /// At random and independently of each other, so many per unit of time on average.
    case poisson(Rate)
    /// At random, at a rate that changes in a straight line over the time that they go on coming.
    ///
    /// One of the two rates may be zero.
    case ramp(from: Rate, to: Rate)
    /// At random, at a rate that goes up and down around its mean in a sine wave, beginning at its
    /// lowest.
    ///
    /// `peak` is the highest rate as a share of the mean: from once to twice as much.
    case diurnal(mean: Rate, peak: Ratio, period: Duration)
    /// At the times that a file lists.
    case replay([Replayed])
  }

  /// An invocation that a file lists.
  public struct Replayed: Hashable, Sendable {
    /// Counted from the start of the run.
    public package(set) var time: Duration
    /// The function that the line names, a copy perhaps; `nil` if the line names none.
    public package(set) var function: String?
  }
}
