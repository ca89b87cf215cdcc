/// What several loads measure with.
enum Measure {
  /// How often a second something happens that took `duration` for `count` times.
  static func rate(_ count: Int, in duration: Duration) -> Int {
    Int(Double(count) / (duration / .seconds(1)))
  }

  /// A duration in whole nanoseconds.
  static func nanoseconds(_ duration: Duration) -> Int {
    Int(duration / .nanoseconds(1))
  }
}
