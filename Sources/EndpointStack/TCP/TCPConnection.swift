import PacketFormats
import SimulatedTime

/// One end of a TCP connection: the transmission control block (RFC 9293, section 3.3.1).
///
/// It knows neither frames nor events: it takes segments and times in, and says what is to be
/// delivered and sent. All times are in nanoseconds since the run began, all sizes in bytes.
///
/// What only reads it is always inlined: the compiler would copy a value of this size to the stack
/// to lend it to a function.
struct TCPConnection: ~Copyable {
  /// The states of RFC 9293, section 3.3.2; LISTEN is the host's business.
  enum State: UInt8 {
    case closed
    case synSent
    case synReceived
    case established
    case finWait1
    case finWait2
    case closeWait
    case closing
    case lastAck
    case timeWait

    /// Whether both sides agree on sequence numbers.
    var isSynchronized: Bool { rawValue >= State.established.rawValue }
    /// Whether data may still arrive.
    var receivesText: Bool { self == .established || self == .finWait1 || self == .finWait2 }
    /// Whether data or a FIN may have to be sent.
    var sendsText: Bool {
      switch self {
      case .established, .finWait1, .closeWait, .closing, .lastAck: true
      case .closed, .synSent, .synReceived, .finWait2, .timeWait: false
      }
    }
  }

  /// Whom the connection belongs to.
  enum Owner {
    /// An index into the host's servers.
    case server(Int)
    case query(RecordID)
    /// A query that is over left it open for the next one.
    case pool
    case upload(RecordID)
    case fetch(RecordID)
    /// A question to a name server whose answer is too long for UDP.
    case lookup(RecordID)
    /// A question that a name server passes on, likewise.
    case forward(RecordID)
  }

  /// No time at all: a timer that is not running.
  static var never: Int64 { .max }

  // MARK: Identity

  let localAddress: HostAddress
  let remoteAddress: HostAddress
  let localPort: UInt16
  let remotePort: UInt16
  var owner: Owner
  /// The record in which the owner keeps what it knows about the conversation.
  var session = RecordID.none
  var state = State.closed
  /// Whether the other side opened the connection.
  let isPassive: Bool

  // MARK: Sending (RFC 9293, section 3.3.1, "Send Sequence Variables")

  /// ISS.
  let initialSend: SequenceNumber
  /// SND.UNA: the first number that is not acknowledged.
  var sendUnacknowledged: SequenceNumber
  /// SND.NXT: what is sent next; set back to send again.
  var sendNext: SequenceNumber
  /// What follows the last number ever sent.
  var sendHighest: SequenceNumber
  /// SND.WND.
  var sendWindow = 0
  /// The largest window that was ever offered.
  var largestSendWindow = 0
  /// SND.WL1 and SND.WL2: the segment that last changed the window.
  var windowSequence = SequenceNumber(rawValue: 0)
  var windowAcknowledgment = SequenceNumber(rawValue: 0)
  var sendScale: UInt8 = 0
  /// The largest payload without options that a segment may have: what the other side takes and
  /// the path carries.
  var maximumSegmentSize: Int
  var buffer = SendBuffer()
  /// Whether the program has closed its side; a FIN follows the last byte.
  var isClosed = false
  /// The number of that FIN.
  var finSequence = SequenceNumber(rawValue: 0)
  var delaysSmallSegments: Bool

  // MARK: Receiving

  /// IRS.
  var initialReceive = SequenceNumber(rawValue: 0)
  /// RCV.NXT.
  var receiveNext = SequenceNumber(rawValue: 0)
  /// The first number beyond the window that was offered; it never moves back (RFC 9293, section
  /// 3.8.6.2.2: a receiver SHOULD NOT shrink the window).
  var receiveEdge = SequenceNumber(rawValue: 0)
  /// What is offered when the next segment leaves.
  var receiveWindow: Int
  var receiveScale: UInt8 = 0
  /// Whether both sides scale their windows.
  var scalesWindows = false
  /// The largest payload seen, by which full segments are known.
  var largestReceived = 536
  /// What arrived beyond a gap: frames in the host's keeping, in order, and a summary of them.
  var firstHeld = HeldFrames.none
  var lastHeld = HeldFrames.none
  var heldCount = 0
  var blocks = ReceivedBlocks()

  // MARK: Options

  var usesTimestamps: Bool
  var usesSACK: Bool
  /// TS.Recent, and when it was heard (RFC 7323, section 4.3).
  var recentTimestamp: UInt32 = 0
  var recentTimestampAge: Int64 = 0
  /// Last.ACK.sent.
  var lastAcknowledgmentSent = SequenceNumber(rawValue: 0)
  let timestampOffset: UInt32

