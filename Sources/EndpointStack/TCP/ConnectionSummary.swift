public import PacketFormats

/// One line of what `ss -tan` would print on the host.
public struct ConnectionSummary: Hashable, Sendable {
  /// The states of RFC 9293, section 3.3.2, that a connection of a host can be in.
  public enum State: String, Hashable, Sendable, CaseIterable {
    case synSent = "SYN-SENT"
    case synReceived = "SYN-RECEIVED"
    case established = "ESTABLISHED"
    case finWait1 = "FIN-WAIT-1"
    case finWait2 = "FIN-WAIT-2"
    case closeWait = "CLOSE-WAIT"
    case closing = "CLOSING"
    case lastAck = "LAST-ACK"
    case timeWait = "TIME-WAIT"
  }

  public var state: State
  public var localAddress: IPAddress
  public var localPort: UInt16
  public var remoteAddress: IPAddress
  public var remotePort: UInt16
  /// Bytes that are written and not acknowledged.
  public var unacknowledgedByteCount: Int
  /// Bytes that may be sent before the first of them is acknowledged (RFC 5681, section 2: cwnd).
  public var congestionWindow: Int
  /// How long an acknowledgment is waited for (RFC 6298).
  public var retransmissionTimeout: Duration
  /// The largest payload of a segment, in bytes.
  public var segmentByteCount: Int
}

extension ConnectionSummary.State {
  /// The public name of `state`, or `nil` if the connection is as good as gone.
  init?(_ state: TCPConnection.State) {
    switch state {
    case .closed: return nil
    case .synSent: self = .synSent
    case .synReceived: self = .synReceived
    case .established: self = .established
    case .finWait1: self = .finWait1
    case .finWait2: self = .finWait2
    case .closeWait: self = .closeWait
    case .closing: self = .closing
    case .lastAck: self = .lastAck
    case .timeWait: self = .timeWait
    }
  }
}
