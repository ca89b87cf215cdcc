public import SimulatedTime

/// When invocations come.
public enum Arrivals: Hashable, Sendable {
  /// So many at the same instant.
  case atOnce(Int)
  /// One each time this much time has passed, the first one at once.
  case every(Duration)
  /// At random and independently of each other, at a steady rate.
  case poisson(ExponentialGap)
  /// At random and independently of each other, at a rate that changes.
  case varying(RateCurve)
  /// At these instants, none before the one in front of it.
  case at([Instant])
}
