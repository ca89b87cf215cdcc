import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct PostgreSQLTests {
  func query(_ text: String) -> Exchange {
    .query(DatabaseQuery(server: .v4(TwoHosts.serverAddress), text: text))
  }

  @Test(arguments: [(0, 0), (1, 10), (20, 180), (500, 1000), (3, 40_000)])
  func `A query brings the rows it asks for`(rowCount: Int, rowByteCount: Int) throws {
    var hosts = TwoHosts([
      .query(
        DatabaseQuery(
          server: .v4(TwoHosts.serverAddress), rowCount: rowCount, rowByteCount: rowByteCount))
    ])
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.run()
    let result = try #require(hosts.script.results.first)
    guard case .rows(let count, let byteCount) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(count == rowCount)
    // Each row's message begins with 7 bytes and has six lengths of 4.
    if rowByteCount >= 50 { #expect(byteCount == rowCount * (rowByteCount + 31)) }
  }

  @Test func `A query is asked again over the same connection, but not after an error`() throws {
    var good = DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 3, rowByteCount: 100)
    good.count = 4
    var bad = DatabaseQuery(server: .v4(TwoHosts.serverAddress), text: "SELEC 1")
    bad.count = 4
    var hosts = TwoHosts([.query(good), .query(bad)])
    hosts.serve(.postgreSQL(PostgreSQLServer(thinkTime: .milliseconds(3))))
    hosts.run()
    #expect(
      hosts.script.results == [
        .rows(count: 12, byteCount: 12 * 131), .failed(.databaseError(code: "42601")),
      ])
    // Five round trips of 200 µs, and then for each query more its own and the processing time.
    let outcome = try #require(hosts.script.outcomes.first)
    #expect(outcome.elapsed == .microseconds(4_000 + 3 * 3_200))
  }

  @Test func `The processing time passes before the first row`() throws {
    var hosts = TwoHosts([query("SELECT 1 LIMIT 1")])
    hosts.serve(.postgreSQL(PostgreSQLServer(thinkTime: .milliseconds(3))))
    hosts.run()
    // ARP, the handshake, encryption, startup and the query: five round trips of 200 µs.
    let outcome = try #require(hosts.script.outcomes.first)
    #expect(outcome.elapsed == .microseconds(4_000))
  }

  @Test func `Errors, empty queries and commands are told apart`() {
    var hosts = TwoHosts([
      query("SELEC 1"), query(""), query("UPDATE orders SET status = 'closed'"),
      .query(
        DatabaseQuery(server: .v4(TwoHosts.serverAddress), user: "", text: "SELECT 1")),
    ])
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.run()
    #expect(
      hosts.script.results == [
        .failed(.databaseError(code: "42601")), .rows(count: 0, byteCount: 0),
        .rows(count: 0, byteCount: 0), .failed(.databaseError(code: "28000")),
      ])
  }

  @Test func `Nobody listening is a refusal`() {
    var hosts = TwoHosts([query("SELECT 1")])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused)])
    #expect(hosts.script.outcomes.first?.elapsed == .microseconds(400))
  }

  @Test func `A time limit breaks the connection off`() {
    var hosts = TwoHosts([
      .query(
        DatabaseQuery(
          server: .v4(TwoHosts.serverAddress), text: "SELECT 1", timeLimit: .milliseconds(500)))
    ])
    hosts.serve(.postgreSQL(PostgreSQLServer(thinkTime: .seconds(1))))
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
    let statistics = hosts.simulation.withNode(hosts.client) { $0.statistics }
    #expect(statistics.resetsSent == 1)
  }

  @Test func `A server that is no database is noticed`() {
    var hosts = TwoHosts([
      .query(
        DatabaseQuery(server: .v4(TwoHosts.serverAddress), text: "SELECT 1", timeLimit: .seconds(9))
      )
    ])
    hosts.serve(.streamSink(port: 5432))
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
  }
}
