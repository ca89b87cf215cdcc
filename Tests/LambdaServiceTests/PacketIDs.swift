import CaptureFiles
import LambdawireTesting

/// The ids of the UDP packets to port 9 in the file of a point, in order.
func packetIDs(of run: LambdawireRun, at point: String) throws -> [UInt64] {
  var reader = try CaptureReader(path: "\(run.folder)/taps/\(point).pcapng")
  let filter = try PacketFilter("udp dst port 9")
  var ids: [UInt64] = []
  while let record = try reader.next() {
    let matches = reader.withPacketBytes {
      filter.matches($0, originalByteCount: record.originalByteCount)
    }
    if matches, let id = record.packetID { ids.append(id) }
  }
  return ids
}
