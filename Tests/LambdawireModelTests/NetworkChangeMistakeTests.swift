import LambdawireModel
import PacketFormats
import Testing

/// Changes of VPCs in mid-run, as a scenario says them and gets them wrong.
@Suite struct NetworkChangeMistakeTests {
  /// `§` marks where a diagnostic must point.
  private static func text(_ events: String) -> ScenarioText {
    ScenarioText(
      """
      lambdawire: 1
      prefix-lists: { corporate: [10.8.0.0/16] }
      vpcs:
        shop:
          cidr: 10.0.0.0/16
          ipv6-cidr: 2001:db8:1200::/56
          subnets: { a: { cidr: 10.0.1.0/24, zone: use1-az1 } }
          security-groups:
            web: { ingress: [{ protocol: tcp, ports: 80, from: any }, { protocol: tcp, ports: 22, from: corporate }] }
            none: { }
          network-acls: { border: { ingress: [{ rule: 100, action: allow }] } }
          gateways:
            igw: { type: internet-gateway }
            s3: { type: gateway-endpoint, service: s3 }
          route-tables: { private: [{ to: 0.0.0.0/0, via: igw }], empty: [] }
        data:
          cidr: 10.1.0.0/16
          subnets: { a: { cidr: 10.1.1.0/24, zone: use1-az1 } }
          security-groups: { web: { } }
      functions: { f: { vpc: shop, subnets: a, security-groups: web } }
      duration: 1 min
      events:
      \(events.split(separator: "\n").map { "  - { \($0) }" }.joined(separator: "\n"))
      """)
  }

