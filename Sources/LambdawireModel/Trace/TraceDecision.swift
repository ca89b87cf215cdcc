/// Something that was decided about a packet, and why.
public struct TraceDecision: Hashable, Sendable, Encodable {
  public enum Kind: String, Hashable, Sendable, Encodable {
    case sent
    case received
    case encapsulated
    case decapsulated
    case translated
    /// First packet of a flow: routes and rules were looked up.
    case slowPath = "slow-path"
    /// A decision for the flow was there already.
    case fastPath = "fast-path"
    case dropped
  }

  public var kind: Kind
  /// The reason, with the rule or route where there is one.
  public var reason: String
}
