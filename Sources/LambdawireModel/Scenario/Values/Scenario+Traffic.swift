extension Scenario {
  /// Invocations of one function, and what each of them does.
  public struct Traffic: Hashable, Sendable {
    /// Name of the function entry; with copies, each copy gets all these invocations.
    public var function: String
    public var arrivals: Arrivals
    /// When the first invocation may come, counted from the start of the run.
    public var from: Duration
    /// How long invocations go on coming; `nil` for no limit.
    public var span: Duration?
    /// Most invocations; `nil` for no limit.
    public var count: Int?
    /// What an invocation does, one step after the other; at least one.
    public var steps: [Step]
  }
}
