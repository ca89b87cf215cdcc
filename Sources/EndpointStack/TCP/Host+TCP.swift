import EventSimulation
import PacketFormats
public import SimulatedTime

extension Host {
  /// The TCP connections that exist at `now`, in the order in which their places in memory were
  /// taken.
  public func connections(at now: Instant) -> [ConnectionSummary] {
    var summaries: [ConnectionSummary] = []
    for index in 0..<tcp.connections.endIndex where tcp.connections.contains(index) {
      guard let state = ConnectionSummary.State(tcp.connections[index].state),
        tcp.connections[index].expiry > now.nanoseconds
      else { continue }
      summaries.append(
        ConnectionSummary(
          state: state, localAddress: address(of: tcp.connections[index].localAddress),
          localPort: tcp.connections[index].localPort,
          remoteAddress: address(of: tcp.connections[index].remoteAddress),
          remotePort: tcp.connections[index].remotePort,
          unacknowledgedByteCount: tcp.connections[index].buffer.count,
          congestionWindow: tcp.connections[index].congestionWindow,
          retransmissionTimeout: .nanoseconds(tcp.connections[index].retransmissionTimeout),
          segmentByteCount: tcp.connections[index].payloadLimit))
    }
    return summaries
  }

  // MARK: Opening and closing

  /// Opens a connection from a port of its own (RFC 9293, section 3.10.1).
  ///
  /// - Returns: `nil` if no port is free or the host has as many connections as it can hold.
  mutating func connect(
    to address: HostAddress, port: UInt16, owner: TCPConnection.Owner, in network: inout Network
  ) -> RecordID? {
    forgetExpired(in: &network)
    guard tcp.count < settings.tcp.connectionLimit,
      let source = takeStreamPort(for: address, port)
    else { return nil }
    let connection = makeConnection(
      local: StreamEnd(address: self.source(for: address), port: source),
      remote: StreamEnd(address: address, port: port), owner: owner, isPassive: false,
      at: network.now)
    let id = tcp.insert(connection)
    tcp.connections[Int(id.index)].state = .synSent
    // libpq and HTTP clients set TCP_NODELAY.
    switch owner {
    case .query, .fetch: tcp.connections[Int(id.index)].delaysSmallSegments = false
    default: break
    }
    statistics.connectionsOpened &+= 1
    return id
  }

  private mutating func takeStreamPort(for address: HostAddress, _ port: UInt16) -> UInt16? {
    let ports = settings.ephemeralPorts
    let local = source(for: address)
    for _ in 0...UInt16.max {
      let source = nextPort
      nextPort = source == ports.upperBound || source == .max ? ports.lowerBound : source + 1
      // A connection in TIME-WAIT holds its port as well.
      if source != 0, listener(at: source) == nil,
        tcp.find(local, source, address, port) == nil
      {
        return source
      }
    }
    return nil
  }

  private mutating func makeConnection(
    local: StreamEnd, remote: StreamEnd, owner: TCPConnection.Owner, isPassive: Bool,
    at now: Instant
  ) -> TCPConnection {
    // RFC 6528, section 3: ISN = M + F(addresses, ports, secret key), so that the numbers of one
    // pair of ports keep ascending and nobody can guess those of another.
    let ends =
      UInt64(remote.address.number) << 32 | UInt64(local.port) << 16 | UInt64(remote.port)
    let hidden = IndexTable.hash(ends ^ secret) ^ local.address.number
    let clock = UInt32(truncatingIfNeeded: now.nanoseconds / 4000)
    return TCPConnection(
      local: local, remote: remote, owner: owner, isPassive: isPassive,
      initialSend: SequenceNumber(rawValue: hidden &+ clock),
      timestampOffset: UInt32(truncatingIfNeeded: secret),
      segmentSize: pathMTU(to: remote.address, at: now.nanoseconds)
        - remote.address.headerByteCount - TCPHeader.byteCount,
      settings: settings.tcp)
  }

  /// Breaks a connection off and tells the other side (RFC 9293, section 3.10.5).
  mutating func abort(_ index: Int, in network: inout Network) {
    let state = tcp.connections[index].state
    if state.isSynchronized && state != .timeWait || state == .synReceived {
      let connection = ends(of: index)
      sendReset(
        from: connection.local, to: connection.remote,
        sequenceNumber: tcp.connections[index].sendHighest,
        acknowledging: tcp.connections[index].receiveNext, in: &network)
    }
    forget(index, in: &network)
  }

