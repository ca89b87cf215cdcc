import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct TracerouteTests {
  static let hops = (1...3).map { number in
    Hop(
      ipv4: IPv4Address(10, 9, 0, UInt8(number)),
      ipv6: IPv6Address(0x2001, 0xdb8, 9, 0, 0, 0, 0, UInt16(number)))
  }

  static func addresses(_ family: IPFamily) -> [IPAddress] {
    family == .v4
      ? hops.map { .v4($0.ipv4) } + [.v4(TwoHosts.serverAddress)]
      : hops.map { .v6($0.ipv6) } + [.v6(TwoHosts.serverIPv6)]
  }

  static func run(_ trace: Traceroute, _ hops: [Hop]) -> ExchangeResult? {
    var hosts = TwoHosts([.trace(trace)], ipv6: true)
    hosts.simulation.withNode(hosts.wire) { $0.hops = hops }
    hosts.run()
    #expect(hosts.simulation.network.frames.inUse == 0)
    return hosts.script.results.first
  }

  @Test(arguments: IPFamily.allCases, [Traceroute.Probe.datagram, .echo])
  func `Every router on the way shows, then the host`(
    family: IPFamily, probe: Traceroute.Probe
  ) throws {
    let result = Self.run(
      Traceroute(destination: PathMTUTests.server(family), probe: probe), Self.hops)
    guard case .route(let route) = result else {
      Issue.record("no route: \(String(describing: result))")
      return
    }
    #expect(route.map(\.distance) == [1, 2, 3, 4])
    #expect(
      route.map { Set($0.answers.map { $0?.address }) }
        == Self.addresses(family).map { [$0] })
    #expect(route.last?.answers.allSatisfy { $0?.kind == .reached } == true)
    #expect(
      route.dropLast().allSatisfy { $0.answers.allSatisfy { $0?.kind == .timeExceeded } })
  }

  @Test(arguments: IPFamily.allCases)
  func `A router that says nothing is three stars`(family: IPFamily) {
    var hops = Self.hops
    hops[1].isSilent = true
    let result = Self.run(Traceroute(destination: PathMTUTests.server(family)), hops)
    guard case .route(let route) = result else {
      Issue.record("no route")
      return
    }
    #expect(route.map(\.description)[1] == " 2  * * *")
    #expect(route.count == 4)
  }

  @Test func `A host that nobody has reached ends the search at the last hop`() {
    let hops = Self.hops.map { Hop(ipv4: $0.ipv4, isSilent: true) }
    let result = Self.run(
      Traceroute(
        destination: .v4(TwoHosts.serverAddress), maximumHops: 3, probesPerHop: 2), hops)
    #expect(
      result
        == .route((1...3).map { RouteHop(distance: $0, answers: [nil, nil]) }))
  }

  @Test func `A line is what traceroute prints`() {
    let router = IPAddress.v4(IPv4Address(10, 0, 0, 1))
    func answer(
      _ kind: RouteAnswer.Kind, _ address: IPAddress, _ microseconds: Int
    ) -> RouteAnswer {
      RouteAnswer(kind: kind, address: address, roundTrip: .microseconds(microseconds))
    }
    #expect(
      RouteHop(
        distance: 7,
        answers: [
          answer(.timeExceeded, router, 1234), nil,
          answer(.unreachable(code: 13), .v4(IPv4Address(10, 0, 0, 2)), 20),
        ]
      ).description == " 7  10.0.0.1  1.234 ms * 10.0.0.2  0.020 ms !X")
    #expect(
      RouteHop(distance: 12, answers: [answer(.tooLong(maximumTransmissionUnit: 1400), router, 5)])
        .description == "12  10.0.0.1  0.005 ms !F-1400")
  }

  @Test(arguments: [
    Traceroute(destination: .v4(TwoHosts.serverAddress), maximumHops: 0),
    Traceroute(destination: .v4(TwoHosts.serverAddress), maximumHops: .max),
    Traceroute(destination: .v4(TwoHosts.serverAddress), probesPerHop: 11),
    Traceroute(destination: .v4(TwoHosts.serverAddress), firstPort: 65_500),
    Traceroute(destination: .v4(TwoHosts.serverAddress), packetByteCount: 27),
    Traceroute(destination: .v6(TwoHosts.serverIPv6), packetByteCount: 47),
    Traceroute(destination: .v4(TwoHosts.serverAddress), packetByteCount: 1501),
    Traceroute(destination: .v4(TwoHosts.serverAddress), timeout: .zero),
    Traceroute(destination: .v4(TwoHosts.serverAddress), simultaneousProbes: 0),
  ])
  func `What makes no sense is refused`(trace: Traceroute) {
    #expect(Self.run(trace, []) == .failed(.badRequest))
  }
}
