extension Scenario {
  /// A number of events per length of time, kept as written so that nothing is rounded.
  public struct Rate: Hashable, Sendable {
    /// At least one.
    public var count: Int
    /// Longer than zero.
    public var interval: Duration
  }
}
