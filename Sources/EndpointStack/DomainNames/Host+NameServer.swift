import EventSimulation
import PacketFormats
import SimulatedTime

/// The server's side of look-ups.
extension Host {
  // MARK: By UDP

  mutating func answer(
    _ frame: borrowing Frame, _ payload: Range<Int>, _ header: UDPHeader, _ arrival: Arrival,
    with server: DomainNameServer, in network: inout Network
  ) {
    let query = network.frames.withContents(of: frame) { bytes in
      try? DNSMessage(parsing: bytes, at: payload.lowerBound, end: payload.upperBound)
    }
    guard let query else { return }
    let local = StreamEnd(address: arrival.destination, port: header.destinationPort)
    let remote = StreamEnd(address: arrival.source, port: header.sourcePort)
    switch server.reaction(to: query) {
    case .nothing: break
    case .respond(let response):
      let bytes = DomainNameServer.encoded(response, limit: server.limit(for: query))
      unsafe sendDatagram(
        from: local.address, port: local.port, to: remote.address, port: remote.port,
        payload: bytes.span.bytes, after: server.thinkTime, in: &network)
    case .forward(let address):
      forward(query, to: address, for: .datagram(local: local, remote: remote), in: &network)
    }
  }

  // MARK: By TCP

  /// A connection to the name server is open.
  mutating func nameStreamOpened(_ index: Int) {
    openAnnex()
    tcp.connections[index].session = annex[0].nameStreams.insert(NameStream())
  }

  /// Acts on questions that have arrived on a connection.
  mutating func nameStreamReceived(
    _ index: Int, _ server: DomainNameServer, in network: inout Network
  ) {
    while let bytes = nextName(on: index) {
      guard let query = unsafe try? DNSMessage(parsing: bytes.span.bytes) else { continue }
      switch server.reaction(to: query) {
      case .nothing: break
      case .respond(let response):
        think(response.encoded(), on: index, for: server.thinkTime, in: &network)
      case .forward(let address):
        forward(
          query, to: address, for: .stream(tcp.connections.id(of: index)), in: &network)
      }
    }
  }

  private mutating func think(
    _ answer: [UInt8], on index: Int, for duration: Duration, in network: inout Network
  ) {
    guard duration > .zero,
      let stream = annex[0].nameStreams.index(of: tcp.connections[index].session)
    else {
      write(NameStream.framed(answer), to: index)
      return
    }
    annex[0].nameStreams[stream].thoughts.append(answer)
    network.wake(
      at: network.now.advanced(by: duration),
      token: WakeToken(.nameStream, tcp.connections.id(of: index)).rawValue)
  }

