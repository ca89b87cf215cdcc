public import PacketFormats

/// A conversation as one capture point saw it, like a line of `tshark -z conv,tcp`.
///
/// Later fragments of a packet have no ports and belong to no flow. Times are nanoseconds since the
/// Unix epoch.
public struct Flow: Hashable, Sendable {
  /// Name of the capture point.
  public var point: String
  /// Which of several interfaces of that name it was, such as an execution environment.
  public var label: String
  public var `protocol`: IPProtocol
  /// Who began, as far as the capture shows.
  public var initiator: Endpoint
  public var responder: Endpoint
  public var firstTime: Int64
  public var lastTime: Int64
  /// What went from the initiator to the responder.
  public var forward: FlowDirection
  /// What came back.
  public var backward: FlowDirection

  /// From the first packet to the last, in nanoseconds.
  public var duration: Int64 { SaturatedTime.elapsed(from: firstTime, to: lastTime) }

  /// How far a TCP connection got, or `nil` for other protocols.
  public var state: TCPState? {
    guard `protocol` == .tcp else { return nil }
    if forward.rstCount + backward.rstCount > 0 { return .reset }
    switch (forward.finCount > 0, backward.finCount > 0) {
    case (true, true): return .closed
    case (true, false), (false, true): return .closing
    case (false, false): break
    }
    if forward.synCount == 0 && backward.synAckCount == 0 { return .established }
    return backward.synAckCount > 0 ? .established : .opening
  }

  /// How far a TCP connection got, as far as flags tell.
  public enum TCPState: String, Hashable, Sendable, Encodable {
    /// A SYN without an answer.
    case opening
    /// Answered, or met when it was already under way.
    case established
    /// One side has finished.
    case closing
    /// Both sides have finished.
    case closed
    case reset
  }
}

extension Flow: Encodable {
  private enum CodingKeys: String, CodingKey {
    case point, label, `protocol`, initiator, responder, firstTime, lastTime, forward, backward
    case state
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(point, forKey: .point)
    try container.encode(label, forKey: .label)
    try container.encode(`protocol`.description, forKey: .protocol)
    try container.encode(initiator, forKey: .initiator)
    try container.encode(responder, forKey: .responder)
    try container.encode(firstTime, forKey: .firstTime)
    try container.encode(lastTime, forKey: .lastTime)
    try container.encode(forward, forKey: .forward)
    try container.encode(backward, forKey: .backward)
    try container.encodeIfPresent(state, forKey: .state)
  }
}
