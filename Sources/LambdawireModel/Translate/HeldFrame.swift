/// A frame that the translator has us keep until it knows what becomes of it.
struct HeldFrame {
  /// As it came, with zeros for what the capture has lost.
  var bytes: [UInt8]
  var packet: CapturedPacket
  var link: CaptureTranslator.Link
  var side: SideWriter.Side
  var packetID: UInt64
  var originalByteCount: Int
}
