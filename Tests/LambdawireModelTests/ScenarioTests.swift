import LambdawireModel
import PacketFormats
import SimulatedTime
import Testing

@Suite struct ScenarioTests {
  @Test func `Everything in a file reaches the scenario`() throws {
    let scenario = try Scenario(yaml: ScenarioText.sound)
    #expect(scenario.title == "A test")
    #expect(scenario.seed == 7)
    #expect(scenario.duration == .seconds(30))
    #expect(scenario.start.description == "2019-09-03T00:00:00Z")
    #expect(
      scenario.parameters == [.init(name: "rate", value: "40/s"), .init(name: "rows", value: "20")])
    #expect(scenario.settings.hyperplaneLookup == .microseconds(200))

    let vpc = try #require(scenario.vpc(named: "shop"))
    #expect(vpc.prefix.description == "10.0.0.0/16")
    #expect(vpc.subnets.map(\.name) == ["private-a", "data-a"])
    #expect(vpc.subnet(named: "data-a")?.zone == "use1-az1")
    let orders = try #require(vpc.securityGroup(named: "orders"))
    #expect(orders.ingress.isEmpty)
    #expect(
      orders.egress == [
        .init(protocol: .tcp, ports: 5432...5432, peer: .securityGroup("database"))
      ])
    #expect(vpc.securityGroup(named: "database")?.egress == [.everything])
    let postgres = try #require(vpc.host(named: "postgres"))
    #expect(postgres.address == IPv4Address(10, 0, 2, 20))
    #expect(postgres.domainName == "postgres.shop.internal")
    #expect(postgres.services == [.init(kind: .postgresql, port: 5432)])
    let sink = try #require(vpc.host(named: "sink"))
    #expect(sink.address == IPv4Address(10, 0, 2, 4))
    #expect(sink.services.map(\.port) == [9, 9])

    let function = try #require(scenario.function(named: "orders"))
    #expect(function.memory == 512_000_000)
    #expect(function.networking == .hyperplane)
    #expect(function.environments == 3)
    #expect(function.instanceNames == ["orders"])
    #expect(function.created == nil)

    let traffic = try #require(scenario.traffic.first)
    #expect(traffic.arrivals == .poisson(.init(count: 40, interval: .seconds(1))))
    #expect(traffic.from == .seconds(2))
    #expect(traffic.span == .seconds(10))
    #expect(
      traffic.steps == [
        .resolve(host: "postgres"),
        .query(.init(host: "postgres", port: 5432, rows: 20, rowSize: 180, times: 1)),
      ])
  }

  @Test(arguments: [
    ("once", Scenario.Arrivals.atOnce(1)),
    ("3 at once", .atOnce(3)),
    ("every 100ms", .every(.milliseconds(100))),
    ("every 0.5 ms", .every(.microseconds(500))),
    ("poisson 40/s", .poisson(.init(count: 40, interval: .seconds(1)))),
    ("poisson 2.5 / min", .poisson(.init(count: 25, interval: .seconds(600)))),
    ("poisson 3/10 ms", .poisson(.init(count: 3, interval: .milliseconds(10)))),
  ])
  func `Arrivals`(text: String, arrivals: Scenario.Arrivals) throws {
    let changed = ScenarioText(replacing: "poisson $rate", with: text)
    #expect(try Scenario(yaml: changed.text).traffic.first?.arrivals == arrivals)
  }

  @Test(arguments: [
    ("1 ns", Duration.nanoseconds(1)), ("2us", .microseconds(2)), ("2 µs", .microseconds(2)),
    ("2 μs", .microseconds(2)), ("0.25 ms", .microseconds(250)), ("1s", .seconds(1)),
    ("0s", .zero), ("0.001 s", .milliseconds(1)),
  ])
  func `Durations`(text: String, duration: Duration) throws {
    let changed = ScenarioText(replacing: "200 us", with: text)
    #expect(try Scenario(yaml: changed.text).settings.hyperplaneLookup == duration)
  }

  @Test(arguments: [
    ("udp", "sink", UInt16(9)), ("tcp", "sink", 9), ("udp", "postgres", 9),
  ])
  func `A port left out is that of the service`(
    transport: String, host: String, port: UInt16
  ) throws {
    let changed = ScenarioText(
      replacing: "{ resolve: postgres }", with: "{ send: \(host), protocol: \(transport) }")
    guard case .send(let send) = try Scenario(yaml: changed.text).traffic.first?.steps.first else {
      Issue.record("no send step")
      return
    }
    #expect(send.port == port)
    #expect(send.transport.rawValue == transport)
  }

  @Test func `Hosts without an address get the lowest that is free`() throws {
    let changed = ScenarioText(
      replacing: "    hosts:\n",
      with: """
            hosts:
              a: { subnet: data-a, security-groups: database }
              b: { subnet: data-a, security-groups: database, address: 10.0.2.5 }
              c: { subnet: data-a, security-groups: database }

        """)
    let hosts = try #require(try Scenario(yaml: changed.text).vpc(named: "shop")).hosts
    #expect(hosts.prefix(3).map(\.address.description) == ["10.0.2.4", "10.0.2.5", "10.0.2.6"])
  }

  @Test func `A subnet can be full`() {
    let hosts = (1...12).map { "      h\($0): { subnet: small, security-groups: database }\n" }
    let changed = ScenarioText(
      ScenarioText.sound.replacing(
        "      data-a:", with: "      small: { cidr: 10.0.3.0/28, zone: z }\n      data-a:"
      ).replacing("    hosts:\n", with: "    hosts:\n" + hosts.joined()))
    // Sixteen addresses, five of them reserved.
    let diagnostics = changed.diagnostics()
    #expect(diagnostics.count == 1)
    #expect(diagnostics.first?.found == "no free address in `small`")
    #expect(diagnostics.first?.line == 28)
  }

  @Test func `Copies are numbered and must not take another function's name`() throws {
    let changed = ScenarioText(replacing: "environments: 3", with: "copies: 3")
    let function = try #require(try Scenario(yaml: changed.text).function(named: "orders"))
    #expect(function.instanceNames == ["orders-1", "orders-2", "orders-3"])

    let clash = ScenarioText(
      replacing: "environments: 3\n",
      with: "copies: 3\n  §orders-2: { vpc: shop, subnets: private-a, security-groups: orders }\n")
    let diagnostics = clash.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == clash.marks)
    #expect(diagnostics.first?.found == "`orders-2`, which is also a copy of `orders`")
  }

  @Test(arguments: [
    "1970-01-01T00:00:00Z", "2019-09-03T00:00:00Z", "2024-02-29T23:59:59.000000001Z",
    "2100-03-01T00:00:00.5Z", "2261-12-31T23:59:59.999999999Z",
  ])
  func `Times read back as they were written`(text: String) throws {
    let time = try #require(CalendarTime(text: text))
    #expect(time.description == text)
  }

  @Test(arguments: [
    "", "2019", "2019-09-03", "2019-09-03T00:00:00", "2019-09-03T00:00:00+01:00",
    "2019-9-3T0:0:0Z", "2019-13-01T00:00:00Z", "2019-02-29T00:00:00Z", "1969-12-31T23:59:59Z",
    "2262-01-01T00:00:00Z", "2019-09-03T24:00:00Z", "2019-09-03T00:00:60Z", "2019-09-03T00:00:00.Z",
    "2019-09-03T00:00:00.0000000001Z", "2\u{301}019-09-03T00:00:00Z",
  ])
  func `Times that do not exist are not read`(text: String) {
    #expect(CalendarTime(text: text) == nil)
  }

  @Test func `A known instant has the known number of seconds`() {
    // From `date -u -d 2019-09-03 +%s`.
    #expect(
      CalendarTime(text: "2019-09-03T00:00:00Z")?.nanosecondsSince1970 == 1_567_468_800_000_000_000)
  }
}
