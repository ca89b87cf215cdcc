/// What went one way in a flow.
public struct FlowDirection: Hashable, Sendable, Encodable {
  public var packetCount: UInt64 = 0
  /// Frames in full, as they were on the wire, in bytes.
  public var byteCount: UInt64 = 0
  public var synCount: UInt32 = 0
  public var synAckCount: UInt32 = 0
  public var finCount: UInt32 = 0
  public var rstCount: UInt32 = 0
  /// TCP segments that begin before the highest sequence number sent so far; keep-alives, which
  /// do so on purpose (RFC 9293, section 3.8.4), not counted.
  public var retransmissionCount: UInt32 = 0

  public init() {}
}
