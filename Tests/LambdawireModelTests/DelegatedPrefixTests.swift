import LambdawireModel
import PacketFormats
import Testing

/// Blocks that are delegated to hosts, and limits of what interfaces track, as scenarios say them.
@Suite struct DelegatedPrefixTests {
  private static func text(host: String, steps: String = "{ ping: 10.0.1.37 }") -> String {
    """
    lambdawire: 1
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        ipv6-cidr: 2001:db8:100::/56
        subnets:
          a: { cidr: 10.0.1.0/24, ipv6-cidr: "2001:db8:100:1::/64", zone: use1-az1 }
          b: { cidr: 10.0.2.0/24, zone: use1-az1 }
        security-groups: { g: { ingress: [{ protocol: all, from: any }] } }
        hosts:
          one: { subnet: a, security-groups: g, address: 10.0.1.70 }
          node: { \(host), security-groups: g, serves: echo }
          made-up: { subnet: a, security-groups: g }
    traffic: [{ run-on: one, do: [\(steps)] }]
    """
  }

  @Test func `A host answers at the addresses of its blocks`() throws {
    let yaml = Self.text(
      host:
        #"subnet: a, ipv4-prefixes: [10.0.1.32/28, 10.0.1.48/28], ipv6-prefixes: "2001:db8:100:1:1::/80""#,
      steps:
        #"{ ping: 10.0.1.37 }, { exchange: 10.0.1.63, port: 7 }, { exchange: "2001:db8:100:1:1::5", port: 7 }"#
    )
    let run = try RunOutcomes(yaml: yaml)
    #expect(run.tasksSucceeded == [true], "\(run.summary.tasks.failures) \(run.summary.drops)")
    let scenario = try Scenario(yaml: yaml)
    let answer = try Reachability(
      of: scenario, named: "test",
      query: ReachQuery(from: "one", to: "10.0.1.63", protocol: "udp", port: 7))
    #expect(answer.isReachable)
  }

  @Test func `Hosts without an address of their own are given none of a block`() throws {
    let scenario = try Scenario(
      yaml: Self.text(host: "subnet: a, address: 10.0.1.4, ipv4-prefixes: 10.0.1.16/28"))
    // 10.0.1.4 to .15 are eleven more.
    let made = scenario.vpc(named: "shop")?.host(named: "made-up")
    #expect(made?.address == IPv4Address(10, 0, 1, 5))
  }

  @Test(arguments: [
    ("subnet: a, ipv4-prefixes: §10.0.1.32/27", "/28"),
    ("subnet: a, ipv4-prefixes: §10.0.1.33/28", "did you mean `10.0.1.32/28`?"),
    ("subnet: a, ipv4-prefixes: §10.0.2.32/28", "outside `a`"),
    ("subnet: a, ipv4-prefixes: §10.0.1.0/28", "holds 10.0.1.0, reserved by AWS"),
    ("subnet: a, ipv4-prefixes: §10.0.1.240/28", "holds 10.0.1.255, reserved by AWS"),
    ("subnet: a, ipv4-prefixes: §10.0.1.64/28", "holds 10.0.1.70 of `one`"),
    ("subnet: a, ipv4-prefixes: [10.0.1.32/28, §10.0.1.32/28]", "holds 10.0.1.32 of `node`"),
    ("subnet: a, ipv6-prefixes: §\"2001:db8:100:1::/64\"", "a /80"),
    ("subnet: a, ipv6-prefixes: §\"2001:db8:100:2:1::/80\"", "outside `a`"),
    ("subnet: a, ipv6-prefixes: §\"2001:db8:100:1::/80\"", "not the first"),
    (
      "subnet: a, ipv6-prefixes: [\"2001:db8:100:1:1::/80\", §\"2001:db8:100:1:1::/80\"]",
      "each block once"
    ),
    ("subnet: b, ipv6-prefixes: §\"2001:db8:100:1:1::/80\"", "`addressing: dual-stack`"),
  ])
  func `A block that cannot be had is reported where it is`(host: String, message: String) {
    let text = ScenarioText(Self.text(host: host))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  @Test func `An interface that tracks as much as it may takes no new connection`() throws {
    let yaml = Self.text(
      host: "subnet: a, address: 10.0.1.37", steps: "{ exchange: node }, { exchange: node }"
    ).replacing("cidr: 10.0.0.0/16", with: "tracked-connections: 1\n    cidr: 10.0.0.0/16")
      .replacing("from: any", with: "from: 10.0.0.0/8")
    let run = try RunOutcomes(yaml: yaml)
    #expect(run.tasksSucceeded == [false])
    #expect(run.summary.drops.map(\.code).contains("CONNTRACK_ALLOWANCE_EXCEEDED"))
  }

  @Test(arguments: ["0", "many", "-1"])
  func `The limit is a number above zero`(value: String) {
    let text = ScenarioText(
      Self.text(host: "subnet: a, address: 10.0.1.37")
        .replacing(
          "cidr: 10.0.0.0/16", with: "tracked-connections: §\(value)\n    cidr: 10.0.0.0/16"))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
  }
}
