extension Scenario {
  /// Invocations of one function, and what each of them does.
  public struct Traffic: Hashable, Sendable {
    /// Name of the function entry; with copies, each copy gets all these invocations.
    public package(set) var function: String
    /// Which of its published versions is invoked; `nil` for `$LATEST`.
    public package(set) var version: Int?
    public package(set) var arrivals: Arrivals
    /// When the first invocation may come, counted from the start of the run.
    public package(set) var from: Duration
    /// How long invocations go on coming; `nil` for no limit.
    public package(set) var span: Duration?
    /// Most invocations; `nil` for no limit.
    public package(set) var count: Int?
    /// What an invocation does, one step after the other; at least one.
    public package(set) var steps: [Step]
  }
}
