extension Scenario {
  /// A named value, used elsewhere in the file as `$name`.
  public struct Parameter: Hashable, Sendable {
    public var name: String
    /// The value as text, other parameters in it replaced.
    public var value: String
  }
}
