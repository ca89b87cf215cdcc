import PacketFormats
import SimulatedTime

/// The connections of a host, found by their four numbers.
struct TCPTable: ~Copyable {
  var connections = RecordPool<TCPConnection>()
  private var table = IndexTable()
  /// Connections that only wait to be forgotten, the oldest first.
  ///
  /// All of them wait equally long, so a queue does for a timer each, and no event is needed: they
  /// are removed when the table is next used after their time. Until then they count as gone.
  private var expiring: [RecordID] = []
  private var firstExpiring = 0

  init() {}

  var count: Int { connections.count }

  private static func hash(
    _ localAddress: HostAddress, _ localPort: UInt16, _ remoteAddress: HostAddress,
    _ remotePort: UInt16
  ) -> UInt32 {
    let ports = UInt64(localPort) << 16 | UInt64(remotePort)
    let key = UInt64(remoteAddress.number) << 32 | ports
    return IndexTable.hash(key ^ (UInt64(localAddress.number) &* 0x9e37_79b9))
  }

  /// The index of the connection between these ends, or `nil`.
  @inline(__always)
  func find(
    _ localAddress: HostAddress, _ localPort: UInt16, _ remoteAddress: HostAddress,
    _ remotePort: UInt16
  ) -> Int? {
    var probe = table.probe(Self.hash(localAddress, localPort, remoteAddress, remotePort))
    while let index = table.next(&probe) {
      if connections[index].remotePort == remotePort, connections[index].localPort == localPort,
        connections[index].remoteAddress == remoteAddress,
        connections[index].localAddress == localAddress
      {
        return index
      }
    }
    return nil
  }

  /// Adds a connection.
  ///
  /// - Precondition: there is none between its ends.
  mutating func insert(_ connection: consuming TCPConnection) -> RecordID {
    let hash = Self.hash(
      connection.localAddress, connection.localPort, connection.remoteAddress,
      connection.remotePort)
    let id = connections.insert(connection)
    table.insert(Int(id.index), hash: hash)
    return id
  }

  /// Forgets the connection at `index`, whose held frames have been released.
  mutating func remove(_ index: Int) {
    let hash = Self.hash(
      connections[index].localAddress, connections[index].localPort,
      connections[index].remoteAddress, connections[index].remotePort)
    table.remove(index, hash: hash)
    connections.remove(index)
  }

  /// Puts the connection at `index`, whose time to expire is set, into the queue.
  mutating func queueForExpiry(_ index: Int) {
    guard !connections[index].isQueuedForExpiry else { return }
    connections[index].isQueuedForExpiry = true
    expiring.append(connections.id(of: index))
  }

  /// The next connection whose time is over, taken out of the queue, or `nil` if there is none.
  mutating func nextExpired(at now: Int64) -> Int? {
    while firstExpiring < expiring.count {
      let id = expiring[firstExpiring]
      if let index = connections.index(of: id) {
        let expiry = connections[index].expiry
        guard expiry <= now else {
          // A FIN that came again has put the time off, and others behind it may be due; they are
          // found a little later, and a look-up notices by itself.
          return nil
        }
        dropFirstExpiring()
        connections[index].isQueuedForExpiry = false
        return index
      }
      dropFirstExpiring()
    }
    return nil
  }

  private mutating func dropFirstExpiring() {
    firstExpiring += 1
    if firstExpiring > 64, firstExpiring * 2 > expiring.count {
      expiring.removeFirst(firstExpiring)
      firstExpiring = 0
    }
  }
}