  @Test func `Every kind of change is understood`() throws {
    let text = Self.text(
      """
      revoke-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 22, from: corporate
      authorize-security-group-ingress: shop/web, at: 2 s, protocol: tcp, ports: 443, from: none
      revoke-security-group-egress: none, at: 3 s, protocol: all, to: any
      authorize-security-group-egress: none, at: 4 s, protocol: udp, ports: 53, to: 10.0.0.0/16
      create-route: private, at: 5 s, to: s3, via: s3
      replace-route: private, at: 6 s, to: 0.0.0.0/0, via: igw
      delete-route: private, at: 7 s, to: 0.0.0.0/0
      create-route: shop/main, at: 8 s, to: "::/0", via: igw
      create-network-acl-entry: border, at: 9 s, direction: egress, rule: 5, action: allow, to: 10.8.0.0/16
      replace-network-acl-entry: border, at: 10 s, direction: ingress, rule: 100, action: deny, protocol: tcp
      delete-network-acl-entry: border, at: 11 s, direction: ingress, rule: 100
      delete-network-acl-entry: shop/default, at: 12 s, direction: egress, rule: 101
      """)
    #expect(text.diagnostics().isEmpty, "\(text.diagnostics())")
    let events = try Scenario(yaml: text.text).events
    #expect(events.count == 12)
    #expect(
      events.first?.act
        == .change(
          vpc: "shop",
          .revoke(
            Scenario.SecurityGroupRule(
              protocol: .tcp, ports: 22...22, peer: .prefixList("corporate")), .ingress,
            group: "web")))
    #expect(
      events[6].act
        == .change(vpc: "shop", .deleteRoute(.prefix(.everything(.v4)), table: "private")))
  }

  @Test(arguments: [
    // Whom it is about.
    (
      "revoke-security-group-ingress: §web, at: 1 s, protocol: tcp, ports: 80, from: any",
      "`shop/web`, `data/web`"
    ),
    (
      "revoke-security-group-ingress: §shop/wep, at: 1 s, protocol: tcp, ports: 80, from: any",
      "did you mean `shop/web`?"
    ),
    (
      "revoke-security-group-ingress: §shopp/web, at: 1 s, protocol: tcp, ports: 80, from: any",
      "did you mean `shop`?"
    ),
    (
      "authorize-security-group-egress: §non, at: 1 s, protocol: tcp, to: any",
      "did you mean `none`?"
    ),
    ("create-route: §privat, at: 1 s, to: 10.8.0.0/16, via: igw", "did you mean `private`?"),
    ("delete-network-acl-entry: §bord, at: 1 s, direction: ingress, rule: 1", "`border`"),
    // Rules.
    (
      "revoke-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 81, from: §any",
      "`tcp 80 from any`"
    ),
    (
      "revoke-security-group-ingress: none, at: 1 s, protocol: tcp, from: §any",
      "a group with ingress rules"
    ),
    (
      "authorize-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 80, from: §any",
      "InvalidPermission.Duplicate"
    ),
    (
      "authorize-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 80, from: §0.0.0.0/0",
      "InvalidPermission.Duplicate"
    ),
    (
      "authorize-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 80, from: §wep",
      "did you mean `web`?"
    ),
    (
      "authorize-security-group-ingress: shop/web, at: 1 s, protocol: icmp, ports: §80, from: any",
      "`ports` only with `tcp` or `udp`"
    ),
    (
      "authorize-security-group-ingress: shop/web, at: 1 s, protocol: tcp, from: none, §to: any",
      "unknown key `to`"
    ),
    // Routes.
    ("create-route: private, at: 1 s, to: §0.0.0.0/0, via: igw", "RouteAlreadyExists"),
    ("create-route: private, at: 1 s, to: §10.0.0.0/16, via: igw", "`local` route"),
    ("create-route: private, at: 1 s, to: 10.8.0.0/16, via: §igv", "did you mean `igw`?"),
    ("create-route: private, at: 1 s, to: 10.8.0.0/16, via: §blackhole", "a target"),
    ("create-route: private, at: 1 s, to: §10.8.0.0/16, via: s3", "prefix list, `s3`"),
    ("replace-route: private, at: 1 s, to: §10.8.0.0/16, via: igw", "`0.0.0.0/0`"),
    ("delete-route: private, at: 1 s, to: §10.8.0.0/16", "InvalidRoute.NotFound"),
    ("delete-route: empty, at: 1 s, to: §0.0.0.0/0", "only the `local` routes"),
    ("delete-route: private, at: 1 s, to: 0.0.0.0/0, §via: igw", "unknown key `via`"),
    // Network ACLs.
    (
      "create-network-acl-entry: border, at: 1 s, direction: ingress, rule: §100, action: deny",
      "NetworkAclEntryAlreadyExists"
    ),
    (
      "replace-network-acl-entry: border, at: 1 s, direction: egress, rule: §100, action: deny",
      "it has no egress rules then"
    ),
    (
      "delete-network-acl-entry: border, at: 1 s, direction: ingress, rule: §99",
      "one of its ingress rules: 100"
    ),
    (
      "create-network-acl-entry: border, at: 1 s, direction: ingress, rule: 7, action: deny, §to: any",
      "`from`"
    ),
    (
      "create-network-acl-entry: border, at: 1 s, direction: §inbound, rule: 7, action: deny",
      "one of `ingress`, `egress`"
    ),
    (
      "create-network-acl-entry: border, at: 1 s, direction: ingress, rule: §0, action: deny",
      "from 1 to 32766"
    ),
    // Times.
    ("delete-route: private, at: §61 s, to: 0.0.0.0/0", "at most its `duration`"),
    ("delete-route: private, at: §1, to: 0.0.0.0/0", "without a unit"),
    ("§delete-route: private, to: 0.0.0.0/0", "`at:` with a duration"),
  ])
  func `A mistake is reported where it is`(event: String, message: String) {
    // The place of a mapping without a key is its own.
    let isWhole = event.hasPrefix("§")
    let text =
      isWhole
      ? ScenarioText(Self.text(event).text.replacing("- { delete", with: "- §{ delete"))
      : Self.text(event)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  @Test(arguments: [
    "delete-route: private, at: 1 s, to: 0.0.0.0/0\ndelete-route: private, at: 2 s, to: §0.0.0.0/0",
    // The file need not be in order of time.
    "delete-route: private, at: 2 s, to: §0.0.0.0/0\ndelete-route: private, at: 1 s, to: 0.0.0.0/0",
    "create-route: empty, at: 1 s, to: 0.0.0.0/0, via: igw\n"
      + "create-route: empty, at: 1 s, to: §0.0.0.0/0, via: igw",
    "revoke-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 80, from: \"::/0\"\n"
      + "revoke-security-group-ingress: shop/web, at: 2 s, protocol: tcp, ports: 80, from: §any",
  ])
  func `What was done before counts`(events: String) {
    let text = Self.text(events)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
  }

  @Test func `A rule for everybody can be revoked for one family`() throws {
    let text = Self.text(
      """
      revoke-security-group-ingress: shop/web, at: 1 s, protocol: tcp, ports: 80, from: 0.0.0.0/0
      revoke-security-group-ingress: shop/web, at: 2 s, protocol: tcp, ports: 80, from: "::/0"
      """)
    let scenario = try Scenario(yaml: text.text)
    func rules(at time: Int) -> [String]? {
      scenario.configured(at: .seconds(time)).vpc(named: "shop")?.securityGroup(named: "web")?
        .ingress.map { "\($0.protocol) \($0.peer)" }
    }
    #expect(rules(at: 0) == ["tcp any", "tcp corporate"])
    #expect(rules(at: 1) == ["tcp ::/0", "tcp corporate"])
    #expect(rules(at: 2) == ["tcp corporate"])
  }

  @Test func `Changes of copies name the copy`() throws {
    let yaml = Self.text("delete-route: shop-2/private, at: 1 s, to: 0.0.0.0/0").text
      .replacing("    cidr: 10.0.0.0/16", with: "    copies: 2\n    cidr: 10.0.0.0/16")
      .replacing("    ipv6-cidr: 2001:db8:1200::/56\n", with: "")
    let scenario = try Scenario(yaml: yaml)
    #expect(
      scenario.events.map(\.act) == [
        .change(vpc: "shop-2", .deleteRoute(.prefix(.everything(.v4)), table: "private"))
      ])
  }

  @Test func `What EC2 would refuse for other reasons keeps a run from beginning`() throws {
    let events = (1...80).map {
      "authorize-security-group-ingress: none, at: 1 s, protocol: tcp, ports: \($0), from: any"
    }
    let scenario = try Scenario(yaml: Self.text(events.joined(separator: "\n")).text)
    let folder = try ScratchFolder()
    #expect(throws: ModelError.self) {
      try Run(scenario, name: "test").execute(in: "\(folder.path)/run")
    }
    // Nobody who asks about the time before is bothered.
    _ = try Reachability(
      of: scenario, named: "test", query: ReachQuery(from: "f", to: "10.0.1.9"))
  }
}