  func ends(of index: Int) -> (local: StreamEnd, remote: StreamEnd) {
    (
      StreamEnd(
        address: tcp.connections[index].localAddress, port: tcp.connections[index].localPort),
      StreamEnd(
        address: tcp.connections[index].remoteAddress, port: tcp.connections[index].remotePort)
    )
  }

  /// Forgets a connection and everything kept for it.
  mutating func forget(_ index: Int, in network: inout Network) {
    discardHeld(of: index, in: &network)
    endSession(of: index)
    tcp.remove(index)
  }

  private mutating func discardHeld(of index: Int, in network: inout Network) {
    var position = tcp.connections[index].firstHeld
    while position != HeldFrames.none {
      let element = held.release(position)
      position = element.next
      network.frames.discard(element.takeFrame())
    }
    tcp.connections[index].firstHeld = HeldFrames.none
    tcp.connections[index].lastHeld = HeldFrames.none
    tcp.connections[index].heldCount = 0
  }

  /// Forgets the connections whose time to be remembered is over.
  private mutating func forgetExpired(in network: inout Network) {
    while let index = tcp.nextExpired(at: network.now.nanoseconds) { forget(index, in: &network) }
  }

  // MARK: Arrival

  /// Takes over `frame`, which holds a TCP segment for this host.
  @inline(__always)
  mutating func receiveSegment(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let parsed = network.frames.withContents(of: frame) { bytes in
      try? TCPSegment(parsing: bytes, at: arrival.offset, end: arrival.end)
    }
    guard var segment = parsed else {
      condemn(frame, .malformed, in: &network)
      bury(frame, .malformed, layer: .tcp, in: &network)
      return
    }
    forgetExpired(in: &network)
    if let index = tcp.find(
      arrival.destination, segment.destinationPort, arrival.source, segment.sourcePort)
    {
      if tcp.connections[index].expiry > network.now.nanoseconds {
        receive(frame, &segment, arrival, by: index, in: &network)
        return
      }
      forget(index, in: &network)
    }
    receiveUnknown(frame, segment, arrival, in: &network)
  }

  private mutating func receive(
    _ frame: consuming Frame, _ segment: inout TCPSegment, _ arrival: Arrival, by index: Int,
    in network: inout Network
  ) {
    let now = network.now.nanoseconds
    let reaction = tcp.connections[index].receive(&segment, at: now, parameters)
    if reaction.event == .replaced {
      forget(index, in: &network)
      receiveUnknown(frame, segment, arrival, in: &network)
      return
    }
    let hasNoRoom =
      reaction.text == .keep
      && tcp.connections[index].heldCount >= settings.tcp.outOfOrderLimit
    if hasNoRoom { condemn(frame, .outOfOrderQueueFull, in: &network) }
    if let number = reaction.reset {
      let connection = ends(of: index)
      sendReset(
        from: connection.local, to: connection.remote, sequenceNumber: number,
        acknowledging: nil, in: &network)
    }
    if reaction.event == .established {
      // The handshake is completed by the kernel, before the program learns of it and can write.
      flush(index, in: &network)
      connectionOpened(index, in: &network)
    }
    switch reaction.text {
    case .none: network.frames.discard(frame)
    case .deliver:
      deliver(frame, segment, to: index, in: &network)
      network.frames.discard(frame)
    case .keep where hasNoRoom:
      bury(frame, .outOfOrderQueueFull, layer: .tcp, in: &network)
    case .keep: keep(frame, segment, for: index, in: &network)
    }
    if reaction.isProgress { connectionProgressed(index, in: &network) }
    switch reaction.event {
    case .none, .established: flush(index, in: &network)
    case .refused: lose(index, .refused, in: &network)
    case .reset: lose(index, .reset, in: &network)
    case .closed, .replaced: forget(index, in: &network)
    }
  }

  /// Takes over `frame`, whose segment belongs to no connection.
  private mutating func receiveUnknown(
    _ frame: consuming Frame, _ segment: TCPSegment, _ arrival: Arrival,
    in network: inout Network
  ) {
    let server = listener(at: segment.destinationPort)
    guard let loss = loss(of: segment, at: server) else {
      answerUnknown(segment, arrival, server, in: &network)
      network.frames.discard(frame)
      return
    }
    condemn(frame, loss, in: &network)
    answerUnknown(segment, arrival, server, in: &network)
    bury(frame, loss, layer: .tcp, in: &network)
  }

