import AddressTranslation
import PacketFormats
import SimulatedTime

/// What a translator has to do, said a second time and with no thought for speed.
///
/// How the RFCs are read where they leave room:
/// - A session ends when `now - lastUsed` reaches the timer of its state; what comes at that very
///   nanosecond comes too late.
/// - A mapping lives as long as one of its sessions (RFC 6146, section 3.5). Sessions made by packets
///   from outside belong to the mapping that they came in by.
/// - Packets from outside restart timers if the behaviour says so; a change of state always does.
struct SpecifiedTranslator {
  struct Session {
    var flow: Flow
    var outside: TransportAddress
    /// The part of the remote end that the mapping depends on.
    var mappedRemote: TransportAddress
    var state: Translation.State
    var made: Int64
    var lastUsed: Int64
    var beganInside: Bool
    var sawSYN: Set<Side> = []
    /// Where each side's FIN ends.
    var finEnd: [Side: UInt32] = [:]
    /// The sides whose FIN was acknowledged.
    var finAcknowledged: Set<Side> = []
  }

  enum Side { case inside, outside }

  let behavior: Behavior
  let outsideAddresses: [IPv4Address]
  var sessions: [Session] = []
  var events: [TranslationEvent] = []

  init(behavior: Behavior, outsideAddresses: [IPv4Address]) {
    self.behavior = behavior
    self.outsideAddresses = outsideAddresses
  }

  // MARK: Time

  func nanoseconds(_ state: Translation.State) -> Int64 {
    let (seconds, attoseconds) = behavior.timers[state].components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
  }

  func end(of session: Session) -> Int64 { session.lastUsed + nanoseconds(session.state) }

  mutating func expire(at now: Int64) {
    let ended = sessions.filter { end(of: $0) <= now }.sorted { end(of: $0) < end(of: $1) }
    guard !ended.isEmpty else { return }
    sessions = sessions.filter { end(of: $0) > now }
    for session in ended {
      let reason: TranslationEvent.EndReason =
        session.state == .closed ? .closed : session.state == .reset ? .reset : .idle
      note(.ended(reason), session, at: end(of: session))
    }
  }

  mutating func note(_ kind: TranslationEvent.Kind, _ session: Session, at now: Int64) {
    events.append(
      TranslationEvent(
        instant: Instant(nanoseconds: now), kind: kind, translation: translation(session)))
  }

  func translation(_ session: Session) -> Translation {
    Translation(
      flow: session.flow, outside: session.outside, state: session.state,
      made: Instant(nanoseconds: session.made), lastUsed: Instant(nanoseconds: session.lastUsed),
      expiry: Instant(nanoseconds: end(of: session)))
  }

  // MARK: Packets

  /// What must become of a packet, as far as that is determined.
  enum Outcome: Equatable {
    case verdict(Verdict)
    /// It must be translated to one of these outside ends, which is for the translator to choose.
    case newOutsideEnd(Set<TransportAddress>)
  }

  /// Judges a well-formed packet from inside.
  ///
  /// `bytes` becomes what it must be if its outside end is already decided.
  mutating func outbound(_ bytes: inout [UInt8], at now: Int64) -> Outcome {
    expire(at: now)
    if let refusal = refusal(of: bytes) { return .verdict(.dropped(refusal)) }
    if hasNoHopsLeft(bytes) { return .verdict(.dropped(.timeToLiveExceeded)) }
    let flow = Flow(
      protocol: IPProtocol(rawValue: bytes[9]), inside: TestPacket.source(of: bytes),
      remote: TestPacket.destination(of: bytes))
    if let known = sessions.firstIndex(where: { $0.flow == flow }) {
      follow(known, bytes, from: .inside, at: now)
      bytes = TestPacket.rewritten(
        bytes, source: sessions[known].outside, decrement: behavior.timeToLiveDecrement)
      return .verdict(.translated(isNew: false))
    }
    if outsideAddresses.contains(flow.remote.address) { return .verdict(.dropped(.hairpin)) }
    let flags = flags(of: bytes)
    if flow.protocol == .tcp, !begins(flags) {
      switch behavior.latePacketFromInside {
      case .reset:
        return .verdict(flags.contains(.rst) ? .dropped(.midConnection) : .resetSender)
      case .drop: return .verdict(.dropped(.midConnection))
      case .pickUp:
        let isPlain =
          flags.contains(.ack) && !flags.contains(.syn) && !flags.contains(.fin)
          && !flags.contains(.rst)
        if !isPlain { return .verdict(.dropped(.midConnection)) }
      }
    }
    let mappedRemote = mappedRemote(flow.remote)
    if let mapped = sessions.first(where: {
      $0.flow.protocol == flow.protocol && $0.flow.inside == flow.inside
        && $0.mappedRemote == mappedRemote
    }) {
      return .newOutsideEnd([mapped.outside])
    }
    let free = freeEnds(for: flow)
    return free.isEmpty ? .verdict(.dropped(.portsExhausted)) : .newOutsideEnd(free)
  }

