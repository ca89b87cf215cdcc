extension TCPConnection {
  mutating func stopTimers() {
    retransmission = Self.never
    delayedAcknowledgment = Self.never
    isPersisting = false
  }

  /// Does what has become due.
  ///
  /// - Returns: whether the connection is given up because nobody answers.
  mutating func timersFired(at now: Int64, _ parameters: TCPParameters) -> Bool {
    if delayedAcknowledgment <= now {
      delayedAcknowledgment = Self.never
      acknowledgesNow = true
    }
    guard retransmission <= now else { return false }
    retries += 1
    guard retries <= mostRetries(parameters) else {
      stopTimers()
      state = .closed
      return true
    }
    if isPersisting {
      probesNow = true
      probeInterval = min(
        probeInterval * 2, parameters.maximumTimeout)
      retransmission = now + probeInterval
      return false
    }
    // RFC 6298, sections 5.4 to 5.6: send the oldest again, double the timeout, start the timer.
    retransmissionTimeout = min(
      retransmissionTimeout * 2, parameters.maximumTimeout)
    retransmission = now + retransmissionTimeout
    timedSince = Self.never
    if state.isSynchronized { collapse() }
    sendNext = state.isSynchronized ? sendUnacknowledged : initialSend
    return false
  }

  private func mostRetries(_ parameters: TCPParameters) -> Int {
    switch state {
    case .synSent: Int(parameters.synRetries)
    case .synReceived: Int(parameters.synAckRetries)
    default: Int(parameters.dataRetries)
    }
  }

  /// Begins again with one segment (RFC 5681, section 3.1, equation 4).
  private mutating func collapse() {
    let size = payloadLimit
    if retries == 1 {
      slowStartThreshold = max((sendHighest - sendUnacknowledged) / 2, 2 * size)
    }
    congestionWindow = size
    duplicateAcknowledgments = 0
    isRecovering = false
    retransmitsNow = false
    recover = sendHighest
  }

  /// Learns that the path carries less than thought (RFC 1191, section 6.4).
  ///
  /// - Returns: whether anything has to be sent again.
  mutating func pathShrank(to segmentSize: Int) -> Bool {
    guard state.isSynchronized, segmentSize < maximumSegmentSize else { return false }
    maximumSegmentSize = segmentSize
    timedSince = Self.never
    sendNext = sendUnacknowledged
    return true
  }
}
