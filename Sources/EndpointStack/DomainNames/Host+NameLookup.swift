import EventSimulation
import PacketFormats
import SimulatedTime

/// The client's side of look-ups.
extension Host {
  mutating func begin(_ lookup: NameLookup, in network: inout Network) -> RecordID {
    let began = network.now.nanoseconds
    let name = try? DNSName(lookup.name)
    let port = takeLookupPort()
    var state = LookupState(
      lookup: lookup, name: name ?? .root, began: began, port: port ?? 0)
    let families =
      lookup.families
      ?? (speaksIPv6 && annex[0].ipv6.hasGlobalAddress ? .both : .ipv4)
    if families != .ipv6 {
      state.ipv4 = LookupState.Question(
        identification: UInt16(truncatingIfNeeded: random.next()))
    }
    if families != .ipv4 {
      state.ipv6 = LookupState.Question(
        identification: UInt16(truncatingIfNeeded: random.next()))
    }
    let id = lookups.insert(state)
    guard name != nil else {
      finishLookup(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let port else {
      finishLookup(id, .failed(.noSourcePort), in: &network)
      return id
    }
    openSocket(port, for: .lookup(id))
    guard let server = reach(lookup.server) else {
      statistics.count(.noRoute)
      finishLookup(id, .failed(.unreachable), in: &network)
      return id
    }
    lookups[Int(id.index)].server = server
    ask(id, in: &network)
    return id
  }

  /// A source port that cannot be guessed (RFC 5452, section 4.5).
  ///
  /// It comes from the ephemeral range even where ports are otherwise taken in order: whoever says
  /// which port comes first means the conversation, not the question that leads up to it.
  mutating func takeLookupPort() -> UInt16? {
    let ports = settings.ephemeralPorts
    for _ in 0..<8 {
      let offset = UInt16(truncatingIfNeeded: random.next(below: UInt64(ports.count)))
      let port = ports.lowerBound + offset
      if port != settings.firstEphemeralPort, findSocket(port) == nil { return port }
    }
    return takeDatagramPort()
  }

  /// Sends the questions that are not answered yet.
  private mutating func ask(_ id: RecordID, in network: inout Network) {
    guard let index = lookups.index(of: id) else { return }
    let deadline = network.now.advanced(by: settings.resolverTimeout)
    lookups[index].attempts += 1
    lookups[index].deadline = deadline.nanoseconds
    network.wake(at: deadline, token: WakeToken(.lookup, id).rawValue)
    let server = lookups[index].server
    let source = source(for: server)
    for query in queries(of: index) {
      unsafe sendDatagram(
        from: source, port: lookups[index].port, to: server, port: lookups[index].lookup.port,
        payload: query.span.bytes, in: &network)
    }
  }

  /// The questions of a look-up that are not answered yet, as messages.
  private mutating func queries(of index: Int) -> [[UInt8]] {
    let name = lookups[index].name
    let size = settings.resolverPayloadByteCount
    return lookups[index].open.map { question in
      DNSMessage(
        identification: question.identification, isRecursionDesired: true,
        questions: [DNSQuestion(name: name, type: question.type)],
        additionals: size.map { [EDNS(payloadByteCount: UInt16(clamping: $0)).record] } ?? []
      ).encoded()
    }
  }

  mutating func lookupTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = lookups.index(of: id),
      lookups[index].deadline <= network.now.nanoseconds
    else { return }
    if lookups[index].connection == .none, lookups[index].attempts < settings.resolverAttempts {
      ask(id, in: &network)
    } else {
      finishLookup(id, .failed(.timedOut), in: &network)
    }
  }

  mutating func receiveAnswer(
    _ frame: borrowing Frame, _ payload: Range<Int>, from source: HostAddress, to id: RecordID,
    in network: inout Network
  ) {
    guard let index = lookups.index(of: id), lookups[index].server == source else { return }
    let message = network.frames.withContents(of: frame) { bytes in
      try? DNSMessage(parsing: bytes, at: payload.lowerBound, end: payload.upperBound)
    }
    guard let message, isAnswer(message, to: index) else { return }
    // RFC 7766, section 5: the answer is asked for again by TCP.
    if message.isTruncated {
      askByStream(id, in: &network)
    } else {
      take(message, for: id, in: &network)
    }
  }

  /// RFC 5452, section 3: anything that does not match the question is not its answer.
  private mutating func isAnswer(_ message: DNSMessage, to index: Int) -> Bool {
    guard message.isResponse, let question = message.questions.first,
      question.name == lookups[index].name
    else { return false }
    return lookups[index].open.contains {
      $0.identification == message.identification && $0.type == question.type
    }
  }

  /// Takes note of an answer, and ends the look-up with the last one.
  private mutating func take(
    _ message: DNSMessage, for id: RecordID, in network: inout Network
  ) {
    let index = Int(id.index)
    let result = Self.result(of: message, for: lookups[index].name)
    if message.questions.first?.type == .aaaa {
      lookups[index].ipv6?.result = result
    } else {
      lookups[index].ipv4?.result = result
    }
    guard let result = lookups[index].result else { return }
    finishLookup(id, result, in: &network)
  }

  /// The addresses in `message`, wherever aliases lead (RFC 1034, section 3.6.2).
  private static func result(of message: DNSMessage, for name: DNSName) -> ExchangeResult {
    switch message.responseCode {
    case .noError: break
    case .nameError: return .failed(.nameNotFound)
    default: return .failed(.nameServerFailed(code: message.responseCode.rawValue))
    }
    var wanted = name
    var addresses: [IPAddress] = []
    for record in message.answers where record.name == wanted {
      switch record.data {
      case .cname(let target): wanted = target
      case .a(let address): addresses.append(.v4(address))
      case .aaaa(let address): addresses.append(.v6(address))
      default: break
      }
    }
    return addresses.isEmpty ? .failed(.noAddress) : .addresses(addresses)
  }

  // MARK: By TCP

  /// Asks what is not answered yet by TCP, each question behind the other.
  private mutating func askByStream(_ id: RecordID, in network: inout Network) {
    let index = Int(id.index)
    guard lookups[index].connection == .none else { return }
    let made = connect(
      to: lookups[index].server, port: lookups[index].lookup.port, owner: .lookup(id),
      in: &network)
    guard let connection = made else {
      finishLookup(id, .failed(.noSourcePort), in: &network)
      return
    }
    lookups[index].connection = connection
    let deadline = network.now.advanced(by: settings.resolverTimeout)
    lookups[index].deadline = deadline.nanoseconds
    network.wake(at: deadline, token: WakeToken(.lookup, id).rawValue)
    flush(Int(connection.index), in: &network)
  }

  /// The connection of a look-up is open.
  mutating func lookupStreamOpened(
    _ id: RecordID, on connection: Int, in network: inout Network
  ) {
    guard let index = lookups.index(of: id) else { return }
    openAnnex()
    tcp.connections[connection].session = annex[0].nameStreams.insert(NameStream())
    for query in queries(of: index) { write(NameStream.framed(query), to: connection) }
  }

  /// Looks at what has arrived on the connection of a look-up.
  mutating func lookupStreamReceived(
    _ id: RecordID, on connection: Int, in network: inout Network
  ) {
    while let bytes = nextName(on: connection) {
      guard let index = lookups.index(of: id) else { break }
      let message = unsafe try? DNSMessage(parsing: bytes.span.bytes)
      guard let message, isAnswer(message, to: index) else { continue }
      take(message, for: id, in: &network)
    }
    if lookups.index(of: id) == nil { tcp.connections[connection].close() }
  }

  /// The next message that has arrived on a connection for DNS.
  mutating func nextName(on connection: Int) -> [UInt8]? {
    guard hasAnnex,
      let stream = annex[0].nameStreams.index(of: tcp.connections[connection].session)
    else { return nil }
    return annex[0].nameStreams[stream].nextMessage()
  }

  // MARK: Ending

  mutating func lookupFailed(
    _ id: RecordID, _ failure: ExchangeFailure, asking server: HostAddress,
    in network: inout Network
  ) {
    guard let index = lookups.index(of: id), lookups[index].server == server else { return }
    finishLookup(id, .failed(failure), in: &network)
  }

  mutating func finishLookup(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    guard let index = lookups.index(of: id) else { return }
    let state = lookups.take(index)
    closeSocket(state.port)
    end(
      ExchangeID(kind: .lookup, record: id), began: state.began, with: result, at: network.now)
  }
}
