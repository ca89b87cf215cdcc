/// What becomes of one packet, as the hot path needs it.
public struct FlowDecision: Hashable, Sendable {
  public let verdict: PathVerdict
  /// Whether the packet was judged anew instead of by what is remembered of its flow.
  public let isSlowPath: Bool
  public let nextHop: NextHop
  /// Where ``DataPlane/decision(_:)`` finds the reasons.
  public let decision: DecisionIndex

  /// The interface that the packet goes to next, if it is one of this VPC's.
  public var nextInterface: InterfaceIndex? {
    if case .interface(let index) = nextHop { index } else { nil }
  }
}