  mutating func nameStreamTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = tcp.connections.index(of: id),
      let stream = annex[0].nameStreams.index(of: tcp.connections[index].session),
      !annex[0].nameStreams[stream].thoughts.isEmpty
    else { return }
    let answer = annex[0].nameStreams[stream].thoughts.removeFirst()
    guard !tcp.connections[index].isClosed else { return }
    write(NameStream.framed(answer), to: index)
    flush(index, in: &network)
  }

  // MARK: Passing on

  /// Asks another name server what was asked here.
  private mutating func forward(
    _ query: DNSMessage, to address: IPAddress, for asker: ForwardState.Asker,
    in network: inout Network
  ) {
    guard let server = reach(address), let port = takeLookupPort() else {
      reply(query.response(.serverFailure).encoded(), to: asker, in: &network)
      return
    }
    openAnnex()
    let id = annex[0].forwards.insert(
      ForwardState(
        asker: asker, query: query, server: server, port: port,
        identification: UInt16(truncatingIfNeeded: random.next())))
    openSocket(port, for: .forward(id))
    if case .stream = asker {
      // Who asks by TCP may be in for a long answer.
      passOnByStream(id, in: &network)
    } else {
      passOn(id, in: &network)
    }
  }

  /// The question as it is passed on.
  private mutating func forwarded(_ index: Int) -> [UInt8] {
    var query = annex[0].forwards[index].query
    query.identification = annex[0].forwards[index].identification
    return query.encoded()
  }

  private mutating func passOn(_ id: RecordID, in network: inout Network) {
    guard let index = annex[0].forwards.index(of: id) else { return }
    annex[0].forwards[index].attempts += 1
    awaitAnswer(id, in: &network)
    let query = forwarded(index)
    let server = annex[0].forwards[index].server
    unsafe sendDatagram(
      from: source(for: server), port: annex[0].forwards[index].port, to: server,
      port: UDPHeader.Port.dns, payload: query.span.bytes, in: &network)
  }

  private mutating func awaitAnswer(_ id: RecordID, in network: inout Network) {
    let deadline = network.now.advanced(by: settings.resolverTimeout)
    annex[0].forwards[Int(id.index)].deadline = deadline.nanoseconds
    network.wake(at: deadline, token: WakeToken(.forward, id).rawValue)
  }

  private mutating func passOnByStream(_ id: RecordID, in network: inout Network) {
    annex[0].forwards[Int(id.index)].attempts = settings.resolverAttempts
    awaitAnswer(id, in: &network)
    let server = annex[0].forwards[Int(id.index)].server
    let made = connect(
      to: server, port: UDPHeader.Port.dns, owner: .forward(id), in: &network)
    guard let connection = made else {
      finishForward(id, with: nil, in: &network)
      return
    }
    flush(Int(connection.index), in: &network)
  }

  /// The connection that a question is passed on by is open.
  mutating func forwardStreamOpened(_ id: RecordID, on connection: Int) {
    guard let index = annex[0].forwards.index(of: id) else { return }
    tcp.connections[connection].session = annex[0].nameStreams.insert(NameStream())
    let query = forwarded(index)
    write(NameStream.framed(query), to: connection)
  }

  mutating func forwardStreamReceived(
    _ id: RecordID, on connection: Int, in network: inout Network
  ) {
    while let bytes = nextName(on: connection) {
      guard let index = annex[0].forwards.index(of: id) else { break }
      let message = unsafe try? DNSMessage(parsing: bytes.span.bytes)
      if let message, isAnswer(message, toForward: index) {
        finishForward(id, with: message, in: &network)
      }
    }
    if annex[0].forwards.index(of: id) == nil { tcp.connections[connection].close() }
  }

  mutating func receiveForwarded(
    _ frame: borrowing Frame, _ payload: Range<Int>, from source: HostAddress, to id: RecordID,
    in network: inout Network
  ) {
    guard let index = annex[0].forwards.index(of: id), annex[0].forwards[index].server == source
    else { return }
    let message = network.frames.withContents(of: frame) { bytes in
      try? DNSMessage(parsing: bytes, at: payload.lowerBound, end: payload.upperBound)
    }
    guard let message, isAnswer(message, toForward: index) else { return }
    finishForward(id, with: message, in: &network)
  }

  private mutating func isAnswer(_ message: DNSMessage, toForward index: Int) -> Bool {
    message.isResponse && message.identification == annex[0].forwards[index].identification
      && message.questions == annex[0].forwards[index].query.questions
  }

  mutating func forwardTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = annex[0].forwards.index(of: id),
      annex[0].forwards[index].deadline <= network.now.nanoseconds
    else { return }
    if annex[0].forwards[index].attempts < settings.resolverAttempts {
      passOn(id, in: &network)
    } else {
      finishForward(id, with: nil, in: &network)
    }
  }

  mutating func forwardFailed(
    _ id: RecordID, asking server: HostAddress, in network: inout Network
  ) {
    guard let index = annex[0].forwards.index(of: id), annex[0].forwards[index].server == server
    else { return }
    finishForward(id, with: nil, in: &network)
  }

  /// Passes an answer on, or says that there is none (RFC 1035, section 4.1.1: RCODE 2).
  mutating func finishForward(
    _ id: RecordID, with answer: DNSMessage?, in network: inout Network
  ) {
    guard let index = annex[0].forwards.index(of: id) else { return }
    let state = annex[0].forwards.take(index)
    closeSocket(state.port)
    var response = answer ?? state.query.response(.serverFailure)
    response.identification = state.query.identification
    response.isRecursionAvailable = true
    reply(response.encoded(), to: state.asker, in: &network)
  }

  private mutating func reply(
    _ answer: [UInt8], to asker: ForwardState.Asker, in network: inout Network
  ) {
    switch asker {
    case .datagram(let local, let remote):
      unsafe sendDatagram(
        from: local.address, port: local.port, to: remote.address, port: remote.port,
        payload: answer.span.bytes, in: &network)
    case .stream(let connection):
      guard let index = tcp.connections.index(of: connection), !tcp.connections[index].isClosed
      else { return }
      write(NameStream.framed(answer), to: index)
      flush(index, in: &network)
    }
  }
}
