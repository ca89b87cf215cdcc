import EventSimulation
import PacketFormats
import SimulatedTime

/// A request that is under way.
struct FetchState {
  let fetch: HTTPFetch
  let request: [UInt8]
  /// When it began, in nanoseconds.
  let began: Int64
  var connection = RecordID.none
  var reader = HTTPReader()
  /// Requests that were answered.
  var answered = 0
  var status = 0
  /// Whether the head of the answer under way has been read.
  var hasHead = false
  /// Whether the server will close when it has answered.
  var serverCloses = false
}

/// The client's side of HTTP.
extension Host {
  mutating func begin(_ fetch: HTTPFetch, in network: inout Network) -> RecordID {
    openAnnex()
    let request = fetch.request
    let id = annex[0].fetches.insert(
      FetchState(
        fetch: fetch, request: request?.encoded ?? [], began: network.now.nanoseconds))
    guard request != nil, fetch.count >= 0, fetch.timeLimit ?? .zero >= .zero else {
      finishFetch(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let server = reach(fetch.server) else {
      finishFetch(id, .failed(.unreachable), in: &network)
      return id
    }
    guard fetch.count > 0 else {
      finishFetch(id, .responses(count: 0, status: 0, byteCount: 0), in: &network)
      return id
    }
    if let limit = fetch.timeLimit {
      network.wake(at: network.now.advanced(by: limit), token: WakeToken(.fetch, id).rawValue)
    }
    if fetch.isPooled, let index = takeFromPool(for: server, port: fetch.port) {
      tcp.connections[index].owner = .fetch(id)
      annex[0].fetches[Int(id.index)].connection = tcp.connections.id(of: index)
      sendFetch(id, on: index)
      flush(index, in: &network)
      return id
    }
    guard let connection = connect(to: server, port: fetch.port, owner: .fetch(id), in: &network)
    else {
      finishFetch(id, .failed(.noSourcePort), in: &network)
      return id
    }
    annex[0].fetches[Int(id.index)].connection = connection
    flush(Int(connection.index), in: &network)
    return id
  }

  /// Writes the request to connection `index`.
  mutating func sendFetch(_ id: RecordID, on index: Int) {
    guard let fetch = annex[0].fetches.index(of: id) else { return }
    annex[0].fetches[fetch].hasHead = false
    write(annex[0].fetches[fetch].request, to: index)
  }

  mutating func receiveFetched(_ bytes: RawSpan, for id: RecordID) {
    guard let fetch = annex[0].fetches.index(of: id) else { return }
    annex[0].fetches[fetch].reader.receive(bytes)
  }

  /// Acts on what the server has said.
  mutating func fetchReceived(_ id: RecordID, on index: Int, in network: inout Network) {
    while let fetch = annex[0].fetches.index(of: id) {
      if !annex[0].fetches[fetch].hasHead {
        guard let head = annex[0].fetches[fetch].reader.nextHead() else { break }
        takeHead(head, of: fetch)
      }
      if annex[0].fetches[fetch].reader.isBroken || annex[0].fetches[fetch].reader.isInBody {
        break
      }
      if annex[0].fetches[fetch].hasHead { responseComplete(id, on: index, in: &network) }
    }
    guard let fetch = annex[0].fetches.index(of: id), annex[0].fetches[fetch].reader.isBroken
    else { return }
    finishFetch(id, .failed(.protocolViolation), in: &network)
    tcp.connections[index].close()
  }

  private mutating func takeHead(_ head: HTTPReader.Head, of fetch: Int) {
    let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    let status =
      parts.count >= 2 && parts[0].hasPrefix("HTTP/1.") && parts[1].utf8.count == 3
      ? Int(parts[1]) : nil
    // RFC 9110, section 15.2: an interim answer is followed by the final one.
    if let status, (100..<200).contains(status) { return }
    annex[0].fetches[fetch].hasHead = true
    annex[0].fetches[fetch].status = status ?? 0
    annex[0].fetches[fetch].serverCloses =
      head.headers.value(of: "Connection")?.lowercased() == "close" || parts.first == "HTTP/1.0"
    // RFC 9110, sections 9.3.2, 15.3.5 and 15.4.5: these have no body whatever their headers say.
    let hasBody =
      annex[0].fetches[fetch].fetch.method != "HEAD" && status != 204 && status != 304
    guard status != nil else {
      annex[0].fetches[fetch].reader.giveUp()
      return
    }
    annex[0].fetches[fetch].reader.beginBody(
      hasBody ? head.headers : [], isOpenEnded: hasBody)
  }

  /// An answer has arrived as a whole.
  private mutating func responseComplete(
    _ id: RecordID, on index: Int, in network: inout Network
  ) {
    let fetch = Int(id.index)
    annex[0].fetches[fetch].answered += 1
    let isLast =
      annex[0].fetches[fetch].answered == annex[0].fetches[fetch].fetch.count
    if annex[0].fetches[fetch].serverCloses {
      tcp.connections[index].close()
      finishFetch(id, isLast ? responses(of: fetch) : .failed(.reset), in: &network)
    } else if isLast {
      if annex[0].fetches[fetch].fetch.isPooled {
        keepInPool(index)
      } else {
        tcp.connections[index].close()
      }
      finishFetch(id, responses(of: fetch), in: &network)
    } else {
      sendFetch(id, on: index)
    }
  }

  private mutating func responses(of fetch: Int) -> ExchangeResult {
    .responses(
      count: annex[0].fetches[fetch].answered, status: annex[0].fetches[fetch].status,
      byteCount: annex[0].fetches[fetch].reader.bodyByteCount)
  }

  /// The server has closed the connection.
  mutating func fetchClosed(_ id: RecordID, on index: Int, in network: inout Network) {
    tcp.connections[index].close()
    guard let fetch = annex[0].fetches.index(of: id) else { return }
    let isComplete =
      annex[0].fetches[fetch].hasHead && annex[0].fetches[fetch].reader.endsWithConnection
      && annex[0].fetches[fetch].answered + 1 == annex[0].fetches[fetch].fetch.count
    if isComplete { annex[0].fetches[fetch].answered += 1 }
    finishFetch(id, isComplete ? responses(of: fetch) : .failed(.reset), in: &network)
  }

  mutating func fetchTimerFired(_ id: RecordID, in network: inout Network) {
    guard let fetch = annex[0].fetches.index(of: id) else { return }
    let connection = annex[0].fetches[fetch].connection
    finishFetch(id, .failed(.timedOut), in: &network)
    if let index = tcp.connections.index(of: connection) { abort(index, in: &network) }
  }

  mutating func finishFetch(_ id: RecordID, _ result: ExchangeResult, in network: inout Network) {
    guard let fetch = annex[0].fetches.index(of: id) else { return }
    let state = annex[0].fetches.take(fetch)
    end(ExchangeID(kind: .fetch, record: id), began: state.began, with: result, at: network.now)
  }
}
