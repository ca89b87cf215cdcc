import EventSimulation
import PacketFormats
import SimulatedTime

/// The server's side of HTTP.
extension Host {
  /// A connection to the web server is open.
  mutating func httpSessionOpened(_ index: Int, _ server: HTTPServer) {
    openAnnex()
    tcp.connections[index].session = annex[0].httpSessions.insert(HTTPSession(server: server))
  }

  /// The session of connection `index`.
  private func httpSession(of index: Int) -> Int? {
    hasAnnex ? annex[0].httpSessions.index(of: tcp.connections[index].session) : nil
  }

  mutating func receiveHTTP(_ bytes: RawSpan, on index: Int) {
    guard let session = httpSession(of: index) else { return }
    annex[0].httpSessions[session].receive(bytes)
  }

  /// Acts on what has arrived.
  mutating func advanceHTTP(_ index: Int, in network: inout Network) {
    guard let session = httpSession(of: index) else { return }
    switch annex[0].httpSessions[session].advance() {
    case .nothing: break
    case .close: tcp.connections[index].close()
    case .think: think(index, in: &network)
    }
  }

  /// Answers what was thought about.
  mutating func httpThought(_ index: Int, in network: inout Network) {
    guard let session = httpSession(of: index), !tcp.connections[index].isClosed else { return }
    let head = annex[0].httpSessions[session].thought()
    write(head, to: index)
    refillHTTP(index, in: &network)
  }

  /// The client will say no more: what it has asked is answered, then the connection ends.
  mutating func httpClosedByOther(_ index: Int, in network: inout Network) {
    guard let session = httpSession(of: index) else {
      tcp.connections[index].close()
      return
    }
    annex[0].httpSessions[session].clientClosed()
    advanceHTTP(index, in: &network)
  }

  /// Writes more of a body if little is left to be sent.
  mutating func refillHTTP(_ index: Int, in network: inout Network) {
    guard let session = httpSession(of: index), !tcp.connections[index].isClosed else { return }
    let room = Self.writeAhead - tcp.connections[index].buffer.count
    guard room > 0 else { return }
    if let part = annex[0].httpSessions[session].nextPart(room: room) {
      tcp.connections[index].buffer.append(bodyIn: part)
      return
    }
    advanceHTTP(index, in: &network)
  }
}
