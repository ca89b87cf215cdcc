import PacketFormats

/// How a flow begins and ends.
extension Translator {
  /// What came of an attempt to begin a flow.
  enum Beginning {
    case begun(UInt32)
    case refused(Verdict)
  }

  /// Begins a flow with a packet from inside that belongs to none.
  mutating func begin(
    _ key: FlowKey, with packet: TransportPacket, now: Int64
  ) -> Beginning {
    // A flow cannot begin before others have ended, or it might never end itself.
    let now = max(now, wheel.now)
    endIdle(by: now)
    guard !rules.isOutside(key.remoteAddress) else { return .refused(drop(.hairpin)) }
    let state: Translation.State
    if !packet.isTCP {
      state = .udpOneWay
    } else if packet.control.openConnection {
      state = .opening
    } else {
      switch rules.behavior.latePacketFromInside {
      case .reset where !packet.control.contains(.rst):
        counters.resetSenders += 1
        return .refused(.resetSender)
      case .pickUp where packet.control.intersection(.decisive) == .ack:
        state = .established
      // RFC 9293, section 3.10.7.1: a RST is never answered by one.
      case .reset, .drop, .pickUp:
        return .refused(drop(.midConnection))
      }
    }
    guard let outside = outsideEnd(for: key) else { return .refused(drop(.portsExhausted)) }
    var record = FlowRecord(
      key: key, outsideAddress: outside.address, outsidePort: outside.port, state: state,
      now: now, serial: serial)
    record.binding = outside.binding
    switch state {
    case .opening: record.marks = .insideSYN
    case .established: record.marks = [.insideSYN, .outsideSYN]
    default: break
    }
    return insert(record)
  }

  /// Begins a flow with a packet from outside that belongs to none, if filtering lets it in.
  mutating func admit(
    _ key: FlowKey, with packet: TransportPacket, now: Int64
  ) -> Beginning {
    // A flow cannot begin before others have ended, or it might never end itself.
    let now = max(now, wheel.now)
    endIdle(by: now)
    guard rules.usesBindings else {
      // Each port belongs to one flow, and this packet is not of that flow.
      let isTaken =
        pools.find(poolKey(for: key)).map { pools[$0].isTaken(key.localPort) } ?? false
      return .refused(drop(isTaken && !rules.sharesPorts ? .filtered : .unsolicited))
    }
    let number = bindings.first(forOutside: outsideKey(for: key))
    guard number != 0 else { return .refused(drop(.unsolicited)) }
    let binding = bindings[number]
    switch rules.filtering {
    case .endpointIndependent: break
    case .addressDependent where bindings.countsAdmissions:
      let admission = FlowKey(
        protocolNumber: key.protocolNumber, localAddress: key.localAddress,
        localPort: key.localPort, remoteAddress: key.remoteAddress)
      guard bindings.admits(admission) else { return .refused(drop(.filtered)) }
    case .addressDependent where binding.insideKey.remoteAddress == key.remoteAddress: break
    case .addressDependent, .addressAndPortDependent: return .refused(drop(.filtered))
    }
    guard !packet.isTCP || packet.control.openConnection else {
      return .refused(drop(.midConnection))
    }
    let insideKey = FlowKey(
      protocolNumber: key.protocolNumber, localAddress: binding.insideKey.localAddress,
      localPort: binding.insideKey.localPort, remoteAddress: key.remoteAddress,
      remotePort: key.remotePort)
    // The inside host may already talk to this remote end through another port. Two flows that
    // look alike from inside cannot both be kept.
    guard outbound.first(insideKey.tag, where: { flows[$0].isOutbound(insideKey) }) == 0
    else { return .refused(drop(.filtered)) }
    var record = FlowRecord(
      key: insideKey, outsideAddress: key.localAddress, outsidePort: key.localPort,
      state: packet.isTCP ? .opening : .udpOneWay, now: now, serial: serial)
    record.binding = number
    record.marks = packet.isTCP ? [.beganOutside, .outsideSYN] : .beganOutside
    return insert(record)
  }

  private mutating func insert(_ record: FlowRecord) -> Beginning {
    let inboundTag = record.inboundKey.tag
    // Read long before it is needed, because in a large table it takes its time to arrive.
    let home = inbound.home(of: inboundTag)
    guard let index = flows.insert(record) else {
      // Two thousand million flows: more than there are numbers for, though not than ports.
      return .refused(drop(.portsExhausted))
    }
    serial &+= 1
    outbound.insert(record.outboundKey.tag, index)
    precondition(home.index(for: inboundTag) != index, "in the index already")
    inbound.insert(inboundTag, index)
    if record.binding != 0 {
      bindings.retain(record.binding, remoteAddress: record.remoteAddress)
    }
    wheel.file(index, endingAt: rules.timeouts.end(of: record), in: &flows)
    counters.made += 1
    note(.made, of: record, at: record.made)
    return .begun(index)
  }

  /// Ends every flow whose time is up by `now`, in the order of their ends.
  mutating func endIdle(by now: Int64) {
    while let index = wheel.nextEnded(by: now, in: &flows, timeouts: rules.timeouts) {
      end(index)
    }
  }

  /// Ends a flow that the wheel no longer has.
  private mutating func end(_ index: UInt32) {
    let record = flows[index]
    outbound.remove(record.outboundKey.tag, index)
    inbound.remove(record.inboundKey.tag, index)
    flows.remove(index, leaving: .blank)
    if record.binding == 0 {
      releasePort(ofFlow: record.inboundKey)
    } else if let ended = bindings.release(
      record.binding, remoteAddress: record.remoteAddress)
    {
      releasePort(ofBinding: ended)
    }
    counters.ended += 1
    let reason: TranslationEvent.EndReason =
      switch record.state {
      case .closed: .closed
      case .reset: .reset
      default: .idle
      }
    note(.ended(reason), of: record, at: rules.timeouts.end(of: record))
  }
}
