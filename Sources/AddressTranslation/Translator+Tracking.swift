import PacketFormats
import SimulatedTime

/// How a flow is followed from packet to packet (RFC 5382, section 2.1; RFC 6146, section 3.5.2;
/// RFC 7857, section 2).
extension Translator {
  /// Takes note of a packet of a known flow.
  ///
  /// - Returns: why it is refused, with nothing changed, if it only looks like one.
  mutating func follow(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, now: Int64
  ) -> DropReason? {
    if let reason = refusal(of: packet, to: flows[index], fromInside: fromInside) {
      return reason
    }
    if rules.timeouts.whenUnmoved(
      flows[index], by: packet.control, fromInside: fromInside) != nil
    {
      noteUse(packet, of: index, fromInside: fromInside, now: now)
    } else if packet.isTCP {
      followTCP(packet, of: index, fromInside: fromInside, now: now)
    } else {
      // The first packet the other way.
      change(index, to: .udpTwoWay, now: now)
    }
    return nil
  }

  /// Why a packet cannot be of the flow that it seems to be of, if that is so.
  func refusal(
    of packet: TransportPacket, to record: FlowRecord, fromInside: Bool
  ) -> DropReason? {
    if packet.isTCP, packet.control.contains(.rst) {
      return isCredibleReset(packet, record, fromInside: fromInside) ? nil : .resetOutsideWindow
    }
    let isFromBeginner = fromInside != record.marks.contains(.beganOutside)
    if packet.isQuery {
      // Who may not begin a flow may not ask either, not even whom it has answered.
      let isOneWay =
        rules.filtering == .addressAndPortDependent && record.binding != Binding.fixed
      guard isOneWay, packet.isReply == isFromBeginner else { return nil }
      return fromInside ? .midConnection : .filtered
    }
    guard packet.isTCP, rules.checksSegments else { return nil }
    let isFitting: Bool
    if isFromBeginner, packet.control.contains([.syn, .ack]) {
      // Only where both begin at once does the first one answer a SYN (RFC 9293, section 3.5).
      isFitting = record.state == .openingAnswered
    } else if isFromBeginner {
      // Nothing can be acknowledged or ended that the other side has not answered.
      isFitting = record.state != .opening || packet.control.openConnection
    } else if packet.control.openConnection {
      // The other side begins only together with the first one.
      isFitting = record.state == .opening || record.state == .openingAnswered
    } else {
      isFitting = record.state != .opening || !packet.control.contains(.fin)
    }
    return isFitting ? nil : .midConnection
  }

  /// Takes note of a packet that leaves its flow in the state it is in.
  private mutating func noteUse(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, now: Int64
  ) {
    if fromInside || rules.behavior.inboundRefresh { flows[index].refresh(now: now) }
    guard packet.isTCP else { return }
    flows[index].note(
      sequenceEnd: packet.sequenceEnd, fromInside: fromInside, within: rules.sequenceWindow)
  }

  /// Moves a flow on, and restarts its timer with the time of the new state.
  private mutating func change(_ index: UInt32, to state: Translation.State, now: Int64) {
    // What ended before this packet came is told before it.
    if recordsEvents { endIdle(by: now) }
    let previous = flows[index].state
    let previousEnd = rules.timeouts.end(of: flows[index])
    flows[index].state = state
    flows[index].lastUsed = max(flows[index].lastUsed, now)
    let end = rules.timeouts.end(of: flows[index])
    if end < previousEnd {
      wheel.remove(index, in: &flows)
      wheel.file(index, endingAt: end, in: &flows)
    }
    if previous == .openingAnswered, state == .established { counters.connectionsEstablished += 1 }
    note(.changed(from: previous), of: flows[index], at: flows[index].lastUsed)
  }

  /// Whether a segment's sequence number is near the next one expected of its side.
  private func isNear(_ packet: TransportPacket, _ record: FlowRecord, fromInside: Bool) -> Bool {
    let distance = Int32(
      bitPattern: packet.sequenceNumber
        &- (fromInside ? record.insideEnd : record.outsideEnd))
    return distance.magnitude <= rules.sequenceWindow
  }

  /// Whether a RST may come from someone who sees the connection (RFC 5961, section 3, has the
  /// hosts' own, stricter rule).
  private func isCredibleReset(
    _ packet: TransportPacket, _ record: FlowRecord, fromInside: Bool
  ) -> Bool {
    guard rules.behavior.resetWindow != nil else { return true }
    if record.marks.contains(fromInside ? .insideSYN : .outsideSYN) {
      return isNear(packet, record, fromInside: fromInside)
    }
    // RFC 9293, section 3.10.7.3: a SYN is refused by acknowledging it.
    return packet.control.contains(.ack)
      && packet.acknowledgmentNumber == (fromInside ? record.outsideEnd : record.insideEnd)
  }

  /// Takes note of a TCP segment that may move its connection on.
  @inline(never)
  private mutating func followTCP(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, now: Int64
  ) {
    let state = flows[index].state
    if packet.control.contains(.rst) {
      // RFC 7857, section 2.2: a RST does not end the session at once. That it starts the hold on
      // the port is N-09.
      if state != .reset && state != .closed { change(index, to: .reset, now: now) }
      return
    }
    if state == .closed || state == .reset {
      reopen(index, with: packet, fromInside: fromInside, now: now)
      return
    }
    noteNumbers(packet, of: index, fromInside: fromInside)
    let next = nextState(of: flows[index], after: packet, fromInside: fromInside)
    if next != state {
      change(index, to: next, now: now)
    } else if fromInside || rules.behavior.inboundRefresh {
      flows[index].refresh(now: now)
    }
  }

