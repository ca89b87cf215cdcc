import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// What hosts do over IPv6 (RFC 8200, RFC 4443, RFC 4861).
@Suite struct IPv6Tests {
  static let server = IPAddress.v6(TwoHosts.serverIPv6)

  static func hosts(_ exchanges: [Exchange], seed: UInt64 = 1) -> TwoHosts {
    var hosts = TwoHosts(exchanges, seed: seed, ipv6: true)
    hosts.serve(.streamSink(port: 9))
    hosts.serve(.datagramEcho(port: 7))
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.serve(.http(.bytes()))
    return hosts
  }

  @Test func `Everything that works over IPv4 works over IPv6`() {
    var hosts = Self.hosts([
      .ping(Ping(destination: Self.server, count: 3)),
      .ask(DatagramRequest(destination: Self.server, port: 7, payloadByteCount: 100, count: 5)),
      .transfer(Upload(destination: Self.server, port: 9, flowCount: 3, bytesPerFlow: 100_000)),
      .query(DatabaseQuery(server: Self.server, rowCount: 500, rowByteCount: 200)),
      .fetch(HTTPFetch(server: Self.server, path: "/bytes/100000", count: 3)),
    ])
    hosts.run()
    let results = hosts.script.results
    #expect(results.count == 5)
    if case .echoes(3, 3, _) = results[0] {} else { Issue.record("\(results[0])") }
    #expect(results[1] == .answers(count: 5))
    #expect(results[2] == .transferred(byteCount: 300_000))
    if case .rows(500, _) = results[3] {} else { Issue.record("\(results[3])") }
    #expect(results[4] == .responses(count: 3, status: 200, byteCount: 300_000))
    #expect(hosts.simulation.network.takeDrops().isEmpty)
    let types = hosts.sightings().map { UInt16($0.bytes[12]) << 8 | UInt16($0.bytes[13]) }
    #expect(types.allSatisfy { $0 == 0x86dd })
  }

