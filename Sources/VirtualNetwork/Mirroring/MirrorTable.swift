/// The mirroring sessions of a VPC, in the order in which they are asked.
struct MirrorTable {
  /// By source, then by session number; the rules of each by number.
  private(set) var sessions: [MirrorSession] = []

  init() {}

  /// Checks and orders sessions.
  init(_ sessions: [MirrorSession], in network: VirtualPrivateCloud) throws(MirrorError) {
    var ordered: [MirrorSession] = []
    for session in sessions {
      try Self.check(session, in: network)
      let isTaken = ordered.contains {
        $0.source == session.source && $0.number == session.number
      }
      guard !isTaken else {
        throw .sessionNumberTaken(
          interface: network.interfaces[session.source.position].name, number: session.number)
      }
      var session = session
      session.filter.sort { $0.number < $1.number }
      ordered.append(session)
    }
    ordered.sort { ($0.source.rawValue, $0.number) < ($1.source.rawValue, $1.number) }
    self.sessions = ordered
  }

  private static func check(
    _ session: MirrorSession, in network: VirtualPrivateCloud
  ) throws(MirrorError) {
    precondition(
      network.interfaces.indices.contains(session.source.position)
        && network.interfaces.indices.contains(session.target.position),
      "no such network interface")
    let source = network.interfaces[session.source.position]
    guard source.type == .interface else {
      throw .sourceNotAllowed(interface: source.name, source.type)
    }
    guard session.source != session.target else { throw .targetIsSource(interface: source.name) }
    guard MirrorSession.numbers.contains(session.number) else {
      throw .sessionNumberOutOfRange(interface: source.name, number: session.number)
    }
    guard session.virtualNetworkIdentifier >> 24 == 0 else {
      throw .virtualNetworkIdentifierOutOfRange(
        interface: source.name, session.virtualNetworkIdentifier)
    }
    if let length = session.packetLength, !MirrorSession.packetLengths.contains(length) {
      throw .packetLengthOutOfRange(interface: source.name, length: length)
    }
    guard (68...9001).contains(session.targetMTU) else {
      throw .targetMTUOutOfRange(interface: source.name, mtu: session.targetMTU)
    }
    for (place, rule) in session.filter.enumerated() {
      guard MirrorSession.numbers.contains(rule.number) else {
        throw .ruleNumberOutOfRange(interface: source.name, number: rule.number)
      }
      let isTaken = session.filter[..<place].contains {
        $0.number == rule.number && $0.direction == rule.direction
      }
      guard !isTaken else {
        throw .ruleNumberTaken(interface: source.name, rule.direction, number: rule.number)
      }
    }
  }

  /// The session that copies a packet which passes `interface`, if one does.
  func session(
    for packet: FramePacket, at interface: InterfaceIndex, _ direction: TrafficDirection,
    isAmazonDNS: Bool
  ) -> MirrorSession? {
    for session in sessions where session.source == interface {
      if isAmazonDNS, !session.mirrorsAmazonDNS { continue }
      if session.takes(packet, direction) { return session }
    }
    return nil
  }
}
