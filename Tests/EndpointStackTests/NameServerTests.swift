import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Answers too long for a datagram, aliases and servers that ask others.
@Suite struct NameServerTests {
  static let server = IPAddress.v4(TwoHosts.serverAddress)
  static let many = (0..<100).map { IPAddress.v4(IPv4Address(1, 2, 3, UInt8($0))) }

  static func lookup(_ name: String, _ server: IPAddress = server) -> Exchange {
    .resolve(NameLookup(name: name, server: server))
  }

  static func protocols(_ hosts: inout TwoHosts) -> Set<UInt8> {
    Set(hosts.sightings().filter { $0.bytes[12...13] == [8, 0] }.map { $0.bytes[23] })
  }

  @Test(arguments: [Duration.zero, .milliseconds(1)])
  func `An answer that is too long is asked for again by TCP`(thinkTime: Duration) {
    var hosts = TwoHosts([Self.lookup("x")])
    hosts.serve(
      .domainNames(
        DomainNameServer(thinkTime: thinkTime) { _ in .addresses(Self.many, timeToLive: 5) }))
    hosts.run()
    #expect(hosts.script.results == [.addresses(Self.many)])
    #expect(Self.protocols(&hosts) == [6, 17])
    let now = hosts.simulation.network.now
    let left = hosts.simulation.withNode(hosts.client) { $0.connections(at: now) }
    #expect(left.isEmpty)
    #expect(hosts.simulation.network.takeDrops().isEmpty)
  }

  @Test(arguments: [(1232, 60, true), (1232, 100, false), (512, 60, false), (100, 20, true)])
  func `With EDNS a longer answer goes by UDP`(size: Int, count: Int, fits: Bool) {
    var settings = HostSettings()
    settings.resolverPayloadByteCount = size
    var hosts = TwoHosts([Self.lookup("x")], settings: settings)
    let addresses = Array(Self.many.prefix(count))
    hosts.serve(
      .domainNames(DomainNameServer { _ in .addresses(addresses, timeToLive: 5) }))
    hosts.run()
    #expect(hosts.script.results == [.addresses(addresses)])
    #expect(Self.protocols(&hosts) == (fits ? [17] : [6, 17]))
  }

  @Test func `A server without TCP leaves the question open`() {
    var hosts = TwoHosts([Self.lookup("x")])
    hosts.serve(
      .domainNames(DomainNameServer { _ in .addresses(Self.many, timeToLive: 5) }))
    hosts.simulation.withNode(hosts.wire) { wire in
      wire.loses = { _, sighting in sighting.bytes[12...13] == [8, 0] && sighting.bytes[23] == 6 }
    }
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
  }

  @Test func `Aliases are followed to their end`() throws {
    let names = [try DNSName("b.example"), try DNSName("c.example")]
    var hosts = TwoHosts([Self.lookup("a.example")])
    hosts.serve(
      .domainNames(
        DomainNameServer { question in
          .alias(names, [Self.server], timeToLive: 5)
        }))
    hosts.run()
    #expect(hosts.script.results == [.addresses([Self.server])])
  }

  /// A client whose server passes everything on to the client's own address, where the other server
  /// is.
  static func forwarding(
    _ exchanges: [Exchange], answer: @escaping @Sendable (DNSQuestion) -> DomainNameServer.Answer
  ) -> TwoHosts {
    var hosts = TwoHosts(exchanges)
    hosts.serve(
      .domainNames(DomainNameServer { _ in .forward(to: .v4(TwoHosts.clientAddress)) }))
    hosts.simulation.withNode(hosts.client) {
      $0.serve(.domainNames(DomainNameServer(answer: answer)))
    }
    return hosts
  }

  @Test func `A server passes a question on and the answer back`() {
    var hosts = Self.forwarding([Self.lookup("a"), Self.lookup("b"), Self.lookup("x")]) {
      question in
      switch question.name.description {
      case "a": .addresses([Self.server], timeToLive: 5)
      case "x": .addresses(Self.many, timeToLive: 5)
      default: .nameNotFound
      }
    }
    hosts.run()
    #expect(
      hosts.script.results == [
        .addresses([Self.server]), .failed(.nameNotFound), .addresses(Self.many),
      ])
    #expect(hosts.simulation.network.takeDrops().isEmpty)
  }

  @Test func `A server whose own server is silent says that it has failed`() {
    var settings = HostSettings()
    settings.resolverTimeout = .seconds(60)
    var hosts = TwoHosts(
      [Self.lookup("a")], settings: settings, serverSettings: HostSettings())
    hosts.serve(
      .domainNames(DomainNameServer { _ in .forward(to: .v4(TwoHosts.clientAddress)) }))
    hosts.simulation.withNode(hosts.client) { $0.serve(.datagramSink(port: 53)) }
    hosts.run()
    #expect(hosts.script.results == [.failed(.nameServerFailed(code: 2))])
    #expect(hosts.script.outcomes[0].elapsed >= .seconds(10))
  }
}
