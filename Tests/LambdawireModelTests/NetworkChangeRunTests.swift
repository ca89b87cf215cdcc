import Foundation
import LambdawireModel
import Testing

/// VPCs that change while a run goes on: what becomes of flows that there are, and of new ones.
@Suite struct NetworkChangeRunTests {
  /// A function that writes to a host once a second from the second second on, and another that begins at
  /// 20 s; what changes, changes at 10 s.
  private static func scenario(
    group: String = "g: { ingress: [{ protocol: tcp, ports: 9, from: 10.0.0.0/16 }] }",
    events: String, networking: String = "hyperplane-ebpf"
  ) -> String {
    """
    lambdawire: 1
    seed: 3
    duration: 10 min
    vpcs:
      shop:
        cidr: 10.0.0.0/16
        subnets:
          a: { cidr: 10.0.1.0/24, zone: use1-az1, route-table: private, network-acl: border }
          b: { cidr: 10.0.2.0/24, zone: use1-az1 }
        security-groups:
          f: { }
          \(group)
        network-acls:
          border: { ingress: [{ rule: 100, action: allow }], egress: [{ rule: 100, action: allow }] }
        gateways: { igw: { type: internet-gateway }, nat: { type: nat-gateway, subnet: b } }
        route-tables: { private: [{ to: 0.0.0.0/0, via: nat }], main: [{ to: 0.0.0.0/0, via: igw }] }
        hosts: { sink: { subnet: b, security-groups: g, serves: [tcp-sink, echo] } }
    internet: { hosts: { out: { address: 203.0.113.9, serves: [tcp-sink, echo] } } }
    functions:
      f: { vpc: shop, subnets: a, security-groups: f, networking: \(networking), environments: 4 }
    settings:
      { tcp-syn-retries: 1, tcp-retries: 2, eni-attach-minimum: 1 s, eni-attach-median: 1 s, eni-attach-maximum: 1 s }
    events:
      - \(events)
    """
  }

  private func outcomes(
    _ scenario: String, target: String = "sink", times: [Int] = [1, 20], writes: [Int] = [15, 1]
  ) throws -> RunOutcomes {
    let traffic = zip(times, writes).map { time, count in
      "\n  - { invoke: f, from: \(time) s, do: [{ send: \(target), protocol: tcp, packets: \(count), "
        + "every: 1 s }] }"
    }
    return try RunOutcomes(yaml: scenario + "\ntraffic:" + traffic.joined())
  }

