extension Behavior {
  /// How long a translation lasts in each state without a packet that restarts its timer.
  ///
  /// A translation has ended when the whole time has passed: a packet that arrives at that very
  /// nanosecond finds nothing.
  public struct Timers: Hashable, Sendable {
    /// TCP with a SYN from one side only (RFC 5382, section 2.1, "partially open"; REQ-5: at least
    /// 4 min).
    public var tcpHalfOpen: Duration = .seconds(240)
    /// TCP with a SYN from each side, the last of the three handshake segments missing.
    public var tcpHalfOpenAnswered: Duration = .seconds(240)
    /// TCP after its handshake (RFC 5382, REQ-5: at least 2 h 4 min).
    public var tcpEstablished: Duration = .seconds(7_440)
    /// TCP with a FIN from one side only.
    public var tcpHalfClosed: Duration = .seconds(7_440)
    /// TCP with a FIN from each side, the last acknowledgement missing (RFC 5382, section 2.1,
    /// "closing").
    public var tcpClosing: Duration = .seconds(240)
    /// How long the port of a connection closed from both sides rests.
    ///
    /// Packets still pass but do not prolong it.
    public var portHold: Duration = .seconds(240)
    /// How long the port of a reset connection rests.
    ///
    /// Packets still pass but do not prolong it.
    public var portHoldAfterReset: Duration = .seconds(240)
    /// UDP with packets in one direction only.
    public var udpOneWay: Duration = .seconds(300)
    /// UDP with packets in both directions (RFC 4787, REQ-5: at least 2 min, 5 recommended).
    public var udp: Duration = .seconds(300)

    /// UDP to these ports of the remote end, whether or not it answers; ``udp`` and ``udpOneWay``
    /// are for all others (RFC 4787, REQ-5a, allows shorter timers for well-known ports).
    public var udpByRemotePort: [UInt16: Duration] = [:]
    /// ICMP queries (RFC 5508, REQ-2: at least 60 s).
    public var icmpQuery: Duration = .seconds(60)
    /// How long a SYN from outside waits for ``Behavior/UnsolicitedTreatment/refuseSYNLate`` (RFC
    /// 5382, REQ-4: at least 6 s).
    public var unsolicitedSYN: Duration = .seconds(6)

    /// The times that the RFCs ask for.
    public init() {}

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
      case .icmpQuery: icmpQuery
      }
    }
  }
}
