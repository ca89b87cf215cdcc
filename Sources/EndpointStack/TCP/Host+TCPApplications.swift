import EventSimulation
import PacketFormats
import SimulatedTime

/// What connections mean to those who own them.
extension Host {
  /// How much a PostgreSQL server writes ahead of what has been acknowledged, in bytes.
  private static var writeAhead: Int { 1 << 16 }

  /// Both sides of connection `index` have agreed to talk.
  mutating func connectionOpened(_ index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server(let number):
      statistics.connectionsAccepted &+= 1
      if case .postgreSQL(let server) = servers[number] {
        let random = random.next()
        tcp.connections[index].session = sessions.insert(
          PostgreSQLSession(
            server: server, processID: UInt32(truncatingIfNeeded: 1 + random >> 32 % 32_767),
            secretKey: UInt32(truncatingIfNeeded: random)))
      }
    case .query(let id):
      guard let query = queries.index(of: id) else { return }
      write(queries[query].client.open(), to: index)
      if let interval = queries[query].client.query.keepAlive {
        keepAlive(index, every: interval, in: &network)
      }
    case .pool: break
    case .upload(let id):
      writeNext(of: id, to: index, in: &network)
    }
  }

  private mutating func write(_ bytes: [UInt8], to index: Int) {
    unsafe tcp.connections[index].buffer.append(bytes.span.bytes)
  }

  /// Takes in text that has arrived in order; ``textReceived(on:in:)`` acts on it.
  mutating func receiveText(_ bytes: RawSpan, on index: Int, at now: Int64) {
    switch tcp.connections[index].owner {
    case .server:
      if let streamObserver { streamObserver(bytes) }
      if let session = sessions.index(of: tcp.connections[index].session) {
        sessions[session].receive(bytes)
      }
    case .query(let id):
      guard let query = queries.index(of: id) else { return }
      let answer = queries[query].client.receive(bytes)
      write(answer, to: index)
    case .upload, .pool: break
    }
  }

  /// Acts on what has arrived.
  mutating func textReceived(on index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server:
      if let session = sessions.index(of: tcp.connections[index].session) {
        advance(session, of: index, in: &network)
      }
    case .query(let id):
      guard let query = queries.index(of: id), queries[query].client.isOver else { return }
      if queries[query].client.failure == nil, queries[query].client.query.isPooled {
        keepInPool(index, for: queries[query].client.query)
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
  private mutating func think(_ index: Int, in network: inout Network) {
    guard case .server(let number) = tcp.connections[index].owner else { return }
    let thinkTime =
      switch servers[number] {
      case .postgreSQL(let server): server.thinkTime
      case .streamSink(_, let thinkTime): thinkTime
      case .domainNames, .datagramSink, .datagramEcho: Duration.zero
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
    if let session = sessions.index(of: tcp.connections[index].session) {
      refill(session, of: index, in: &network)
    }
  }

  /// The other side has closed connection `index` and everything it sent has been delivered.
  mutating func closedByOther(_ index: Int, in network: inout Network) {
    switch tcp.connections[index].owner {
    case .server(let number):
      if case .streamSink = servers[number] {
        think(index, in: &network)
      } else {
        tcp.connections[index].close()
      }
    case .query(let id):
      tcp.connections[index].close()
      guard let query = queries.index(of: id) else { return }
      queries[query].client.serverClosed()
      finishQuery(id, in: &network)
    case .pool: tcp.connections[index].close()
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
    }
  }
}
