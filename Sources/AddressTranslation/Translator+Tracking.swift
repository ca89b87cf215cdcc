import PacketFormats
import SimulatedTime

/// How a flow is followed from packet to packet (RFC 5382, section 2.1; RFC 6146, section 3.5.2).
extension Translator {
  /// Takes note of a packet of a known flow.
  mutating func follow(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, in bytes: RawSpan, now: Int64
  ) {
    if rules.timeouts.whenUnmoved(
      flows[index], by: packet.control, fromInside: fromInside) != nil
    {
      if fromInside || rules.behavior.inboundRefresh { flows[index].refresh(now: now) }
    } else if packet.isTCP {
      followTCP(packet, of: index, fromInside: fromInside, in: bytes, now: now)
    } else {
      // The first packet the other way.
      change(index, to: .udpTwoWay, now: now)
    }
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
    note(.changed(from: previous), of: flows[index], at: flows[index].lastUsed)
  }

  /// Takes note of a TCP segment that may move its connection on.
  @inline(never)
  private mutating func followTCP(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, in bytes: RawSpan, now: Int64
  ) {
    let state = flows[index].state
    if packet.control.contains(.rst) {
      // RFC 7857, section 2.2: a RST does not end the session at once. That it starts the hold on
      // the port is N-09. Off-path RSTs are not told from real ones yet.
      if state != .reset && state != .closed { change(index, to: .reset, now: now) }
      return
    }
    if state == .closed || state == .reset {
      reopen(index, with: packet, fromInside: fromInside, now: now)
      return
    }
    if packet.control.contains(.syn) {
      flows[index].marks.insert(fromInside ? .insideSYN : .outsideSYN)
    }
    if state != .opening {
      noteAcknowledgment(packet, of: index, fromInside: fromInside, in: bytes)
      noteFIN(packet, of: index, fromInside: fromInside, in: bytes)
    }
    let next = nextState(of: flows[index], after: packet, fromInside: fromInside)
    if next != state {
      change(index, to: next, now: now)
    } else if fromInside || rules.behavior.inboundRefresh {
      flows[index].refresh(now: now)
    }
  }

  /// Lets a connection begin again whose port is still held.
  ///
  /// Assumed: the side that may begin connections may do so again with the same ports, as in
  /// Linux. Anything else passes without effect.
  private mutating func reopen(
    _ index: UInt32, with packet: TransportPacket, fromInside: Bool, now: Int64
  ) {
    let mayBegin = fromInside || flows[index].marks.contains(.beganOutside)
    guard packet.control.openConnection, mayBegin else { return }
    flows[index].marks = fromInside ? .insideSYN : [.beganOutside, .outsideSYN]
    change(index, to: .opening, now: now)
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

  /// Remembers where a FIN ends, so that its acknowledgement is recognised.
  private mutating func noteFIN(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, in bytes: RawSpan
  ) {
    guard packet.control.contains(.fin) else { return }
    let start = bytes[HeaderLayout.sequenceNumber, at: packet.transport]
    // SYN and FIN each take one sequence number (RFC 9293, section 3.4).
    let end =
      start &+ UInt32(truncatingIfNeeded: packet.payloadByteCount)
      &+ (packet.control.contains(.syn) ? 2 : 1)
    if fromInside {
      flows[index].marks.insert(.insideFIN)
      flows[index].insideEnd = end
    } else {
      flows[index].marks.insert(.outsideFIN)
      flows[index].outsideEnd = end
    }
  }

  /// Takes note of whether a segment acknowledges the other side's FIN.
  private mutating func noteAcknowledgment(
    _ packet: TransportPacket, of index: UInt32, fromInside: Bool, in bytes: RawSpan
  ) {
    guard packet.control.contains(.ack) else { return }
    let number = bytes[HeaderLayout.acknowledgmentNumber, at: packet.transport]
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
