import EventSimulation
import PacketFormats
import SimulatedTime

extension Host {
  /// Sends everything that connection `index` may send now, and sees to its timer.
  @inline(__always)
  mutating func flush(_ index: Int, in network: inout Network) {
    let now = network.now.nanoseconds
    while let segment = tcp.connections[index].nextSegment(at: now, parameters) {
      send(segment, of: index, in: &network)
    }
    arm(index, in: &network)
    if tcp.connections[index].expiry != TCPConnection.never { tcp.queueForExpiry(index) }
  }

  /// Asks to be woken when the connection's next timer is due.
  ///
  /// A timer that is put off, as every acknowledgment does, needs no new event: the one that was
  /// asked for comes too early, is noticed, and asks again.
  @inline(__always)
  private mutating func arm(_ index: Int, in network: inout Network) {
    let deadline = tcp.connections[index].deadline
    guard deadline < tcp.connections[index].pendingWake else { return }
    tcp.connections[index].pendingWake = deadline
    network.wake(
      at: Instant(nanoseconds: deadline),
      token: WakeToken(.connection, tcp.connections.id(of: index)).rawValue)
  }

  mutating func connectionTimerFired(_ id: RecordID, in network: inout Network) {
    let now = network.now.nanoseconds
    // An event that was asked for before a nearer one was is of no interest any more.
    guard let index = tcp.connections.index(of: id), tcp.connections[index].pendingWake <= now
    else { return }
    tcp.connections[index].pendingWake = TCPConnection.never
    if tcp.connections[index].deadline <= now,
      tcp.connections[index].timersFired(at: now, parameters)
    {
      lose(index, .timedOut, in: &network)
      return
    }
    flush(index, in: &network)
  }

  @inline(__always)
  private mutating func send(
    _ segment: OutgoingSegment, of index: Int, in network: inout Network
  ) {
    let source = tcp.connections[index].localAddress
    let destination = tcp.connections[index].remoteAddress
    if segment.isRetransmission {
      statistics.segmentsRetransmitted &+= 1
    } else {
      statistics.segmentsSent &+= 1
    }
    let optionByteCount = tcp.connections[index].optionByteCount(of: segment)
    let header = TCPHeader(
      sourcePort: tcp.connections[index].localPort,
      destinationPort: tcp.connections[index].remotePort,
      sequenceNumber: segment.sequenceNumber.rawValue,
      acknowledgmentNumber: segment.flags.contains(.ack)
        ? tcp.connections[index].receiveNext.rawValue : 0,
      flags: segment.flags, window: tcp.connections[index].offerWindow(segment.flags),
      headerByteCount: TCPHeader.byteCount + optionByteCount)
    let byteCount = segment.payloadByteCount
    let frame = makePacket(
      .tcp, from: source, to: destination, payloadByteCount: header.headerByteCount + byteCount,
      in: &network)
    // Without a frame the segment counts as lost; the retransmission timer runs.
    guard let frame else { return }
    let pseudo = pseudoHeader(
      .tcp, from: source, to: destination, byteCount: header.headerByteCount + byteCount)
    let base = destination.payloadOffset
    let isPlain = tcp.connections[index].hasOnlyTimestamps(segment)
    let now = network.now.nanoseconds
    let timestamp = tcp.connections[index].timestamp(at: now)
    let echo = tcp.connections[index].recentTimestamp
    network.frames.withBytes(of: frame) { bytes in
      let start = base + header.headerByteCount
      let payload = tcp.connections[index].buffer.copy(
        byteCount, from: segment.payloadOffset, to: &bytes, at: start)
      var sum = pseudo
      Self.add(header, to: &sum)
      if isPlain {
        let kind: UInt32 = 0x0101_080a
        bytes[Field<UInt32>(at: 20), at: base] = kind
        bytes[Field<UInt32>(at: 24), at: base] = timestamp
        bytes[Field<UInt32>(at: 28), at: base] = echo
        sum.add(kind)
        sum.add(timestamp)
        sum.add(echo)
      } else {
        tcp.connections[index].options(of: segment, at: now, parameters)
          .write(to: &bytes, at: base + TCPHeader.byteCount)
        sum.add(bytes.bytes, in: base + TCPHeader.byteCount..<start)
      }
      sum.add(payload)
      header.write(to: &bytes, at: base, checksum: sum.value)
    }
    launch(frame, toward: destination, in: &network)
  }

  /// Adds a header with a checksum of zero.
  @inline(__always)
  private static func add(_ header: TCPHeader, to sum: inout InternetChecksum) {
    sum.add(header.sourcePort)
    sum.add(header.destinationPort)
    sum.add(header.sequenceNumber)
    sum.add(header.acknowledgmentNumber)
    sum.add(
      UInt16(truncatingIfNeeded: header.headerByteCount &<< 10) | UInt16(header.flags.rawValue))
    sum.add(header.window)
  }

  /// Sends a segment without text that the other side has to answer, because its number is one that
  /// was acknowledged long ago (RFC 9293, section 3.8.4).
  mutating func sendKeepAlive(_ index: Int, in network: inout Network) {
    // Text that is under way is asked about by its own timer.
    guard tcp.connections[index].inFlight == 0 else { return }
    let number = SequenceNumber(rawValue: tcp.connections[index].sendNext.rawValue &- 1)
    send(OutgoingSegment(sequenceNumber: number, flags: .ack), of: index, in: &network)
  }

  /// Sends a reset (RFC 9293, section 3.10.7.1).
  mutating func sendReset(
    from local: StreamEnd, to remote: StreamEnd, sequenceNumber: SequenceNumber,
    acknowledging acknowledged: SequenceNumber?, in network: inout Network
  ) {
    let frame = makePacket(
      .tcp, from: local.address, to: remote.address, payloadByteCount: TCPHeader.byteCount,
      in: &network)
    guard let frame else { return }
    let header = TCPHeader(
      sourcePort: local.port, destinationPort: remote.port,
      sequenceNumber: sequenceNumber.rawValue,
      acknowledgmentNumber: acknowledged?.rawValue ?? 0,
      flags: acknowledged == nil ? .rst : [.rst, .ack], window: 0)
    var sum = pseudoHeader(
      .tcp, from: local.address, to: remote.address, byteCount: TCPHeader.byteCount)
    Self.add(header, to: &sum)
    let checksum = sum.value
    network.frames.withBytes(of: frame) { bytes in
      header.write(to: &bytes, at: remote.address.payloadOffset, checksum: checksum)
    }
    statistics.resetsSent &+= 1
    launch(frame, toward: remote.address, in: &network)
  }
}
