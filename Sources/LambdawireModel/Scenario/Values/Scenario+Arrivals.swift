extension Scenario {
  /// When invocations come.
  public enum Arrivals: Hashable, Sendable {
    /// So many at the same instant.
    case atOnce(Int)
    /// One each time this much time has passed, the first one at once.
    case every(Duration)
    /// At random and independently of each other, so many per unit of time on average.
    case poisson(Rate)
  }
}
