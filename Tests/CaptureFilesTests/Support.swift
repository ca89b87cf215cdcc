import CaptureFiles
import Glibc

extension CaptureReader {
  /// The bytes of the last packet.
  var packetBytes: [UInt8] {
    withPacketBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
  }
}

/// A packet as a test looks at it.
struct ReadPacket: Equatable {
  var record: PacketRecord
  var bytes: [UInt8]
}

/// Everything that can be read from the file at `path`, and what stopped the reading.
func readAll(_ path: String) -> (packets: [ReadPacket], error: CaptureFileError?) {
  var packets: [ReadPacket] = []
  do throws(CaptureFileError) {
    var reader = try CaptureReader(path: path)
    while let record = try reader.next() {
      packets.append(ReadPacket(record: record, bytes: reader.packetBytes))
    }
    return (packets, nil)
  } catch {
    return (packets, error)
  }
}

/// What finishing `writer` throws.
func failure(finishing writer: consuming PcapngWriter) -> CaptureFileError? {
  do throws(CaptureFileError) {
    try writer.finish()
    return nil
  } catch {
    return error
  }
}

extension PcapngWriter {
  /// Writes bytes that a test holds in an array.
  mutating func write(
    _ bytes: [UInt8], interface: UInt32 = 0, time: Int64 = 0, original: Int? = nil,
    flags: PacketFlags = .none, packetID: UInt64? = nil, comment: String = "",
    verdict: PacketVerdict? = nil
  ) {
    let text = Array(comment.utf8)
    unsafe write(
      bytes.span.bytes, interface: interface, time: time,
      originalByteCount: original ?? bytes.count, flags: flags, packetID: packetID,
      comment: text.span.bytes, verdict: verdict)
  }
}