  @Test func `A tracked connection outlives the rule that let it in, and new ones are refused`()
    throws
  {
    let run = try outcomes(
      Self.scenario(
        events: "{ revoke-security-group-ingress: g, at: 10 s, protocol: tcp, ports: 9, from: "
          + "10.0.0.0/16 }"))
    #expect(run.succeeded == [true, false])
    #expect(Set(run.summary.drops.map(\.code)) == ["SG_HAS_NO_RULES"])
    #expect(
      run.summary.faults.map(\.act) == ["RevokeSecurityGroupIngress shop/g"],
      "\(run.summary.faults)")
    #expect(run.summary.faults.map(\.effect) == ["tcp 9 from 10.0.0.0/16"])
  }

  @Test func `An untracked flow ends with the rule that let it in`() throws {
    // Lambda's own interfaces have their connections tracked, so the environments have interfaces.
    let run = try outcomes(
      Self.scenario(
        group: "g: { ingress: [{ protocol: tcp, ports: 9, from: any }] }",
        events:
          "{ revoke-security-group-ingress: g, at: 10 s, protocol: tcp, ports: 9, from: any }",
        networking: "per-environment"))
    #expect(run.succeeded == [false, false])
  }

  @Test func `A rule comes back with the group's authorization`() throws {
    let run = try outcomes(
      Self.scenario(
        events: """
          { revoke-security-group-ingress: shop/g, at: 2 s, protocol: tcp, ports: 9, from: 10.0.0.0/16 }
            - { authorize-security-group-ingress: shop/g, at: 10 s, protocol: all, from: f }
          """), times: [1, 4, 20], writes: [15, 1, 1])
    #expect(run.succeeded == [true, false, true])
  }

  @Test func `Egress rules are changed likewise`() throws {
    let run = try outcomes(
      Self.scenario(
        events: """
          { revoke-security-group-egress: f, at: 2 s, protocol: all, to: any }
            - { authorize-security-group-egress: f, at: 10 s, protocol: tcp, ports: 9, to: g }
          """), times: [1, 4, 20], writes: [15, 1, 1])
    #expect(run.succeeded == [true, false, true])
  }

  @Test func `A deleted route ends flows at once, tracked or not`() throws {
    let run = try outcomes(
      Self.scenario(events: "{ delete-route: private, at: 10 s, to: 0.0.0.0/0 }"), target: "out")
    #expect(run.succeeded == [false, false])
    #expect(Set(run.summary.drops.map(\.code)) == ["NO_ROUTE_TO_DESTINATION"])
  }

  @Test func `A route is made and replaced`() throws {
    let run = try outcomes(
      Self.scenario(
        events: """
          { delete-route: private, at: 2 s, to: 0.0.0.0/0 }
            - { create-route: private, at: 10 s, to: 203.0.113.0/24, via: igw }
            - { replace-route: private, at: 20 s, to: 203.0.113.0/24, via: nat }
          """), target: "out", times: [3, 12, 22], writes: [1, 1, 1])
    // Without a public address, the internet gateway is of no use.
    #expect(run.succeeded == [false, false, true])
  }

  @Test(arguments: [("ingress", "from"), ("egress", "to")])
  func `An entry of a network ACL ends flows that there are`(direction: String, peer: String) throws
  {
    let run = try outcomes(
      Self.scenario(
        events: """
          { create-network-acl-entry: border, at: 10 s, direction: \(direction), rule: 90, action: deny, \
          protocol: tcp, \(peer): 10.0.2.0/24 }
            - { delete-network-acl-entry: border, at: 40 s, direction: \(direction), rule: 90 }
          """), times: [1, 20, 42], writes: [15, 1, 1])
    #expect(run.succeeded == [false, false, true])
    #expect(Set(run.summary.drops.map(\.code)) == ["SUBNET_ACL_RESTRICTION"])
  }

  @Test func `An entry of the default network ACL is replaced, for both families`() throws {
    let run = try outcomes(
      Self.scenario(
        events: """
          { replace-network-acl-entry: default, at: 10 s, direction: ingress, rule: 100, action: deny }
            - { replace-network-acl-entry: default, at: 40 s, direction: ingress, rule: 100, action: allow, protocol: tcp }
          """), times: [20, 42], writes: [1, 1])
    #expect(run.succeeded == [false, true])
  }

  @Test func `A change after the last packet is made too`() throws {
    let run = try outcomes(
      Self.scenario(events: "{ delete-route: private, at: 5 min, to: 0.0.0.0/0 }"), times: [1],
      writes: [1])
    #expect(run.summary.faults.map(\.time) == [.seconds(300)])
  }

  @Test func `A rule may name a peered VPC's group that no rule named before`() throws {
    let yaml = """
      lambdawire: 1
      peering-connections: { pcx: { requester: shop, accepter: data } }
      vpcs:
        shop:
          cidr: 10.0.0.0/16
          account: "111111111111"
          subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1 } }
          security-groups: { f: { } }
          route-tables: { main: [{ to: 10.1.0.0/16, via: pcx }] }
        data:
          cidr: 10.1.0.0/16
          account: "222222222222"
          subnets: { d: { cidr: 10.1.1.0/24, zone: use1-az1 } }
          security-groups: { db: { } }
          route-tables: { main: [{ to: 10.0.0.0/16, via: pcx }] }
          hosts: { sink: { subnet: d, security-groups: db, serves: tcp-sink } }
      functions: { f: { vpc: shop, subnets: a, security-groups: f, environments: 1, created: 1 s } }
      traffic:
        - { invoke: f, from: 150 s, do: [{ send: data/sink, protocol: tcp }] }
        - { invoke: f, from: 170 s, do: [{ send: data/sink, protocol: tcp }] }
      events: [{ authorize-security-group-ingress: db, at: 165 s, protocol: tcp, from: shop/f }]
      settings: { tcp-syn-retries: 1 }
      duration: 10 min
      """
    // The interface comes into being in the meantime, and the other VPC learns of it.
    #expect(try RunOutcomes(yaml: yaml).succeeded == [false, true])
  }

  // MARK: - Questions

  @Test(arguments: [(0, true), (9, true), (10, false), (500, false)])
  func `What is asked about a time is judged as of then, and a trace says the same`(
    time: Int, isReachable: Bool
  ) throws {
    let scenario = try Scenario(
      yaml: Self.scenario(
        events:
          "{ create-network-acl-entry: border, at: 10 s, direction: egress, rule: 1, action: deny }"
      ), file: "test.yaml")
    let answer = try Reachability(
      of: scenario, named: "test", query: ReachQuery(from: "f", to: "sink", port: 9),
      at: .seconds(time))
    #expect(answer.isReachable == isReachable)
    #expect(answer.configuration == "\(time) s")
    let trace = try PathTrace(of: scenario, from: "f", to: "sink:9", at: .seconds(time))
    #expect((trace.answer != nil) == isReachable)
    #expect(trace.blockedWay == (isReachable ? nil : "forward"))
    #expect(trace.configuration == "\(time) s")
  }

  @Test func `A scenario that changes nothing is judged as it is`() throws {
    let scenario = try Scenario(
      yaml: Self.scenario(events: "{ fail: zone/use1-az1, at: 3 s }"), file: "test.yaml")
    let answer = try Reachability(
      of: scenario, named: "test", query: ReachQuery(from: "f", to: "sink", port: 9))
    #expect(answer.configuration == nil)
  }

  @Test(arguments: [("12.5s", 12_500), ("2 min", 120_000), ("0s", 0)])
  func `Times on the command line have a unit`(text: String, milliseconds: Int) throws {
    #expect(try Scenario.moment(text) == .milliseconds(milliseconds))
  }

  @Test(arguments: ["5", "soon", "-1 s", ""])
  func `Other times are refused, and it is said what would be right`(text: String) {
    #expect {
      try Scenario.moment(text)
    } throws: { error in
      "\(error)".contains("such as 12.5s")
    }
  }

  // MARK: - What is written down

  @Test func `Each change is a call of EC2's API in events and in CloudTrail`() throws {
    let folder = try ScratchFolder()
    let scenario = try Scenario(
      yaml: Self.scenario(
        events: """
          { revoke-security-group-ingress: g, at: 1 s, protocol: tcp, ports: 9, from: 10.0.0.0/16 }
            - { authorize-security-group-egress: f, at: 2 s, protocol: icmp, to: g }
            - { create-route: private, at: 3 s, to: 198.51.100.0/24, via: nat }
            - { delete-route: private, at: 4 s, to: 0.0.0.0/0 }
            - { create-network-acl-entry: border, at: 5 s, direction: egress, rule: 7, action: deny, protocol: udp, ports: 53 }
            - { delete-network-acl-entry: border, at: 6 s, direction: egress, rule: 7 }
          """), file: "test.yaml")
    _ = try Run(scenario, name: "test").execute(in: "\(folder.path)/run")
    let text = try String(
      contentsOf: URL(filePath: "\(folder.path)/run/events.jsonl"), encoding: .utf8)
    let lines = text.split(separator: "\n").filter { $0.contains("\"event\":\"network-change\"") }
    #expect(lines.count == 6)
    #expect(lines.first?.contains(#""time_ns":1000000000,"#) == true)
    #expect(lines.first?.contains(#""act":"RevokeSecurityGroupIngress","vpc":"shop","#) == true)
    #expect(lines.last?.contains(#""name":"border","detail":"egress rule 7""#) == true)

    let described = try ServiceRecord(path: "\(folder.path)/run").describe(.cloudTrail)
    let object = try JSONSerialization.jsonObject(with: Data(described.text.utf8))
    let records = try #require((object as? [String: Any])?["Records"] as? [[String: Any]])
    let calls = records.filter { $0["eventSource"] as? String == "ec2.amazonaws.com" }
    #expect(
      calls.compactMap { $0["eventName"] as? String } == [
        "RevokeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "CreateRoute", "DeleteRoute",
        "CreateNetworkAclEntry", "DeleteNetworkAclEntry",
      ])
    let parameters = calls.compactMap { $0["requestParameters"] as? [String: Any] }
    try #require(parameters.count == 6)
    let items = (parameters[0]["ipPermissions"] as? [String: Any])?["items"] as? [[String: Any]]
    #expect(items?.first?["ipProtocol"] as? String == "tcp")
    #expect(items?.first?["fromPort"] as? Int == 9)
    #expect((parameters[2]["natGatewayId"] as? String)?.hasPrefix("nat-0") == true)
    #expect(parameters[3]["destinationCidrBlock"] as? String == "0.0.0.0/0")
    #expect(parameters[4]["aclProtocol"] as? String == "17")
    #expect(parameters[4]["egress"] as? Bool == true)
    #expect(parameters[5]["ruleNumber"] as? Int == 7)
  }

  @Test func `Accounts and threads make no difference to a run that changes`() throws {
    let folder = try ScratchFolder()
    let yaml = """
      lambdawire: 1
      seed: 5
      vpcs:
        shop:
          cidr: 10.0.0.0/16
          copies: 3
          subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1 } }
          security-groups: { g: { ingress: [{ protocol: tcp, from: g }] } }
          hosts: { sink: { subnet: a, security-groups: g, serves: tcp-sink } }
      functions: { f: { vpc: shop, subnets: a, security-groups: g, environments: 1 } }
      traffic: [{ invoke: f, arrivals: every 500 ms, count: 8, do: [{ send: sink, protocol: tcp }] }]
      events: [{ revoke-security-group-ingress: shop-2/g, at: 2 s, protocol: tcp, from: g }]
      settings: { tcp-syn-retries: 1 }
      """
    let scenario = try Scenario(yaml: yaml, file: "test.yaml")
    var texts: [String] = []
    for threads in [1, 3] {
      var options = RunOptions()
      options.threads = threads
      let path = "\(folder.path)/run-\(threads)"
      let summary = try Run(scenario, name: "test", options: options).execute(in: path)
      #expect(summary.invocations.failed > 0 && summary.invocations.failed <= 8)
      texts.append(try String(contentsOf: URL(filePath: "\(path)/events.jsonl"), encoding: .utf8))
    }
    #expect(texts[0] == texts[1])
    #expect(texts[0].contains(#""vpc":"shop-2","#))
  }
}
