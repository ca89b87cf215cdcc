import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Connections that are left open, what keeps them alive, and outages.
@Suite struct ConnectionPoolTests {
  private func query(pooled: Bool, keepAlive: Duration? = nil) -> Exchange {
    var query = DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 3, rowByteCount: 100)
    query.isPooled = pooled
    query.keepAlive = keepAlive
    return .query(query)
  }

  private func hosts(_ exchanges: [Exchange]) -> TwoHosts {
    var hosts = TwoHosts(exchanges)
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    return hosts
  }

  private func connections(_ hosts: inout TwoHosts) -> UInt64 {
    hosts.simulation.withNode(hosts.client) { $0.statistics.connectionsOpened }
  }

  @Test func `Pooled queries share a connection, others do not`() {
    var pooled = hosts([query(pooled: true), query(pooled: true), query(pooled: true)])
    pooled.run()
    #expect(connections(&pooled) == 1)
    #expect(
      pooled.script.results == Array(repeating: .rows(count: 3, byteCount: 3 * 131), count: 3))
    var own = hosts([query(pooled: false), query(pooled: true), query(pooled: false)])
    own.run()
    #expect(connections(&own) == 3)
  }

  @Test func `A pooled connection is open on both sides until somebody closes it`() {
    var hosts = hosts([query(pooled: true)])
    hosts.run()
    let now = hosts.simulation.network.now
    let client = hosts.simulation.withNode(hosts.client) { $0.connections(at: now) }
    let server = hosts.simulation.withNode(hosts.server) { $0.connections(at: now) }
    #expect(client.map(\.state) == [.established])
    #expect(server.map(\.state) == [.established])
  }

  @Test func `Silence is broken by a probe after each interval, and by nothing without`() {
    func probes(_ keepAlive: Duration?) -> [Int64] {
      var hosts = hosts([query(pooled: true, keepAlive: keepAlive)])
      hosts.run(.seconds(1_000))
      return hosts.sightings().filter {
        $0.isFromClient && $0.time.nanoseconds > 1_000_000_000 && $0.bytes[12...13] == [8, 0]
      }.map { $0.time.nanoseconds / 1_000_000_000 }
    }
    #expect(probes(nil) == [])
    #expect(probes(.seconds(300)) == [300, 600, 900])
  }

  @Test func `A connection whose probes nobody answers is given up after nine`() {
    var hosts = hosts([query(pooled: true, keepAlive: .seconds(300))])
    hosts.run(.seconds(1))
    hosts.simulation.withNode(hosts.wire) { $0.loses = { _, sighting in sighting.isFromClient } }
    hosts.run(.seconds(900))
    var now = hosts.simulation.network.now
    #expect(!hosts.simulation.withNode(hosts.client) { $0.connections(at: now) }.isEmpty)
    // 300 s, and nine times 75.
    hosts.run(.seconds(980))
    now = hosts.simulation.network.now
    #expect(hosts.simulation.withNode(hosts.client) { $0.connections(at: now) }.isEmpty)
  }

  @Test func `A host that is cut off neither hears nor is heard, and goes on afterwards`() {
    var hosts = hosts([
      query(pooled: true), .resolve(NameLookup(name: "a.b", server: .v4(TwoHosts.serverAddress))),
    ])
    hosts.simulation.wake(
      hosts.server, at: Instant(nanoseconds: 400_000), token: Host.cutOffToken)
    hosts.simulation.wake(
      hosts.server, at: Instant(nanoseconds: 500_000_000), token: Host.rejoinToken)
    hosts.run(.milliseconds(450))
    #expect(hosts.script.results.isEmpty)
    #expect(hosts.simulation.withNode(hosts.server) { $0.isCutOff })
    let drops = hosts.simulation.network.takeDrops()
    #expect(!drops.isEmpty && drops.allSatisfy { $0.code == "ENETDOWN" })
    hosts.run()
    #expect(hosts.script.results.first == .rows(count: 3, byteCount: 3 * 131))
  }

  @Test func `A host that was switched off has forgotten everything and leaks nothing`() {
    var hosts = hosts([query(pooled: true)])
    hosts.simulation.wake(
      hosts.client, at: Instant(nanoseconds: 700_000), token: Host.switchOffToken)
    hosts.run()
    #expect(hosts.script.outcomes.isEmpty, "nobody is told")
    let now = hosts.simulation.network.now
    #expect(hosts.simulation.withNode(hosts.client) { $0.connections(at: now) }.isEmpty)
    #expect(hosts.simulation.network.frames.inUse == 0)
  }
}
