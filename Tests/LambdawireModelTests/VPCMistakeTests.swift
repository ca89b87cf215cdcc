import LambdawireModel
import PacketFormats
import Testing

/// Each mistake in what belongs to a VPC: the place is right, and so is what is said.
@Suite struct VPCMistakeTests {
  private static let sound = """
    lambdawire: 1
    prefix-lists: { corporate: [10.8.0.0/16, 10.9.0.0/16] }
    internet:
      hosts:
        api: { address: 203.0.113.10, ipv6: "2001:db8:ffff::10", domain-name: api.example.com, serves: http }
    peering-connections:
      shop-data: { requester: shop, accepter: data }
    transit-gateways:
      hub:
        attachments:
          shop: { subnets: public-a, route-table: spokes, propagates-to: spokes }
          data: { subnets: data-a, route-table: spokes }
        route-tables: { spokes: [{ to: 10.1.0.0/16, via: data }, { to: 10.7.0.0/16, via: blackhole }] }
    vpcs:
      data:
        cidr: 10.1.0.0/16
        subnets: { data-a: { cidr: 10.1.1.0/24, zone: use1-az1 } }
        security-groups: { database: { ingress: [{ protocol: tcp, ports: 5432, from: shop/orders }] } }
        gateways: { other-nat: { type: nat-gateway, subnet: data-a, connectivity: private } }
        hosts: { postgres: { subnet: data-a, security-groups: database, serves: postgresql } }
      shop:
        cidr: [10.0.0.0/16, 10.2.0.0/16]
        ipv6-cidr: 2001:db8:1200::/56
        dhcp-options: { domain-name: shop.internal, domain-name-servers: [10.0.1.53, 10.0.1.54] }
        subnets:
          private-a: { cidr: 10.0.1.0/24, zone: use1-az1, route-table: private, network-acl: locked }
          private-b: { cidr: 10.0.3.0/24, zone: use1-az1 }
          public-a: { cidr: 10.2.2.0/24, ipv6-cidr: "2001:db8:1200:2::/64", zone: use1-az1 }
        security-groups:
          orders: { egress: [{ protocol: tcp, ports: 443, to: corporate }, { protocol: 47, to: any }] }
        network-acls:
          locked:
            ingress: [{ rule: 100, action: allow, protocol: tcp, ports: 1024-65535 }]
            egress: [{ rule: 100, action: allow }, { rule: 200, action: deny, to: 10.8.0.0/16 }]
        gateways:
          igw: { type: internet-gateway, route-table: inspection }
          eigw: { type: egress-only-internet-gateway }
          nat-a: { type: nat-gateway, subnet: public-a, addresses: 2, elastic-ips: 198.51.100.1 }
          s3: { type: gateway-endpoint, service: s3 }
          sqs: { type: interface-endpoint, service: sqs, subnets: private-a, security-groups: orders }
          vgw: { type: virtual-private-gateway, networks: 10.8.0.0/16, hosts: { desk: { address: 10.8.0.9 } } }
        route-tables:
          main: []
          inspection: [{ to: 10.2.2.0/24, via: firewall }]
          private:
            routes: [{ to: 0.0.0.0/0, via: nat-a }, { to: s3, via: s3 }, { to: 10.1.0.0/16, via: shop-data }, { to: "::/0", via: eigw }]
            propagating: vgw
        private-zones: { corp.example: { db: 10.1.1.20 } }
        resolver-rules: { onprem.example: 10.8.0.53 }
        hosts:
          firewall: { subnet: public-a, address: 10.2.2.9, security-groups: orders, source-destination-check: no, forwards: forward, public-address: yes, mtu: 1500 B }
          probe: { subnet: public-a, security-groups: orders, secondary-addresses: 10.2.2.30, ipv6: "2001:db8:1200:2::9" }
        mirror-sessions:
          watch: { source: firewall, target: probe, number: 1, vni: 7, packet-length: 128 B, filter: [{ rule: 100, direction: ingress, protocol: tcp, ports: 5432 }] }
    functions:
      orders: { vpc: shop, subnets: private-a, security-groups: orders }
    traffic:
      - { invoke: orders, do: [{ resolve: sqs }, { fetch: sqs }, { fetch: api, bytes: 10 kB }, { query: data/postgres }, { traceroute: 203.0.113.10 }] }
    """

