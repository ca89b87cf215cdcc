import LambdawireModel
import Testing

@Suite struct ScenarioParameterTests {
  private let declared = "{ rate: 40/s, rows: 20 }"

  @Test func `Parameters may be made of parameters, in any order`() throws {
    let text = ScenarioText(
      replacing: declared, with: "{ rate: $number/$unit, unit: 10 ms, rows: $number, number: 3 }")
    let scenario = try Scenario(yaml: text.text)
    #expect(
      scenario.traffic.first?.arrivals == .poisson(.init(count: 3, interval: .milliseconds(10))))
    #expect(scenario.parameters.first?.value == "3/10 ms")
  }

  @Test func `A dollar sign in text for people means nothing`() throws {
    let text = ScenarioText(replacing: "title: A test", with: "title: costs $5 or $nothing")
    #expect(try Scenario(yaml: text.text).title == "costs $5 or $nothing")
  }

  @Test func `An undefined parameter is reported where it is used`() {
    let text = ScenarioText(replacing: "rows: $rows", with: "rows: §$row")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
    #expect(diagnostics.first?.expected == "one of `$rate`, `$rows`")
    #expect(diagnostics.first?.suggestion == "$rows")
  }

  @Test func `A wrong value is reported where the parameter is given`() {
    let text = ScenarioText(replacing: declared, with: "{ rate: 40/s, rows: §many }")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
    #expect(diagnostics.first?.found == "`many` (as `$rows` in line 30)")
  }

  @Test(arguments: [
    ("{ rate: 40/s, rows: §$rows }", "`$rows` → `$rows`"),
    ("{ rate: 40/s, rows: §$a, a: x$b, b: $rows }", "`$rows` → `$a` → `$b` → `$rows`"),
    ("{ rate: 40/s, a: x$b, b: §$c, c: $b, rows: $c }", "`$b` → `$c` → `$b`"),
  ])
  func `Parameters that stand for themselves are one mistake`(parameters: String, cycle: String) {
    let text = ScenarioText(replacing: declared, with: parameters)
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks, "\(diagnostics)")
    #expect(diagnostics.first?.found == "a parameter that stands for itself: \(cycle)")
  }

  @Test func `A parameter is a single value`() {
    let text = ScenarioText(replacing: declared, with: "{ rate: 40/s, rows: §[1, 2] }")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.map { [$0.line, $0.column] } == text.marks)
  }
}
