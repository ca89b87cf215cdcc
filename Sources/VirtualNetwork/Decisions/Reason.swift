/// One step of a decision: who looked at the packet, and what it found.
public struct Reason: Hashable, Sendable {
  public let component: NetworkComponent
  public let code: ExplanationCode
  /// One sentence for people, with the rule or the route quoted.
  public let sentence: String
}
