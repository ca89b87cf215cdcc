/// What one interface of a capture point saw.
public struct PointSummary: Hashable, Sendable, Encodable {
  /// Name of the capture point.
  public var point: String
  /// Which of several interfaces of that name it was.
  public var label: String
  public var packetCount: UInt64
  /// Frames in full, as they were on the wire, in bytes.
  public var byteCount: UInt64
  /// Packets that carry no IP, such as ARP, come on a link type that we do not read, or were cut in
  /// their headers while capturing.
  public var otherCount: UInt64
  /// Packets whose headers could not be read.
  public var malformedCount: UInt64
  /// Frames left out because the same frame of this point stood in another file too.
  public var duplicateCount: UInt64
  /// Packets without an id that were seen nowhere else.
  public var unmatchedCount: UInt64
  /// A few of these, the first ones.
  public var unmatched: [FrameReference]
}
