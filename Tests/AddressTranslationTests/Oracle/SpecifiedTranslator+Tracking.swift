import AddressTranslation
import PacketFormats

/// How a session is followed (RFC 6146, section 3.5.2; RFC 7857, section 2).
extension SpecifiedTranslator {
  /// Takes note of a packet of a known session.
  ///
  /// - Returns: why it is none, if it only looks like one.
  mutating func follow(
    _ index: Int, _ packet: SpecifiedPacket, from side: Side, at now: Int64
  ) -> DropReason? {
    var session = sessions[index]
    let before = session.state
    if let reason = unfitness(of: packet, for: session, from: side) { return reason }
    session.state = next(&session, packet, from: side)
    let holdsPort = session.state == .closed || session.state == .reset
    if session.state != before || !holdsPort && (side == .inside || behavior.inboundRefresh) {
      session.lastUsed = now
    }
    sessions[index] = session
    if session.state != before {
      if before == .openingAnswered, session.state == .established {
        counters.connectionsEstablished += 1
      }
      if before == .closed || before == .reset, session.state == .opening {
        counters.connectionAttempts += 1
      }
      note(.changed(from: before), session, at: now)
    }
    return nil
  }

  /// Why a packet cannot be of a session that it seems to be of.
  func unfitness(
    of packet: SpecifiedPacket, for session: Session, from side: Side
  ) -> DropReason? {
    let isFirstSide = (side == .inside) == session.beganInside
    if packet.protocol == .icmp {
      // Where outside nobody may begin anything, it is the one who asked that is answered.
      guard hasStrictFiltering, !session.isFixed, (packet.message == .reply) == isFirstSide else {
        return nil
      }
      return side == .inside ? .midConnection : .filtered
    }
    guard packet.protocol == .tcp else { return nil }
    if packet.flags.contains(.rst) {
      return believes(session, packet, from: side) ? nil : .resetOutsideWindow
    }
    guard behavior.checksSegments else { return nil }
    let flags = packet.flags
    let fits: Bool
    switch (isFirstSide, session.state) {
    // The first side answers a SYN only where both begin at once.
    case (true, let state) where flags.contains(.syn) && flags.contains(.ack):
      fits = state == .openingAnswered
    // Before the other side has answered, the first can but begin.
    case (true, .opening): fits = begins(flags)
    case (true, _): fits = true
    // The other side begins only together with the first, and ends nothing that it has not begun.
    case (false, let state) where begins(flags):
      fits = state == .opening || state == .openingAnswered
    case (false, .opening): fits = !flags.contains(.fin)
    case (false, _): fits = true
    }
    return fits ? nil : .midConnection
  }

  /// Whether only who is known by address and port is let in.
  private var hasStrictFiltering: Bool {
    behavior.filtering == .addressAndPortDependent
      || sharesPorts && behavior.mapping == .addressAndPortDependent
  }

  /// Whether TCPs send these control bits together (RFC 9293, section 3.10).
  func isSensible(_ flags: TCPHeader.Flags) -> Bool {
    let ends = [TCPHeader.Flags.syn, .fin, .rst].filter { flags.contains($0) }
    guard ends.count <= 1, !ends.isEmpty || flags.contains(.ack) else { return false }
    if flags.contains(.fin) { return flags.contains(.ack) }
    if flags.contains(.urg) {
      return !flags.contains(.rst) && !(flags.contains(.syn) && flags.contains(.ack))
    }
    return true
  }

