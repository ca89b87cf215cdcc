import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct DatagramTests {
  let train = DatagramTrain(
    destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 3, datagramsPerFlow: 4,
    payloadByteCount: 20, interval: .microseconds(10))

  @Test func `A train of datagrams arrives whole`() throws {
    var hosts = TwoHosts([.send(train)])
    hosts.serve(.datagramSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.datagramsSent(12)])
    let outcome = try #require(hosts.script.outcomes.first)
    #expect(outcome.elapsed == .microseconds(110))
    let statistics = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(statistics.datagramsReceived == 12)
    #expect(statistics.datagramBytesReceived == 240)
    // An ARP request as well.
    #expect(statistics[.accepted] == 13)
    #expect(statistics.framesReceived == 13)
  }

  @Test func `Flows take turns from ports of their own and datagrams are numbered`() throws {
    var hosts = TwoHosts([.send(train)])
    hosts.serve(.datagramSink(port: 9))
    hosts.run()
    var ports: [UInt16] = []
    var numbers: [UInt64] = []
    for sighting in hosts.sightings() {
      let bytes = unsafe sighting.bytes.span.bytes
      guard bytes.byteCount == 62 else { continue }
      ports.append(bytes[UDPHeader.Layout.sourcePort, at: 34])
      numbers.append(bytes[Field<UInt64>(at: 0), at: 42])
      #expect(sighting.bytes[50...] == [8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    }
    #expect(Set(ports).count == 3)
    #expect(ports[0..<3] == ports[3..<6])
    #expect(numbers == Array(0..<12))
  }

  @Test func `A closed port is reported with ICMP`() {
    var hosts = TwoHosts([.resolve(NameLookup(name: "db", server: .v4(TwoHosts.serverAddress)))])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused)])
    let statistics = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(statistics[.closedPort] == 1)
  }

  @Test func `Echo requests are answered`() {
    var hosts = TwoHosts([.ping(Ping(destination: .v4(TwoHosts.serverAddress), count: 3))])
    hosts.run()
    // The first waits for ARP, both ways.
    #expect(
      hosts.script.results
        == [.echoes(sent: 3, received: 3, totalRoundTrip: .microseconds(800))])
  }

  @Test func `Without an answer to ARP the host is unreachable`() {
    let nobody = IPv4Address(10, 0, 0, 77)
    var hosts = TwoHosts([.resolve(NameLookup(name: "db", server: .v4(nobody)))])
    hosts.run()
    #expect(hosts.script.results == [.failed(.unreachable)])
    #expect(hosts.script.outcomes.first?.elapsed == .seconds(3))
    let statistics = hosts.simulation.withNode(hosts.client) { $0.statistics }
    #expect(statistics[.neighborUnresolved] == 1)
    #expect(statistics.framesSent == 3)
  }

  @Test func `A guest with a prefix of 32 sends everything to its gateway`() {
    let resolver = IPv4Address(169, 254, 169, 253)
    var hosts = TwoHosts(
      [.resolve(NameLookup(name: "db.shop.", server: .v4(resolver)))], clientPrefix: 32,
      additionalAddresses: [resolver])
    let address = IPv4Address(10, 0, 2, 20)
    hosts.serve(
      .domainNames(
        DomainNameServer { question in
          question.name.description == "db.shop"
            ? .addresses([.v4(address)], timeToLive: 60) : .nameNotFound
        }))
    hosts.run()
    #expect(hosts.script.results == [.addresses([.v4(address)])])
  }

  @Test func `A name server's silence ends after two questions`() {
    var hosts = TwoHosts([.resolve(NameLookup(name: "db", server: .v4(TwoHosts.serverAddress)))])
    hosts.serve(.datagramSink(port: 53))
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
    #expect(hosts.script.outcomes.first?.elapsed == .seconds(10))
  }

  @Test func `Names are found, not found, and refused`() {
    let server = TwoHosts.serverAddress
    var hosts = TwoHosts(
      ["a.b", "c.d", "e.f", "g.h", "..", "x"].map {
        .resolve(NameLookup(name: $0, server: .v4(server)))
      })
    hosts.serve(
      .domainNames(
        DomainNameServer(thinkTime: .milliseconds(1)) { question in
          switch question.name.description {
          case "a.b":
            .addresses(
              [.v4(IPv4Address(1, 2, 3, 4)), .v4(IPv4Address(1, 2, 3, 5))], timeToLive: 5)
          case "c.d": .addresses([], timeToLive: 5)
          case "e.f": .refused
          case "x":
            .addresses((0..<100).map { .v4(IPv4Address(1, 2, 3, $0)) }, timeToLive: 5)
          default: .nameNotFound
          }
        }))
    hosts.run()
    let results = hosts.script.results
    #expect(
      results.dropLast() == [
        .addresses([.v4(IPv4Address(1, 2, 3, 4)), .v4(IPv4Address(1, 2, 3, 5))]),
        .failed(.noAddress), .failed(.nameServerFailed(code: 5)), .failed(.nameNotFound),
        .failed(.badRequest),
      ])
    // 512 bytes hold a header, the question and 30 addresses; the others are asked for by TCP.
    if case .addresses(let addresses) = results.last { #expect(addresses.count == 100) }
    #expect(hosts.script.outcomes.dropFirst().first?.elapsed == .microseconds(1200))
  }

  @Test func `Only so many frames wait for an answer to ARP`() {
    var settings = HostSettings()
    settings.neighborQueueLimit = 5
    var hosts = TwoHosts(
      [
        .send(
          DatagramTrain(
            destination: .v4(TwoHosts.serverAddress), port: 9, datagramsPerFlow: 20,
            payloadByteCount: 3, interval: .zero))
      ], settings: settings)
    hosts.serve(.datagramSink(port: 9))
    hosts.run()
    let client = hosts.simulation.withNode(hosts.client) { $0.statistics }
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(client[.neighborQueueFull] == 15)
    #expect(server.datagramsReceived == 5)
  }

  @Test func `A neighbour is asked again after a while, and used meanwhile`() {
    var hosts = TwoHosts([
      .ping(Ping(destination: .v4(TwoHosts.serverAddress), count: 3, interval: .seconds(40)))
    ])
    hosts.run()
    let requests = hosts.sightings().filter {
      $0.isFromClient && $0.bytes[12...13] == [8, 6] && $0.bytes[21] == 1
    }
    #expect(requests.map { $0.time.nanoseconds / 1_000_000_000 } == [0, 40, 80])
    // The first by broadcast, the others to the neighbour itself.
    #expect(requests.map { $0.bytes[0] } == [0xff, 0x0a, 0x0a])
    #expect(hosts.script.results.count == 1)
  }

  @Test func `ICMP errors are not sent without end`() {
    let train = DatagramTrain(
      destination: .v4(TwoHosts.serverAddress), port: 9, datagramsPerFlow: 500, payloadByteCount: 1,
      interval: .zero)
    var hosts = TwoHosts([.send(train)])
    hosts.run()
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server[.closedPort] == 500)
    // An ARP reply, and the burst that is allowed.
    #expect(server.framesSent == 51)
  }

  @Test func `Datagrams come back from an echo server after it has thought`() {
    var hosts = TwoHosts([
      .send(
        DatagramTrain(
          destination: .v4(TwoHosts.serverAddress), port: 7, datagramsPerFlow: 3,
          payloadByteCount: 100, interval: .milliseconds(1)))
    ])
    hosts.serve(.datagramEcho(port: 7, thinkTime: .milliseconds(2)))
    hosts.run()
    let echoes = hosts.sightings().filter { !$0.isFromClient && $0.bytes.count == 142 }
    #expect(echoes.count == 3)
    #expect(echoes.first?.bytes[50...52] == [8, 9, 10])
    let client = hosts.simulation.withNode(hosts.client) { $0.statistics }
    // The train's ports are closed once it has left, so late echoes are refused.
    #expect(client.datagramsReceived + client[.closedPort] == 3)
  }

  @Test(arguments: 0..<64)
  func `A frame with one byte changed is counted once and never delivered twice`(position: Int) {
    var hosts = TwoHosts([
      .send(
        DatagramTrain(
          destination: .v4(TwoHosts.serverAddress), port: 9, datagramsPerFlow: 1,
          payloadByteCount: 22, interval: .zero))
    ])
    hosts.serve(.datagramSink(port: 9))
    hosts.simulation.withNode(hosts.wire) { wire in
      wire.corrupts = { number, bytes in
        if bytes.count == 64 { bytes[position] ^= 0x15 }
      }
    }
    hosts.run()
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    // The source hardware address is covered by nothing; everything else is noticed.
    let isCovered = !(6..<12).contains(position)
    #expect(server.datagramsReceived == (isCovered ? 0 : 1))
    #expect(FrameDisposition.allCases.reduce(0) { $0 + server[$1] } == server.framesReceived)
    #expect(server.framesReceived == 2)
  }

  @Test func `A frozen host sends nothing and catches up when thawed`() {
    var hosts = TwoHosts([.ping(Ping(destination: .v4(TwoHosts.serverAddress), count: 2))])
    hosts.script.onWake = { token, host, network in
      if token == 1 { host.freeze() }
      if token == 2 { host.thaw(in: &network) }
    }
    hosts.simulation.wake(hosts.client, at: Instant(nanoseconds: 300_000), token: 1)
    hosts.simulation.wake(hosts.client, at: Instant(nanoseconds: 5_000_000_000), token: 2)
    hosts.run(.seconds(4))
    #expect(hosts.script.results.isEmpty)
    hosts.run(.seconds(10))
    // The first reply was there at 400 µs, but nobody looked until 5 s.
    #expect(
      hosts.script.results
        == [.echoes(sent: 2, received: 2, totalRoundTrip: .microseconds(5_000_200))])
  }
}
