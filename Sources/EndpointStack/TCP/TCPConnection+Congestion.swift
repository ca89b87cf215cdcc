import PacketFormats

extension TCPConnection {
  /// Takes in an acknowledgment of something that was not acknowledged before.
  mutating func acknowledgeNew(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters
  ) {
    let number = segment.acknowledgmentNumber
    let acknowledged = number - sendUnacknowledged
    measure(segment, at: now, parameters)
    // The FIN takes a number, but no place in the buffer.
    buffer.removeFirst(min(acknowledged, buffer.count))
    sendUnacknowledged = number
    if sendNext < number { sendNext = number }
    retries = 0
    // Keeps the comparison with an old loss meaningful when numbers wrap around.
    if number - recover > 1 << 30 { recover = number + -(1 << 30) }
    let wasRecovering = isRecovering
    if isRecovering {
      recoverFurther(number, acknowledged)
    } else {
      grow(by: acknowledged)
    }
    duplicateAcknowledgments = 0
    if sendHighest == number {
      retransmission = Self.never
    } else if !wasRecovering || !isRecovering || !isImpatient {
      // RFC 6298, section 5.3: the timer begins anew.
      retransmission = now + retransmissionTimeout
    }
    // RFC 6582, section 4, "impatient": only the first partial acknowledgment restarts it.
    isImpatient = isRecovering
    isPersisting = false
  }

  // MARK: Round-trip time

  /// Measures the round-trip time (RFC 6298, section 2), unless it is not known which of two
  /// transmissions was acknowledged (Karn's algorithm, section 3).
  mutating func measure(
    _ segment: TCPSegment, at now: Int64, _ parameters: TCPParameters
  ) {
    if timedSince != Self.never, segment.acknowledgmentNumber >= timedSequence {
      sample(now - timedSince, parameters)
      timedSince = Self.never
    } else if retries > 0, usesTimestamps, let timestamps = segment.timestamps,
      timestamps.echoReply != 0
    {
      // A timestamp tells the transmissions apart (RFC 7323, section 4).
      let ticks = timestamp(at: now) &- timestamps.echoReply
      if ticks < 1 << 31 { sample(max(1, Int64(ticks)) * 1_000_000, parameters) }
    }
  }

  private mutating func sample(_ roundTrip: Int64, _ parameters: TCPParameters) {
    if smoothedRoundTrip < 0 {
      smoothedRoundTrip = roundTrip
      roundTripVariation = roundTrip / 2
    } else {
      roundTripVariation = (3 * roundTripVariation + abs(smoothedRoundTrip - roundTrip)) / 4
      smoothedRoundTrip = (7 * smoothedRoundTrip + roundTrip) / 8
    }
    // G, the granularity of the clock, is the millisecond of Linux's timers.
    let timeout = smoothedRoundTrip + max(1_000_000, 4 * roundTripVariation)
    retransmissionTimeout = min(
      max(timeout, parameters.minimumTimeout),
      parameters.maximumTimeout)
  }

  // MARK: Windows

  /// Opens the congestion window (RFC 5681, section 3.1).
  private mutating func grow(by acknowledged: Int) {
    // A window that is not made use of says nothing about the path (RFC 7661, section 4.1).
    guard isCongestionLimited else { return }
    let size = payloadLimit
    if congestionWindow < slowStartThreshold {
      congestionWindow += min(acknowledged, size)
    } else {
      congestionWindow += max(1, size * size / congestionWindow)
    }
    congestionWindow = min(congestionWindow, 1 << 30)
  }

  /// Counts a duplicate acknowledgment (RFC 5681, section 3.2; RFC 6582, section 3.2).
  mutating func receiveDuplicate() {
    duplicateAcknowledgments += 1
    let size = payloadLimit
    if isRecovering {
      // Another segment has left the network.
      congestionWindow = min(congestionWindow + size, 1 << 30)
    } else if duplicateAcknowledgments == 3, sendUnacknowledged > recover {
      recover = sendHighest
      isRecovering = true
      isImpatient = false
      slowStartThreshold = max((sendHighest - sendUnacknowledged) / 2, 2 * size)
      congestionWindow = slowStartThreshold + 3 * size
      retransmitsNow = true
    }
  }

  /// Goes on with recovery, or ends it (RFC 6582, section 3.2, steps 5 and 6).
  private mutating func recoverFurther(_ number: SequenceNumber, _ acknowledged: Int) {
    let size = payloadLimit
    if number >= recover {
      isRecovering = false
      congestionWindow = min(slowStartThreshold, max(sendHighest - number, size) + size)
      return
    }
    // A partial acknowledgment: the segment behind it was lost too.
    retransmitsNow = true
    congestionWindow = max(size, congestionWindow - acknowledged)
    if acknowledged >= size { congestionWindow += size }
  }
}
