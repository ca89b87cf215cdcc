import CaptureFiles
import LambdawireModel

/// A packet as a failed expectation shows it: a line for each hop, and its first bytes.
struct PacketPicture {
  /// Bytes that are shown.
  private static let byteLimit = 64
  private static let hopLimit = 16

  /// Finds the first packet for which `isWanted` holds and follows it through all files.
  ///
  /// - Returns: `nil` if there is none.
  static func text(
    in files: [String], where isWanted: (PacketHeaders, _ place: String) -> Bool
  ) -> String? {
    var packetID: UInt64?
    var start: Int64 = 0
    var lines: [(time: Int64, text: String)] = []
    var bytes: (time: Int64, text: String)?
    for file in files {
      // What is wrong with a file is told elsewhere; here, what can be read counts.
      guard var reader = try? CaptureReader(path: file) else { continue }
      while let record = (try? reader.next()) ?? nil {
        if let packetID, record.packetID != packetID { continue }
        let interface = reader.interfaces[record.interface]
        let place = interface.description ?? ""
        let headers = reader.withPacketBytes { try? PacketHeaders(ethernet: $0) }
        guard let headers else { continue }
        if packetID == nil {
          guard lines.isEmpty, isWanted(headers, place) else { continue }
          packetID = record.packetID
          start = record.time
        }
        let point = interface.name ?? file
        var text = "  +\(seconds(record.time - start)) s  \(point)  \(headers)"
        for comment in reader.comments() { text += "\n      \(comment)" }
        lines.append((record.time, text))
        if bytes == nil || record.time >= bytes?.time ?? 0 {
          bytes = (
            record.time,
            "  first bytes at \(point) (\(record.originalByteCount) in all):\n"
              + reader.withPacketBytes(hexadecimal)
          )
        }
        if packetID == nil { break }
      }
    }
    guard !lines.isEmpty else { return nil }
    lines.sort { $0.time < $1.time }
    let shown = lines.prefix(hopLimit).map(\.text).joined(separator: "\n")
    return "packet \(packetID.map { "\($0)" } ?? "without an id"):\n\(shown)\n\(bytes?.text ?? "")"
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let digits = String(nanoseconds.magnitude % 1_000_000_000)
    let fraction = String(repeating: "0", count: 9 - digits.count) + digits
    return "\(nanoseconds < 0 ? "-" : "")\(nanoseconds.magnitude / 1_000_000_000).\(fraction)"
  }

  /// Sixteen bytes a line, as tcpdump and tshark print them.
  private static func hexadecimal(_ bytes: RawSpan) -> String {
    let count = min(bytes.byteCount, byteLimit)
    return stride(from: 0, to: count, by: 16).map { row in
      let cells = (row..<min(row + 16, count)).map { offset in
        // The offset is below the span's length.
        let byte = unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
        return padded(String(byte, radix: 16), to: 2)
      }
      return "    \(padded(String(row, radix: 16), to: 4))  \(cells.joined(separator: " "))"
    }.joined(separator: "\n")
  }

  private static func padded(_ digits: String, to width: Int) -> String {
    String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
