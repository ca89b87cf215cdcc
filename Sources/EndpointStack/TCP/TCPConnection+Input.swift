import PacketFormats

extension TCPConnection {
  /// Takes in a segment that has arrived for this connection (RFC 9293, section 3.10.7.4, and RFC
  /// 5961).
  ///
  /// What is left of the segment afterwards is what is to be delivered or kept.
  mutating func receive(
    _ segment: inout TCPSegment, at now: Int64, _ parameters: TCPParameters
  ) -> TCPReaction {
    var reaction = TCPReaction()
    if state == .synSent {
      receiveWhileOpening(&segment, at: now, parameters, &reaction)
      return reaction
    }
    if state == .synReceived, segment.flags.contains(.syn),
      segment.sequenceNumber == initialReceive
    {
      receiveRepeatedSYN(&segment)
      if segment.flags.contains(.syn) { return reaction }
    }
    let isTimely = isTimely(segment, at: now)
    if state == .timeWait, isTimely, reopens(segment) {
      state = .closed
      reaction.event = .replaced
      return reaction
    }
    guard isTimely, isAcceptable(segment) else {
      receiveUnacceptable(segment, at: now, parameters, &reaction)
      return reaction
    }
    if segment.flags.contains(.rst) {
      receiveReset(segment, at: now, parameters, &reaction)
      return reaction
    }
    // RFC 5961, section 4.2: a SYN on an open connection is answered, whatever its number.
    guard !segment.flags.contains(.syn) else {
      challenge(at: now, parameters)
      return reaction
    }
    guard segment.flags.contains(.ack) else { return reaction }
    rememberTimestamp(of: segment, at: now)
    guard acknowledge(segment, at: now, parameters, &reaction) else { return reaction }
    receiveText(&segment, at: now, parameters, &reaction)
    return reaction
  }

  // MARK: SYN-SENT (RFC 9293, section 3.10.7.3)

  private mutating func receiveWhileOpening(
    _ segment: inout TCPSegment, at now: Int64, _ parameters: TCPParameters,
    _ reaction: inout TCPReaction
  ) {
    let acknowledges = segment.flags.contains(.ack)
    if acknowledges,
      segment.acknowledgmentNumber <= initialSend || segment.acknowledgmentNumber > sendHighest
    {
      if !segment.flags.contains(.rst) { reaction.reset = segment.acknowledgmentNumber }
      return
    }
    if segment.flags.contains(.rst) {
      // Without an acknowledgment it could be about anything.
      if acknowledges { end(.refused, &reaction) }
      return
    }
    guard segment.flags.contains(.syn) else { return }
    agree(on: segment, at: now)
    if acknowledges {
      acknowledgeSYN(segment, at: now, parameters)
      acknowledgesNow = true
      reaction.event = .established
      segment.flags.remove(.syn)
      segment.sequenceNumber += 1
      receiveText(&segment, at: now, parameters, &reaction)
    } else {
      // Both sides opened at once: the SYN is sent again, now with an acknowledgment.
      state = .synReceived
      sendNext = initialSend
    }
  }

  /// Learns from the other side's SYN what both sides can do.
  mutating func agree(on segment: TCPSegment, at now: Int64) {
    initialReceive = segment.sequenceNumber
    receiveNext = segment.sequenceNumber + 1
    // What our SYN offers or has offered already.
    receiveEdge = receiveNext + receiveWindow
    lastAcknowledgmentSent = receiveNext
    // RFC 9293, section 3.7.1: "If an MSS Option is not received at connection setup, TCP
    // implementations MUST assume a default send MSS of 536". Linux takes less than 88 as 88.
    maximumSegmentSize = min(
      maximumSegmentSize, max(88, Int(segment.maximumSegmentSize ?? 536)))
    usesTimestamps = usesTimestamps && segment.timestamps != nil
    usesSACK = usesSACK && segment.isSACKPermitted
    if let scale = segment.windowScale {
      sendScale = min(scale, 14)
    } else {
      sendScale = 0
      receiveScale = 0
    }
    if let timestamps = segment.timestamps {
      recentTimestamp = timestamps.value
      recentTimestampAge = now
    }
    // RFC 7323, section 2.2: the window on a SYN is never scaled.
    sendWindow = Int(segment.window)
    largestSendWindow = sendWindow
    windowSequence = segment.sequenceNumber
    windowAcknowledgment = segment.acknowledgmentNumber
  }