  @Test func `The scenario that these tests spoil is sound`() throws {
    #expect(ScenarioText(Self.sound).diagnostics().isEmpty)
    let scenario = try Scenario(yaml: Self.sound, file: "test.yaml", overrides: [])
    let shop = try #require(scenario.vpc(named: "shop"))
    #expect(shop.prefixes.map(\.description) == ["10.0.0.0/16", "10.2.0.0/16"])
    #expect(shop.gateways.count == 6)
    #expect(shop.subnet(named: "public-a")?.addressing == .dualStack)
    #expect(shop.subnet(named: "public-a")?.networkACL == "default")
    #expect(shop.subnet(named: "private-a")?.ipv6Prefix == nil)
    #expect(
      scenario.destination(named: "sqs", from: "shop")?.domainName == "sqs.us-east-1.amazonaws.com")
    #expect(scenario.destination(named: "desk", from: "shop")?.address?.description == "10.8.0.9")
  }

  @Test(arguments: [
    ScenarioMistake("cidr: [10.0.0.0/16, ", "cidr: [§10.0.0.0/15, ", "from /16 to /28"),
    ScenarioMistake("10.2.0.0/16]", "10.2.0.0/16, §10.2.128.0/17]", "which overlaps 10.2.0.0/16"),
    ScenarioMistake(
      "10.2.0.0/16]", "10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16, §10.6.0.0/16]",
      "at most 5"),
    ScenarioMistake(
      "cidr: 10.0.3.0/24", "cidr: §10.3.3.0/24", "a block within 10.0.0.0/16 or 10.2.0.0/16"),
    ScenarioMistake(
      "ipv6-cidr: 2001:db8:1200::/56", "ipv6-cidr: §2001:db8:1200::/64", "/44 to /60"),
    ScenarioMistake(
      "ipv6-cidr: \"2001:db8:1200:2::/64\"", "ipv6-cidr: §\"2001:db8:1300:2::/64\"",
      "outside the VPC"),
    ScenarioMistake(
      "ipv6-cidr: \"2001:db8:1200:2::/64\"", "ipv6-cidr: §\"2001:db8:1200:2::1/64\"",
      "did you mean `2001:db8:1200:2::/64`?"),
    ScenarioMistake("ipv6: \"2001:db8:1200:2::9\"", "ipv6: §\"2001:db8:1200:3::9\"", "outside"),
    ScenarioMistake("ipv6: \"2001:db8:1200:2::9\"", "ipv6: §\"2001:db8:1200:2::3\"", "reserves"),
    ScenarioMistake(
      "[10.0.1.53, 10.0.1.54]", "[10.0.1.53, 10.0.1.54, 10.0.1.55, 10.0.1.56, §10.0.1.57]",
      "at most 4"),
  ])
  func `Addresses`(mistake: ScenarioMistake) { check(mistake) }

  @Test(arguments: [
    ScenarioMistake("route-table: private,", "route-table: §privat,", "did you mean `private`?"),
    ScenarioMistake("network-acl: locked }", "network-acl: §looked }", "did you mean `locked`?"),
    ScenarioMistake("{ to: s3, via: s3 }", "{ to: §10.8.0.0/16, via: s3 }", "prefix list, `s3`"),
    ScenarioMistake("{ to: s3, via: s3 }", "{ to: §corporat, via: nat-a }", "`corporate`"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "{ to: 10.7.0.0/16, via: §sqs }", "an interface endpoint"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "{ to: 10.7.0.0/16, via: §other-nat }", "a gateway of `data`"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "{ to: 10.7.0.0/16, via: §nat-b }", "did you mean `nat-a`?"),
    ScenarioMistake("{ to: s3, via: s3 }", "{ to: 10.7.0.0/16, via: §eigw }", "IPv6 only"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "{ to: §10.0.0.0/16, via: nat-a }", "`local` route to 10.0.0.0/16"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "{ to: §10.0.1.0/25, via: nat-a }", "exactly the block of a subnet"),
    ScenarioMistake(
      "{ to: s3, via: s3 }", "§{ to: 0.0.0.0/0, via: igw }", "one route to each destination"),
    ScenarioMistake("propagating: vgw", "propagating: §igw", "a virtual private gateway"),
    ScenarioMistake(
      "rule: 100, action: allow, protocol", "rule: §0, action: allow, protocol", "from 1 to 32766"),
    ScenarioMistake("{ rule: 200, action", "{ rule: §100, action", "each number once"),
    ScenarioMistake(
      "action: allow, protocol: tcp", "action: §alow, protocol: tcp", "did you mean `allow`?"),
    ScenarioMistake(
      "protocol: tcp, ports: 1024-65535", "protocol: icmp, ports: §1024-65535",
      "only with `tcp` or `udp`"),
  ])
  func `Routes and network ACLs`(mistake: ScenarioMistake) { check(mistake) }

  @Test(arguments: [
    ScenarioMistake("from: shop/orders", "from: §shop/order", "did you mean `shop/orders`?"),
    ScenarioMistake("from: shop/orders", "from: §shopp/orders", "did you mean `shop/orders`?"),
    ScenarioMistake("to: corporate }", "to: §corporat }", "did you mean `corporate`?"),
    ScenarioMistake("protocol: 47", "protocol: §256", "the number of a protocol"),
    ScenarioMistake("protocol: 47", "protocol: §gre", "the number of a protocol"),
    ScenarioMistake(
      "[10.8.0.0/16, 10.9.0.0/16] }", "[10.8.0.0/16, §\"::/0\"] }", "one address family"),
  ])
  func `Security groups and prefix lists`(mistake: ScenarioMistake) { check(mistake) }

  @Test(arguments: [
    ScenarioMistake(
      "igw: { type: internet-gateway,", "igw: { type: §internet-gatway,",
      "did you mean `internet-gateway`?"),
    ScenarioMistake(
      "eigw: { type: egress-only-internet-gateway }", "§eigw: {}", "a gateway without `type`"),
    ScenarioMistake("addresses: 2,", "addresses: §9,", "from 1 to 8"),
    ScenarioMistake(
      "addresses: 2, elastic-ips: 198.51.100.1", "elastic-ips: [198.51.100.1, §198.51.100.2]",
      "at most as many as `addresses`, 1"),
    ScenarioMistake("addresses: 2,", "connectivity: private, addresses: 2,", ""),
    ScenarioMistake("subnet: public-a, addresses", "subnet: §public, addresses", "`public-a`"),
    ScenarioMistake("service: s3 }", "service: §s4 }", "`s3`, `dynamodb`"),
    ScenarioMistake(
      "service: sqs, subnets: private-a", "service: sqs, subnets: [private-a, §private-b]",
      "DuplicateSubnetsInSameZone"),
    ScenarioMistake(
      "desk: { address: 10.8.0.9 }", "desk: { address: §10.9.0.9 }", "none of the networks"),
    ScenarioMistake(
      "      s3: { type", "      §igw-2: { type: internet-gateway }\n      s3: { type",
      "at most one in a VPC"),
    ScenarioMistake(
      "      s3: { type", "      §probe: { type: egress-only-internet-gateway }\n      s3: { type",
      "also a host"),
    ScenarioMistake(
      "source-destination-check: no, forwards: forward", "forwards: §forward",
      "EC2 drops what is not"),
    ScenarioMistake("mtu: 1500 B", "mtu: §9002 B", "9001"),
    ScenarioMistake(
      "public-address: yes", "public-address: §maybe", "`yes`, `no`, or an IPv4 address"),
  ])
  func `Gateways and hosts`(mistake: ScenarioMistake) {
    guard !mistake.message.isEmpty else {
      let diagnostics = ScenarioText(
        Self.sound.replacing(mistake.piece, with: mistake.replacement)
      ).diagnostics()
      #expect(diagnostics.first?.description.contains("Elastic IP addresses of a private") == true)
      return
    }
    check(mistake)
  }

  @Test(arguments: [
    ScenarioMistake("accepter: data }", "accepter: §dat }", "did you mean `data`?"),
    ScenarioMistake("accepter: data }", "accepter: §shop }", "the requester itself"),
    ScenarioMistake(
      "accepter: data }\n", "accepter: data }\n  §twice: { requester: data, accepter: shop }\n",
      "one for each pair"),
    ScenarioMistake("cidr: 10.1.0.0/16\n", "copies: 2\n    cidr: 10.1.0.0/16\n", ""),
    ScenarioMistake(
      "shop: { subnets: public-a, route-table: spokes",
      "shop: { subnets: public-a, route-table: §spoke", "did you mean `spokes`?"),
    ScenarioMistake(
      "subnets: data-a, route-table: spokes", "subnets: §data-b, route-table: spokes",
      "did you mean `data-a`?"),
    ScenarioMistake(
      "{ to: 10.1.0.0/16, via: data }", "{ to: 10.1.0.0/16, via: §date }", "did you mean `data`?"),
    ScenarioMistake(
      "{ to: 10.7.0.0/16, via: blackhole }", "{ to: §10.1.0.0/16, via: blackhole }",
      "one route to each destination"),
    ScenarioMistake(
      "target: probe, number: 1", "target: §firewall, number: 1", "the source itself"),
    ScenarioMistake("packet-length: 128 B", "packet-length: §9000 B", "8500"),
    ScenarioMistake("source: firewall, target", "source: §fire, target", "a host of this VPC"),
    ScenarioMistake(
      "{ query: data/postgres }", "{ query: §data/postgre }", "did you mean `data/postgres`?"),
    ScenarioMistake(
      "{ fetch: api,", "{ fetch: §api.example.com,", "a step `resolve: api.example.com` before it"),
    ScenarioMistake("{ resolve: sqs }", "{ resolve: §10.0.1.5 }", "an address already"),
    ScenarioMistake(
      "private-zones: { corp.example", "private-zones: { §-corp.example", "a domain name"),
    ScenarioMistake("{ db: 10.1.1.20 }", "{ db: §10.1.1 }", "an IPv4 or IPv6 address"),
    ScenarioMistake("onprem.example: 10.8.0.53", "onprem.example: §here", "an IPv4 address"),
  ])
  func `Joins, mirrors and names`(mistake: ScenarioMistake) {
    guard !mistake.message.isEmpty else {
      let diagnostics = ScenarioText(
        Self.sound.replacing(mistake.piece, with: mistake.replacement)
      ).diagnostics()
      #expect(diagnostics.contains { $0.description.contains("stands for 2 VPCs") })
      return
    }
    check(mistake)
  }

  private func check(_ mistake: ScenarioMistake) {
    #expect(Self.sound.contains(mistake.piece), "nothing to replace: \(mistake.piece)")
    let text = ScenarioText(
      Self.sound.replacing(mistake.piece, with: mistake.replacement, maxReplacements: 1))
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(mistake.message) == true, "\(diagnostics)")
  }
}
