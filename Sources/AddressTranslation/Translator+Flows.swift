import PacketFormats
public import SimulatedTime

/// How a flow begins and ends.
extension Translator {
  /// What came of an attempt to join a packet to a flow.
  enum Joining {
    case joined(UInt32, isNew: Bool)
    case refused(Verdict)
  }

  /// Finds the flow of a packet and takes note of the packet, or begins one.
  mutating func join(
    _ key: FlowKey, _ packet: TransportPacket, fromInside: Bool, now: Int64
  ) -> Joining {
    let known = live(fromInside ? findOutbound(key) : findInbound(key), at: now)
    if known != 0 {
      if let reason = follow(packet, of: known, fromInside: fromInside, now: now) {
        return .refused(.dropped(reason))
      }
      return .joined(known, isNew: false)
    }
    if fromInside { return begin(key, with: packet, after: now) }
    return admit(key, with: packet, now: makeWay(at: now))
  }

  /// Ends what a flow that begins at `now` comes after.
  ///
  /// - Returns: when it begins: it cannot before others have ended, or it might never end itself.
  private mutating func makeWay(at now: Int64) -> Int64 {
    let now = max(now, wheel.now)
    endIdle(by: now)
    return now
  }

  /// Whether a packet would go on to the other side if it had the hops.
  ///
  /// The answer may be yes for one from outside that goes no further after all, if it is meant for
  /// somebody inside.
  mutating func isForwarded(_ packet: TransportPacket, fromInside: Bool, now: Int64) -> Bool {
    let key = packet.inboundKey
    guard !fromInside else { return true }
    guard !packet.isTCP || rules.mayPass(packet.control) else { return false }
    let known = live(findInbound(key), at: now)
    guard known == 0 else {
      return refusal(of: packet, to: flows[known], fromInside: false) == nil
    }
    guard fixedMappings.insideEnd(of: key) == nil else { return true }
    guard rules.usesBindings else { return false }
    endIdle(by: max(now, wheel.now))
    let binding = bindings.first(forOutside: outsideKey(for: key))
    return binding != 0 && mayEnter(key, bindings[binding])
  }

  /// Begins a flow with a packet from inside that belongs to none.
  mutating func begin(
    _ key: FlowKey, with packet: TransportPacket, after now: Int64
  ) -> Joining {
    let now = makeWay(at: now)
    let state: Translation.State
    if packet.isQuery {
      guard !packet.isReply else { return .refused(.dropped(.midConnection)) }
      state = .icmpQuery
    } else if !packet.isTCP {
      state = .udpOneWay
    } else if packet.control.openConnection {
      state = .opening
    } else {
      switch rules.behavior.latePacketFromInside {
      case .reset where !packet.control.contains(.rst):
        return .refused(.resetSender)
      case .pickUp where packet.control.intersection(.decisive) == .ack:
        state = .established
      // RFC 9293, section 3.10.7.1: a RST is never answered by one.
      case .reset, .drop, .pickUp:
        return .refused(.dropped(.midConnection))
      }
    }
    let outside: OutsideEnd
    switch outsideEnd(for: key) {
    case .found(let end): outside = end
    case .none(let reason): return .refused(full(reason))
    }
    var record = FlowRecord(
      key: key, outsideAddress: outside.address, outsidePort: outside.port, state: state,
      now: now, serial: serial)
    record.binding = outside.binding
    record.restart(sequenceEnd: packet.sequenceEnd, fromInside: true)
    switch state {
    case .opening:
      record.marks = .insideSYN
      forgetSYN(record.inboundKey, now: now)
    case .established:
      record.marks = [.insideSYN, .outsideSYN]
      record.restart(sequenceEnd: packet.acknowledgmentNumber, fromInside: false)
    default: break
    }
    return insert(record, likelyHome: outside.likelyHome)
  }

  /// What becomes of a packet for which there is no port.
  private func full(_ reason: DropReason) -> Verdict {
    switch rules.behavior.whenFull {
    case .drop: .dropped(reason)
    case .administrativelyProhibited: .refused(reason, .administrativelyProhibited)
    case .hostUnreachable: .refused(reason, .hostUnreachable)
    }
  }

