import CaptureFiles

/// One frame at one interface, without its bytes.
struct Sighting {
  var frame: FrameNumber
  /// Index of the interface among all files' interfaces.
  var tap: Int
  /// Nanoseconds since the Unix epoch.
  var time: Int64
  /// Length on the wire, in bytes.
  var byteCount: Int
  var packetID: UInt64?
  /// Which way it goes along the path, if its flags say so.
  var way: PathDirection?
  /// Whether the capture says that the packet died here.
  var isDropped: Bool
  /// Whether the sender's hardware had yet to fill in the checksum (`epb_flags`, bit 9).
  var isChecksumPending: Bool

  /// Stands where no frame has been read yet.
  static let none = Sighting()

  private init() {
    frame = FrameNumber(file: 0, frame: 0)
    tap = 0
    time = 0
    byteCount = 0
    isDropped = false
    isChecksumPending = false
  }

  init(_ record: PacketRecord, file: Int, tap: Int, outwardFlag: UInt32?, time: Int64) {
    frame = FrameNumber(file: file, frame: record.frameNumber)
    self.tap = tap
    self.time = time
    byteCount = record.originalByteCount
    packetID = record.packetID
    let flags = record.flags?.rawValue ?? 0
    isChecksumPending = flags & 0x200 != 0
    let direction = flags & 0b11
    if let outwardFlag, direction == 1 || direction == 2 {
      way = direction == outwardFlag ? .outward : .inward
    }
    switch (record.verdict?.judge, record.verdict?.value) {
    // XDP_ABORTED, XDP_DROP and TC_ACT_SHOT (observability-formats §5.1).
    case (.linuxXDP, 0), (.linuxXDP, 1), (.linuxTrafficControl, 2): isDropped = true
    default: isDropped = false
    }
  }
}
