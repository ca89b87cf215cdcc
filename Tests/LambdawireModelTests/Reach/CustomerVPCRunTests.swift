import LambdawireModel
import Testing

/// What a scenario can put into a VPC does in a run what it does in AWS.
@Suite struct CustomerVPCRunTests {
  /// A VPC with a function in subnet `a`, and whatever a test adds to it.
  private static func scenario(
    vpc: String, elsewhere: String = "", steps: String, function: String = ""
  ) -> String {
    """
    lambdawire: 1
    seed: 3
    internet: { hosts: { api: { address: 203.0.113.9, domain-name: api.example.com, serves: [http, echo] } } }
    \(elsewhere)
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        security-groups: { g: { ingress: [{ protocol: all, from: any }] } }
        subnets:
          a: { cidr: 10.0.1.0/24, zone: use1-az1, route-table: private }
          b: { cidr: 10.0.2.0/24, zone: use1-az1, route-table: public }
    \(vpc)
    functions: { f: { vpc: shop, subnets: a, security-groups: g, environments: 1\(function) } }
    settings: { tcp-syn-retries: 2 }
    traffic: [{ invoke: f, arrivals: once, from: 1 s, do: [\(steps)] }]
    """
  }

  @Test func `Questions about a domain on premises are passed on, and answered`() throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              gateways: { vgw: { type: virtual-private-gateway, networks: 10.8.0.0/16, hosts: {
                ns: { address: 10.8.0.53, serves: dns }, erp: { address: 10.8.0.9, serves: http, domain-name: erp.corp.example } } } }
              route-tables: { private: { propagating: vgw }, public: { propagating: vgw }, main: { propagating: vgw } }
              resolver-rules: { corp.example: 10.8.0.53 }
          """, steps: "{ resolve: erp.corp.example }, { fetch: erp.corp.example }"))
    #expect(run.succeeded == [true])
    #expect(run.summary.drops.isEmpty, "\(run.summary.drops)")
  }

  @Test func `Without the rule, the VPC's resolver knows no name on premises`() throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              gateways: { vgw: { type: virtual-private-gateway, networks: 10.8.0.0/16, hosts: {
                erp: { address: 10.8.0.9, serves: http, domain-name: erp.corp.example } } } }
              route-tables: { private: { propagating: vgw }, public: [] }
          """, steps: "{ resolve: erp.corp.example }"))
    #expect(run.succeeded == [false])
  }

  @Test func `Names of a private zone are the VPC's`() throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              route-tables: { private: [], public: [] }
              private-zones: { corp.example: { db: 10.0.2.20, "@": 10.0.2.21 } }
              hosts: { db: { subnet: b, address: 10.0.2.20, security-groups: g, serves: http } }
          """, steps: "{ resolve: db.corp.example }, { fetch: db.corp.example }"))
    #expect(run.succeeded == [true])
  }

  @Test(arguments: [("masquerade", true), ("forward", false)])
  func `A NAT instance needs a public address and to masquerade`(
    forwards: String, succeeds: Bool
  ) throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              gateways: { igw: { type: internet-gateway } }
              route-tables: { private: [{ to: 0.0.0.0/0, via: nat }], public: [{ to: 0.0.0.0/0, via: igw }] }
              hosts: { nat: { subnet: b, security-groups: g, public-address: yes, source-destination-check: no, forwards: \(forwards) } }
          """, steps: "{ fetch: api }"))
    #expect(run.succeeded == [succeeds])
  }

  @Test(arguments: [("", true), (", connectivity: private", false)])
  func `A private NAT gateway leads to no internet`(
    connectivity: String, succeeds: Bool
  ) throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              gateways: { igw: { type: internet-gateway }, nat: { type: nat-gateway, subnet: b\(connectivity) } }
              route-tables: { private: [{ to: 0.0.0.0/0, via: nat }], public: [{ to: 0.0.0.0/0, via: igw }] }
          """, steps: "{ fetch: api }"))
    #expect(run.succeeded == [succeeds])
  }

  @Test func `A regional NAT gateway needs no subnet and no internet gateway's route`() throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              gateways: { nat: { type: nat-gateway, addresses: 2 } }
              route-tables: { private: [{ to: 0.0.0.0/0, via: nat }], public: [] }
          """, steps: "{ fetch: api }"))
    #expect(run.succeeded == [true])
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `A rule that names a group of a peered VPC lets in its functions`(
    era: Scenario.Networking
  ) throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              route-tables: { private: [{ to: 10.1.0.0/16, via: pcx }], public: [] }
            data:
              cidr: 10.1.0.0/16
              account: "111111111111"
              subnets: { d: { cidr: 10.1.1.0/24, zone: use1-az1 } }
              route-tables: { main: [{ to: 10.0.0.0/16, via: pcx }] }
              security-groups: { db: { ingress: [{ protocol: tcp, ports: 5432, from: shop/g }] } }
              hosts: { db: { subnet: d, security-groups: db, serves: postgresql } }
          """, elsewhere: "peering-connections: { pcx: { requester: shop, accepter: data } }",
        steps: "{ query: data/db }"), networking: era)
    #expect(run.succeeded == [true])
  }

  @Test(arguments: [("data", true), ("blackhole", false)])
  func `A transit gateway goes by its own tables`(via: String, succeeds: Bool) throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              route-tables: { private: [{ to: 10.1.0.0/16, via: hub }], public: [] }
            data:
              cidr: 10.1.0.0/16
              subnets: { d: { cidr: 10.1.1.0/24, zone: use1-az1 } }
              route-tables: { main: [{ to: 10.0.0.0/16, via: hub }] }
              security-groups: { db: { ingress: [{ protocol: tcp, ports: 80, from: 10.0.0.0/8 }] } }
              hosts: { web: { subnet: d, security-groups: db, serves: http } }
          """,
        elsewhere: """
          transit-gateways:
            hub:
              attachments: { shop: { subnets: a }, data: { subnets: d } }
              route-tables: { default: [{ to: 10.1.0.0/16, via: \(via) }] }
          """, steps: "{ fetch: data/web }"))
    #expect(run.succeeded == [succeeds])
  }

  @Test func `What a host gets and sends is copied to where a mirror session says`() throws {
    let run = try RunOutcomes(
      yaml: Self.scenario(
        vpc: """
              route-tables: { private: [], public: [] }
              hosts:
                web: { subnet: b, security-groups: g, serves: http }
                probe: { subnet: b, security-groups: g }
              mirror-sessions: { m: { source: web, target: probe, number: 1, vni: 77, filter: [
                { rule: 1, direction: ingress, protocol: tcp }, { rule: 2, direction: egress, protocol: tcp } ] } }
          """, steps: "{ fetch: web }"))
    // The probe listens for no copies, and so refuses each.
    let copies = run.summary.drops.filter { $0.place.contains("probe") && $0.code == "NO_SOCKET" }
    #expect(run.succeeded == [true])
    #expect(copies.reduce(0) { $0 + $1.count } > 5, "\(run.summary.drops)")
  }
}