  // MARK: Acknowledging

  /// Whether an acknowledgment must leave at once.
  var acknowledgesNow = false
  /// When an acknowledgment must leave at the latest.
  var delayedAcknowledgment = TCPConnection.never
  /// When the last challenge acknowledgment left.
  var lastChallenge: Int64 = -1 << 62

  // MARK: Keep-alive (RFC 9293, section 3.8.4)

  /// After how much silence a probe is sent; zero for never.
  var keepAliveInterval: Int64 = 0
  /// When the last one was sent, and how many in a row were not answered.
  var lastKeepAlive: Int64 = -1
  var unansweredKeepAlives = 0

  // MARK: Retransmission (RFC 6298)

  /// When the oldest segment is sent again, or a closed window is probed.
  var retransmission = TCPConnection.never
  /// Whether that timer waits for a window to open.
  var isPersisting = false
  /// How long the next probe waits.
  var probeInterval: Int64 = 0
  /// Whether one byte is to be sent although the window is closed.
  var probesNow = false
  /// How often in a row that timer has fired.
  var retries = 0
  var retransmissionTimeout: Int64
  /// SRTT, or negative before the first measurement, and RTTVAR.
  var smoothedRoundTrip: Int64 = -1
  var roundTripVariation: Int64 = 0
  /// What the segment that is being timed ends with, and when it left.
  var timedSequence = SequenceNumber(rawValue: 0)
  var timedSince = TCPConnection.never

  // MARK: Congestion (RFC 5681, RFC 6582)

  var congestionWindow = 0
  var slowStartThreshold = Int(Int32.max)
  var duplicateAcknowledgments = 0
  var isRecovering = false
  /// Whether a partial acknowledgment has already restarted the timer in this recovery.
  var isImpatient = false
  /// What had been sent when a loss was last noticed.
  var recover: SequenceNumber
  /// Whether the first segment is to be sent again at once.
  var retransmitsNow = false
  /// Whether the congestion window was what kept the last segment from leaving.
  var isCongestionLimited = false

  // MARK: Timers

  /// The earliest event that the host has asked for.
  var pendingWake = TCPConnection.never
  /// When a connection that only waits to be forgotten is forgotten.
  var expiry = TCPConnection.never
  var isQueuedForExpiry = false

  /// A connection that neither side has sent anything on.
  init(
    local: StreamEnd, remote: StreamEnd, owner: Owner, isPassive: Bool,
    initialSend: SequenceNumber, timestampOffset: UInt32, segmentSize: Int,
    settings: TCPSettings
  ) {
    localAddress = local.address
    localPort = local.port
    remoteAddress = remote.address
    remotePort = remote.port
    self.owner = owner
    self.isPassive = isPassive
    self.initialSend = initialSend
    sendUnacknowledged = initialSend
    sendNext = initialSend
    sendHighest = initialSend
    recover = initialSend
    maximumSegmentSize = segmentSize
    delaysSmallSegments = settings.delaysSmallSegments
    receiveWindow = min(settings.initialReceiveWindow, 0xffff)
    receiveScale = min(settings.windowScale, 14)
    usesTimestamps = settings.usesTimestamps
    usesSACK = settings.usesSelectiveAcknowledgments
    self.timestampOffset = timestampOffset
    retransmissionTimeout = settings.initialRetransmissionTimeout.wholeNanoseconds
  }

  /// Bytes sent and not acknowledged, not counting what will be sent again anyway.
  @inline(__always)
  var inFlight: Int { sendNext - sendUnacknowledged }

  /// The payload that fits into a segment with the options an open connection has.
  @inline(__always)
  var payloadLimit: Int { maximumSegmentSize - (usesTimestamps ? 12 : 0) }

  /// When something is due, or never.
  @inline(__always)
  var deadline: Int64 { min(retransmission, delayedAcknowledgment) }

  /// The timestamp clock: milliseconds, from a starting point of its own (RFC 7323, section 5.4).
  @inline(__always)
  func timestamp(at now: Int64) -> UInt32 {
    UInt32(truncatingIfNeeded: now / 1_000_000) &+ timestampOffset
  }

  /// Ends the program's side: what was written is sent, then a FIN (RFC 9293, section 3.10.4).
  mutating func close() {
    guard !isClosed else { return }
    isClosed = true
    switch state {
    case .synReceived, .established, .closeWait:
      finSequence = SequenceNumber.later(sendUnacknowledged, initialSend + 1) + buffer.count
      state = state == .closeWait ? .lastAck : state == .established ? .finWait1 : state
    case .synSent: state = .closed
    case .closed, .finWait1, .finWait2, .closing, .lastAck, .timeWait: break
    }
  }
}
