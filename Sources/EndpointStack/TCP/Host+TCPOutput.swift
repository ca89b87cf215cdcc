import EventSimulation
import PacketFormats
import SimulatedTime

extension Host {
  /// Sends everything that connection `index` may send now, and sees to its timer.
  @inline(__always)
  mutating func flush(_ index: Int, in network: inout Network) {
    let now = network.now.nanoseconds
    while let segment = tcp.connections[index].nextSegment(at: now, settings: settings.tcp) {
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
      tcp.connections[index].timersFired(at: now, settings: settings.tcp)
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
    let options = tcp.connections[index].options(
      of: segment, at: network.now.nanoseconds, linkSegmentSize: linkSegmentSize,
      settings: settings.tcp)
    let header = TCPHeader(
      sourcePort: tcp.connections[index].localPort,
      destinationPort: tcp.connections[index].remotePort,
      sequenceNumber: segment.sequenceNumber.rawValue,
      acknowledgmentNumber: segment.flags.contains(.ack)
        ? tcp.connections[index].receiveNext.rawValue : 0,
      flags: segment.flags, window: tcp.connections[index].offerWindow(segment.flags),
      headerByteCount: TCPHeader.byteCount + options.byteCount)
    guard let nextHop = interface.nextHop(to: destination) else {
      statistics.count(.noRoute)
      return
    }
    let byteCount = segment.payloadByteCount
    let frame = makePacket(
      .tcp, from: source, to: destination, payloadByteCount: header.headerByteCount + byteCount,
      in: &network)
    // Without a frame the segment counts as lost; the retransmission timer runs.
    guard let frame else { return }
    network.frames.withBytes(of: frame) { bytes in
      let start = Self.packetPayloadOffset + header.headerByteCount
      tcp.connections[index].buffer.copy(
        byteCount, from: segment.payloadOffset, to: &bytes, at: start)
      let checksum = header.checksum(
        source: source, destination: destination, options: options,
        payload: bytes.bytes.extracting(start..<start + byteCount))
      header.write(to: &bytes, at: Self.packetPayloadOffset, checksum: checksum)
      options.write(to: &bytes, at: Self.packetPayloadOffset + TCPHeader.byteCount)
    }
    launch(frame, to: nextHop, in: &network)
  }

  /// Sends a reset (RFC 9293, section 3.10.7.1).
  mutating func sendReset(
    from local: StreamEnd, to remote: StreamEnd, sequenceNumber: SequenceNumber,
    acknowledging acknowledged: SequenceNumber?, in network: inout Network
  ) {
    guard let nextHop = interface.nextHop(to: remote.address) else {
      statistics.count(.noRoute)
      return
    }
    let frame = makePacket(
      .tcp, from: local.address, to: remote.address, payloadByteCount: TCPHeader.byteCount,
      in: &network)
    guard let frame else { return }
    let header = TCPHeader(
      sourcePort: local.port, destinationPort: remote.port,
      sequenceNumber: sequenceNumber.rawValue,
      acknowledgmentNumber: acknowledged?.rawValue ?? 0,
      flags: acknowledged == nil ? .rst : [.rst, .ack], window: 0)
    network.frames.withBytes(of: frame) { bytes in
      let checksum = header.checksum(
        source: local.address, destination: remote.address, payload: bytes.bytes.extracting(0..<0))
      header.write(to: &bytes, at: Self.packetPayloadOffset, checksum: checksum)
    }
    statistics.resetsSent &+= 1
    launch(frame, to: nextHop, in: &network)
  }
}
