import PacketFormats

extension TCPConnection {
  /// The next segment that may leave now, or `nil` if there is none.
  ///
  /// It counts as sent: call until there is none, and put each on the wire.
  mutating func nextSegment(
    at now: Int64, _ parameters: TCPParameters
  ) -> OutgoingSegment? {
    let segment: OutgoingSegment?
    switch state {
    case .synSent, .synReceived: segment = opening()
    case .established, .finWait1, .closeWait, .closing, .lastAck:
      segment = retransmitsNow ? oldest() : (text(at: now, parameters) ?? probe())
    case .closed, .finWait2, .timeWait: segment = nil
    }
    if var segment {
      segment.isRetransmission = segment.sequenceNumber < sendHighest
      noteSent(segment, at: now)
      return segment
    }
    guard acknowledgesNow, state.isSynchronized || state == .synReceived else { return nil }
    noteAcknowledged()
    // Not SND.NXT: while old segments are being sent again that would lie outside the other side's
    // window, and the acknowledgment would not be looked at.
    return OutgoingSegment(sequenceNumber: sendHighest, flags: .ack)
  }

  /// The SYN, or SYN and ACK, unless it is under way.
  @inline(__always)
  private func opening() -> OutgoingSegment? {
    guard sendNext == initialSend else { return nil }
    return OutgoingSegment(
      sequenceNumber: initialSend, flags: state == .synSent ? .syn : [.syn, .ack])
  }

  /// Whether a FIN stands right behind the byte before `end`.
  @inline(__always)
  private func finFollows(_ end: SequenceNumber) -> Bool { isClosed && end == finSequence }

  /// Bytes of payload that a segment may have, given the options it is sent with.
  @inline(__always)
  private var segmentLimit: Int { payloadLimit - acknowledgmentByteCount }

  /// The oldest segment that is not acknowledged, again (RFC 5681, section 3.2, "fast
  /// retransmit").
  private mutating func oldest() -> OutgoingSegment? {
    retransmitsNow = false
    let sent = sendHighest - sendUnacknowledged
    guard sent > 0 else { return nil }
    return segment(
      at: 0, byteCount: min(segmentLimit, buffer.count, sent), isAllowedToFinish: true)
  }

  /// The segment with so much text, and with the FIN if that follows.
  @inline(__always)
  private func segment(
    at offset: Int, byteCount: Int, isAllowedToFinish: Bool
  ) -> OutgoingSegment {
    let start = sendUnacknowledged + offset
    var flags: TCPHeader.Flags = .ack
    if byteCount > 0, offset + byteCount == buffer.count { flags.insert(.psh) }
    if isAllowedToFinish, finFollows(start + byteCount) { flags.insert(.fin) }
    return OutgoingSegment(
      sequenceNumber: start, flags: flags, payloadOffset: offset, payloadByteCount: byteCount)
  }

  /// The next new segment, or the next one since the retransmission timer fired.
  private mutating func text(
    at now: Int64, _ parameters: TCPParameters
  ) -> OutgoingSegment? {
    let inFlight = inFlight
    let available = buffer.count - inFlight
    if available <= 0 {
      // Only the FIN can be left; it needs no window (RFC 9293, section 3.8.6).
      guard finFollows(sendNext) else { return nil }
      return segment(at: inFlight, byteCount: 0, isAllowedToFinish: true)
    }
    let limit = segmentLimit
    let wanted = min(available, limit)
    // RFC 3042: the first two duplicate acknowledgments each let a new segment out.
    let extra = isRecovering ? 0 : min(duplicateAcknowledgments, 2) * limit
    let congestion = min(congestionWindow + extra, parameters.maximumInFlight) - inFlight
    if congestion < wanted, inFlight > 0 {
      isCongestionLimited = true
      return nil
    }
    let byteCount = min(wanted, sendWindow - inFlight)
    guard byteCount > 0, mayLeave(byteCount, of: available, limit: limit) else {
      persist(at: now)
      return nil
    }
    isCongestionLimited = congestion - byteCount < limit
    return segment(at: inFlight, byteCount: byteCount, isAllowedToFinish: true)
  }

  /// Whether a segment is worth sending (RFC 9293, section 3.8.6.2.1, and Nagle, section 3.7.4).
  @inline(__always)
  private func mayLeave(_ byteCount: Int, of available: Int, limit: Int) -> Bool {
    if byteCount == limit || sendNext < sendHighest { return true }
    if byteCount == available {
      return inFlight == 0 || !delaysSmallSegments || isClosed
    }
    return byteCount >= largestSendWindow / 2
  }

