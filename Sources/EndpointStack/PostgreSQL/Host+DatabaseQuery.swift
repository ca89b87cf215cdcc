import EventSimulation
import PacketFormats
import SimulatedTime

/// A query that is under way.
struct QueryState {
  /// When it began, in nanoseconds.
  let began: Int64
  var client: PostgreSQLClient
  var connection = RecordID.none
}

extension Host {
  mutating func begin(_ query: DatabaseQuery, in network: inout Network) -> RecordID {
    let id = queries.insert(
      QueryState(began: network.now.nanoseconds, client: PostgreSQLClient(query)))
    let longest = PostgreSQLMessage.longest - 1024
    guard query.text.utf8.count + query.user.utf8.count + query.database.utf8.count < longest,
      query.timeLimit ?? .zero >= .zero
    else {
      endQuery(id, .failed(.badRequest), in: &network)
      return id
    }
    guard let server = reach(query.server) else {
      endQuery(id, .failed(.unreachable), in: &network)
      return id
    }
    if let limit = query.timeLimit {
      network.wake(
        at: network.now.advanced(by: limit), token: WakeToken(.query, id).rawValue)
    }
    if query.isPooled, let index = takeFromPool(for: server, port: query.port) {
      queries[Int(id.index)].connection = tcp.connections.id(of: index)
      resume(id, on: index, in: &network)
      return id
    }
    let connection = connect(to: server, port: query.port, owner: .query(id), in: &network)
    guard let connection else {
      endQuery(id, .failed(.noSourcePort), in: &network)
      return id
    }
    queries[Int(id.index)].connection = connection
    flush(Int(connection.index), in: &network)
    return id
  }

  mutating func queryTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = queries.index(of: id) else { return }
    if let connection = tcp.connections.index(of: queries[index].connection) {
      abort(connection, in: &network)
    }
    endQuery(id, .failed(.timedOut), in: &network)
  }

  /// Ends a query whose conversation is over.
  mutating func finishQuery(_ id: RecordID, in network: inout Network) {
    guard let index = queries.index(of: id) else { return }
    let client = queries[index].client
    let result: ExchangeResult =
      if let failure = client.failure {
        .failed(failure)
      } else {
        .rows(count: client.rowCount, byteCount: client.rowByteCount)
      }
    endQuery(id, result, in: &network)
  }

  mutating func endQuery(_ id: RecordID, _ result: ExchangeResult, in network: inout Network) {
    guard let index = queries.index(of: id) else { return }
    let state = queries.take(index)
    end(ExchangeID(kind: .query, record: id), began: state.began, with: result, at: network.now)
  }
}