  @Test func `Neighbours are asked for at their group and answer to the asker alone`() throws {
    var hosts = Self.hosts([.ping(Ping(destination: Self.server, count: 1))])
    hosts.run()
    let sightings = hosts.sightings()
    let question = try #require(sightings.first)
    // RFC 2464, section 7, and RFC 4291, section 2.7.1.
    #expect(question.bytes[0..<6] == [0x33, 0x33, 0xff, 0, 0, 9])
    let header = try unsafe IPv6Header(parsing: question.bytes.span.bytes, at: 14)
    #expect(header.hopLimit == 255)
    #expect(header.source == TwoHosts.clientIPv6)
    #expect(header.destination == TwoHosts.serverIPv6.solicitedNodeMulticast)
    let message = try unsafe NeighborMessage(parsing: question.bytes.span.bytes, at: 54)
    #expect(message.kind == .solicitation)
    #expect(message.target == TwoHosts.serverIPv6)
    let answer = sightings[1]
    #expect(answer.bytes[0..<6] == [0x0a, 0, 0, 0, 0, 5])
    let advertisement = try unsafe NeighborMessage(parsing: answer.bytes.span.bytes, at: 54)
    #expect(
      advertisement.kind
        == .advertisement(isRouter: false, isSolicited: true, overrides: true))
    #expect(advertisement.linkLayerAddress == MACAddress(0x0a00_0000_0009))
    // The server has learned the asker's address from the question: four frames in all.
    #expect(sightings.count == 4)
  }

  @Test func `Nobody answers for an address that nobody has`() {
    let nobody = IPAddress.v6(IPv6Address(0x2001, 0xdb8, 1, 0, 0, 0, 0, 0x77))
    var hosts = Self.hosts([.resolve(NameLookup(name: "db", server: nobody))])
    hosts.run()
    #expect(hosts.script.results == [.failed(.unreachable)])
    #expect(hosts.script.outcomes.first?.elapsed == .seconds(3))
  }

  @Test func `Link-local addresses work, from a link-local address`() throws {
    // fe80:: and the modified EUI-64 of 0a:00:00:00:00:09.
    let address = try IPv6Address("fe80::800:ff:fe00:9")
    var hosts = Self.hosts([.ping(Ping(destination: .v6(address), count: 1))])
    hosts.run()
    guard case .echoes(1, 1, _) = hosts.script.results[0] else {
      Issue.record("\(hosts.script.results)")
      return
    }
    let last = try #require(hosts.sightings().last)
    let header = try unsafe IPv6Header(parsing: last.bytes.span.bytes, at: 14)
    #expect(header.source == address)
    #expect(header.destination == (try IPv6Address("fe80::800:ff:fe00:5")))
  }

  @Test func `A host without IPv6 has no way there and ignores what comes`() {
    var hosts = TwoHosts([.ping(Ping(destination: Self.server, count: 1))])
    hosts.run()
    #expect(hosts.script.results == [.failed(.unreachable)])
  }

  @Test func `A closed port is reported, and an unknown protocol`() {
    var hosts = Self.hosts([
      .ask(DatagramRequest(destination: Self.server, port: 99, payloadByteCount: 10)),
      .transfer(Upload(destination: Self.server, port: 99, bytesPerFlow: 1)),
    ])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused), .failed(.refused)])
    let drops = hosts.simulation.network.takeDrops()
    #expect(drops.map(\.code) == ["NO_SOCKET", "NO_SOCKET"])
    #expect(drops[0].flow.hasSuffix(" > [2001:db8:1::9]:99"))
  }

  @Test(arguments: [1400, 1453, 3000, 8900])
  func `Long datagrams travel in fragments and come back whole`(byteCount: Int) {
    var hosts = Self.hosts([
      .ask(DatagramRequest(destination: Self.server, port: 7, payloadByteCount: byteCount))
    ])
    hosts.run()
    #expect(hosts.script.results == [.answers(count: 1)])
    let longest = hosts.sightings().map(\.bytes.count).max() ?? 0
    #expect(longest <= 1514)
    #expect(hosts.simulation.network.frames.inUse == 0)
  }

  @Test func `Names have addresses of both families, and IPv6 comes first`() throws {
    let name = try DNSName("db.shop")
    let (four, six) = (IPAddress.v4(TwoHosts.serverAddress), Self.server)
    let local = IPAddress.v6(IPv6Address(0xfd00, 0xec2, 0, 0, 0, 0, 0, 1))
    let lookup = NameLookup(name: "db.shop", server: six)
    var only = lookup
    only.families = .ipv4
    var (missing, none) = (lookup, lookup)
    missing.name = "nobody.shop"
    none.name = "four.shop"
    none.families = .ipv6
    var four6 = lookup
    four6.name = "four.shop"
    var hosts = Self.hosts(
      [.resolve(lookup), .resolve(only), .resolve(missing), .resolve(none), .resolve(four6)])
    hosts.serve(
      .domainNames(
        DomainNameServer(addresses: [
          name: [four, local, six], try DNSName("four.shop"): [four],
        ])))
    hosts.run()
    #expect(
      hosts.script.results == [
        .addresses([six, four, local]), .addresses([four]), .failed(.nameNotFound),
        .failed(.noAddress), .addresses([four]),
      ])
  }

  @Test func `A host with IPv4 only asks for IPv4 addresses only`() {
    var hosts = TwoHosts([
      .resolve(NameLookup(name: "db.shop", server: .v4(TwoHosts.serverAddress)))
    ])
    var questions: [DNSQuestion] = []
    hosts.serve(
      .domainNames(
        DomainNameServer { _ in .addresses([.v4(TwoHosts.serverAddress)], timeToLive: 1) }))
    hosts.run()
    for sighting in hosts.sightings() where sighting.isFromClient {
      let message = try? unsafe DNSMessage(parsing: sighting.bytes.span.bytes, at: 42)
      questions += message?.questions ?? []
    }
    #expect(questions.map(\.type) == [.a])
  }
}
