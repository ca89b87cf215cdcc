import PacketFormats
import SimulatedTime

/// All that is remembered of one flow: one cache line.
struct FlowRecord: SlabRecord {
  /// When the idle timer was last restarted, in nanoseconds since the simulation began.
  var lastUsed: Int64
  /// When the flow began, in nanoseconds since the simulation began.
  var made: Int64

  /// Inside address in the upper half, remote address in the lower, as in ``FlowKey``: the way out
  /// is then compared in two wide words.
  private var addresses: UInt64
  /// Inside port in the upper half, remote port in the lower.
  private var ports: UInt32
  var outsideAddress: UInt32
  var outsidePort: UInt16
  /// Zero while the record is not in use.
  var protocolNumber: UInt8
  var state: Translation.State
  var marks: Marks = []

  /// The timing wheel's bookkeeping: which list the flow is in, and its neighbours there.
  var timerList: UInt16 = 0
  var timerNext: UInt32 = 0
  var timerPrevious: UInt32 = 0

  /// The number of the binding whose port the flow uses, or 0 if the port is the flow's own.
  var binding: UInt32 = 0
  /// The sequence number after the inside host's FIN, once there is one.
  var insideEnd: UInt32 = 0
  /// The sequence number after the remote host's FIN, once there is one.
  var outsideEnd: UInt32 = 0
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
    key: FlowKey(addresses: 0, ports: 0, protocolNumber: 0), outsideAddress: 0, outsidePort: 0,
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
    addresses = key.addresses
    ports = key.ports
    self.outsideAddress = outsideAddress
    self.outsidePort = outsidePort
    protocolNumber = key.protocolNumber
    self.state = state
    self.serial = serial
  }

  /// Whether a packet with these control bits leaves the flow in the state it is in, whatever else
  /// it says. UDP has no control bits.
  @inline(__always)
  func isUnmoved(by control: ControlBits, fromInside: Bool) -> Bool {
    switch state {
    case .udpTwoWay, .established: control.isDisjoint(with: [.syn, .fin, .rst])
    case .udpOneWay: marks.contains(.beganOutside) != fromInside
    default: false
    }
  }

  /// Restarts the idle timer. The wheel learns of it when the flow's old end comes up.
  @inline(__always)
  mutating func refresh(now: Int64) {
    if now > lastUsed { lastUsed = now }
  }

  var nextFree: UInt32 {
    get { timerNext }
    set { timerNext = newValue }
  }

  var insideAddress: UInt32 { outboundKey.localAddress }
  var insidePort: UInt16 { outboundKey.localPort }
  var remoteAddress: UInt32 { outboundKey.remoteAddress }
  var remotePort: UInt16 { outboundKey.remotePort }

  /// The flow as packets on their way out show it.
  @inline(__always)
  var outboundKey: FlowKey {
    FlowKey(addresses: addresses, ports: ports, protocolNumber: protocolNumber)
  }

  /// The flow as packets on their way in show it.
  @inline(__always)
  var inboundKey: FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: outsideAddress, localPort: outsidePort,
      remoteAddress: remoteAddress, remotePort: remotePort)
  }
}

extension Translation {
  init(_ record: FlowRecord, timeouts: IdleTimeouts) {
    self.init(
      flow: Flow(
        protocol: IPProtocol(rawValue: record.protocolNumber),
        inside: TransportAddress(
          IPv4Address(rawValue: record.insideAddress), record.insidePort),
        remote: TransportAddress(
          IPv4Address(rawValue: record.remoteAddress), record.remotePort)),
      outside: TransportAddress(
        IPv4Address(rawValue: record.outsideAddress), record.outsidePort),
      state: record.state, made: Instant(nanoseconds: record.made),
      lastUsed: Instant(nanoseconds: record.lastUsed),
      expiry: Instant(nanoseconds: timeouts.end(of: record)))
  }
}
