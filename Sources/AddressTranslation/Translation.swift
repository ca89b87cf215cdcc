public import SimulatedTime

/// One flow's translation, as it stood at some instant.
///
/// RFC 6146, section 2, calls this a session. Under an endpoint-independent mapping several
/// translations share one outside address and port; otherwise each has its own.
public struct Translation: Hashable, Sendable {
  /// The flow as the inside host sees it.
  public var flow: Flow
  /// What stands in the packet instead of the inside address and port.
  public var outside: TransportAddress
  /// How far the flow has come.
  public var state: State
  /// When its first packet was translated.
  public var made: Instant
  /// When its timer was last restarted.
  public var lastUsed: Instant
  /// When it ends, unless a packet restarts its timer first.
  public var expiry: Instant

  public init(
    flow: Flow, outside: TransportAddress, state: State, made: Instant, lastUsed: Instant,
    expiry: Instant
  ) {
    self.flow = flow
    self.outside = outside
    self.state = state
    self.made = made
    self.lastUsed = lastUsed
    self.expiry = expiry
  }

  /// How far a flow has come; each state has a timer of its own in ``Behavior/Timers``.
  ///
  /// The TCP states are those a translator can tell apart by watching (RFC 5382, section 2.1;
  /// RFC 6146, section 3.5.2).
  public enum State: UInt8, BitwiseCopyable, Hashable, Sendable, CaseIterable {
    /// UDP: packets were seen in one direction only.
    case udpOneWay
    /// UDP: packets were seen in both directions.
    case udpTwoWay
    /// TCP: a SYN was seen from one side.
    case opening
    /// TCP: a SYN was seen from each side.
    case openingAnswered
    /// TCP: the side that began has acknowledged the other's SYN.
    case established
    /// TCP: one side has sent a FIN.
    case halfClosed
    /// TCP: both sides have sent a FIN, and at least one FIN is not acknowledged yet.
    case closing
    /// TCP: both FINs are acknowledged; the port is held, packets no longer prolong it.
    case closed
    /// TCP: a RST was seen; the port is held, packets no longer prolong it, unless the behaviour
    /// has them revive the connection.
    case reset
    /// ICMP: a query, answered or not.
    case icmpQuery
  }
}
