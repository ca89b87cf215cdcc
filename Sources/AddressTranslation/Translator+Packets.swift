import PacketFormats

/// What becomes of a packet.
///
/// There are two ways through: a short one for what nearly all packets are, in which a packet goes
/// by its flow or begins one, and one that takes every case. The second alone would do; the first
/// finds that it does not apply before it has changed anything.
extension Translator {
  /// Translates one packet.
  ///
  /// - Parameters:
  ///   - bytes: The span that holds the packet.
  ///   - offset: Where its IPv4 header starts.
  ///   - rewriting: Which end to replace.
  ///   - now: Now, in nanoseconds since the simulation began.
  ///   - guess: The number of a record that may be the flow's, or 0.
  /// - Returns: what became of it.
  @inline(__always)
  mutating func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, _ rewriting: Rewriting, now: Int64,
    guess: UInt32 = 0
  ) -> Verdict {
    switch passKnown(&bytes, at: offset, rewriting, now: now, guess: guess) {
    case .passed: return .translated(isNew: false)
    case .ofNoFlow where rewriting.isOutbound:
      if let verdict = beginUsual(&bytes, at: offset, now: now) { return verdict }
    case .ofNoFlow, .unusual: break
    }
    return judge(&bytes, at: offset, fromInside: rewriting.isOutbound, now: now)
  }

  /// What came of the short way.
  enum ShortPassage {
    case passed
    /// The packet is a usual one, but of no flow that the tables have.
    case ofNoFlow
    /// Something that the short way is not for.
    case unusual
  }

  /// Translates a packet of a known flow if it does not move the flow on, but only its time of
  /// last use.
  ///
  /// - Parameters:
  ///   - bytes: The span that holds the packet.
  ///   - offset: Where its IPv4 header starts.
  ///   - rewriting: Which end to replace.
  ///   - now: Now, in nanoseconds since the simulation began.
  ///   - guess: The number of a record that may be the flow's, or 0.
  /// - Returns: whether it did; nothing has changed if not.
  @inline(__always)
  private mutating func passKnown(
    _ bytes: inout MutableRawSpan, at offset: Int, _ rewriting: Rewriting, now: Int64,
    guess: UInt32
  ) -> ShortPassage {
    let fromInside = rewriting.isOutbound
    let decrement = rules.behavior.timeToLiveDecrement
    let refreshes = fromInside || rules.behavior.inboundRefresh
    var isOfNoFlow = false
    let hasPassed = UsualPacket.with(&bytes, at: offset) { packet in
      guard packet.timeToLive >= rules.leastTimeToLive, packet.totalLength <= rules.mtu else {
        return false
      }
      let key = fromInside ? packet.outboundKey : packet.inboundKey
      guard !fromInside || !rules.mayHairpin(to: key.remoteAddress) else { return false }
      let index = find(key, fromInside: fromInside, guess: guess)
      guard index != 0 else {
        isOfNoFlow = true
        return false
      }
      let passes = flows.with(index) { record in
        guard let control = packet.control, !packet.isTCP || rules.mayPass(control),
          let timeout = rules.timeouts.whenUnmoved(record, by: control, fromInside: fromInside),
          !record.wasIdle(for: timeout, by: now)
        else { return false }
        if refreshes { record.refresh(now: now) }
        if packet.isTCP {
          record.note(
            sequenceEnd: packet.sequenceEnd, fromInside: fromInside, within: rules.sequenceWindow)
        }
        packet.apply(
          rewriting, replacing: (key.localAddress, key.localPort),
          by: fromInside
            ? (record.outsideAddress, record.outsidePort)
            : (record.insideAddress, record.insidePort),
          decrement: decrement)
        return true
      }
      if passes { counters.countTranslated(packet.totalLength, fromInside: fromInside) }
      return passes
    }
    return hasPassed ? .passed : isOfNoFlow ? .ofNoFlow : .unusual
  }

  /// Lets a packet from inside begin a flow that ``passKnown(_:at:_:now:guess:)`` found to be of
  /// none.
  ///
  /// - Returns: `nil`, with nothing changed, if it takes more than a look at the packet.
  @inline(never)
  private mutating func beginUsual(
    _ bytes: inout MutableRawSpan, at offset: Int, now: Int64
  ) -> Verdict? {
    guard rules.oneToOne == nil else { return nil }
    let decrement = rules.behavior.timeToLiveDecrement
    var verdict: Verdict?
    _ = UsualPacket.with(&bytes, at: offset) { packet in
      guard let control = packet.control, rules.translates(packet.protocolNumber),
        !packet.isTCP || rules.mayPass(control),
        !control.contains(.syn) || rules.behavior.maximumSegmentSize == nil
      else { return false }
      let key = packet.outboundKey
      guard !rules.isOutside(key.remoteAddress) else { return false }
      switch begin(key, with: TransportPacket(packet, control, at: offset), after: now) {
      case .refused(let refusal):
        counters.count(refusal, packet.totalLength, fromInside: true)
        verdict = refusal
      case .joined(let index, _):
        let end = flows.with(index) { ($0.outsideAddress, $0.outsidePort) }
        packet.apply(
          .source, replacing: (key.localAddress, key.localPort), by: end, decrement: decrement)
        counters.countTranslated(packet.totalLength, fromInside: true)
        verdict = .translated(isNew: true)
      }
      return true
    }
    return verdict
  }

  @inline(__always)
  func findOutbound(_ key: FlowKey) -> UInt32 {
    outbound.first(key.tag) { flows[$0].isOutbound(key) }
  }

  @inline(__always)
  func findInbound(_ key: FlowKey) -> UInt32 {
    inbound.first(key.tag) { flows[$0].isInbound(key) }
  }

  /// The flow with this number if it has not ended, or 0.
  func live(_ index: UInt32, at now: Int64) -> UInt32 {
    index == 0 || rules.timeouts.haveEnded(flows[index], by: now) ? 0 : index
  }

  /// Translates any packet.
  @inline(never)
  package mutating func judge(
    _ bytes: inout MutableRawSpan, at offset: Int, fromInside: Bool, now: Int64
  ) -> Verdict {
    let rewriting: Rewriting = fromInside ? .source : .destination
    guard let header = try? CheckedHeader(of: bytes.bytes, at: offset) else {
      counters.count(
        .dropped(.malformed), max(0, bytes.byteCount - max(0, offset)), fromInside: fromInside)
      return .dropped(.malformed)
    }
    let verdict = translate(&bytes, at: offset, header, rewriting, now: now)
    if case .held(let number) = verdict {
      heldPackets.describe(number, header.totalLength, fromInside: fromInside)
    }
    counters.count(verdict, header.totalLength, fromInside: fromInside)
    return verdict
  }

  private mutating func translate(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    if let oneToOne = rules.oneToOne {
      return translateOneToOne(&bytes, at: offset, header, rewriting, oneToOne)
    }
    if header.totalLength > rules.mtu, header.mustNotBeFragmented {
      return .refused(.packetTooBig, .packetTooBig(mtu: UInt16(rules.mtu)))
    }
    if header.isFragment {
      return translateFragment(&bytes, at: offset, header, rewriting, now: now)
    }
    if header.protocolNumber == HeaderLayout.icmp, header.totalLength > header.byteCount {
      switch ICMPKind(
        bytes[HeaderLayout.icmpType, at: offset + header.byteCount], of: HeaderLayout.icmp)
      {
      case .request, .reply: break
      case .error, .other:
        return translateError(&bytes, at: offset, header, rewriting, now: now)
      }
    }
    return translateSession(&bytes, at: offset, header, rewriting, now: now)
  }

  /// Translates a packet that is of a flow, or begins one: all of it or its first fragment.
  mutating func translateSession(
    _ bytes: inout MutableRawSpan, at offset: Int, _ header: CheckedHeader,
    _ rewriting: Rewriting, now: Int64
  ) -> Verdict {
    guard rules.translates(header.protocolNumber) else { return .dropped(.unsupportedProtocol) }
    let packet: TransportPacket
    do {
      packet = try TransportPacket(parsing: bytes.bytes, at: offset, under: header)
    } catch {
      return .dropped(error.reason)
    }
    // RFC 1812, section 5.3.1: a router must not look at the hops of what it does not forward.
    guard
      header.timeToLive >= rules.leastTimeToLive
        || !isForwarded(packet, fromInside: rewriting.isOutbound, now: now)
    else { return exceededTimeToLive() }
    guard !packet.isTCP || rules.mayPass(packet.control) else { return .dropped(.malformed) }
    let decrement = rules.behavior.timeToLiveDecrement
    switch route(packet, fromInside: rewriting.isOutbound, now: now) {
    case .refused(let verdict):
      return verdict
    case .across(let index, let isNew):
      rewrite(&bytes, at: offset, packet, rewriting, flows[index], decrement: decrement)
      return .translated(isNew: isNew)
    case .back(let departing, let arriving, let isNew):
      rewrite(&bytes, at: offset, packet, .source, flows[departing], decrement: decrement)
      rewrite(&bytes, at: offset, packet, .destination, flows[arriving], decrement: 0)
      return .hairpinned(isNew: isNew)
    }
  }

  /// Where a packet goes.
  enum Route {
    case refused(Verdict)
    /// To the other side, by this flow.
    case across(UInt32, isNew: Bool)
    /// Back inside: out by the first flow and in by the second.
    case back(departing: UInt32, arriving: UInt32, isNew: Bool)
  }

  /// Joins a packet to its flow, which it may begin, or to two if it goes back inside.
  mutating func route(_ packet: TransportPacket, fromInside: Bool, now: Int64) -> Route {
    let key = fromInside ? packet.outboundKey : packet.inboundKey
    guard fromInside, rules.isOutside(key.remoteAddress) else {
      switch join(key, packet, fromInside: fromInside, now: now) {
      case .refused(let verdict): return .refused(verdict)
      case .joined(let index, let isNew): return .across(index, isNew: isNew)
      }
    }
    // RFC 4787, section 6: to the other inside host the packet comes from outside.
    let isReachable =
      !packet.isQuery || fixedMappings.insideEnd(of: packet.inboundKey) != nil
    guard rules.behavior.hairpinning, isReachable else { return .refused(.dropped(.hairpin)) }
    let departing: UInt32
    let began: Bool
    switch join(key, packet, fromInside: true, now: now) {
    case .refused(let verdict): return .refused(verdict)
    case .joined(let index, let isNew): (departing, began) = (index, isNew)
    }
    let record = flows[departing]
    let arrivingKey = FlowKey(
      protocolNumber: key.protocolNumber, localAddress: key.remoteAddress,
      localPort: packet.isQuery ? record.outsidePort : key.remotePort,
      remoteAddress: record.outsideAddress, remotePort: packet.isQuery ? 0 : record.outsidePort)
    switch join(arrivingKey, packet, fromInside: false, now: now) {
    case .refused(let verdict): return .refused(verdict)
    case .joined(let arriving, let isNew):
      return .back(departing: departing, arriving: arriving, isNew: began || isNew)
    }
  }

  /// Puts what a flow has on the other side into a packet.
  ///
  /// It changes nothing of the translator, but where it did not say so the compiler would copy all
  /// of that.
  private mutating func rewrite(
    _ bytes: inout MutableRawSpan, at offset: Int, _ packet: TransportPacket,
    _ rewriting: Rewriting, _ record: FlowRecord, decrement: UInt8
  ) {
    if let clamp = rules.behavior.maximumSegmentSize, packet.control.contains(.syn) {
      MaximumSegmentSize.clamp(&bytes, at: packet.transport, to: clamp)
    }
    let (oldAddress, oldPort, newAddress, newPort) =
      rewriting.isOutbound
      ? (record.insideAddress, record.insidePort, record.outsideAddress, record.outsidePort)
      : (record.outsideAddress, record.outsidePort, record.insideAddress, record.insidePort)
    rewriting.apply(
      to: &bytes, at: offset, packet: packet, oldAddress: oldAddress, newAddress: newAddress,
      oldPort: oldPort, newPort: newPort, decrement: decrement)
  }

  /// What becomes of a packet whose hops are used up.
  func exceededTimeToLive() -> Verdict {
    rules.behavior.answersTimeExceeded
      ? .refused(.timeToLiveExceeded, .timeExceeded) : .dropped(.timeToLiveExceeded)
  }
}
