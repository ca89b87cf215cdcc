/// What a capture file says about one packet.
///
/// A plain value that costs no allocation; the bytes themselves are lent by
/// ``CaptureReader/withPacketBytes(_:)``.
public struct PacketRecord: Hashable, Sendable {
  /// Position among the packets of the file, from 1 on, as Wireshark counts.
  ///
  /// Packets that a filter holds back count too.
  public var frameNumber: UInt64
  /// Index into ``CaptureReader/interfaces``.
  public var interface: Int
  /// Nanoseconds since the Unix epoch; 0 if the file does not say (``hasTime``).
  public var time: Int64
  /// Whether the file says when the packet was captured: a simple packet block does not.
  public var hasTime = true
  /// How much of the packet is in the file, in bytes.
  public var capturedByteCount: Int
  /// Length of the packet on the wire, in bytes.
  public var originalByteCount: Int
  public var flags: PacketFlags?
  /// The same for one packet on every interface that saw it.
  public var packetID: UInt64?
  public var verdict: PacketVerdict?
  /// Whether ``CaptureReader/comments()`` has something to say.
  public var hasComment = false
  /// Where the packet's block or record starts in the file, in bytes.
  public var fileOffset: UInt64
  /// Where the packet's bytes start in its block.
  var packetOffset = 0
}
