import CaptureFiles
import PacketFormats

/// Copies of captures with something wrong on purpose.
enum BrokenCapture {
  /// Copies a capture and flips the last bit of every TCP checksum.
  ///
  /// - Returns: `path`.
  static func copy(of original: String, to path: String) throws -> String {
    var reader = try CaptureReader(path: original)
    var writer = try PcapWriter(path: path, precision: .nanoseconds)
    while let record = try reader.next() {
      var bytes: [UInt8] = reader.withPacketBytes { span in
        span.byteOffsets.map { unsafe span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
      }
      let transport: Int? = reader.withPacketBytes { span in
        guard let frame = try? Dissection(ethernet: span), frame.protocol == .tcp else {
          return nil
        }
        return frame.transportOffset
      }
      if let transport { bytes[transport + TCPHeader.Layout.checksum.offset + 1] ^= 1 }
      unsafe writer.write(
        bytes.span.bytes, time: record.time, originalByteCount: record.originalByteCount)
    }
    try writer.finish()
    return path
  }
}
