/// One packet at one capture point: what the hop did to it, why, and how long it took.
public struct TraceHop: Hashable, Sendable, Encodable {
  /// Name of the capture point (design §3).
  public var point: String
  /// Which of several places of that name it is.
  public var place: String
  /// Whether the place sent the packet; otherwise it received it.
  public var isSent: Bool
  /// Since the packet was first seen, in nanoseconds.
  public var time: Int64
  /// Since the hop before, in nanoseconds.
  public var elapsed: Int64
  /// The settings that made up most of ``elapsed``.
  public var delays: [TraceDelay]
  /// The frame as it was on the wire here, in bytes.
  public var byteCount: Int
  /// What the headers say after the hop.
  public var headers: PacketHeaders
  /// What is different from the hop before.
  public var changes: [HeaderChange]
  /// What was decided here, in order.
  public var decisions: [TraceDecision]
}
