import PacketFormats
import SimulatedTime

/// What a network interface remembers of one flow, both directions, in 32 bytes.
///
/// The key has the interface's own end first, so that a packet out and its reply find the same entry.
struct FlowEntry {
  /// The interface's end above the far end.
  private(set) var addresses: UInt64
  /// ``FlowKey/ends``, with the interface's index plus one in the 23 bits that it leaves free.
  private(set) var ends: UInt64
  /// When the last packet passed, in nanoseconds since the run began.
  var lastSeen: Int64
  /// The decision about packets out in the low 28 bits, the phase in the top 4.
  private var egressWord: UInt32
  /// The decision about packets in in the low 28 bits, who began the connection in the top one, and
  /// below it whether the connection counts twice.
  private var ingressWord: UInt32

  /// Bits of a word that hold a decision's index plus one, 0 standing for none.
  private static var decisionMask: UInt32 { 1 << 28 - 1 }
  private static var initiatorBit: UInt32 { 1 << 31 }
  private static var countsTwiceBit: UInt32 { 1 << 30 }

  /// The most decisions and network interfaces that an entry can tell apart.
  static var decisionLimit: Int { 1 << 28 - 1 }
  static var interfaceLimit: Int { 1 << 23 - 1 - arrivalLimit }
  /// How many places behind the interfaces there are for what comes in through gateways.
  static var arrivalLimit: Int { 1 << 16 }

  /// An empty slot: no interface has index -1.
  static var vacant: FlowEntry { FlowEntry(addresses: 0, ends: 0) }

  private init(addresses: UInt64, ends: UInt64) {
    self.addresses = addresses
    self.ends = ends
    lastSeen = 0
    egressWord = 0
    ingressWord = 0
  }

  /// An entry without decisions.
  ///
  /// - Parameters:
  ///   - key: The flow with the interface's own end as its source.
  ///   - interface: The interface.
  init(_ key: FlowKey, at interface: InterfaceIndex) {
    self.init(addresses: key.addresses, ends: Self.ends(of: key, at: interface))
  }

  @inline(__always)
  static func ends(of key: FlowKey, at interface: InterfaceIndex) -> UInt64 {
    key.ends | UInt64(interface.rawValue &+ 1) << 32
  }

  /// Where to begin looking for a flow, spread over all 64-bit numbers.
  @inline(__always)
  static func fingerprint(addresses: UInt64, ends: UInt64) -> UInt64 {
    var h = addresses ^ ends &* 0x9e37_79b9_7f4a_7c15
    h = (h ^ h >> 32) &* 0xd6e8_feb8_6659_fd93
    h = (h ^ h >> 32) &* 0xd6e8_feb8_6659_fd93
    return h ^ h >> 32
  }

  var fingerprint: UInt64 { Self.fingerprint(addresses: addresses, ends: ends) }

  var isVacant: Bool { ends == 0 }

  var phase: ConnectionPhase {
    get { ConnectionPhase(rawValue: UInt8(egressWord >> 28)) ?? .none }
    set { egressWord = egressWord & Self.decisionMask | UInt32(newValue.rawValue) << 28 }
  }

  /// Which way the connection's first packet went; meaningless when there is none.
  var initiator: TrafficDirection {
    get { ingressWord & Self.initiatorBit == 0 ? .egress : .ingress }
    set {
      ingressWord =
        ingressWord & ~Self.initiatorBit | (newValue == .ingress ? Self.initiatorBit : 0)
    }
  }

  /// How many of the interface's connections it is: a connection that passes a gateway endpoint of
  /// DynamoDB is two (AWS, "Security group connection tracking").
  var weight: Int32 {
    get { ingressWord & Self.countsTwiceBit == 0 ? 1 : 2 }
    set {
      ingressWord = ingressWord & ~Self.countsTwiceBit | (newValue == 2 ? Self.countsTwiceBit : 0)
    }
  }

  /// The place in ``DataPlane`` of the interface that remembers it.
  var interfacePosition: Int { Int(ends >> 32 & 0x7f_ffff) - 1 }

  /// The decision about packets that go in `direction`.
  func decision(_ direction: TrafficDirection) -> DecisionIndex? {
    let word = (direction == .egress ? egressWord : ingressWord) & Self.decisionMask
    return word == 0 ? nil : DecisionIndex(rawValue: word - 1)
  }

  mutating func setDecision(_ decision: DecisionIndex?, _ direction: TrafficDirection) {
    let bits = decision.map { $0.rawValue + 1 } ?? 0
    if direction == .egress {
      egressWord = egressWord & ~Self.decisionMask | bits
    } else {
      ingressWord = ingressWord & ~Self.decisionMask | bits
    }
  }
}