  /// Begins a flow with a packet from outside that belongs to none, if filtering lets it in.
  private mutating func admit(
    _ key: FlowKey, with packet: TransportPacket, now: Int64
  ) -> Joining {
    let insideEnd: (address: UInt32, port: UInt16)
    var binding = Binding.fixed
    if let fixed = fixedMappings.insideEnd(of: key) {
      insideEnd = fixed
    } else {
      guard rules.usesBindings else {
        // Each port belongs to one flow, and this packet is not of that flow.
        let isTaken =
          pools.find(poolKey(for: key)).map { pools[$0].isTaken(key.localPort) } ?? false
        return .refused(
          refuse(
            key, packet, isTaken && !rules.sharesPorts ? .filtered : .unsolicited, now: now))
      }
      binding = bindings.first(forOutside: outsideKey(for: key))
      guard binding != 0 else { return .refused(refuse(key, packet, .unsolicited, now: now)) }
      guard mayEnter(key, bindings[binding]) else {
        return .refused(refuse(key, packet, .filtered, now: now))
      }
      let inside = bindings[binding].insideKey
      insideEnd = (inside.localAddress, inside.localPort)
    }
    if packet.isTCP && !packet.control.openConnection || packet.isReply {
      return .refused(refuse(key, packet, .midConnection, now: now))
    }
    let insideKey = FlowKey(
      protocolNumber: key.protocolNumber, localAddress: insideEnd.address,
      localPort: insideEnd.port, remoteAddress: key.remoteAddress, remotePort: key.remotePort)
    // The inside host may already talk to this remote end through another port. Two flows that
    // look alike from inside cannot both be kept.
    guard findOutbound(insideKey) == 0 else {
      return .refused(refuse(key, packet, .filtered, now: now))
    }
    var record = FlowRecord(
      key: insideKey, outsideAddress: key.localAddress, outsidePort: key.localPort,
      state: packet.isTCP ? .opening : packet.isQuery ? .icmpQuery : .udpOneWay, now: now,
      serial: serial)
    record.binding = binding
    record.marks = packet.isTCP ? [.beganOutside, .outsideSYN] : .beganOutside
    record.restart(sequenceEnd: packet.sequenceEnd, fromInside: false)
    return insert(record)
  }

  /// Whether filtering lets a remote end in that no flow is with (RFC 4787, section 5).
  private func mayEnter(_ key: FlowKey, _ binding: Binding) -> Bool {
    switch rules.filtering {
    case .endpointIndependent: return true
    case .addressDependent where bindings.countsAdmissions:
      return bindings.admits(
        FlowKey(
          protocolNumber: key.protocolNumber, localAddress: key.localAddress,
          localPort: key.localPort, remoteAddress: key.remoteAddress))
    case .addressDependent: return binding.insideKey.remoteAddress == key.remoteAddress
    case .addressAndPortDependent: return false
    }
  }

  /// Enters a flow in all tables.
  ///
  /// - Parameters:
  ///   - record: The flow.
  ///   - likelyHome: A slot of ``inbound`` that was read to have it near, and means nothing else.
  /// - Returns: its number, or why there is no room.
  private mutating func insert(
    _ record: FlowRecord, likelyHome: HashIndex.Slot = .empty
  ) -> Joining {
    let inboundTag = record.inboundKey.tag
    // Read long before it is needed, because in a large table it takes its time to arrive.
    let home = inbound.home(of: inboundTag)
    guard let index = flows.insert(record) else {
      // Two thousand million flows: more than there are numbers for, though not than ports.
      return .refused(full(.portsExhausted))
    }
    serial &+= 1
    outbound.insert(record.outboundKey.tag, index)
    precondition(
      home.index(for: inboundTag) != index && likelyHome.index(for: inboundTag) != index,
      "in the index already")
    inbound.insert(inboundTag, index)
    if record.hasBinding {
      bindings.retain(record.binding, remoteAddress: record.remoteAddress)
    }
    wheel.file(index, endingAt: rules.timeouts.end(of: record), in: &flows)
    counters.made += 1
    if record.state == .opening { counters.connectionAttempts += 1 }
    note(.made, of: record, at: record.made)
    return .joined(index, isNew: true)
  }

  /// Ends every flow whose time is up by `now`, in the order of their ends.
  mutating func endIdle(by now: Int64) {
    while let index = wheel.nextEnded(by: now, in: &flows, timeouts: rules.timeouts) {
      end(index)
    }
  }

  /// Ends a flow that the wheel no longer has.
  private mutating func end(_ index: UInt32) {
    let record = forget(index)
    let reason: TranslationEvent.EndReason =
      switch record.state {
      case .closed: .closed
      case .reset: .reset
      default: .idle
      }
    if reason == .idle { counters.endedIdle += 1 }
    note(.ended(reason), of: record, at: rules.timeouts.end(of: record))
  }

  /// Takes a translation out before its time, as `conntrack -D` does; no event tells of it.
  ///
  /// - Returns: what it was at `now`, or `nil` if there was none.
  public mutating func remove(_ flow: Flow, at now: Instant) -> Translation? {
    guard let translation = translation(of: flow, at: now) else { return nil }
    let index = findOutbound(FlowKey(flow))
    wheel.remove(index, in: &flows)
    _ = forget(index)
    return translation
  }

  /// Takes a flow that the wheel no longer has out of all tables.
  private mutating func forget(_ index: UInt32) -> FlowRecord {
    let record = flows[index]
    outbound.remove(record.outboundKey.tag, index)
    inbound.remove(record.inboundKey.tag, index)
    flows.remove(index, leaving: .blank)
    if record.binding == 0 {
      releasePort(record.inboundKey, ofInside: record.insideAddress)
    } else if record.hasBinding,
      let ended = bindings.release(record.binding, remoteAddress: record.remoteAddress)
    {
      releasePort(ofBinding: ended)
    }
    counters.ended += 1
    return record
  }
}
