import LambdawireModel
import PacketFormats
import Testing

/// What hosts begin of their own accord, as a scenario says it and in a run.
@Suite struct HostTrafficTests {
  private static func text(_ traffic: String, functions: String = "") -> String {
    """
    lambdawire: 1
    seed: 3
    duration: 10 min
    internet:
      hosts:
        scanner: { address: 203.0.113.66 }
        out: { address: 203.0.113.9, domain-name: out.example.com, serves: [http, echo] }
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets:
          a: { cidr: 10.0.1.0/24, zone: use1-az1, route-table: public }
          b: { cidr: 10.0.2.0/24, zone: use1-az1, route-table: private }
        security-groups:
          g: { ingress: [{ protocol: all, from: 10.0.0.0/8 }, { protocol: tcp, ports: 80, from: any }] }
        gateways:
          igw: { type: internet-gateway }
          vgw: { type: virtual-private-gateway, networks: 10.8.0.0/16, hosts: { desk: { address: 10.8.0.9, serves: http } } }
        route-tables:
          public: { routes: [{ to: 0.0.0.0/0, via: igw }], propagating: vgw }
          private: { routes: [{ to: 0.0.0.0/0, via: nat }], propagating: vgw }
        hosts:
          nat: { subnet: a, security-groups: g, public-address: yes, source-destination-check: no, forwards: masquerade, serves: http }
          bastion: { subnet: b, security-groups: g }
          db: { subnet: b, security-groups: g, serves: [postgresql, http] }
      data:
        cidr: 10.1.0.0/16
        account: "111111111111"
        subnets: { a: { cidr: 10.1.1.0/24, zone: use1-az1 } }
        security-groups: { g: { } }
        hosts: { db: { subnet: a, security-groups: g } }
    \(functions)
    settings: { tcp-syn-retries: 1 }
    traffic:
      - \(traffic)
    """
  }

  private func run(_ traffic: String) throws -> RunOutcomes {
    try RunOutcomes(yaml: Self.text(traffic))
  }

  @Test func `A bastion asks the resolver and the database, without any function`() throws {
    let run = try run(
      "{ run-on: bastion, from: 1 s, do: [{ resolve: shop/db }, { query: shop/db, rows: 3 }] }")
    #expect(run.tasksSucceeded == [true])
    #expect(run.succeeded.isEmpty)
    #expect(run.summary.tasks == RunSummary.TaskCounts(all: 1, finished: 1))
    #expect(run.summary.text.contains("of hosts        1: 1 finished, 0 failed"))
  }

  @Test func `Every kind of step can be taken by a host`() throws {
    let run = try run(
      """
      { run-on: bastion, do: [{ resolve: db.shop.internal }, { query: db.shop.internal }, { exchange: out }, \
      { send: out, port: 7 }, { transfer: out, port: 7, bytes: 5 kB }, { ping: desk }, { fetch: out }, \
      { wait: 1 s }, { traceroute: desk, hops: 3 }] }
      """)
    #expect(run.tasksSucceeded == [true], "\(run.summary.tasks)")
  }

  @Test func `Several tasks go on at the same time on one host`() throws {
    let run = try run(
      "{ run-on: bastion, arrivals: every 10 ms, count: 5, do: [{ wait: 10 s }, { ping: desk }] }")
    #expect(run.tasksSucceeded == [true, true, true, true, true])
    #expect(run.summary.duration < .seconds(30))
  }

  @Test func `From premises into the VPC, and from the internet only to what is public and open`()
    throws
  {
    let run = try run(
      """
      { run-on: desk, from: 1 s, do: [{ query: db }] }
        - { run-on: scanner, from: 2 s, do: [{ fetch: shop/nat }] }
        - { run-on: scanner, from: 3 s, do: [{ send: shop/nat, protocol: tcp, port: 22 }] }
        - { run-on: scanner, from: 10 s, do: [{ fetch: 10.0.2.5 }] }
        - { run-on: scanner, from: 20 s, do: [{ fetch: out }] }
      """)
    #expect(run.tasksSucceeded == [true, true, false, false, true])
    #expect(run.summary.tasks.failures == [RunSummary.FailureCount(reason: "timed out", count: 2)])
  }

