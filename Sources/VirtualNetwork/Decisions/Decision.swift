/// A verdict with the steps that led to it, in the order in which they were taken.
///
/// Flows that are judged alike share one decision, so a million flows need only a handful. A
/// decision describes the network as it was when it was made and is never changed or forgotten.
public struct Decision: Hashable, Sendable {
  public let verdict: PathVerdict
  public let direction: TrafficDirection
  /// Where the packet was judged.
  public let place: JudgingPlace
  public let nextHop: NextHop
  /// What each component found; if the verdict is to reject, the last one stopped the packet.
  public let reasons: [Reason]
  /// The state of the configuration, counted from 1 with every change.
  public let generation: UInt32

  /// The network interface at which the packet was judged.
  ///
  /// - Returns: `nil` if it was judged on its way into the VPC.
  public var interface: InterfaceIndex? {
    if case .networkInterface(let index) = place { index } else { nil }
  }

  /// The text for a packet's comment in a capture, such as `DROP security-group orders: …`.
  ///
  /// - Returns: `nil` if the packet was not dropped.
  public var dropComment: String? {
    guard verdict == .reject, let last = reasons.last else { return nil }
    return "DROP \(last.component.kind) \(last.sentence) [\(last.code)]"
  }
}
