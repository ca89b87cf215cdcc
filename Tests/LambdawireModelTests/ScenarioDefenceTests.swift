import LambdawireModel
import Testing

/// Texts made to exhaust memory, time or stack are refused.
@Suite struct ScenarioDefenceTests {
  @Test func `Aliases of aliases are refused before anything expands`() {
    var text = "lambdawire: 1\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let alias = "*a\(level - 1)"
      text +=
        "a\(level): &a\(level) [\(Array(repeating: alias, count: 10).joined(separator: ", "))]\n"
    }
    let diagnostics = ScenarioText(text).diagnostics()
    #expect(diagnostics.count == 1)
    #expect(diagnostics.first?.found == "more than 16 aliases")
    #expect(diagnostics.first?.line == 4)
  }

  @Test func `A few aliases are fine`() {
    let text = ScenarioText(
      ScenarioText.sound.replacing("[private-a]", with: "&nets [private-a]")
        .replacing(
          "functions:\n",
          with: "functions:\n  other: { vpc: shop, subnets: *nets, security-groups: orders }\n")
    )
    // An alias stands before its anchor here, which YAML does not allow.
    #expect(text.diagnostics().first?.found.contains("undefined alias") == true)
    let sound = ScenarioText(
      ScenarioText.sound.replacing(
        "cidr: 10.0.1.0/24, zone: use1-az1", with: "cidr: 10.0.1.0/24, zone: &zone use1-az1"
      )
      .replacing("cidr: 10.0.2.0/24, zone: use1-az1", with: "cidr: 10.0.2.0/24, zone: *zone"))
    #expect(sound.diagnostics().isEmpty)
  }

  @Test func `Few aliases cannot stand for too many values`() {
    let many = Array(repeating: "x", count: 20_000).joined(separator: ",")
    let text = ScenarioText("lambdawire: 1\na: &a [\(many)]\nb: [*a, *a, *a, *a, *a, *a]\n")
    let diagnostics = text.diagnostics()
    #expect(diagnostics.contains { $0.found == "more than 100000 values" })
  }

  @Test(arguments: ["[", "{a: ", "- ", "? ", "&a ", "*a ", "!!a ", "\"", "a: &b {c: "])
  func `Deep nesting ends in a diagnostic`(piece: String) {
    for count in [30, 500, 5_000, 100_000] {
      let text = ScenarioText("lambdawire: 1\nvpcs: " + String(repeating: piece, count: count))
      #expect(!text.diagnostics().isEmpty)
      let closed = ScenarioText(
        "lambdawire: 1\nvpcs: " + String(repeating: "[", count: count)
          + String(repeating: "]", count: count))
      #expect(!closed.diagnostics().isEmpty)
    }
  }

  @Test func `A huge text is refused unread`() {
    let text = ScenarioText("lambdawire: 1\n" + String(repeating: "# x\n", count: 300_000))
    #expect(text.diagnostics().first?.expected == "a scenario of at most 1048576 bytes")
  }

  @Test func `Parameters that double each other end in a diagnostic`() {
    var parameters = "p0: aaaaaaaaaa"
    for level in 1...60 { parameters += ", p\(level): $p\(level - 1)$p\(level - 1)" }
    let text = ScenarioText(
      replacing: "{ rate: 40/s, rows: 20 }", with: "{ rate: 40/s, rows: 20, \(parameters) }")
    #expect(text.diagnostics().contains { $0.found == "a value of more than 1024 bytes" })
  }

  @Test func `Many repeated keys end in a diagnostic`() {
    let text = ScenarioText(
      ScenarioText.sound + "\n" + String(repeating: "title: again\n", count: 100))
    #expect(text.diagnostics().first?.found == "more than 32 repeated keys")
  }

  @Test(arguments: [
    "", " ", "\n", "#", "---", "...", "--- 1\n--- 2", "~", "5", "[]", "{}", "\u{feff}", "\0",
    "%YAML 9.9\n---\na",
  ])
  func `Next to nothing is not a scenario`(text: String) {
    #expect(ScenarioText(text).diagnostics().count == 1)
  }
}
