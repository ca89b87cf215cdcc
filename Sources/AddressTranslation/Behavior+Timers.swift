extension Behavior {
  /// How long a translation lasts in each state without a packet that restarts its timer.
  ///
  /// A translation has ended when the whole time has passed: a packet that arrives at that very
  /// nanosecond finds nothing.
  public struct Timers: Hashable, Sendable {
    /// TCP with a SYN from one side only (RFC 5382, section 2.1, "partially open").
    public var tcpHalfOpen: Duration
    /// TCP with a SYN from each side, the last of the three handshake segments missing.
    public var tcpHalfOpenAnswered: Duration
    /// TCP after its handshake (RFC 5382, REQ-5).
    public var tcpEstablished: Duration
    /// TCP with a FIN from one side only.
    public var tcpHalfClosed: Duration
    /// TCP with a FIN from each side, the last acknowledgement missing (RFC 5382, section 2.1,
    /// "closing").
    public var tcpClosing: Duration
    /// How long the port of a connection closed from both sides rests.
    ///
    /// Packets still pass but do not prolong it.
    public var portHold: Duration
    /// How long the port of a reset connection rests.
    ///
    /// Packets still pass but do not prolong it.
    public var portHoldAfterReset: Duration
    /// UDP with packets in one direction only.
    public var udpOneWay: Duration
    /// UDP with packets in both directions (RFC 4787, REQ-5).
    public var udp: Duration

    public init(
      tcpHalfOpen: Duration, tcpHalfOpenAnswered: Duration, tcpEstablished: Duration,
      tcpHalfClosed: Duration, tcpClosing: Duration, portHold: Duration,
      portHoldAfterReset: Duration, udpOneWay: Duration, udp: Duration
    ) {
      self.tcpHalfOpen = tcpHalfOpen
      self.tcpHalfOpenAnswered = tcpHalfOpenAnswered
      self.tcpEstablished = tcpEstablished
      self.tcpHalfClosed = tcpHalfClosed
      self.tcpClosing = tcpClosing
      self.portHold = portHold
      self.portHoldAfterReset = portHoldAfterReset
      self.udpOneWay = udpOneWay
      self.udp = udp
    }

    /// The timer that runs in `state`.
    public subscript(state: Translation.State) -> Duration {
      switch state {
      case .udpOneWay: udpOneWay
      case .udpTwoWay: udp
      case .opening: tcpHalfOpen
      case .openingAnswered: tcpHalfOpenAnswered
      case .established: tcpEstablished
      case .halfClosed: tcpHalfClosed
      case .closing: tcpClosing
      case .closed: portHold
      case .reset: portHoldAfterReset
      }
    }
  }
}
