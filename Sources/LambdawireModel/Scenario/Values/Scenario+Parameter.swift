extension Scenario {
  /// A named value, used elsewhere in the file as `$name`.
  public struct Parameter: Hashable, Sendable {
    public package(set) var name: String
    /// The value as text, other parameters in it replaced.
    public package(set) var value: String

    package init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }
}
