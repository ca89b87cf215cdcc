import LambdawireModel
import Testing

@Suite struct ScenarioOverrideTests {
  private func scenario(_ overrides: String...) throws -> Scenario {
    try Scenario(yaml: ScenarioText.sound, overrides: overrides.map(ScenarioOverride.init))
  }

  @Test func `A parameter changes wherever it is used`() throws {
    let scenario = try scenario("rate=2/min", "rows=5")
    #expect(
      scenario.traffic.first?.arrivals == .poisson(.init(count: 2, interval: .seconds(60))))
    #expect(scenario.parameters.map(\.value) == ["2/min", "5"])
  }

  @Test func `A path leads to any key, there or not yet`() throws {
    let scenario = try scenario(
      "seed=9", "functions.orders.environments=5", "functions.orders.copies=2",
      "traffic.0.count=1", "traffic.0.do.1.rows=3", "settings.guest-mtu=1400 B",
      "functions.orders.subnets=[private-a, data-a]")
    #expect(scenario.seed == 9)
    #expect(scenario.functions.first?.environments == 5)
    #expect(scenario.functions.first?.copies == 2)
    #expect(scenario.functions.first?.subnets == ["private-a", "data-a"])
    #expect(scenario.traffic.first?.count == 1)
    #expect(scenario.settings.guestMTU == 1400)
    #expect(
      scenario.traffic.first?.steps.last
        == .query(.init(host: "postgres", port: 5432, rows: 3, rowSize: 180, times: 1)))
  }

  @Test func `Settings can be changed in a file that has none`() throws {
    let text = ScenarioText(replacing: "settings: { hyperplane-lookup: 200 us }", with: "")
    let scenario = try Scenario(
      yaml: text.text, overrides: [ScenarioOverride("settings.hyperplane-lookup=1ms")])
    #expect(scenario.settings.hyperplaneLookup == .milliseconds(1))
  }

  @Test(arguments: [
    ("rows", 1, "KEY=VALUE"),
    ("=5", 1, "KEY=VALUE"),
    ("rows=", 6, "a value after `rows=`"),
    ("rowz=5", 1, "did you mean `rows`?"),
    ("nothing=5", 1, "a parameter (`rate`, `rows`)"),
    ("function.orders.copies=2", 1, "did you mean `functions.orders.copies`?"),
    ("functions.ordrs.copies=2", 11, "did you mean `orders`?"),
    ("functions.orders.copis=2", 18, "did you mean `copies`?"),
    ("functions.orders.copies=two", 25, "a whole number"),
    ("functions.orders.copies.x=2", 18, "one of `memory`"),
    ("traffic.1.count=1", 9, "0, the only one there is"),
    ("traffic.x.count=1", 9, "0, the only one there is"),
    ("seed.x=1", 6, "the path ends before"),
    ("seed=[", 6, "YAML"),
    ("rows=-1", 6, "from 0 to 10000000"),
  ])
  func `Mistakes point into the override`(text: String, column: Int, message: String) {
    let diagnostics = ScenarioText(ScenarioText.sound).diagnostics(overrides: ["seed=3", text])
    #expect(diagnostics.count == 1)
    let diagnostic = diagnostics.first
    #expect(diagnostic?.file == "--set")
    #expect(diagnostic?.line == 2)
    #expect(diagnostic?.description.contains(message) == true, "\(diagnostics)")
    #expect(diagnostic?.column == column, "\(diagnostics)")
  }

  @Test func `Mistakes in the file come before those in overrides`() {
    let text = ScenarioText(replacing: "seed: 7", with: "seed: x")
    let files = text.diagnostics(overrides: ["rows=-1"]).map(\.file)
    #expect(files == ["test.yaml", "--set"])
  }
}
