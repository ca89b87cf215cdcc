import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct DeterminismTests {
  /// Everything that came by the wire in a run with losses.
  func run(seed: UInt64) -> [[UInt8]] {
    var hosts = TwoHosts(
      [
        .resolve(NameLookup(name: "db.shop", server: .v4(TwoHosts.serverAddress))),
        .query(DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 50, rowByteCount: 200)),
        .transfer(
          Upload(
            destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 4, bytesPerFlow: 20_000)),
      ],
      seed: seed, link: LinkBehavior(propagation: .microseconds(80), lossPerMillion: 20_000))
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.serve(.streamSink(port: 9))
    hosts.serve(
      .domainNames(
        DomainNameServer { _ in .addresses([.v4(TwoHosts.serverAddress)], timeToLive: 1) }))
    hosts.run()
    return hosts.sightings().map(\.bytes)
  }

  @Test func `The same seed gives the same bytes, another seed gives others`() {
    let once = run(seed: 5)
    #expect(once.count > 100)
    #expect(run(seed: 5) == once)
    #expect(run(seed: 6) != once)
  }

  @Test func `A forced source port comes first and the next ones follow`() {
    var settings = HostSettings()
    settings.firstEphemeralPort = 65_534
    var hosts = TwoHosts(
      [
        .send(
          DatagramTrain(
            destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 4, datagramsPerFlow: 1,
            payloadByteCount: 0, interval: .zero))
      ], settings: settings)
    hosts.serve(.datagramSink(port: 9))
    hosts.run()
    let ports = hosts.sightings().filter { $0.bytes.count == 42 && $0.bytes[12...13] == [8, 0] }
      .map { UInt16($0.bytes[34]) << 8 | UInt16($0.bytes[35]) }
    #expect(ports == [65_534, 65_535, 32_768, 32_769])
  }

  @Test func `A forced source port is the conversation's, not that of the question before it`() {
    var settings = HostSettings()
    settings.firstEphemeralPort = 40_000
    let server = TwoHosts.serverAddress
    var hosts = TwoHosts(
      [
        .resolve(NameLookup(name: "sink", server: .v4(server))),
        .transfer(Upload(destination: .v4(server), port: 9, bytesPerFlow: 1)),
      ], settings: settings)
    hosts.serve(.domainNames(DomainNameServer { _ in .addresses([.v4(server)], timeToLive: 1) }))
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    let sent = hosts.sightings().filter { $0.isFromClient && $0.bytes[12...13] == [8, 0] }
    let ports = sent.map {
      (protocol: $0.bytes[23], port: Int($0.bytes[34]) << 8 | Int($0.bytes[35]))
    }
    #expect(ports.first?.protocol == 17)
    #expect(ports.first?.port != 40_000)
    #expect(ports.count > 1)
    #expect(ports.dropFirst().allSatisfy { $0.protocol == 6 && $0.port == 40_000 })
  }

  @Test func `A port is not used again while its connection is in TIME-WAIT`() {
    var settings = HostSettings()
    settings.ephemeralPorts = 40_000...40_002
    let upload = Exchange.transfer(
      Upload(destination: .v4(TwoHosts.serverAddress), port: 9, bytesPerFlow: 1))
    var hosts = TwoHosts([upload, upload, upload, upload], settings: settings)
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(
      hosts.script.results == [
        .transferred(byteCount: 1), .transferred(byteCount: 1), .transferred(byteCount: 1),
        .failed(.noSourcePort),
      ])
  }

  @Test func `Thousands of connections to one server are served`() {
    var hosts = TwoHosts(
      [
        .transfer(
          Upload(
            destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 4000, bytesPerFlow: 3000))
      ], frames: 1 << 16)
    hosts.simulation.withNode(hosts.wire) { $0.remembers = false }
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.transferred(byteCount: 12_000_000)])
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.connectionsAccepted == 4000)
    let client = hosts.simulation.withNode(hosts.client) { $0.statistics }
    #expect(server.segmentsRetransmitted + client.segmentsRetransmitted == 0)
    #expect(hosts.simulation.network.frames.inUse == 0)
  }
}