  /// Enters ESTABLISHED, because our SYN has been acknowledged.
  private mutating func acknowledgeSYN(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters
  ) {
    let wasRepeated = retries > 0
    sendUnacknowledged = segment.acknowledgmentNumber
    sendNext = SequenceNumber.later(sendNext, sendUnacknowledged)
    measure(segment, at: now, parameters)
    retransmission = Self.never
    retries = 0
    state = .established
    // RFC 6928, section 2: min (10*MSS, max (2*MSS, 14600)).
    let segmentSize = payloadLimit
    congestionWindow = min(
      parameters.initialCongestionWindow * segmentSize, max(2 * segmentSize, 14_600))
    if wasRepeated {
      // RFC 5681, section 3.1: after a lost SYN the window begins with one segment; RFC 6298,
      // section 5.7: and the timeout with 3 seconds.
      congestionWindow = segmentSize
      if smoothedRoundTrip < 0 { retransmissionTimeout = 3_000_000_000 }
    }
    if isClosed { state = .finWait1 }
  }

  /// A SYN that we know already: ours was lost, or both sides opened at once.
  private mutating func receiveRepeatedSYN(_ segment: inout TCPSegment) {
    if segment.flags.contains(.ack), !segment.flags.contains(.rst) {
      // RFC 9293, figure 8: the other side's SYN, ACK acknowledges our SYN although its own number
      // is old.
      segment.flags.remove(.syn)
      segment.sequenceNumber += 1
    } else {
      sendNext = initialSend
    }
  }

  // MARK: First to fourth check

  /// Protection against wrapped sequence numbers (RFC 7323, section 5.3).
  @inline(__always)
  private func isTimely(_ segment: TCPSegment, at now: Int64) -> Bool {
    guard usesTimestamps, !segment.flags.contains(.rst) else { return true }
    guard let timestamps = segment.timestamps else { return false }
    if Int32(bitPattern: timestamps.value &- recentTimestamp) >= 0 { return true }
    // RFC 7323, section 5.5: after 24 days of silence the clock says nothing.
    return now - recentTimestampAge > 24 * 86_400 * 1_000_000_000
  }

  /// Whether the segment lies in the window (RFC 9293, section 3.10.7.4, "First, check sequence
  /// number").
  @inline(__always)
  private func isAcceptable(_ segment: TCPSegment) -> Bool {
    let window = max(0, receiveEdge - receiveNext)
    let start = segment.sequenceNumber - receiveNext
    let length = segment.length
    if length == 0 { return window == 0 ? start == 0 : start >= 0 && start < window }
    guard window > 0 else { return false }
    let last = start + length - 1
    return start >= 0 && start < window || last >= 0 && last < window
  }

  private mutating func receiveUnacceptable(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters,
    _ reaction: inout TCPReaction
  ) {
    if segment.flags.contains(.rst) { return }
    if state == .timeWait, segment.flags.contains(.fin) { restartTimeWait(at: now, parameters) }
    if segment.length > 0, !segment.flags.contains(.syn) {
      // Most likely our acknowledgment was lost: say it again.
      acknowledgesNow = true
    } else {
      challenge(at: now, parameters)
    }
  }

