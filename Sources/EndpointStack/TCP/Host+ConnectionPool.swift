import EventSimulation
import PacketFormats
import SimulatedTime

/// A connection to a database or a web server that has been left open for whoever comes next.
struct PooledConnection {
  var server: HostAddress
  var port: UInt16
  var connection: RecordID
}

extension Host {
  /// Takes a connection that was left open and, as far as this host knows, still is.
  ///
  /// A pool does not ask the other side; that a translator on the way has forgotten the connection
  /// shows when it is used.
  mutating func takeFromPool(for server: HostAddress, port: UInt16) -> Int? {
    while let place = pool.firstIndex(where: { $0.server == server && $0.port == port }) {
      let connection = pool.remove(at: place).connection
      if let index = tcp.connections.index(of: connection),
        tcp.connections[index].state == .established
      {
        return index
      }
    }
    return nil
  }

  /// Keeps a connection for the next program that wants one to the same server.
  mutating func keepInPool(_ index: Int) {
    tcp.connections[index].owner = .pool
    pool.append(
      PooledConnection(
        server: tcp.connections[index].remoteAddress, port: tcp.connections[index].remotePort,
        connection: tcp.connections.id(of: index)))
  }

  /// Asks a query on a connection from the pool.
  mutating func resume(_ id: RecordID, on index: Int, in network: inout Network) {
    tcp.connections[index].owner = .query(id)
    let text = queries[Int(id.index)].client.resume()
    unsafe tcp.connections[index].buffer.append(text.span.bytes)
    flush(index, in: &network)
  }

  // MARK: Keep-alive (RFC 9293, section 3.8.4)

  /// How often in a row a probe may go unanswered (Linux `tcp_keepalive_probes`: 9).
  private static var keepAliveLimit: Int { 9 }
  /// Time between probes that are not answered (Linux `tcp_keepalive_intvl`: 75 s).
  private static var keepAliveRetry: Int64 { 75_000_000_000 }

  /// Has a connection that was opened just now send a probe after each `interval` of silence.
  mutating func keepAlive(_ index: Int, every interval: Duration, in network: inout Network) {
    tcp.connections[index].keepAliveInterval = max(1, interval.wholeNanoseconds)
    network.wake(
      at: network.now.advanced(by: interval),
      token: WakeToken(.keepAlive, tcp.connections.id(of: index)).rawValue)
  }

  mutating func keepAliveTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = tcp.connections.index(of: id), tcp.connections[index].state.isSynchronized
    else { return }
    let now = network.now.nanoseconds
    let interval = tcp.connections[index].keepAliveInterval
    // Everything that is heard brings a timestamp; without them every interval has its probe.
    let lastHeard =
      tcp.connections[index].usesTimestamps
      ? tcp.connections[index].recentTimestampAge : now - interval
    if lastHeard >= tcp.connections[index].lastKeepAlive {
      tcp.connections[index].unansweredKeepAlives = 0
    }
    var next = lastHeard + interval
    if next <= now {
      guard tcp.connections[index].unansweredKeepAlives < Self.keepAliveLimit else {
        lose(index, .timedOut, in: &network)
        return
      }
      sendKeepAlive(index, in: &network)
      tcp.connections[index].unansweredKeepAlives += 1
      tcp.connections[index].lastKeepAlive = now
      next = now + min(interval, Self.keepAliveRetry)
    }
    network.wake(
      at: Instant(nanoseconds: next), token: WakeToken(.keepAlive, id).rawValue)
  }
}
