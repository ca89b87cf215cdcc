extension Scenario {
  /// A number of events per length of time, kept as written so that nothing is rounded.
  public struct Rate: Hashable, Sendable {
    /// At least one; where a ramp begins or ends, it may be zero.
    public package(set) var count: Int
    /// Longer than zero.
    public package(set) var interval: Duration

    package init(count: Int, interval: Duration) {
      self.count = count
      self.interval = interval
    }
  }
}
