/// A flow as the table holds it: both directions between two ends, the smaller end first.
struct FlowEntry {
  /// From the smaller end to the larger, with the interface.
  let key: FlowTuple
  let firstTime: Int64
  var lastTime: Int64
  var upward = Direction()
  var downward = Direction()
  /// Whether the flow began in the downward direction.
  var beganDownward: Bool
  /// Whether packets of the flow went on to a farther point, or came from one.
  var continuesOuter = false
  /// Whether packets of the flow went on to a nearer point, or came from one.
  var continuesInner = false

  /// What the table counts per direction.
  struct Direction {
    var packetCount: UInt64 = 0
    var byteCount: UInt64 = 0
    /// The sequence number after the last byte sent, when ``hasSequence`` says so.
    var nextSequence: UInt32 = 0
    var synCount: UInt32 = 0
    var synAckCount: UInt32 = 0
    var finCount: UInt32 = 0
    var rstCount: UInt32 = 0
    var retransmissionCount: UInt32 = 0
    var hasSequence = false
    /// Which way packets in this direction go along the path, once known.
    var way: PathDirection?

    /// Takes in a TCP segment.
    @inline(__always)
    mutating func count(_ segment: TCPSegment) {
      if segment.flags & TCPSegment.rst != 0 { rstCount &+= 1 }
      let control = segment.flags & (TCPSegment.syn | TCPSegment.fin)
      if control != 0 {
        if control & TCPSegment.syn != 0 {
          if segment.flags & TCPSegment.ack != 0 { synAckCount &+= 1 } else { synCount &+= 1 }
        }
        if control & TCPSegment.fin != 0 { finCount &+= 1 }
      }
      guard segment.sequenceLength > 0 else { return }
      let end = segment.sequence &+ segment.sequenceLength
      if control & TCPSegment.syn != 0 {
        // The same SYN again is a retransmission, another one a new connection on the same ports.
        if hasSequence, end == nextSequence { retransmissionCount &+= 1 }
        hasSequence = true
        nextSequence = end
        return
      }
      guard hasSequence else {
        hasSequence = true
        nextSequence = end
        return
      }
      // Sequence numbers are compared modulo 2³² (RFC 9293, section 3.4).
      let behind = Int32(bitPattern: nextSequence &- segment.sequence)
      let isKeepAlive = behind == 1 && segment.sequenceLength == 1 && control == 0
      if behind > 0, !isKeepAlive { retransmissionCount &+= 1 }
      if Int32(bitPattern: end &- nextSequence) > 0 { nextSequence = end }
    }
  }

  init(key: FlowTuple, time: Int64, beganDownward: Bool) {
    self.key = key
    firstTime = time
    lastTime = time
    self.beganDownward = beganDownward
  }
}

/// What flow accounting needs to know about a TCP segment.
struct TCPSegment {
  var sequence: UInt32 = 0
  var acknowledgment: UInt32 = 0
  /// Payload plus SYN and FIN, which count as one each, by IP's account of the length.
  var sequenceLength: UInt32 = 0
  var flags: UInt8 = 0

  static let fin: UInt8 = 0x01
  static let syn: UInt8 = 0x02
  static let rst: UInt8 = 0x04
  static let ack: UInt8 = 0x10
}