  /// Lets a connection begin again whose port is still held, or go on after a RST that its ends
  /// did not believe.
  ///
  /// Assumed: the side that may begin connections may do so again with the same ports, as in
  /// Linux. Anything else passes without effect.
  private mutating func reopen(
    _ index: UInt32, with packet: TransportPacket, fromInside: Bool, now: Int64
  ) {
    let mayBegin =
      fromInside || flows[index].marks.contains(.beganOutside)
      || flows[index].binding == Binding.fixed || rules.filtering == .endpointIndependent
    if packet.control.openConnection, mayBegin {
      flows[index].marks = fromInside ? .insideSYN : [.beganOutside, .outsideSYN]
      flows[index].restart(sequenceEnd: packet.sequenceEnd, fromInside: fromInside)
      counters.connectionAttempts += 1
      change(index, to: .opening, now: now)
    } else if flows[index].state == .reset, rules.behavior.revivesAfterReset {
      flows[index].marks.subtract([
        .insideFIN, .outsideFIN, .insideFINAcknowledged, .outsideFINAcknowledged,
      ])
      // A side that was not heard before begins where this segment has it.
      if !flows[index].marks.contains(fromInside ? .insideSYN : .outsideSYN) {
        flows[index].restart(sequenceEnd: packet.sequenceEnd, fromInside: fromInside)
      }
      if !flows[index].marks.contains(fromInside ? .outsideSYN : .insideSYN) {
        flows[index].restart(sequenceEnd: packet.acknowledgmentNumber, fromInside: !fromInside)
      }
      flows[index].marks.formUnion([.insideSYN, .outsideSYN])
      change(index, to: .established, now: now)
    }
  }

  private func nextState(
    of record: FlowRecord, after packet: TransportPacket, fromInside: Bool
  ) -> Translation.State {
    let marks = record.marks
    if marks.isSuperset(of: [.insideFIN, .outsideFIN]) {
      return marks.isSuperset(of: [.insideFINAcknowledged, .outsideFINAcknowledged])
        ? .closed : .closing
    }
    if !marks.isDisjoint(with: [.insideFIN, .outsideFIN]) { return .halfClosed }
    switch record.state {
    case .opening:
      return marks.isSuperset(of: [.insideSYN, .outsideSYN]) ? .openingAnswered : .opening
    case .openingAnswered:
      // The side that began answers the other's SYN.
      let isFromBeginner = fromInside != marks.contains(.beganOutside)
      return isFromBeginner && packet.control.intersection([.syn, .ack]) == .ack
        ? .established : .openingAnswered
    default:
      return record.state
    }
  }

  /// Remembers how far a side has come, where its FIN ends, and whether the other's was
  /// acknowledged.
  private mutating func noteNumbers(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool
  ) {
    let wasOpening = flows[index].state == .opening
    let mark: FlowRecord.Marks = fromInside ? .insideSYN : .outsideSYN
    if packet.control.contains(.syn), !flows[index].marks.contains(mark) {
      flows[index].marks.insert(mark)
      flows[index].restart(sequenceEnd: packet.sequenceEnd, fromInside: fromInside)
    }
    let isNear = isNear(packet, flows[index], fromInside: fromInside)
    let fin: FlowRecord.Marks = fromInside ? .insideFIN : .outsideFIN
    if !wasOpening {
      noteAcknowledgment(packet, of: index, fromInside: fromInside)
      if packet.control.contains(.fin), isNear {
        flows[index].marks.insert(fin)
        flows[index].restart(sequenceEnd: packet.sequenceEnd, fromInside: fromInside)
        return
      }
    }
    // Nothing comes after a FIN.
    if !flows[index].marks.contains(fin) {
      flows[index].note(
        sequenceEnd: packet.sequenceEnd, fromInside: fromInside, within: rules.sequenceWindow)
    }
  }

  /// Takes note of whether a segment acknowledges the other side's FIN.
  private mutating func noteAcknowledgment(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool
  ) {
    guard packet.control.contains(.ack) else { return }
    let number = packet.acknowledgmentNumber
    let record = flows[index]
    if fromInside {
      // Sequence numbers go round, so they are compared by the sign of their difference
      // (RFC 9293, section 3.4).
      if record.marks.contains(.outsideFIN), Int32(bitPattern: number &- record.outsideEnd) >= 0 {
        flows[index].marks.insert(.outsideFINAcknowledged)
      }
    } else if record.marks.contains(.insideFIN),
      Int32(bitPattern: number &- record.insideEnd) >= 0
    {
      flows[index].marks.insert(.insideFINAcknowledged)
    }
  }

  /// Queues an event if someone wants it.
  @inline(__always)
  mutating func note(_ kind: TranslationEvent.Kind, of record: FlowRecord, at nanoseconds: Int64) {
    guard recordsEvents else { return }
    log.append(
      TranslationEvent(
        instant: Instant(nanoseconds: nanoseconds), kind: kind,
        translation: Translation(record, timeouts: rules.timeouts)))
  }
}
