/// What a host has counted since it was made.
public struct HostStatistics: Sendable {
  /// Frames that left.
  public internal(set) var framesSent: UInt64 = 0
  /// UDP datagrams handed to a server or an exchange.
  public internal(set) var datagramsReceived: UInt64 = 0
  /// Payload of these, in bytes.
  public internal(set) var datagramBytesReceived: UInt64 = 0
  /// UDP datagrams that left or wait for an address.
  public internal(set) var datagramsSent: UInt64 = 0
  private var dispositions = InlineArray<13, UInt64>(repeating: 0)
  private var refusals = InlineArray<5, UInt64>(repeating: 0)
  /// TCP segments that left, without retransmissions.
  public internal(set) var segmentsSent: UInt64 = 0
  /// TCP segments sent again because no acknowledgment came.
  public internal(set) var segmentsRetransmitted: UInt64 = 0
  /// TCP payload delivered in order, in bytes.
  public internal(set) var streamBytesReceived: UInt64 = 0
  /// Connections that were opened from here.
  public internal(set) var connectionsOpened: UInt64 = 0
  /// Connections that were opened from outside.
  public internal(set) var connectionsAccepted: UInt64 = 0
  /// Resets sent.
  public internal(set) var resetsSent: UInt64 = 0

  /// Frames that arrived and ended this way.
  public subscript(disposition: FrameDisposition) -> UInt64 {
    dispositions[disposition.rawValue]
  }

  /// Things that could not be sent, by why.
  public subscript(refusal: SendRefusal) -> UInt64 {
    refusals[refusal.rawValue]
  }

  /// Frames that arrived.
  public var framesReceived: UInt64 {
    var total: UInt64 = 0
    for index in dispositions.indices { total += dispositions[index] }
    return total
  }

  mutating func count(_ disposition: FrameDisposition) {
    dispositions[disposition.rawValue] &+= 1
  }

  mutating func count(_ refusal: SendRefusal) {
    refusals[refusal.rawValue] &+= 1
  }

  /// Changes the verdict on a frame that seemed acceptable.
  mutating func recount(_ disposition: FrameDisposition) {
    dispositions[FrameDisposition.accepted.rawValue] &-= 1
    dispositions[disposition.rawValue] &+= 1
  }
}
