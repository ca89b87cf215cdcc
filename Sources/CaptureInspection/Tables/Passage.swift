/// A packet on its way: where it was seen first and last, and what it looked like then.
struct Passage {
  /// Packet id, or the hash of what stays the same about a packet without one.
  var key: UInt64
  var hasPacketID: Bool
  /// The inner tuple that translators act on, as it was last.
  var tuple: FlowTuple
  var firstTime: Int64
  var lastTime: Int64
  /// Sum of all hop times so far, in nanoseconds, counting none as less than zero.
  var hopSum: Int64 = 0
  var payloadHash: UInt64
  /// Points seen so far, as bits; the last bit stands for all beyond the 63rd.
  var visited: UInt64
  var firstFrame: FrameNumber
  var lastFrame: FrameNumber
  /// The flow at the first point, or `nil` for a later fragment.
  var firstFlow: FlowTable.Reference?
  /// The flow at the last point.
  var lastFlow: FlowTable.Reference?
  var firstTap: UInt16
  var lastTap: UInt16
  /// Innermost interface that saw it, if that was at the path's beginning.
  var environment: UInt16 = Self.noEnvironment
  var identification: UInt16
  var timeToLive: UInt8
  /// Of the last sighting.
  var marks: ChecksumMarks
  var way: PathDirection?
  /// A reset or an ICMP error, which anything on the path may make.
  var mayStartAnywhere: Bool
  var isDropped = false
  var isFinished = false
  /// Neighbours in the list of open or of finished passages.
  var older: Int32 = -1
  var newer: Int32 = -1

  static let noEnvironment = UInt16.max
}
