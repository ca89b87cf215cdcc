import PacketFormats
public import SimulatedTime

/// Why an event does not fit into a history.
public enum TranslationHistoryError: Error, Hashable, Sendable {
  /// It happened before one that was added before.
  case backwards(Instant, after: Instant)
  /// A translation begins for a flow that has one.
  case madeTwice(Flow, at: Instant)
  /// A translation changes or ends that never began, or has ended, or had another outside end.
  case unknown(Flow, outside: TransportAddress, at: Instant)
  /// There are more translations or changes than 32 bits can count.
  case full
}

extension TranslationHistoryError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .backwards(let instant, let last):
      "an event at \(instant.nanoseconds) ns behind one at \(last.nanoseconds) ns; expected them "
        + "in the order of time"
    case .madeTwice(let flow, let instant):
      "\(flow.description) gets a translation at \(instant.nanoseconds) ns while it has one; "
        + "expected the end of that first"
    case .unknown(let flow, let outside, let instant):
      "\(flow.description) has no translation to \(outside) at \(instant.nanoseconds) ns; expected "
        + "one that was made before"
    case .full: "more than 4294967294 translations or changes"
    }
  }
}

extension Flow {
  /// The flow in the words of packet tools.
  var description: String { "\(`protocol`) \(inside) > \(remote)" }
}