  private func next(
    _ session: inout Session, _ packet: SpecifiedPacket, from side: Side
  ) -> Translation.State {
    let isFirstSide = (side == .inside) == session.beganInside
    switch packet.protocol {
    case .tcp: break
    case .udp: return isFirstSide ? session.state : .udpTwoWay
    default: return session.state
    }
    let flags = packet.flags
    let (own, peer) = (side.rawValue, 1 - side.rawValue)
    let isOver = session.state == .closed || session.state == .reset
    if flags.contains(.rst) { return isOver ? session.state : .reset }
    if isOver { return goOn(&session, packet, from: side) }
    if flags.contains(.syn), !session.ends[own].sentSYN {
      session.ends[own].sentSYN = true
      session.ends[own].next = packet.sequenceEnd
    }
    let isNear = isNear(session, packet, from: side)
    advance(&session, packet, from: side)
    if session.state == .opening {
      return session.ends.allSatisfy(\.sentSYN) ? .openingAnswered : .opening
    }
    if flags.contains(.ack), let end = session.ends[peer].finEnd,
      packet.acknowledgment &- end < 0x8000_0000
    {
      session.ends[peer].finAcknowledged = true
    }
    if flags.contains(.fin), isNear {
      session.ends[own].next = packet.sequenceEnd
      session.ends[own].finEnd = packet.sequenceEnd
    }
    switch session.ends.count(where: { $0.finEnd != nil }) {
    case 2: return session.ends.allSatisfy(\.finAcknowledged) ? .closed : .closing
    case 1: return .halfClosed
    default: break
    }
    if session.state == .openingAnswered, isFirstSide, flags.contains(.ack), !flags.contains(.syn) {
      return .established
    }
    return session.state
  }

  /// Follows a connection that was closed or reset.
  private func goOn(
    _ session: inout Session, _ packet: SpecifiedPacket, from side: Side
  ) -> Translation.State {
    // Assumed, as in Linux: who may begin a connection may do so again with the same ports.
    let mayBegin =
      side == .inside || !session.beganInside || session.isFixed
      || behavior.filtering == .endpointIndependent
        && (!sharesPorts || behavior.mapping == .endpointIndependent)
    let (own, peer) = (side.rawValue, 1 - side.rawValue)
    if begins(packet.flags), mayBegin {
      session.ends = [.init(), .init()]
      session.ends[own].sentSYN = true
      session.ends[own].next = packet.sequenceEnd
      session.beganInside = side == .inside
      return .opening
    }
    guard session.state == .reset, behavior.revivesAfterReset else { return session.state }
    session.ends[own].next = session.ends[own].next ?? packet.sequenceEnd
    session.ends[peer].next = session.ends[peer].next ?? packet.acknowledgment
    for side in 0...1 {
      session.ends[side].sentSYN = true
      session.ends[side].finEnd = nil
      session.ends[side].finAcknowledged = false
    }
    return .established
  }

  // MARK: Sequence numbers

  /// Whether a segment begins within the window from the next byte expected of its side.
  private func isNear(_ session: Session, _ packet: SpecifiedPacket, from side: Side) -> Bool {
    guard let next = session.ends[side.rawValue].next else { return true }
    let window = behavior.resetWindow ?? UInt32(Int32.max)
    let distance = packet.sequence &- next
    return distance <= window || 0 &- distance <= window
  }

  /// Takes note of how far a side has come; one that leaps is not believed, and nothing comes
  /// after a FIN.
  private func advance(_ session: inout Session, _ packet: SpecifiedPacket, from side: Side) {
    guard let next = session.ends[side.rawValue].next, session.ends[side.rawValue].finEnd == nil
    else { return }
    let step = packet.sequenceEnd &- next
    if step <= behavior.resetWindow ?? UInt32(Int32.max) {
      session.ends[side.rawValue].next = packet.sequenceEnd
    }
  }

  private func believes(_ session: Session, _ packet: SpecifiedPacket, from side: Side) -> Bool {
    guard behavior.resetWindow != nil else { return true }
    if session.ends[side.rawValue].next != nil { return isNear(session, packet, from: side) }
    // To a SYN only a RST that acknowledges it counts (RFC 9293, section 3.10.7.3).
    return packet.flags.contains(.ack)
      && packet.acknowledgment == session.ends[1 - side.rawValue].next
  }
}