  /// Why a segment that belongs to no connection is lost, or `nil` if nothing is lost with it: it
  /// begins a connection, or has neither SYN nor text nor FIN, as the last acknowledgments and
  /// resets of connections that are over.
  private func loss(of segment: TCPSegment, at server: Int?) -> FrameDisposition? {
    guard segment.length > 0, !segment.flags.contains(.rst) else { return nil }
    if server == nil { return .closedPort }
    if segment.flags.contains(.ack) || !segment.flags.contains(.syn) { return .unknownConnection }
    return tcp.count < settings.tcp.connectionLimit ? nil : .connectionTableFull
  }

  /// Answers a segment that belongs to no connection (RFC 9293, sections 3.10.7.1 and 3.10.7.2).
  private mutating func answerUnknown(
    _ segment: TCPSegment, _ arrival: Arrival, _ server: Int?, in network: inout Network
  ) {
    let local = StreamEnd(address: arrival.destination, port: segment.destinationPort)
    let remote = StreamEnd(address: arrival.source, port: segment.sourcePort)
    guard !segment.flags.contains(.rst) else { return }
    if segment.flags.contains(.ack) {
      sendReset(
        from: local, to: remote, sequenceNumber: segment.acknowledgmentNumber,
        acknowledging: nil, in: &network)
      return
    }
    guard let server else {
      sendReset(
        from: local, to: remote, sequenceNumber: SequenceNumber(rawValue: 0),
        acknowledging: segment.sequenceNumber + segment.length, in: &network)
      return
    }
    guard segment.flags.contains(.syn), tcp.count < settings.tcp.connectionLimit else { return }
    var connection = makeConnection(
      local: local, remote: remote, owner: .server(server), isPassive: true, at: network.now)
    connection.agree(on: segment, at: network.now.nanoseconds)
    connection.state = .synReceived
    // So do PostgreSQL's server and those of the web.
    switch servers[server] {
    case .postgreSQL, .http, .domainNames: connection.delaysSmallSegments = false
    default: break
    }
    let id = tcp.insert(connection)
    flush(Int(id.index), in: &network)
  }

  // MARK: Text

  /// Delivers what `frame` carries, and everything kept that it leads up to.
  private mutating func deliver(
    _ frame: borrowing Frame, _ segment: TCPSegment, to index: Int, in network: inout Network
  ) {
    let now = network.now.nanoseconds
    let byteCount = segment.payloadByteCount
    if byteCount > 0 {
      let start = segment.payloadOffset
      network.frames.withContents(of: frame) { bytes in
        receiveText(bytes.extracting(start..<start + byteCount), on: index, at: now)
      }
      statistics.streamBytesReceived &+= UInt64(byteCount)
      tcp.connections[index].delivered(byteCount, at: now, parameters)
    }
    var isLast = segment.flags.contains(.fin)
    if !isLast, tcp.connections[index].firstHeld != HeldFrames.none {
      isLast = deliverHeld(to: index, in: &network)
    }
    textReceived(on: index, in: &network)
    if isLast {
      // Whatever claims to lie behind the last byte is of no use.
      discardHeld(of: index, in: &network)
      tcp.connections[index].blocks.removeAll()
      tcp.connections[index].finReached(at: now, parameters)
      closedByOther(index, in: &network)
    }
  }

  /// Delivers what was kept for `index` and is in order now.
  ///
  /// - Returns: whether the other side's FIN has been reached.
  private mutating func deliverHeld(to index: Int, in network: inout Network) -> Bool {
    let now = network.now.nanoseconds
    var isLast = false
    while !isLast {
      let position = tcp.connections[index].firstHeld
      guard position != HeldFrames.none else { break }
      let skipped = tcp.connections[index].receiveNext - held[position].sequenceNumber
      guard skipped >= 0 else { break }
      let element = held.release(position)
      tcp.connections[index].firstHeld = element.next
      tcp.connections[index].heldCount -= 1
      if element.next == HeldFrames.none { tcp.connections[index].lastHeld = HeldFrames.none }
      let start = Int(element.offset) + skipped
      let end = Int(element.offset) + Int(element.byteCount)
      isLast = element.isLast && start <= end
      let frame = element.takeFrame()
      if start < end {
        network.frames.withContents(of: frame) { bytes in
          receiveText(bytes.extracting(start..<end), on: index, at: now)
        }
        statistics.streamBytesReceived &+= UInt64(end - start)
        tcp.connections[index].delivered(end - start, at: now, parameters)
      }
      network.frames.discard(frame)
    }
    let next = tcp.connections[index].receiveNext
    tcp.connections[index].blocks.removeAll(before: next)
    return isLast
  }

