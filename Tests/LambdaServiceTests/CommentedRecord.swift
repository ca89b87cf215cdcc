import CaptureFiles
import LambdawireTesting

/// A record of a merged capture, with what the run wrote beside it.
struct CommentedRecord {
  var time: Int64
  var point: String
  /// What the file says about the point.
  var place: String
  var packetID: UInt64
  var comment: String

  /// The records of a file, in order; those without a comment have an empty one.
  static func all(in run: LambdawireRun) throws -> [CommentedRecord] {
    var reader = try CaptureReader(path: "\(run.folder)/all.pcapng")
    var records: [CommentedRecord] = []
    while let record = try reader.next() {
      records.append(
        CommentedRecord(
          time: record.time, point: reader.interfaces[record.interface].name ?? "",
          place: reader.interfaces[record.interface].description ?? "",
          packetID: record.packetID ?? 0,
          comment: record.hasComment ? reader.comments().joined(separator: "; ") : ""))
    }
    return records
  }
}
