import AddressTranslation
import PacketFormats
import SimulatedTime

/// Whose packet it is, and who may begin what.
extension SpecifiedTranslator {
  enum Passage {
    case known(Session)
    case new(Session)
    /// It may begin no session, or no more can.
    case refused(Verdict)
    /// It only looks as if it were of a session.
    case unfit(DropReason)
  }

  // MARK: From inside

  /// Finds or begins the session of a packet from inside, and gives the packet its new source.
  mutating func leave(
    _ packet: inout SpecifiedPacket, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Passage {
    let flow = Self.flow(of: packet)
    if let known = sessions.firstIndex(where: { $0.flow == flow }) {
      if let reason = follow(known, packet, from: .inside, at: now) { return .unfit(reason) }
      rewrite(&packet, source: sessions[known].outside)
      return .known(sessions[known])
    }
    if let refusal = lateFromInside(packet) { return .refused(refusal) }
    let mappedRemote = mappedRemote(flow.remote)
    let fixed = fixedOutside(of: flow)
    let mapped =
      fixed
      ?? sessions.first {
        $0.flow.protocol == flow.protocol && $0.flow.inside == flow.inside
          && $0.mappedRemote == mappedRemote
      }?.outside
    if let mapped {
      guard choices.outside == mapped else {
        throw Complaint(text: "\(String(describing: choices.outside)) instead of \(mapped)")
      }
    } else {
      switch permittedEnds(for: flow) {
      case .none(let reason): return .refused(full(reason))
      case .some(let permitted, let orNone):
        guard let chosen = choices.outside, choices.verdict != .dropped(.portsExhausted) else {
          if let orNone { return .refused(full(orNone)) }
          throw Complaint(text: "no outside end, permitted were \(permitted)")
        }
        guard permitted.contains(chosen) else {
          throw Complaint(text: "\(chosen) for \(flow), permitted were \(permitted)")
        }
        noteChoice(chosen, for: flow)
      }
    }
    guard let outside = choices.outside else { throw Complaint(text: "no session for \(flow)") }
    let began = flow.protocol == .tcp && begins(packet.flags)
    var session = Session(
      flow: flow, outside: outside, mappedRemote: mappedRemote,
      state: firstState(packet), made: now, lastUsed: now, beganInside: true,
      isFixed: fixed != nil)
    if flow.protocol == .tcp {
      session.ends[0].sentSYN = true
      session.ends[1].sentSYN = !began
      session.ends[0].next = packet.sequenceEnd
      if !began { session.ends[1].next = packet.acknowledgment }
    }
    add(session, at: now, isAttempt: began)
    if began {
      // The connection that a SYN from outside asks for has begun.
      for syn in waitingSYNs where syn.remote == flow.remote && syn.outside == outside {
        release(syn.number, .drop(.unsolicited))
      }
      waitingSYNs.removeAll { $0.remote == flow.remote && $0.outside == outside }
    }
    rewrite(&packet, source: outside)
    return .new(session)
  }

  /// The flow of a packet from inside.
  static func flow(of packet: SpecifiedPacket) -> Flow {
    var remote = packet.destinationEnd
    if packet.protocol == .icmp { remote.port = 0 }
    return Flow(protocol: packet.protocol, inside: packet.sourceEnd, remote: remote)
  }

  private func firstState(_ packet: SpecifiedPacket) -> Translation.State {
    switch packet.protocol {
    case .tcp: begins(packet.flags) ? .opening : .established
    case .udp: .udpOneWay
    default: .icmpQuery
    }
  }

  private mutating func add(_ session: Session, at now: Int64, isAttempt: Bool) {
    sessions.append(session)
    counters.made += 1
    if isAttempt { counters.connectionAttempts += 1 }
    note(.made, session, at: now)
  }

  func begins(_ flags: TCPHeader.Flags) -> Bool {
    flags.contains(.syn) && !flags.contains(.ack) && !flags.contains(.fin)
      && !flags.contains(.rst)
  }

  /// What becomes of a packet from inside that is of no session and may begin none.
  private func lateFromInside(_ packet: SpecifiedPacket) -> Verdict? {
    switch packet.protocol {
    case .tcp:
      let flags = packet.flags
      if begins(flags) { return nil }
      switch behavior.latePacketFromInside {
      case .drop: return .dropped(.midConnection)
      case .reset: return flags.contains(.rst) ? .dropped(.midConnection) : .resetSender
      case .pickUp:
        let isPlain =
          flags.contains(.ack) && !flags.contains(.syn) && !flags.contains(.fin)
          && !flags.contains(.rst)
        return isPlain ? nil : .dropped(.midConnection)
      }
    case .icmp: return packet.message == .request ? nil : .dropped(.midConnection)
    default: return nil
    }
  }

  func full(_ reason: DropReason) -> Verdict {
    switch behavior.whenFull {
    case .drop: .dropped(reason)
    case .administrativelyProhibited: .refused(reason, .administrativelyProhibited)
    case .hostUnreachable: .refused(reason, .hostUnreachable)
    }
  }

  // MARK: From outside

  /// Finds or begins the session of a packet from outside, or from inside by way of the outside,
  /// and gives the packet its new destination.
  mutating func enter(
    _ packet: inout SpecifiedPacket, from remote: TransportAddress, to outside: TransportAddress,
    at now: Int64
  ) -> Passage {
    let `protocol` = packet.protocol
    if let known = sessions.firstIndex(where: {
      $0.flow.protocol == `protocol` && $0.outside == outside && $0.flow.remote == remote
    }) {
      if let reason = follow(known, packet, from: .outside, at: now) { return .unfit(reason) }
      rewrite(&packet, destination: sessions[known].flow.inside)
      return .known(sessions[known])
    }
    let fixed = fixedInside(protocol: `protocol`, outside: outside)
    var inside = fixed
    var mappedRemote = mappedRemote(remote)
    if fixed == nil {
      guard
        let mapped = sessions.first(where: {
          $0.flow.protocol == `protocol` && $0.outside == outside
            && (!sharesPorts || $0.mappedRemote == mappedRemote)
        })
      else { return .refused(.dropped(.unsolicited)) }
      guard filterAdmits(remote, protocol: `protocol`, outside: outside, mapped) else {
        return .refused(.dropped(.filtered))
      }
      inside = mapped.flow.inside
      mappedRemote = mapped.mappedRemote
    }
    guard let inside else { return .refused(.dropped(.unsolicited)) }
    switch `protocol` {
    case .tcp where !begins(packet.flags), .icmp where packet.message != .request:
      return .refused(.dropped(.midConnection))
    default: break
    }
    let flow = Flow(protocol: `protocol`, inside: inside, remote: remote)
    guard !sessions.contains(where: { $0.flow == flow }) else {
      return .refused(.dropped(.filtered))
    }
    var session = Session(
      flow: flow, outside: outside, mappedRemote: mappedRemote, state: firstState(packet),
      made: now, lastUsed: now, beganInside: false, isFixed: fixed != nil)
    if `protocol` == .tcp {
      session.ends[1].sentSYN = true
      session.ends[1].next = packet.sequenceEnd
    }
    add(session, at: now, isAttempt: `protocol` == .tcp)
    rewrite(&packet, destination: inside)
    return .new(session)
  }

  /// Whether a packet from outside would go on to somebody inside if it had the hops.
  func isForSomebody(_ packet: SpecifiedPacket) -> Bool {
    if packet.protocol == .tcp, behavior.checksSegments, !isSensible(packet.flags) { return false }
    let remote = remote(packet.sourceEnd, packet)
    let outside = packet.destinationEnd
    if let known = sessions.first(where: {
      $0.flow.protocol == packet.protocol && $0.outside == outside && $0.flow.remote == remote
    }) {
      return unfitness(of: packet, for: known, from: .outside) == nil
    }
    if fixedInside(protocol: packet.protocol, outside: outside) != nil { return true }
    let mappedRemote = mappedRemote(remote)
    let mapped = sessions.first {
      $0.flow.protocol == packet.protocol && $0.outside == outside
        && (!sharesPorts || $0.mappedRemote == mappedRemote)
    }
    return mapped.map {
      filterAdmits(remote, protocol: packet.protocol, outside: outside, $0)
    } ?? false
  }

  /// Whether filtering lets a remote end in (RFC 4787, section 5).
  private func filterAdmits(
    _ remote: TransportAddress, protocol: IPProtocol, outside: TransportAddress, _ mapped: Session
  ) -> Bool {
    sessions.contains {
      guard $0.flow.protocol == `protocol`, $0.outside == outside,
        $0.flow.inside == mapped.flow.inside
      else { return false }
      switch behavior.filtering {
      case .endpointIndependent: return true
      case .addressDependent: return $0.flow.remote.address == remote.address
      case .addressAndPortDependent: return $0.flow.remote == remote
      }
    }
  }

  /// What becomes of a packet from another inside host that may not come in: it is not kept.
  func unsolicitedNeighbour(_ packet: SpecifiedPacket, _ verdict: Verdict) -> Verdict {
    guard packet.protocol == .tcp, behavior.unsolicitedPacket == .reset,
      !packet.flags.contains(.rst)
    else { return verdict }
    return .resetSender
  }

  /// What becomes of a packet from outside that may not come in.
  mutating func unsolicited(
    _ packet: SpecifiedPacket, _ verdict: Verdict, at now: Int64, _ choices: Choices
  ) throws(Complaint) -> Verdict {
    guard packet.protocol == .tcp else { return verdict }
    switch behavior.unsolicitedPacket {
    case .drop: return verdict
    case .reset: return packet.flags.contains(.rst) ? verdict : .resetSender
    case .refuseSYNLate:
      guard begins(packet.flags), !packet.isFragment, !outsideAddresses.contains(packet.source)
      else { return verdict }
      let remote = packet.sourceEnd
      let outside = packet.destinationEnd
      if waitingSYNs.contains(where: { $0.remote == remote && $0.outside == outside }) {
        return verdict
      }
      let number = try hold(packet, fromInside: false, choices)
      waitingSYNs.append(
        WaitingSYN(
          remote: remote, outside: outside,
          end: now + Self.nanoseconds(behavior.timers.unsolicitedSYN), number: number))
      return .held(number)
    }
  }

  // MARK: Bytes

  /// Puts another end into a packet that goes on, with one hop less.
  func rewrite(
    _ packet: inout SpecifiedPacket, source: TransportAddress? = nil,
    destination: TransportAddress? = nil
  ) {
    packet.bytes[8] -= behavior.timeToLiveDecrement
    packet.replace(
      source: source, destination: destination, maximumSegmentSize: behavior.maximumSegmentSize)
  }
}
