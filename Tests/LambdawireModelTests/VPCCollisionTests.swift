import LambdawireModel
import PacketFormats
import Testing

/// Things in VPCs that cannot be there twice, and what is made up so that it is not.
@Suite struct VPCCollisionTests {
  private static let sound = """
    lambdawire: 1
    internet: { hosts: { api: { address: 203.0.113.10 }, web: { address: 203.0.113.11 } } }
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1, addressing: dual-stack, network-acl: n } }
        security-groups: { g: { ingress: [{ protocol: tcp, ports: 22, from: any }], egress: [] } }
        network-acls:
          n: { ingress: [{ rule: 100, action: allow }, { rule: 101, action: deny, from: 10.9.0.0/16 }] }
        gateways:
          igw: { type: internet-gateway }
          nat: { type: nat-gateway, subnet: a, elastic-ips: 198.51.100.200 }
        private-zones: { corp.example: { db: 10.0.1.20 } }
        resolver-rules: { onprem.example: [10.8.0.53, 10.8.0.54] }
        hosts:
          one: { subnet: a, security-groups: g, public-address: 198.51.100.2 }
          two: { subnet: a, security-groups: g, public-address: yes }
          three: { subnet: a, security-groups: g, public-address: yes }
      data:
        cidr: 10.1.0.0/16
        subnets: { a: { cidr: 10.1.1.0/24, zone: use1-az1 } }
        security-groups: { g: { } }
    """

  @Test func `The scenario that these tests spoil is sound, and can be built`() throws {
    #expect(ScenarioText(Self.sound).diagnostics().isEmpty)
    let scenario = try Scenario(yaml: Self.sound)
    _ = try Reachability(
      of: scenario, named: "test", query: ReachQuery(from: "one", to: "two", port: 22))
    // The second host would have had the first one's by its place in the file.
    let hosts = try #require(scenario.vpc(named: "shop")).hosts
    let addresses = hosts.compactMap { $0.elasticAddress?.description }
    #expect(addresses == ["198.51.100.2", "198.51.100.1", "198.51.100.3"])
  }

