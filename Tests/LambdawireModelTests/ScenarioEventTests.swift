import LambdawireModel
import Testing

/// What breaks while a run goes on, as a scenario says it.
@Suite struct ScenarioEventTests {
  /// The sound scenario with events; `§` marks where a diagnostic must point.
  private static func text(_ events: String, settings: String = "") -> ScenarioText {
    ScenarioText(
      replacing: "settings: { hyperplane-lookup: 200 us }",
      with: "events:\n  - \(events)\nsettings: { hyperplane-lookup: 200 us\(settings) }")
  }

  private func scenario(_ events: String, settings: String = "") throws -> Scenario {
    try Scenario(yaml: Self.text(events, settings: settings).text)
  }

  @Test func `Every kind of event is understood`() throws {
    #expect(
      try scenario("{ at: 6s, fail: hyperplane-top/1 }").events == [
        .init(time: .seconds(6), act: .fail(.top(1, of: nil)), span: nil)
      ])
    #expect(
      try scenario("{ at: 6 s, fail: hyperplane-top/5, of: shop, for: 2 s }").events == [
        .init(time: .seconds(6), act: .fail(.top(5, of: "shop")), span: .seconds(2))
      ])
    #expect(
      try scenario("{ at: 0 s, fail: hyperplane-flow-master/20-secondary }").events.map(\.act) == [
        .fail(.flowMaster(pair: 20, isPrimary: false, of: nil))
      ])
    #expect(
      try scenario("{ at: 1 s, fail: zone/use1-az1 }").events.map(\.act) == [
        .fail(.zone("use1-az1"))
      ])
    #expect(
      try scenario("{ at: 1 s, fail: ec2-api, for: 20 s }").events == [
        .init(time: .seconds(1), act: .fail(.ec2API), span: .seconds(20))
      ])
    #expect(
      try scenario("{ at: 1 s, degrade: hyperplane-cell/1, loss: 2.5 %, delay: 3 ms }").events
        .map(\.act) == [
          .degrade(
            .cell(1, of: nil), loss: Ratio(partsPerMillion: 25_000), delay: .milliseconds(3))
        ])
    #expect(
      try scenario("{ at: 30 s, replace: orders }").events.map(\.act) == [
        .replace(function: "orders", subnet: "private-a")
      ])
  }

  @Test func `A component is called in messages what it is called in files`() {
    #expect("\(Scenario.Component.top(3, of: "shop"))" == "hyperplane-top/3")
    #expect(
      "\(Scenario.Component.flowMaster(pair: 2, isPrimary: true, of: nil))"
        == "hyperplane-flow-master/2-primary")
    #expect("\(Scenario.Component.cell(1, of: nil))" == "hyperplane-cell/1")
    #expect("\(Scenario.Component.zone("use1-az1"))" == "zone/use1-az1")
    #expect("\(Scenario.Component.ec2API)" == "ec2-api")
  }

  @Test(arguments: [
    // Times and units.
    ("{ at: §6, fail: hyperplane-top/1 }", "without a unit"),
    ("{ at: §soon, fail: hyperplane-top/1 }", "a duration from 0 ns"),
    ("{ at: §-1 s, fail: hyperplane-top/1 }", "a duration from 0 ns"),
    ("{ at: §31 s, fail: hyperplane-top/1 }", "at most its `duration` of 30 s"),
    ("{ at: 6 s, fail: hyperplane-top/1, for: §0 s }", "a duration from 1 ns"),
    ("§{ fail: hyperplane-top/1 }", "`at:` with a duration"),
    // Names.
    ("{ at: 6 s, fail: §hyperplan-top/1 }", "did you mean `hyperplane-top/1`?"),
    ("{ at: 6 s, fail: §hyperplane-top }", "`hyperplane-top/NUMBER`"),
    ("{ at: 6 s, fail: §hyperplane-top/one }", "`hyperplane-top/NUMBER`"),
    ("{ at: 6 s, fail: §hyperplane-top/0 }", "a number from 1 to 100"),
    ("{ at: 6 s, fail: §hyperplane-top/101 }", "a number from 1 to 100"),
    ("{ at: 6 s, fail: §hyperplane-top/99999999999999999999 }", "`hyperplane-top/NUMBER`"),
    ("{ at: 6 s, fail: §hyperplane-top/6, of: shop }", "that `shop` was dealt"),
    ("{ at: 6 s, fail: hyperplane-top/1, of: §shopp }", "did you mean `shop`?"),
    ("{ at: 6 s, fail: §hyperplane-flow-master/1 }", "did you mean `hyperplane-flow-master/1-prim"),
    (
      "{ at: 6 s, fail: §hyperplane-flow-master/1-third }",
      "`hyperplane-flow-master/NUMBER-primary`"
    ),
    ("{ at: 6 s, fail: §hyperplane-flow-master/21-primary }", "a number from 1 to 20"),
    ("{ at: 6 s, fail: §hyperplane-cell/2 }", "a number from 1 to 1"),
    ("{ at: 6 s, fail: §zone/use1-az2 }", "did you mean `zone/use1-az1`?"),
    ("{ at: 6 s, fail: §zone/ }", "`zone/NAME`"),
    ("{ at: 6 s, fail: zone/use1-az1, of: §shop }", "a zone alone"),
    ("{ at: 6 s, fail: §ec2-api/1 }", "did you mean `ec2-api`?"),
    ("{ at: 6 s, fail: §ec2-ap }", "did you mean `ec2-api`?"),
    ("{ at: 6 s, fail: ec2-api, of: §shop }", "`ec2-api` alone"),
    ("{ at: 6 s, degrade: §ec2-api, loss: 1 % }", "only cells brown out"),
    ("{ at: 6 s, replace: §order }", "did you mean `orders`?"),
    ("{ at: 6 s, replace: orders, subnet: §data-a }", "a subnet of `orders`: `private-a`"),
    // What goes with what.
    ("{ at: 6 s, degrade: §hyperplane-top/1, loss: 1 % }", "only cells brown out"),
    ("§{ at: 6 s, degrade: hyperplane-cell/1 }", "`loss:` or `delay:` above zero"),
    ("{ at: 6 s, degrade: hyperplane-cell/1, loss: §5 }", "without a unit"),
    ("{ at: 6 s, degrade: hyperplane-cell/1, loss: §101 % }", "a percentage from 0 % to 100 %"),
    ("{ at: 6 s, degrade: hyperplane-cell/1, delay: §2 min }", "a duration from 0 ns to 60 s"),
    ("{ at: 6 s, fail: hyperplane-top/1, §loss: 5 % }", "unknown key `loss`"),
    ("{ at: 6 s, fail: hyperplane-top/1, §replace: orders }", "one action in an event"),
    ("{ §at: 6 s }", "an event with one of `fail`, `degrade`, `replace`"),
    ("{ §at: 6 s, fial: hyperplane-top/1 }", "did you mean `fail`?"),
    ("§nothing", "an event, that is, a mapping"),
  ])
  func `A mistake is reported where it is`(event: String, message: String) {
    let text = Self.text(event)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  @Test func `A function with several subnets must say which`() {
    let text = ScenarioText(
      ScenarioText.sound.replacing("subnets: [private-a]", with: "subnets: [private-a, data-a]")
        + "\nevents: [{ at: 1 s, replace: §orders }]")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
    #expect(diagnostics.first?.expected == "`subnet:` with one of them: `private-a`, `data-a`")
  }

  @Test func `Settings say how many nodes there are`() throws {
    let settings = ", hyperplane-fleet: 10, hyperplane-hand: 2, hyperplane-cells: 3"
    let last = try scenario("{ at: 1 s, fail: hyperplane-top/30 }", settings: settings)
    #expect(last.events.count == 1)
    let text = Self.text("{ at: 1 s, fail: §hyperplane-top/31 }", settings: settings)
    #expect(text.diagnostics().first?.expected == "a number from 1 to 30")
    let hand = Self.text("{ at: 1 s, fail: §hyperplane-top/3, of: shop }", settings: settings)
    #expect(
      hand.diagnostics().first?.expected
        == "a number from 1 to 2, counting those that `shop` was dealt")
  }

  @Test func `A run that is cut short from outside just does not see what comes later`() throws {
    let text = Self.text("{ at: 20 s, fail: hyperplane-top/1 }").text
    let short = try Scenario(yaml: text, overrides: [ScenarioOverride("duration=10 s")])
    #expect(short.events.count == 1)
  }

  @Test(arguments: [
    ("connection: §shared", "one of `own`, `pooled`"),
    ("§keep-alive: 340 s", "`connection: pooled` beside it"),
    ("connection: pooled, keep-alive: §0 s", "a duration from 1 s"),
  ])
  func `Connections of queries`(keys: String, message: String) {
    let text = ScenarioText(replacing: "row-size: 180 B", with: keys)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.description.contains(message) == true, "\(diagnostics)")
  }

  @Test func `Environments are awake or frozen, and steps may wait`() throws {
    let text = ScenarioText(replacing: "environments: 3", with: "idle: §asleep")
    #expect(text.diagnostics().first?.expected == "one of `awake`, `frozen`")
    let scenario = try Scenario(
      yaml: ScenarioText(
        replacing: "{ resolve: postgres }", with: "{ wait: 351 s }"
      ).text)
    #expect(scenario.traffic[0].steps[0] == .wait(.seconds(351)))
    let wrong = ScenarioText(replacing: "{ resolve: postgres }", with: "{ wait: §351 }")
    #expect(wrong.diagnostics().map { [$0.line, $0.column] } == wrong.marks)
  }
}
