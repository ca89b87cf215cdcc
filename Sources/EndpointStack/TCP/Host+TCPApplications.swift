import EventSimulation
import PacketFormats
import SimulatedTime

/// What connections mean to those who own them.
extension Host {
  /// How much a server writes ahead of what has been acknowledged, in bytes.
  static var writeAhead: Int { 1 << 16 }

  /// Both sides of connection `index` have agreed to talk.
  mutating func connectionOpened(_ index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server(let number):
      statistics.connectionsAccepted &+= 1
      switch servers[number] {
      case .postgreSQL(let server):
        let random = random.next()
        tcp.connections[index].session = sessions.insert(
          PostgreSQLSession(
            server: server, processID: UInt32(truncatingIfNeeded: 1 + random >> 32 % 32_767),
            secretKey: UInt32(truncatingIfNeeded: random)))
      case .http(let server): httpSessionOpened(index, server)
      case .domainNames: nameStreamOpened(index)
      case .streamSink, .streamEcho, .datagramSink, .datagramEcho: break
      }
    case .query(let id):
      guard let query = queries.index(of: id) else { return }
      write(queries[query].client.open(), to: index)
      if let interval = queries[query].client.query.keepAlive {
        keepAlive(index, every: interval, in: &network)
      }
    case .pool: break
    case .upload(let id): writeNext(of: id, to: index, in: &network)
    case .fetch(let id): sendFetch(id, on: index)
    case .lookup(let id): lookupStreamOpened(id, on: index, in: &network)
    case .forward(let id): forwardStreamOpened(id, on: index)
    }
  }

  /// Forgets what the owner of connection `index` has kept for it.
  mutating func endSession(of index: Int) {
    let id = tcp.connections[index].session
    switch tcp.connections[index].owner {
    case .server(let number):
      switch servers[number] {
      case .postgreSQL:
        if let session = sessions.index(of: id) { sessions.remove(session) }
      case .http:
        if hasAnnex, let session = annex[0].httpSessions.index(of: id) {
          annex[0].httpSessions.remove(session)
        }
      case .domainNames: endNameStream(id)
      case .streamSink, .streamEcho, .datagramSink, .datagramEcho: break
      }
    case .lookup, .forward: endNameStream(id)
    case .query, .pool, .upload, .fetch: break
    }
  }

  private mutating func endNameStream(_ id: RecordID) {
    guard hasAnnex, let stream = annex[0].nameStreams.index(of: id) else { return }
    annex[0].nameStreams.remove(stream)
  }

  mutating func write(_ bytes: [UInt8], to index: Int) {
    unsafe tcp.connections[index].buffer.append(bytes.span.bytes)
  }

  /// Takes in text that has arrived in order; ``textReceived(on:in:)`` acts on it.
  mutating func receiveText(_ bytes: RawSpan, on index: Int, at now: Int64) {
    switch tcp.connections[index].owner {
    case .server(let number):
      if let streamObserver { streamObserver(bytes) }
      switch servers[number] {
      case .postgreSQL:
        if let session = sessions.index(of: tcp.connections[index].session) {
          sessions[session].receive(bytes)
        }
      case .http: receiveHTTP(bytes, on: index)
      case .domainNames: receiveNames(bytes, on: index)
      case .streamEcho:
        if !tcp.connections[index].isClosed { tcp.connections[index].buffer.append(bytes) }
      case .streamSink, .datagramSink, .datagramEcho: break
      }
    case .query(let id):
      guard let query = queries.index(of: id) else { return }
      let answer = queries[query].client.receive(bytes)
      write(answer, to: index)
    case .fetch(let id): receiveFetched(bytes, for: id)
    case .lookup, .forward: receiveNames(bytes, on: index)
    case .upload, .pool: break
    }
  }

  private mutating func receiveNames(_ bytes: RawSpan, on index: Int) {
    guard hasAnnex,
      let stream = annex[0].nameStreams.index(of: tcp.connections[index].session)
    else { return }
    annex[0].nameStreams[stream].receive(bytes)
  }

  /// Acts on what has arrived.
  mutating func textReceived(on index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server(let number):
      switch servers[number] {
      case .postgreSQL:
        if let session = sessions.index(of: tcp.connections[index].session) {
          advance(session, of: index, in: &network)
        }
      case .http: advanceHTTP(index, in: &network)
      case .domainNames(let server): nameStreamReceived(index, server, in: &network)
      case .streamSink, .streamEcho, .datagramSink, .datagramEcho: break
      }
    case .fetch(let id): fetchReceived(id, on: index, in: &network)
    case .lookup(let id): lookupStreamReceived(id, on: index, in: &network)
    case .forward(let id): forwardStreamReceived(id, on: index, in: &network)
    case .query(let id):
      guard let query = queries.index(of: id), queries[query].client.isOver else { return }
      if queries[query].client.failure == nil, queries[query].client.query.isPooled {
        keepInPool(index)
        finishQuery(id, in: &network)
        return
      }
      if queries[query].client.failure == nil {
        write(PostgreSQLClient.terminate, to: index)
        // Two calls of a real client, and so two segments.
        flush(index, in: &network)
      }
      tcp.connections[index].close()
      finishQuery(id, in: &network)
    case .upload, .pool: break
    }
  }

  private mutating func advance(_ session: Int, of index: Int, in network: inout Network) {
    let wish = sessions[session].advance()
    write(sessions[session].takeOutput(), to: index)
    switch wish {
    case .nothing: break
    case .close: tcp.connections[index].close()
    case .think: think(index, in: &network)
    }
  }

  /// Goes on with connection `index` when its server has thought.
  mutating func think(_ index: Int, in network: inout Network) {
    guard case .server(let number) = tcp.connections[index].owner else { return }
    let thinkTime =
      switch servers[number] {
      case .postgreSQL(let server): server.thinkTime
      case .http(let server): server.thinkTime
      case .streamSink(_, let thinkTime): thinkTime
      case .domainNames, .streamEcho, .datagramSink, .datagramEcho: Duration.zero
      }
    if thinkTime > .zero {
      network.wake(
        at: network.now.advanced(by: thinkTime),
        token: WakeToken(.session, tcp.connections.id(of: index)).rawValue)
    } else {
      thought(index, in: &network)
    }
  }

  mutating func sessionTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = tcp.connections.index(of: id) else { return }
    thought(index, in: &network)
    flush(index, in: &network)
  }

  private mutating func thought(_ index: Int, in network: inout Network) {
    if case .server(let number) = tcp.connections[index].owner, case .http = servers[number] {
      httpThought(index, in: &network)
      return
    }
    guard let session = sessions.index(of: tcp.connections[index].session) else {
      tcp.connections[index].close()
      return
    }
    sessions[session].thought()
    refill(session, of: index, in: &network)
  }

  /// Writes more rows if few are left to be sent.
  private mutating func refill(_ session: Int, of index: Int, in network: inout Network) {
    let room = Self.writeAhead - tcp.connections[index].buffer.count
    guard room > 0, !tcp.connections[index].isClosed else { return }
    sessions[session].refill(room: room)
    advance(session, of: index, in: &network)
  }

  /// Something that was sent has been acknowledged.
  @inline(__always)
  mutating func connectionProgressed(_ index: Int, in network: inout Network) {
    // Sinks and clients have no session.
    guard tcp.connections[index].session != .none,
      case .server(let number) = tcp.connections[index].owner
    else { return }
    if case .http = servers[number] {
      refillHTTP(index, in: &network)
    } else if let session = sessions.index(of: tcp.connections[index].session) {
      refill(session, of: index, in: &network)
    }
  }

  /// The other side has closed connection `index` and everything it sent has been delivered.
  mutating func closedByOther(_ index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server(let number):
      switch servers[number] {
      case .streamSink: think(index, in: &network)
      // What was asked is answered first; then the connection is closed.
      case .http where !tcp.connections[index].isClosed: httpClosedByOther(index, in: &network)
      default: tcp.connections[index].close()
      }
    case .query(let id):
      tcp.connections[index].close()
      guard let query = queries.index(of: id) else { return }
      queries[query].client.serverClosed()
      finishQuery(id, in: &network)
    case .pool: tcp.connections[index].close()
    case .fetch(let id): fetchClosed(id, on: index, in: &network)
    case .lookup(let id):
      tcp.connections[index].close()
      finishLookup(id, .failed(.reset), in: &network)
    case .forward(let id):
      tcp.connections[index].close()
      finishForward(id, with: nil, in: &network)
    case .upload(let id):
      let isComplete = isComplete(id, on: index)
      tcp.connections[index].close()
      flowEnded(id, isComplete ? nil : .reset, in: &network)
    }
  }

  /// Connection `index` has failed and is about to be forgotten.
  mutating func connectionFailed(
    _ index: Int, _ failure: ExchangeFailure, in network: inout Network
  ) {
    switch tcp.connections[index].owner {
    case .server, .pool: break
    case .query(let id): endQuery(id, .failed(failure), in: &network)
    case .upload(let id): flowEnded(id, failure, in: &network)
    case .fetch(let id): finishFetch(id, .failed(failure), in: &network)
    case .lookup(let id): finishLookup(id, .failed(failure), in: &network)
    case .forward(let id): finishForward(id, with: nil, in: &network)
    }
  }
}
