import PacketFormats
import SimulatedTime

/// All that is remembered of one flow: one cache line.
struct FlowRecord: SlabRecord {
  /// When the idle timer was last restarted, in nanoseconds since the simulation began.
  var lastUsed: Int64
  /// When the flow began, in nanoseconds since the simulation began.
  var made: Int64

  /// The inside end as a ``FlowKey`` has it, and above it the outside port.
  private var insideWord: UInt64
  /// The remote end and the protocol as a ``FlowKey`` has them.
  private var remoteWord: UInt64
  private(set) var outsideAddress: UInt32
  var state: Translation.State
  var marks: Marks = []

  /// The timing wheel's bookkeeping: which list the flow is in, and its neighbours there.
  var timerList: UInt16 = 0
  var timerNext: UInt32 = 0
  var timerPrevious: UInt32 = 0

  /// The number of the binding whose port the flow uses, or 0 if the port is the flow's own, or
  /// ``Binding/fixed``.
  var binding: UInt32 = 0
  /// TCP: the sequence number after everything that the inside host has sent.
  private(set) var insideEnd: UInt32 = 0
  /// TCP: the sequence number after everything that the remote host has sent.
  private(set) var outsideEnd: UInt32 = 0
  /// Tells flows apart that began at the same instant.
  var serial: UInt32

  /// What has been seen of a flow, besides its state.
  struct Marks: OptionSet, BitwiseCopyable {
    var rawValue: UInt8
    /// The first packet came from outside.
    static let beganOutside = Marks(rawValue: 1 << 0)
    static let insideSYN = Marks(rawValue: 1 << 1)
    static let outsideSYN = Marks(rawValue: 1 << 2)
    static let insideFIN = Marks(rawValue: 1 << 3)
    static let outsideFIN = Marks(rawValue: 1 << 4)
    static let insideFINAcknowledged = Marks(rawValue: 1 << 5)
    static let outsideFINAcknowledged = Marks(rawValue: 1 << 6)
  }

  /// A record that is not in use.
  static let blank = FlowRecord(
    key: .blank, outsideAddress: 0, outsidePort: 0,
    state: .udpOneWay, now: 0, serial: 0)

  /// A flow that begins at `now`.
  ///
  /// - Parameters:
  ///   - key: The flow as the inside host sees it.
  ///   - outsideAddress: The address that stands for it outside.
  ///   - outsidePort: The port that stands for it outside.
  ///   - state: The state it begins in.
  ///   - now: Now, in nanoseconds since the simulation began.
  ///   - serial: A number that no flow begun at the same instant has.
  init(
    key: FlowKey, outsideAddress: UInt32, outsidePort: UInt16, state: Translation.State,
    now: Int64, serial: UInt32
  ) {
    lastUsed = now
    made = now
    insideWord = UInt64(outsidePort) << 48 | key.local
    remoteWord = key.remote
    self.outsideAddress = outsideAddress
    self.state = state
    self.serial = serial
  }

  /// Whether packets on their way out show the flow with this key.
  @inline(__always)
  func isOutbound(_ key: FlowKey) -> Bool {
    (insideWord ^ key.local) &<< 16 == 0 && remoteWord == key.remote
  }

  /// Whether packets on their way in show the flow with this key.
  @inline(__always)
  func isInbound(_ key: FlowKey) -> Bool {
    outsideWord == key.local && remoteWord == key.remote
  }

  /// Whether the idle timer has run for `timeout` nanoseconds by `now`.
  @inline(__always)
  func wasIdle(for timeout: Int64, by now: Int64) -> Bool {
    // The difference of two instants in order fits an unsigned number, whatever they are.
    now > lastUsed && UInt64(bitPattern: now &- lastUsed) >= UInt64(bitPattern: timeout)
  }

  /// Restarts the idle timer.
  ///
  /// The wheel learns of it when the flow's old end comes up.
  @inline(__always)
  mutating func refresh(now: Int64) {
    if now > lastUsed { lastUsed = now }
  }

  /// TCP: takes note of how far a side has come.
  ///
  /// A step of more than `window` bytes counts for nothing: nobody may shift by one segment what
  /// others are measured by.
  @inline(__always)
  mutating func note(sequenceEnd end: UInt32, fromInside: Bool, within window: UInt32) {
    // Sequence numbers go round; a step backwards is a very long one forwards.
    if fromInside {
      if end &- insideEnd <= window { insideEnd = end }
    } else {
      if end &- outsideEnd <= window { outsideEnd = end }
    }
  }

  /// TCP: begins to count a side's sequence numbers anew.
  mutating func restart(sequenceEnd end: UInt32, fromInside: Bool) {
    if fromInside { insideEnd = end } else { outsideEnd = end }
  }

  var nextFree: UInt32 {
    get { timerNext }
    set { timerNext = newValue }
  }

  var hasBinding: Bool { binding != 0 && binding != Binding.fixed }

  var insideAddress: UInt32 { UInt32(truncatingIfNeeded: insideWord) }
  var insidePort: UInt16 { UInt16(truncatingIfNeeded: insideWord &>> 32) }
  var outsidePort: UInt16 { UInt16(truncatingIfNeeded: insideWord &>> 48) }
  var remoteAddress: UInt32 { outboundKey.remoteAddress }
  var remotePort: UInt16 { outboundKey.remotePort }
  /// Zero while the record is not in use.
  var protocolNumber: UInt8 { outboundKey.protocolNumber }

  /// The flow as packets on their way out show it.
  var outboundKey: FlowKey {
    FlowKey(local: insideWord & 0xffff_ffff_ffff, remote: remoteWord)
  }

  /// The flow as packets on their way in show it.
  var inboundKey: FlowKey {
    FlowKey(local: outsideWord, remote: remoteWord)
  }

  /// The outside end as a ``FlowKey`` has it.
  private var outsideWord: UInt64 {
    @inline(__always) get { UInt64(outsidePort) &<< 32 | UInt64(outsideAddress) }
  }
}

extension Translation {
  init(_ record: FlowRecord, timeouts: IdleTimeouts) {
    self.init(
      flow: Flow(
        protocol: IPProtocol(rawValue: record.protocolNumber),
        inside: TransportAddress(localOf: record.outboundKey),
        remote: TransportAddress(remoteOf: record.outboundKey)),
      outside: TransportAddress(localOf: record.inboundKey),
      state: record.state, made: Instant(nanoseconds: record.made),
      lastUsed: Instant(nanoseconds: record.lastUsed),
      expiry: Instant(nanoseconds: timeouts.end(of: record)))
  }
}