  /// Whether a new connection between the same ports may begin before this one is forgotten,
  /// because nothing old can be taken for new (RFC 9293, section 3.6.1; RFC 6191).
  @inline(__always)
  private func reopens(_ segment: TCPSegment) -> Bool {
    guard segment.flags.contains(.syn), !segment.flags.contains(.ack),
      !segment.flags.contains(.rst)
    else { return false }
    if segment.sequenceNumber > receiveNext { return true }
    guard usesTimestamps, let timestamps = segment.timestamps else { return false }
    return Int32(bitPattern: timestamps.value &- recentTimestamp) > 0
  }

  /// Sends an acknowledgment that makes the other side prove what it says, but not so often that
  /// two confused sides keep each other busy (RFC 5961, section 7).
  mutating func challenge(at now: Int64, _ parameters: TCPParameters) {
    guard now - lastChallenge >= parameters.challengeInterval else { return }
    lastChallenge = now
    acknowledgesNow = true
  }

  private mutating func receiveReset(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters,
    _ reaction: inout TCPReaction
  ) {
    // RFC 5961, section 3.2: only the exact number is believed.
    guard segment.sequenceNumber == receiveNext else {
      challenge(at: now, parameters)
      return
    }
    switch state {
    case .synReceived: end(.refused, &reaction)
    case .closing, .lastAck, .timeWait: end(.closed, &reaction)
    default: end(.reset, &reaction)
    }
  }

  /// Gives the connection up; nothing more is sent.
  mutating func end(_ event: TCPReaction.Event, _ reaction: inout TCPReaction) {
    state = .closed
    reaction.event = event
    stopTimers()
  }

  private mutating func rememberTimestamp(of segment: TCPSegment, at now: Int64) {
    guard usesTimestamps, let timestamps = segment.timestamps,
      segment.sequenceNumber <= lastAcknowledgmentSent,
      Int32(bitPattern: timestamps.value &- recentTimestamp) >= 0
    else { return }
    recentTimestamp = timestamps.value
    recentTimestampAge = now
  }

  // MARK: Fifth check: the acknowledgment

  /// Takes in the acknowledgment of a segment.
  ///
  /// - Returns: whether the rest of the segment is to be looked at.
  private mutating func acknowledge(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters,
    _ reaction: inout TCPReaction
  ) -> Bool {
    let number = segment.acknowledgmentNumber
    if state == .synReceived {
      guard number > sendUnacknowledged, number <= sendHighest else {
        reaction.reset = number
        return false
      }
      acknowledgeSYN(segment, at: now, parameters)
      reaction.event = .established
      sendWindow = Int(segment.window) << Int(sendScale)
      largestSendWindow = max(largestSendWindow, sendWindow)
      windowSequence = segment.sequenceNumber
      windowAcknowledgment = number
      return true
    }
    // RFC 5961, section 5.2.
    guard number <= sendHighest, sendUnacknowledged - number <= max(largestSendWindow, 0xffff)
    else {
      challenge(at: now, parameters)
      return false
    }
    let isOld = number < sendUnacknowledged
    // Whoever answers probes is alive, however long its window stays closed (RFC 9293, section
    // 3.8.6.1).
    if isPersisting { retries = 0 }
    let window = Int(segment.window) << Int(sendScale)
    if number > sendUnacknowledged {
      acknowledgeNew(segment, at: now, parameters)
      reaction.isProgress = true
    } else if !isOld, segment.payloadByteCount == 0, !segment.flags.contains(.fin),
      sendHighest > sendUnacknowledged, window == sendWindow, !isPersisting
    {
      // RFC 5681, section 2, "DUPLICATE ACKNOWLEDGMENT".
      receiveDuplicate()
    }
    if !isOld {
      updateWindow(to: window, segment, at: now)
      finishClosing(at: now, parameters, &reaction)
    }
    return state != .closed
  }