  /// Makes the session that ``outbound(_:at:)`` left open, with the outside end that was chosen.
  mutating func begin(_ bytes: inout [UInt8], outside: TransportAddress, at now: Int64) {
    let flow = Flow(
      protocol: IPProtocol(rawValue: bytes[9]), inside: TestPacket.source(of: bytes),
      remote: TestPacket.destination(of: bytes))
    let flags = flags(of: bytes)
    var session = Session(
      flow: flow, outside: outside, mappedRemote: mappedRemote(flow.remote),
      state: flow.protocol == .udp ? .udpOneWay : begins(flags) ? .opening : .established,
      made: now, lastUsed: now, beganInside: true)
    if flow.protocol == .tcp {
      session.sawSYN = begins(flags) ? [.inside] : [.inside, .outside]
    }
    sessions.append(session)
    note(.made, session, at: now)
    bytes = TestPacket.rewritten(
      bytes, source: outside, decrement: behavior.timeToLiveDecrement)
  }

  /// Judges a well-formed packet from outside, and makes of `bytes` what it must be.
  mutating func inbound(_ bytes: inout [UInt8], at now: Int64) -> Verdict {
    expire(at: now)
    if let refusal = refusal(of: bytes) { return .dropped(refusal) }
    let `protocol` = IPProtocol(rawValue: bytes[9])
    let outside = TestPacket.destination(of: bytes)
    let remote = TestPacket.source(of: bytes)
    if let known = sessions.firstIndex(where: {
      $0.flow.protocol == `protocol` && $0.outside == outside && $0.flow.remote == remote
    }) {
      if hasNoHopsLeft(bytes) { return .dropped(.timeToLiveExceeded) }
      follow(known, bytes, from: .outside, at: now)
      bytes = TestPacket.rewritten(
        bytes, destination: sessions[known].flow.inside, decrement: behavior.timeToLiveDecrement)
      return .translated(isNew: false)
    }
    // The mapping that the packet is meant for.
    guard
      let mapped = sessions.first(where: {
        $0.flow.protocol == `protocol` && $0.outside == outside
          && (!sharesPorts || $0.mappedRemote == mappedRemote(remote))
      })
    else { return .dropped(.unsolicited) }
    let isKnown = sessions.contains {
      guard $0.flow.protocol == `protocol`, $0.outside == outside,
        $0.flow.inside == mapped.flow.inside
      else { return false }
      switch behavior.filtering {
      case .endpointIndependent: return true
      case .addressDependent: return $0.flow.remote.address == remote.address
      case .addressAndPortDependent: return $0.flow.remote == remote
      }
    }
    guard isKnown else { return .dropped(.filtered) }
    // Only what is forwarded needs hops (RFC 1812, section 5.3.1).
    if hasNoHopsLeft(bytes) { return .dropped(.timeToLiveExceeded) }
    guard `protocol` == .udp || begins(flags(of: bytes)) else { return .dropped(.midConnection) }
    let flow = Flow(protocol: `protocol`, inside: mapped.flow.inside, remote: remote)
    guard !sessions.contains(where: { $0.flow == flow }) else { return .dropped(.filtered) }
    let session = Session(
      flow: flow, outside: outside, mappedRemote: mapped.mappedRemote,
      state: `protocol` == .udp ? .udpOneWay : .opening, made: now, lastUsed: now,
      beganInside: false, sawSYN: `protocol` == .tcp ? [.outside] : [])
    sessions.append(session)
    note(.made, session, at: now)
    bytes = TestPacket.rewritten(
      bytes, destination: flow.inside, decrement: behavior.timeToLiveDecrement)
    return .translated(isNew: true)
  }

  private func refusal(of bytes: [UInt8]) -> DropReason? {
    if bytes[9] != 6 && bytes[9] != 17 { return .unsupportedProtocol }
    if TestPacket.word(at: 6, of: bytes) & 0x3fff != 0 { return .fragment }
    return nil
  }

  private func hasNoHopsLeft(_ bytes: [UInt8]) -> Bool {
    behavior.timeToLiveDecrement > 0 && bytes[8] <= behavior.timeToLiveDecrement
  }

  private func flags(of bytes: [UInt8]) -> TCPHeader.Flags {
    bytes[9] == 6
      ? TCPHeader.Flags(rawValue: bytes[TestPacket.headerByteCount(bytes) + 13]) : []
  }

