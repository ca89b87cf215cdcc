/// What went wrong with packets of a flow in one direction: few, so kept apart from the flows.
struct Incident {
  /// Packets that the capture says died here.
  var dropped = Occurrences()
  /// Packets that were not seen at the next point.
  var vanished = Occurrences()
  /// Packets first seen here although others of the flow came from an earlier point.
  var appeared = Occurrences()

  /// How many, and the first of them.
  struct Occurrences {
    private(set) var count: UInt64 = 0
    private(set) var firstTime: Int64 = 0
    private(set) var lastTime: Int64 = 0
    private(set) var first = FrameNumber(file: 0, frame: 0)
    private(set) var firstPacketID: UInt64?

    mutating func add(_ frame: FrameNumber, time: Int64, packetID: UInt64?) {
      if count == 0 || time < firstTime {
        firstTime = time
        first = frame
        firstPacketID = packetID
      }
      lastTime = count == 0 ? time : max(lastTime, time)
      count &+= 1
    }
  }
}
