import EventSimulation
import PacketFormats
import SimulatedTime

/// A question to a name server that is under way.
struct LookupState {
  let lookup: NameLookup
  let name: DNSName
  /// When it began, in nanoseconds.
  let began: Int64
  let port: UInt16
  var identification: UInt16
  /// When to ask again, in nanoseconds.
  var deadline: Int64 = 0
  var attempts = 0
}

extension Host {
  // MARK: Client

  mutating func begin(_ lookup: NameLookup, in network: inout Network) -> RecordID {
    let began = network.now.nanoseconds
    let name = try? DNSName(lookup.name)
    let port = takeLookupPort()
    let id = lookups.insert(
      LookupState(
        lookup: lookup, name: name ?? .root, began: began, port: port ?? 0,
        identification: UInt16(truncatingIfNeeded: random.next())))
    guard name != nil else {
      finishLookup(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let port else {
      finishLookup(id, .failed(.noSourcePort), in: &network)
      return id
    }
    openSocket(port, for: .lookup(id))
    ask(id, in: &network)
    return id
  }

  /// A source port that cannot be guessed (RFC 5452, section 4.5).
  ///
  /// It comes from the ephemeral range even where ports are otherwise taken in order: whoever says
  /// which port comes first means the conversation, not the question that leads up to it.
  private mutating func takeLookupPort() -> UInt16? {
    let ports = settings.ephemeralPorts
    for _ in 0..<8 {
      let offset = UInt16(truncatingIfNeeded: random.next(below: UInt64(ports.count)))
      let port = ports.lowerBound + offset
      if port != settings.firstEphemeralPort, findSocket(port) == nil { return port }
    }
    return takeDatagramPort()
  }

  private mutating func ask(_ id: RecordID, in network: inout Network) {
    guard let index = lookups.index(of: id) else { return }
    let deadline = network.now.advanced(by: settings.resolverTimeout)
    lookups[index].attempts += 1
    lookups[index].deadline = deadline.nanoseconds
    let state = lookups[index]
    let query = DNSMessage(
      identification: state.identification, isRecursionDesired: true,
      questions: [DNSQuestion(name: state.name, type: .a)]
    ).encoded()
    network.wake(at: deadline, token: WakeToken(.lookup, id).rawValue)
    guard interface.nextHop(to: state.lookup.server) != nil else {
      statistics.count(.noRoute)
      finishLookup(id, .failed(.unreachable), in: &network)
      return
    }
    unsafe sendDatagram(
      from: interface.address, port: state.port, to: state.lookup.server,
      port: state.lookup.port, payload: query.span.bytes, in: &network)
  }

  mutating func lookupTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = lookups.index(of: id),
      lookups[index].deadline <= network.now.nanoseconds
    else { return }
    if lookups[index].attempts < settings.resolverAttempts {
      ask(id, in: &network)
    } else {
      finishLookup(id, .failed(.timedOut), in: &network)
    }
  }

  mutating func receiveAnswer(
    _ frame: borrowing Frame, _ payload: Range<Int>, from source: IPv4Address, to id: RecordID,
    in network: inout Network
  ) {
    guard let index = lookups.index(of: id), lookups[index].lookup.server == source else { return }
    let message = network.frames.withContents(of: frame) { bytes in
      try? DNSMessage(parsing: bytes, at: payload.lowerBound, end: payload.upperBound)
    }
    // RFC 5452, section 3: anything that does not match the question is not its answer.
    guard let message, message.isResponse,
      message.identification == lookups[index].identification,
      message.questions.first?.name == lookups[index].name
    else { return }
    finishLookup(id, Self.result(of: message, for: lookups[index].name), in: &network)
  }

  /// The addresses in `message`, wherever aliases lead (RFC 1034, section 3.6.2).
  private static func result(of message: DNSMessage, for name: DNSName) -> ExchangeResult {
    switch message.responseCode {
    case .noError: break
    case .nameError: return .failed(.nameNotFound)
    default: return .failed(.nameServerFailed(code: message.responseCode.rawValue))
    }
    var wanted = name
    var addresses: [IPv4Address] = []
    for record in message.answers where record.name == wanted {
      switch record.data {
      case .cname(let target): wanted = target
      case .a(let address): addresses.append(address)
      default: break
      }
    }
    return addresses.isEmpty ? .failed(.noAddress) : .addresses(addresses)
  }

  mutating func lookupFailed(
    _ id: RecordID, _ failure: ExchangeFailure, asking server: IPv4Address,
    in network: inout Network
  ) {
    guard let index = lookups.index(of: id), lookups[index].lookup.server == server else { return }
    finishLookup(id, .failed(failure), in: &network)
  }

  private mutating func finishLookup(
    _ id: RecordID, _ result: ExchangeResult, in network: inout Network
  ) {
    guard let index = lookups.index(of: id) else { return }
    let state = lookups.take(index)
    closeSocket(state.port)
    end(
      ExchangeID(kind: .lookup, record: id), began: state.began, with: result, at: network.now)
  }

  // MARK: Server

  mutating func answer(
    _ frame: borrowing Frame, _ payload: Range<Int>, _ header: UDPHeader, _ arrival: Arrival,
    with server: DomainNameServer, in network: inout Network
  ) {
    let query = network.frames.withContents(of: frame) { bytes in
      try? DNSMessage(parsing: bytes, at: payload.lowerBound, end: payload.upperBound)
    }
    guard let query, let response = server.encodedResponse(to: query) else { return }
    unsafe sendDatagram(
      from: arrival.destination, port: header.destinationPort, to: arrival.source,
      port: header.sourcePort, payload: response.span.bytes, after: server.thinkTime,
      in: &network)
  }
}