  /// Keeps a segment that lies beyond a gap, in the order of sequence numbers.
  ///
  /// - Precondition: there is room for another.
  private mutating func keep(
    _ frame: consuming Frame, _ segment: TCPSegment, for index: Int, in network: inout Network
  ) {
    let start = segment.sequenceNumber
    let end = start + segment.payloadByteCount
    if segment.payloadByteCount > 0 {
      tcp.connections[index].blocks.insert(ReceivedBlocks.Block(start: start, end: end))
    }
    // Nearly always it comes last.
    var previous = tcp.connections[index].lastHeld
    if previous != HeldFrames.none, held[previous].sequenceNumber > start {
      previous = HeldFrames.none
      var candidate = tcp.connections[index].firstHeld
      while candidate != HeldFrames.none, held[candidate].sequenceNumber <= start {
        previous = candidate
        candidate = held[candidate].next
      }
    }
    if previous != HeldFrames.none, held[previous].sequenceNumber == start,
      Int(held[previous].byteCount) >= segment.payloadByteCount,
      held[previous].isLast || !segment.flags.contains(.fin)
    {
      // Nothing new in it.
      network.frames.discard(frame)
      return
    }
    let position = held.hold(
      frame, offset: segment.payloadOffset, byteCount: segment.payloadByteCount,
      sequenceNumber: start, isLast: segment.flags.contains(.fin))
    if previous == HeldFrames.none {
      held[position].next = tcp.connections[index].firstHeld
      tcp.connections[index].firstHeld = position
    } else {
      held[position].next = held[previous].next
      held[previous].next = position
    }
    if held[position].next == HeldFrames.none { tcp.connections[index].lastHeld = position }
    tcp.connections[index].heldCount += 1
  }

  // MARK: Trouble

  /// Tells the owner of a connection that it has failed, and forgets it.
  mutating func lose(_ index: Int, _ failure: ExchangeFailure, in network: inout Network) {
    connectionFailed(index, failure, in: &network)
    forget(index, in: &network)
  }

  /// A packet that this host sent cannot get where it was to go.
  mutating func segmentFailed(
    _ quoted: QuotedPacket, _ failure: ExchangeFailure, in network: inout Network
  ) {
    guard
      let index = tcp.find(
        quoted.source, quoted.sourcePort, quoted.destination, quoted.destinationPort),
      // RFC 5927, section 4: on an open connection such news is not believed.
      tcp.connections[index].state == .synSent,
      SequenceNumber(rawValue: quoted.word) == tcp.connections[index].initialSend
    else { return }
    lose(index, failure, in: &network)
  }

  /// Whether a connection has sent the segment that begins `quoted` and still waits for its
  /// acknowledgment (RFC 5927, section 4.1).
  mutating func isSegmentUnderWay(_ quoted: QuotedPacket) -> Bool {
    guard let index = connection(of: quoted) else { return false }
    let number = SequenceNumber(rawValue: quoted.word)
    return number >= tcp.connections[index].sendUnacknowledged
      && number < tcp.connections[index].sendHighest
  }

  private mutating func connection(of quoted: QuotedPacket) -> Int? {
    guard quoted.protocol == .tcp else { return nil }
    return tcp.find(
      quoted.source, quoted.sourcePort, quoted.destination, quoted.destinationPort)
  }

  /// Tells connections that the path to where `quoted` went carries packets of `limit` bytes at
  /// most: its own sends again what was too long, those that have nothing under way know it for
  /// the next time, and others hear of it as it did.
  mutating func connectionsShrink(
    to limit: Int, about quoted: QuotedPacket, in network: inout Network
  ) {
    let size = limit - quoted.destination.headerByteCount - TCPHeader.byteCount
    let concerned = connection(of: quoted)
    for index in 0..<tcp.connections.endIndex
    where tcp.connections.contains(index) && index != concerned {
      guard tcp.connections[index].remoteAddress == quoted.destination,
        tcp.connections[index].inFlight == 0
      else { continue }
      _ = tcp.connections[index].pathShrank(to: size)
    }
    if let concerned, tcp.connections[concerned].pathShrank(to: size) {
      flush(concerned, in: &network)
    }
  }
}

/// One end of a TCP connection: a socket (RFC 9293, section 3.4).
struct StreamEnd {
  var address: HostAddress
  var port: UInt16
}