  private func begins(_ flags: TCPHeader.Flags) -> Bool {
    flags.contains(.syn) && !flags.contains(.ack) && !flags.contains(.fin)
      && !flags.contains(.rst)
  }

  // MARK: Ports

  var sharesPorts: Bool { behavior.portOverloading && behavior.mapping != .endpointIndependent }

  func mappedRemote(_ remote: TransportAddress) -> TransportAddress {
    switch behavior.mapping {
    case .endpointIndependent: TransportAddress(IPv4Address(rawValue: 0), 0)
    case .addressDependent: TransportAddress(remote.address, 0)
    case .addressAndPortDependent: remote
    }
  }

  func range(for insidePort: UInt16) -> ClosedRange<UInt16> {
    guard behavior.keepsLowPortsLow, insidePort < 1024 else { return behavior.ports }
    return insidePort < 512 ? 1...511 : 600...1023
  }

  /// Those of some outside ends that no other session has.
  func unused(
    _ ends: some Sequence<TransportAddress>, for flow: Flow
  ) -> Set<TransportAddress> {
    Set(ends).subtracting(
      sessions.filter {
        $0.flow.protocol == flow.protocol
          && (!sharesPorts || $0.mappedRemote == mappedRemote(flow.remote))
      }.map(\.outside))
  }

  func freeEnds(for flow: Flow) -> Set<TransportAddress> {
    var free: Set<TransportAddress> = []
    for address in outsideAddresses {
      for port in range(for: flow.inside.port) {
        free.insert(TransportAddress(address, port))
      }
    }
    free = unused(free, for: flow)
    // Below 1024 any port is kept if it can be, also one that no other flow would be given.
    let isLow = behavior.keepsLowPortsLow && flow.inside.port < 1024
    let kept =
      isLow
      ? unused(outsideAddresses.map { TransportAddress($0, flow.inside.port) }, for: flow)
      : free.filter { $0.port == flow.inside.port }
    // With several addresses it is not said which one is tried first.
    let mustKeep = behavior.portChoice == .preserve && kept.count == outsideAddresses.count
    return mustKeep ? kept : free.union(kept)
  }

  // MARK: Tracking

  private mutating func follow(_ index: Int, _ bytes: [UInt8], from side: Side, at now: Int64) {
    var session = sessions[index]
    let before = session.state
    session.state = next(&session, bytes, from: side)
    let holdsPort = session.state == .closed || session.state == .reset
    if session.state != before
      || !holdsPort && (side == .inside || behavior.inboundRefresh)
    {
      session.lastUsed = now
    }
    sessions[index] = session
    if session.state != before { note(.changed(from: before), session, at: now) }
  }

  private func next(
    _ session: inout Session, _ bytes: [UInt8], from side: Side
  ) -> Translation.State {
    if bytes[9] == 17 {
      return (side == .inside) == session.beganInside ? session.state : .udpTwoWay
    }
    let start = TestPacket.headerByteCount(bytes)
    let flags = flags(of: bytes)
    let sequence = TestPacket.long(at: start + 4, of: bytes)
    let acknowledgment = TestPacket.long(at: start + 8, of: bytes)
    let payload = bytes.count - start - Int(bytes[start + 12] >> 4) * 4
    let peer: Side = side == .inside ? .outside : .inside

    let isOver = session.state == .closed || session.state == .reset
    if flags.contains(.rst) { return isOver ? session.state : .reset }
    if isOver {
      guard begins(flags), side == .inside || !session.beganInside else { return session.state }
      session.sawSYN = [side]
      session.finEnd = [:]
      session.finAcknowledged = []
      session.beganInside = side == .inside
      return .opening
    }
    if flags.contains(.syn) { session.sawSYN.insert(side) }
    if session.state == .opening {
      return session.sawSYN.count == 2 ? .openingAnswered : .opening
    }
    if flags.contains(.ack), let end = session.finEnd[peer], acknowledgment &- end < 0x8000_0000 {
      session.finAcknowledged.insert(peer)
    }
    if flags.contains(.fin) {
      session.finEnd[side] =
        sequence &+ UInt32(payload) &+ (flags.contains(.syn) ? 1 : 0) &+ 1
    }
    switch session.finEnd.count {
    case 2: return session.finAcknowledged.count == 2 ? .closed : .closing
    case 1: return .halfClosed
    default: break
    }
    if session.state == .openingAnswered, (side == .inside) == session.beganInside,
      flags.contains(.ack), !flags.contains(.syn)
    {
      return .established
    }
    return session.state
  }
}