  /// Starts to probe the window if nothing else would ever make the other side speak (RFC 9293,
  /// section 3.8.6.1).
  private mutating func persist(at now: Int64) {
    guard inFlight == 0, retransmission == Self.never else { return }
    isPersisting = true
    probeInterval = retransmissionTimeout
    retransmission = now + probeInterval
  }

  /// A byte beyond the window that the other side has to answer.
  private mutating func probe() -> OutgoingSegment? {
    guard probesNow else { return nil }
    probesNow = false
    guard isPersisting, buffer.count > 0 else { return nil }
    return segment(at: 0, byteCount: 1, isAllowedToFinish: false)
  }

  // MARK: What sending changes

  private mutating func noteSent(_ segment: OutgoingSegment, at now: Int64) {
    let end =
      segment.sequenceNumber + segment.payloadByteCount
      + (segment.flags.isDisjoint(with: [.syn, .fin]) ? 0 : 1)
    if segment.sequenceNumber < sendHighest {
      // Karn's algorithm: the answer could be to either transmission.
      timedSince = Self.never
    } else if timedSince == Self.never {
      timedSince = now
      timedSequence = end
    }
    if !isPersisting {
      // Fast retransmit sends something old and goes on where it was.
      if segment.sequenceNumber == sendNext { sendNext = end }
      if retransmission == Self.never { retransmission = now + retransmissionTimeout }
    }
    sendHighest = SequenceNumber.later(sendHighest, end)
    if segment.flags.contains(.ack) { noteAcknowledged() }
  }

  /// Every segment with an acknowledgment carries the latest one.
  private mutating func noteAcknowledged() {
    acknowledgesNow = false
    delayedAcknowledgment = Self.never
    lastAcknowledgmentSent = receiveNext
  }

  // MARK: Header and options

  /// What selective acknowledgments take in the next segment.
  @inline(__always)
  private var acknowledgmentByteCount: Int {
    blocks.count == 0 || !usesSACK ? 0 : 4 + 8 * min(blocks.count, blockLimit)
  }

  /// Forty bytes of options hold four blocks, or three beside timestamps (RFC 2018, section 3).
  @inline(__always)
  private var blockLimit: Int { usesTimestamps ? 3 : 4 }

  /// Whether `segment` has timestamps and no other option, as nearly all have.
  @inline(__always)
  func hasOnlyTimestamps(_ segment: OutgoingSegment) -> Bool {
    usesTimestamps && !segment.flags.contains(.syn) && (blocks.count == 0 || !usesSACK)
  }

  /// What the options of `segment` take.
  @inline(__always)
  func optionByteCount(of segment: OutgoingSegment) -> Int {
    if segment.flags.contains(.syn) {
      // Timestamps and SACK permitted share their padding.
      let pair = usesTimestamps ? 12 : usesSACK ? 4 : 0
      return 4 + pair + (offersScale ? 4 : 0)
    }
    return (usesTimestamps ? 12 : 0) + acknowledgmentByteCount
  }

  /// Whether a SYN has the window scale option: always on the first, and on an answer if the other
  /// side had it (RFC 7323, section 2.2).
  @inline(__always)
  private var offersScale: Bool { state == .synSent || scalesWindows }

  /// The options of `segment`, which take ``optionByteCount(of:)``.
  @inline(__always)
  func options(
    of segment: OutgoingSegment, at now: Int64, _ parameters: TCPParameters
  ) -> TCPOptions {
    var options = TCPOptions()
    let acknowledges = segment.flags.contains(.ack)
    if usesTimestamps {
      options.timestamps = TCPOptions.Timestamps(
        value: timestamp(at: now), echoReply: acknowledges ? recentTimestamp : 0)
    }
    if segment.flags.contains(.syn) {
      // What this side takes, whatever the other one does (RFC 9293, section 3.7.1).
      options.maximumSegmentSize = UInt16(clamping: parameters.segmentSize(to: remoteAddress))
      options.isSACKPermitted = usesSACK
      if offersScale { options.windowScale = receiveScale }
    } else if usesSACK, acknowledges, blocks.count > 0 {
      options.selectiveAcknowledgments = blocks.option(limit: blockLimit)
    }
    return options
  }

  /// The window field of a segment with these flags, which is promised from now on.
  mutating func offerWindow(_ flags: TCPHeader.Flags) -> UInt16 {
    if flags.contains(.syn) { return UInt16(min(receiveWindow, 0xffff)) }
    let window = max(receiveWindow, receiveEdge - receiveNext)
    // Rounded up, since rounding down would take back what was offered before.
    let field = min((window + (1 << Int(receiveScale)) - 1) >> Int(receiveScale), 0xffff)
    receiveEdge = SequenceNumber.later(receiveEdge, receiveNext + field << Int(receiveScale))
    return UInt16(field)
  }
}