  @Test(arguments: [
    // Public addresses.
    ScenarioMistake(
      "elastic-ips: 198.51.100.200", "elastic-ips: [198.51.100.200, §198.51.100.200], addresses: 2",
      "which `nat` has"),
    ScenarioMistake(
      "two: { subnet: a, security-groups: g, public-address: yes",
      "two: { subnet: a, security-groups: g, public-address: §198.51.100.2", "which `one` has"),
    ScenarioMistake("elastic-ips: 198.51.100.200", "elastic-ips: §198.51.100.2", "`one` has"),
    ScenarioMistake("elastic-ips: 198.51.100.200", "elastic-ips: §203.0.113.10", "`api` has"),
    ScenarioMistake("public-address: 198.51.100.2", "public-address: §10.0.1.9", "(private)"),
    ScenarioMistake("elastic-ips: 198.51.100.200", "elastic-ips: §100.64.0.1", "(shared)"),
    ScenarioMistake("api: { address: 203.0.113.10", "api: { address: §10.2.0.1", "on the internet"),
    ScenarioMistake("api: { address: 203.0.113.10", "api: { address: §224.0.0.5", "multicast"),
    ScenarioMistake("web: { address: 203.0.113.11", "web: { address: §203.0.113.10", "`api` has"),
    // Names.
    ScenarioMistake(
      "[10.8.0.53, 10.8.0.54]",
      "[10.8.0.53, 10.8.0.54, 10.8.0.55, 10.8.0.56, 10.8.0.57, 10.8.0.58, §10.8.0.59]",
      "at most 6"),
    ScenarioMistake("{ db: 10.0.1.20 }", "{ §db..eu: 10.0.1.20 }", "between dots"),
    ScenarioMistake("{ db: 10.0.1.20 }", "{ §\"data base\": 10.0.1.20 }", "between dots"),
    ScenarioMistake("corp.example: {", "§corp..example: {", "a domain name"),
    // Rules.
    ScenarioMistake(
      "[{ protocol: tcp, ports: 22, from: any }]",
      "[{ protocol: tcp, ports: 22, from: any }, §{ protocol: tcp, ports: 22, from: any }]",
      "InvalidPermission.Duplicate"),
    ScenarioMistake(
      "[{ protocol: tcp, ports: 22, from: any }]",
      "[{ protocol: tcp, ports: 22, from: any }, §{ protocol: tcp, ports: 22, from: \"::/0\" }]",
      "each rule once"),
    ScenarioMistake("rule: 101, action: deny", "rule: §100, action: deny", "each number once"),
  ])
  func `What is there twice is reported where it is again`(mistake: ScenarioMistake) {
    #expect(Self.sound.contains(mistake.piece), "nothing to replace: \(mistake.piece)")
    let text = ScenarioText(
      Self.sound.replacing(mistake.piece, with: mistake.replacement, maxReplacements: 1))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(mistake.message) == true, "\(diagnostics)")
  }

  @Test func `An entry for both families leaves the next number to another`() throws {
    // Rule 100 was 100 and 101 in a VPC with IPv6, and 101 could not be built beside it.
    let scenario = try Scenario(yaml: Self.sound)
    let vpc = try #require(scenario.vpc(named: "shop"))
    #expect(vpc.networkACLs.first?.ingress.map(\.number) == [100, 101])
    let answer = try Reachability(
      of: scenario, named: "test", query: ReachQuery(from: "internet", to: "198.51.100.2", port: 22)
    )
    // It comes in by rule 100; for the answer there is none.
    #expect(answer.blockedWay == "back")
  }

  @Test func `Copies have IPv6 blocks and public addresses of their own`() throws {
    let scenario = try Scenario(
      yaml: Self.sound.replacing("cidr: 10.0.0.0/16", with: "copies: 3\n    cidr: 10.0.0.0/16")
        .replacing(", elastic-ips: 198.51.100.200", with: "")
        .replacing("public-address: 198.51.100.2", with: "public-address: yes"))
    let vpcs = scenario.vpcs.filter { $0.name.hasPrefix("shop-") }
    #expect(vpcs.count == 3)
    #expect(Set(vpcs.compactMap(\.ipv6Prefix)).count == 3)
    for vpc in vpcs {
      for subnet in vpc.subnets {
        #expect(subnet.ipv6Prefix.map { vpc.ipv6Prefix?.contains($0) } == true)
      }
      for host in vpc.hosts {
        #expect(host.ipv6Address.map { vpc.subnets[0].ipv6Prefix?.contains($0) } == true)
      }
    }
    let addresses = vpcs.flatMap(\.hosts).compactMap(\.elasticAddress)
    #expect(addresses.count == 9 && Set(addresses).count == 9)
  }

  @Test(arguments: [
    ("ipv6-cidr: §2001:db8:1200::/56", "an IPv6 block of a VPC that stands for 2"),
    (
      "hosts: { h: { subnet: a, security-groups: g, public-address: §198.51.100.9 } }",
      "a public address in a VPC that stands for 2"
    ),
  ])
  func `What copies cannot share is reported`(key: String, message: String) {
    let text = ScenarioText(
      """
      lambdawire: 1
      vpcs:
        shop:
          copies: 2
          cidr: 10.0.0.0/16
          subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1 } }
          security-groups: { g: { } }
          \(key)
      """)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  @Test func `Many hosts have different public addresses`() throws {
    let hosts = (1...300).map { "h\($0): { subnet: a, security-groups: g, public-address: yes }" }
    let scenario = try Scenario(
      yaml: """
        lambdawire: 1
        vpcs:
          shop:
            cidr: 10.0.0.0/16
            subnets: { a: { cidr: 10.0.0.0/20, zone: use1-az1 } }
            security-groups: { g: { } }
            hosts: { \(hosts.joined(separator: ", ")) }
        """)
    let addresses = scenario.vpcs.flatMap(\.hosts).compactMap(\.elasticAddress)
    #expect(Set(addresses).count == 300)
    #expect(addresses.first?.description == "198.51.100.1")
    #expect(addresses.last?.description.hasPrefix("54.80.") == true)
  }
}
