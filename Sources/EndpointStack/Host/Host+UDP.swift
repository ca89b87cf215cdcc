import EventSimulation
import PacketFormats
import SimulatedTime

/// A UDP port in use, and whose it is.
struct DatagramSocket {
  enum Owner {
    /// An index into the host's servers.
    case server(Int)
    case lookup(RecordID)
    case train(RecordID)
    case request(RecordID)
    case trace(RecordID)
    case forward(RecordID)
    /// Nobody at the moment: it is kept for the next request to this service.
    case kept(for: HostAddress, port: UInt16)
  }

  let port: UInt16
  var owner: Owner
}

extension Host {
  // MARK: Ports

  /// The index of the socket at `port`, or `nil` if there is none.
  @inline(__always)
  func findSocket(_ port: UInt16) -> Int? {
    // A few are found faster where they are than in a table.
    if sockets.endIndex <= 4 {
      for index in 0..<sockets.endIndex where sockets.contains(index) {
        if sockets[index].port == port { return index }
      }
      return nil
    }
    var probe = socketTable.probe(IndexTable.hash(UInt64(port)))
    while let index = socketTable.next(&probe) {
      if sockets[index].port == port { return index }
    }
    return nil
  }

  /// Takes `port` for `owner`.
  ///
  /// - Precondition: the port is free.
  mutating func openSocket(_ port: UInt16, for owner: DatagramSocket.Owner) {
    let id = sockets.insert(DatagramSocket(port: port, owner: owner))
    socketTable.insert(Int(id.index), hash: IndexTable.hash(UInt64(port)))
  }

  mutating func closeSocket(_ port: UInt16) {
    guard let index = findSocket(port) else { return }
    socketTable.remove(index, hash: IndexTable.hash(UInt64(port)))
    sockets.remove(index)
  }

  /// The next source port, in order, that no socket has, or `nil` if there is none.
  mutating func takeDatagramPort() -> UInt16? {
    var next = nextPort
    defer { nextPort = next }
    let ports = settings.ephemeralPorts
    for _ in 0...UInt16.max {
      let port = next
      next = port == ports.upperBound || port == .max ? ports.lowerBound : port + 1
      if port != 0, findSocket(port) == nil { return port }
    }
    return nil
  }

  // MARK: Sending

  /// Sends a datagram whose payload `fill` writes, from a given place in the frame on, and sums.
  ///
  /// - Returns: whether it left or waits for a hardware address.
  @inline(__always) @discardableResult
  mutating func sendDatagram(
    from source: HostAddress, port sourcePort: UInt16, to destination: HostAddress,
    port destinationPort: UInt16, payloadByteCount: Int, in network: inout Network,
    fill: (inout MutableRawSpan, Int) -> InternetChecksum
  ) -> Bool {
    let frame = makeDatagram(
      from: source, port: sourcePort, to: destination, port: destinationPort,
      payloadByteCount: payloadByteCount, in: &network, fill: fill)
    guard let frame else { return false }
    return sendWithinPath(frame, to: destination, isDatagram: true, in: &network)
  }

  /// Sends a packet that is complete but for its destination hardware address, in fragments if the
  /// path carries less.
  ///
  /// - Returns: whether it left or waits for a hardware address.
  @inline(__always) @discardableResult
  mutating func sendWithinPath(
    _ frame: consuming Frame, to destination: HostAddress, isDatagram: Bool = false,
    in network: inout Network
  ) -> Bool {
    guard let nextHop = nextHop(to: destination) else {
      abandon(frame, .noRoute, in: &network)
      return false
    }
    if isDatagram { statistics.datagramsSent &+= 1 }
    let limit = pathMTU(to: destination, at: network.now.nanoseconds)
    if frame.byteCount > EthernetHeader.byteCount + limit {
      sendInFragments(frame, to: destination, by: nextHop, limit: limit, in: &network)
    } else {
      launch(frame, to: nextHop, in: &network)
    }
    return true
  }

  /// Sends `payload`, after `delay` if that is not zero.
  mutating func sendDatagram(
    from source: HostAddress, port sourcePort: UInt16, to destination: HostAddress,
    port destinationPort: UInt16, payload: RawSpan, after delay: Duration = .zero,
    in network: inout Network
  ) {
    let frame = makeDatagram(
      from: source, port: sourcePort, to: destination, port: destinationPort,
      payloadByteCount: payload.byteCount, in: &network
    ) { bytes, offset in
      bytes.copyBytes(from: payload, at: offset)
      var sum = InternetChecksum()
      sum.add(payload)
      return sum
    }
    guard let frame else { return }
    guard nextHop(to: destination) != nil else {
      abandon(frame, .noRoute, in: &network)
      return
    }
    statistics.datagramsSent &+= 1
    send(frame, after: delay, in: &network)
  }