  @Test func `What nobody can reach from the internet is not reached, in any account`() throws {
    let run = try RunOutcomes(
      yaml: """
        lambdawire: 1
        internet: { hosts: { scanner: { address: 203.0.113.66 } } }
        vpcs:
          lonely:
            cidr: 10.0.0.0/16
            subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1 } }
            security-groups: { g: { } }
          web:
            cidr: 10.0.0.0/16
            copies: 2
            subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1, route-table: r } }
            security-groups: { g: { ingress: [{ protocol: tcp, from: any }] } }
            gateways: { igw: { type: internet-gateway } }
            route-tables: { r: [{ to: 0.0.0.0/0, via: igw }] }
            hosts: { h: { subnet: a, security-groups: g, serves: http } }
        traffic:
          - { run-on: web/h, do: [{ ping: 203.0.113.66 }] }
          - { run-on: scanner, from: 20 s, do: [{ ping: 198.51.100.99 }] }
        duration: 1 min
        """)
    // The hosts of both copies ping, and hear nothing: they have no public address.
    #expect(run.summary.tasks.all == 3)
  }

  @Test func `Hosts and functions side by side count apart`() throws {
    let run = try RunOutcomes(
      yaml: Self.text(
        """
        { invoke: f, arrivals: every 1 s, count: 3, do: [{ query: db }] }
          - { run-on: bastion, arrivals: every 1 s, count: 2, do: [{ query: db }] }
        """, functions: "functions: { f: { vpc: shop, subnets: b, security-groups: g } }"))
    #expect(run.succeeded == [true, true, true])
    #expect(run.tasksSucceeded == [true, true])
  }

  @Test func `Names mean what they mean where the steps are taken`() throws {
    let scenario = try Scenario(
      yaml: Self.text(
        "{ run-on: scanner, arrivals: poisson 2/s, for: 5 s, do: [{ fetch: shop/nat }] }"))
    let entry = try #require(scenario.hostTraffic.first)
    #expect(entry.host == .internet(name: "scanner"))
    #expect(entry.span == .seconds(5))
    let nat = try #require(scenario.vpc(named: "shop")?.host(named: "nat"))
    #expect(scenario.destination(named: "shop/nat", from: nil)?.address == nat.elasticAddress)
    #expect(scenario.destination(named: "shop/nat", from: "data")?.address == nat.address)
    #expect(scenario.destination(named: "shop/db", from: nil) == nil)
  }

  @Test(arguments: [
    ("{ run-on: §bastio, do: [{ ping: db }] }", "did you mean `bastion`?"),
    ("{ run-on: §db, do: [{ ping: desk }] }", "`shop/db`, `data/db`"),
    ("{ run-on: bastion, do: [{ ping: §nobody }] }", "a host of `shop`"),
    ("{ run-on: bastion, do: [{ fetch: §out.example.com }] }", "a step `resolve: out.example.com`"),
    ("{ run-on: bastion, do: [{ query: db }], §invoke: f }", "one action in a traffic entry"),
    ("{ run-on: bastion, §replay: x.csv, do: [{ ping: db }] }", "unknown key `replay`"),
    ("{ run-on: bastion, arrivals: §ramp 1/s to 2/s, do: [{ ping: db }] }", "`for:` beside it"),
    ("{ run-on: bastion, from: §2, do: [{ ping: db }] }", "without a unit"),
    ("{ run-on: bastion, do: §[] }", "a list of steps"),
    ("§{ run-on: bastion }", "`do:` with a list of steps"),
    ("{ §runs-on: bastion, do: [{ ping: db }] }", "did you mean `run-on`?"),
    ("{ run-on: desk, do: [{ resolve: §db }] }", "there is no resolver to ask"),
    ("{ run-on: scanner, do: [{ resolve: §out }] }", "there is no resolver to ask"),
    ("{ run-on: scanner, do: [{ fetch: §shop/db }] }", "one with a public address"),
    ("{ run-on: scanner, do: [{ fetch: §db }] }", "`shop/nat`"),
    ("{ run-on: scanner, do: [{ fetch: §out.example.com }] }", "a host on the internet"),
    ("{ run-on: desk, do: [{ fetch: §out.example.com }] }", "a host of `shop`"),
  ])
  func `A mistake is reported where it is`(traffic: String, message: String) {
    let text = ScenarioText(Self.text(traffic))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }
}