  private mutating func updateWindow(
    to window: Int, _ segment: TCPSegment, at now: Int64
  ) {
    let isNewer =
      windowSequence < segment.sequenceNumber
      || windowSequence == segment.sequenceNumber
        && windowAcknowledgment <= segment.acknowledgmentNumber
    guard isNewer else { return }
    sendWindow = window
    largestSendWindow = max(largestSendWindow, window)
    windowSequence = segment.sequenceNumber
    windowAcknowledgment = segment.acknowledgmentNumber
    if window > 0, isPersisting {
      isPersisting = false
      retransmission = Self.never
      if sendHighest > sendUnacknowledged {
        // The byte of a probe is under way or lost: it is sent again with all that follows.
        sendNext = sendUnacknowledged
      }
    }
  }

  /// Moves on to the next closing state if our FIN has been acknowledged.
  private mutating func finishClosing(
    at now: Int64, _ parameters: TCPParameters, _ reaction: inout TCPReaction
  ) {
    guard isClosed, sendUnacknowledged > finSequence else { return }
    switch state {
    case .finWait1:
      state = .finWait2
      expiry = now + parameters.timeWait
    case .closing: enterTimeWait(at: now, parameters)
    case .lastAck: end(.closed, &reaction)
    default: break
    }
  }

  mutating func enterTimeWait(at now: Int64, _ parameters: TCPParameters) {
    state = .timeWait
    retransmission = Self.never
    isPersisting = false
    delayedAcknowledgment = Self.never
    buffer.removeAll()
    restartTimeWait(at: now, parameters)
  }

  private mutating func restartTimeWait(at now: Int64, _ parameters: TCPParameters) {
    expiry = now + parameters.timeWait
  }

  // MARK: Seventh and eighth check: text and FIN

  /// Decides what is to be done with the payload and a FIN.
  private mutating func receiveText(
    _ segment: inout TCPSegment, at now: Int64, _ parameters: TCPParameters,
    _ reaction: inout TCPReaction
  ) {
    guard state.receivesText, segment.payloadByteCount > 0 || segment.flags.contains(.fin) else {
      return
    }
    segment.trimFront(to: receiveNext)
    if receiveEdge > receiveNext { segment.trimBack(to: receiveEdge) }
    guard segment.payloadByteCount > 0 || segment.flags.contains(.fin) else { return }
    guard segment.sequenceNumber == receiveNext else {
      reaction.text = .keep
      // RFC 5681, section 4.2: an out-of-order segment is acknowledged at once.
      acknowledgesNow = true
      return
    }
    reaction.text = .deliver
    // So is one that fills a gap, in whole or in part.
    if firstHeld != HeldFrames.none { acknowledgesNow = true }
  }

  /// Advances over payload that has been delivered.
  mutating func delivered(_ byteCount: Int, at now: Int64, _ parameters: TCPParameters) {
    receiveNext += byteCount
    largestReceived = max(largestReceived, byteCount)
    // Linux grows the window by twice what arrives (`tcp_grow_window`), so that the other side's
    // congestion window is never held up by it.
    receiveWindow = min(
      receiveWindow + 2 * byteCount,
      receiveScale == 0 ? 0xffff : min(parameters.maximumReceiveWindow, 0xffff << Int(receiveScale))
    )
    if receiveNext - lastAcknowledgmentSent >= 2 * largestReceived {
      // RFC 9293, section 3.8.6.3: "an ACK SHOULD be generated for at least every second
      // full-sized segment".
      acknowledgesNow = true
    } else if delayedAcknowledgment == Self.never {
      delayedAcknowledgment = now + parameters.delayedAcknowledgment
    }
  }

  /// Takes in the other side's FIN, everything before it having been delivered.
  mutating func finReached(at now: Int64, _ parameters: TCPParameters) {
    receiveNext += 1
    acknowledgesNow = true
    switch state {
    case .established: state = .closeWait
    case .finWait1:
      // Had our FIN been acknowledged, the state would be FIN-WAIT-2.
      state = .closing
    case .finWait2: enterTimeWait(at: now, parameters)
    default: break
    }
  }
}