  @inline(__always)
  mutating func makeDatagram(
    from source: HostAddress, port sourcePort: UInt16, to destination: HostAddress,
    port destinationPort: UInt16, payloadByteCount: Int, in network: inout Network,
    fill: (inout MutableRawSpan, Int) -> InternetChecksum
  ) -> Frame? {
    let length = UDPHeader.byteCount + payloadByteCount
    let frame = makePacket(
      .udp, from: source, to: destination, payloadByteCount: length, in: &network)
    guard let frame else { return nil }
    let header = UDPHeader(
      sourcePort: sourcePort, destinationPort: destinationPort, payloadByteCount: payloadByteCount)
    let pseudo = pseudoHeader(.udp, from: source, to: destination, byteCount: length)
    let start = destination.payloadOffset
    network.frames.withBytes(of: frame) { bytes in
      var sum = pseudo
      sum.add(sourcePort)
      sum.add(destinationPort)
      sum.add(header.length)
      sum.add(fill(&bytes, start &+ UDPHeader.byteCount))
      header.write(to: &bytes, at: start, checksum: sum.udpValue)
    }
    return frame
  }

  /// The longest payload of a datagram to `destination` that fits into a frame, in bytes.
  static func longestDatagram(to destination: IPAddress) -> Int {
    let header = destination.family == .v6 ? IPv6Header.byteCount : IPv4Header.byteCount
    return FramePool.longestFrame.jumbo - EthernetHeader.byteCount - header - UDPHeader.byteCount
  }

  /// What the path carries, if a datagram is longer and its program will not have it split.
  @inline(__always)
  mutating func limit(
    of payloadByteCount: Int, to destination: HostAddress, mayFragment: Bool,
    in network: borrowing Network
  ) -> Int? {
    guard !mayFragment else { return nil }
    let limit = pathMTU(to: destination, at: network.now.nanoseconds)
    return payloadByteCount + UDPHeader.byteCount + destination.headerByteCount > limit
      ? limit : nil
  }

  /// A router has said that a datagram is longer than the path carries.
  ///
  /// Programs that let the host split their datagrams are not told: the next ones are split.
  mutating func datagramTooLong(
    _ quoted: QuotedPacket, limit: Int, in network: inout Network
  ) {
    guard let socket = findSocket(quoted.sourcePort),
      case .request(let id) = sockets[socket].owner, let index = requests.index(of: id),
      !requests[index].request.mayFragment
    else { return }
    requestFailed(
      id, .messageTooLong(limit: limit), asking: quoted.destination, in: &network)
  }

  /// Sends a packet that is complete but for its destination hardware address, when `delay` is
  /// over.
  mutating func send(
    _ frame: consuming Frame, after delay: Duration, in network: inout Network
  ) {
    let position = held.hold(frame)
    let id = RecordID(index: UInt32(position), generation: 0)
    guard delay > .zero else {
      releaseDelayed(id, in: &network)
      return
    }
    network.wake(at: network.now.advanced(by: delay), token: WakeToken(.release, id).rawValue)
  }

  mutating func releaseDelayed(_ id: RecordID, in network: inout Network) {
    let frame = held.release(Int32(bitPattern: id.index)).takeFrame()
    let destination = destination(of: frame, in: network)
    sendWithinPath(frame, to: destination, in: &network)
  }

  /// Where a packet of this host is to go.
  private mutating func destination(
    of frame: borrowing Frame, in network: borrowing Network
  ) -> HostAddress {
    let base = EthernetHeader.byteCount
    let (ipv4, ipv6) = network.frames.withContents(of: frame) { bytes in
      let isIPv6 =
        bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.ipv6.rawValue
      return (
        IPv4Address(rawValue: bytes[IPv4Header.Layout.destination, at: base]),
        isIPv6
          ? IPv6Address(
            high: bytes[IPv6Header.Layout.destinationHigh, at: base],
            low: bytes[IPv6Header.Layout.destinationLow, at: base]) : nil
      )
    }
    guard let ipv6 else { return HostAddress(ipv4) }
    return annex[0].ipv6.book.number(of: ipv6)
  }

  // MARK: Receiving

  /// Takes over `frame`, which holds a UDP datagram for this host.
  @inline(__always)
  mutating func receiveDatagram(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let header = network.frames.withContents(of: frame) { bytes in
      try? UDPHeader(parsing: bytes, at: arrival.offset)
    }
    guard let header, let index = findSocket(header.destinationPort) else {
      condemn(frame, .closedPort, in: &network)
      sendPortUnreachable(about: frame, arrival, in: &network)
      bury(frame, .closedPort, layer: .udp, in: &network)
      return
    }
    statistics.datagramsReceived &+= 1
    statistics.datagramBytesReceived &+= UInt64(header.payloadByteCount)
    let payload = arrival.offset + UDPHeader.byteCount..<arrival.end
    switch sockets[index].owner {
    case .train, .trace, .kept: break
    case .request(let id):
      receiveReply(
        frame, payload, from: arrival.source, port: header.sourcePort, to: id, in: &network)
    case .lookup(let id):
      receiveAnswer(frame, payload, from: arrival.source, to: id, in: &network)
    case .forward(let id):
      receiveForwarded(frame, payload, from: arrival.source, to: id, in: &network)
    case .server(let number):
      switch servers[number] {
      case .datagramEcho(_, let thinkTime):
        copyToScratch(frame, payload, in: &network)
        let reply = scratch
        sendDatagram(
          from: arrival.destination, port: header.destinationPort, to: arrival.source,
          port: header.sourcePort, payload: unsafe reply.span.bytes.extracting(0..<payload.count),
          after: thinkTime, in: &network)
      case .domainNames(let server):
        answer(frame, payload, header, arrival, with: server, in: &network)
      case .datagramSink, .streamSink, .streamEcho, .http, .postgreSQL: break
      }
    }
    network.frames.discard(frame)
  }
}
