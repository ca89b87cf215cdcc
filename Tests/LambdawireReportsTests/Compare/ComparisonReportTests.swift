import Foundation
import LambdawireModel
import LambdawireReports
import TestSupport
import Testing

@Suite struct ComparisonReportTests {
  /// As many environments as it takes for a median to be judged.
  private static let count = 20

  /// A few environments in some eras.
  private static func compare(
    _ eras: [Scenario.Networking] = Scenario.Networking.allCases, overrides: [String] = []
  ) throws -> Comparison {
    let scenario = try Scenario(
      contentsOf: SourceTree.scenario("burst"),
      overrides: (["environments=\(count)"] + overrides).map(ScenarioOverride.init))
    return try ComparisonRun(scenario, name: "burst", eras: eras).execute()
  }

  private static let three = Result { try compare() }

  /// What a page that somebody means harm with is called.
  private static let hostile = "<script>alert(\"&\")</script> ]]> \u{1} 'x'"

  // MARK: - Text

  @Test func `The text fits a terminal of 80 columns`() throws {
    var comparison = try Self.three.get()
    comparison.title = String(repeating: "a long title ", count: 20)
    comparison.eras[0].failures = [
      EraResult.Failure(
        phase: "failed", reason: String(repeating: "many words ", count: 20), count: 1_234_567)
    ]
    for (number, _) in comparison.eras[1].steps.enumerated() {
      comparison.eras[1].steps[number].act += "WithAVeryLongNameThatNobodyExpects"
    }
    let text = ComparisonText(comparison).text
    for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    #expect(text.contains("1,234,567 failed: many words"))
  }

  @Test func `The text has every era and every measure`() throws {
    let text = ComparisonText(try Self.three.get()).text
    for word in [
      "per-environment", "hyperplane-ebpf", "p50", "p90", "p99", "max", "boot the guest",
      "make a Geneve device", "addresses in use, most", "by AWS's formula of then", "failed",
      "most in one second",
      "first packet out", "held against what was published",
    ] { #expect(text.contains(word), "\(word)") }
    #expect(!text.contains("DIFFERS"), "\(text)")
  }

  @Test func `A check that fails says so`() throws {
    let comparison = try Self.compare(
      [.perEnvironment],
      overrides: ["settings.eni-attach-maximum=4s", "settings.eni-attach-median=4s"])
    #expect(comparison.hasFailedChecks)
    #expect(ComparisonText(comparison).text.contains("DIFFERS Overhead of an own interface"))
    let page = ComparisonPage(comparison, command: "x").html
    #expect(page.contains("differs"))
    #expect(page.contains("usually 10 s"))
  }

  @Test(
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (1_234, "1.23 µs"), (12_345, "12.3 µs"),
      (99_960, "100 µs"), (123_456, "123 µs"), (999_600, "1 ms"), (10_000_000, "10 ms"),
      (457_000_000, "457 ms"), (999_999_999, "1 s"), (1_005_000_000, "1.01 s"),
      (9_451_000_000, "9.45 s"), (9_999_000_000, "10 s"), (75_500_000_000, "75.5 s"),
      (1_234_567_890_123, "1235 s"),
    ] as [(Int64, String)])
  func `Times have three figures`(nanoseconds: Int64, text: String) throws {
    var comparison = try Self.three.get()
    comparison.eras[0].coldStarts = [
      ColdStart(
        environment: "e", function: "f", arrival: 0, duration: nanoseconds, steps: [])
    ]
    let lines = ComparisonText(comparison).text.split(separator: "\n")
    let median = try #require(lines.first { $0.hasPrefix("  p50") })
    #expect(median.contains(" \(text) "), "\(median)")
  }

  // MARK: - Page

  @Test(arguments: [
    Scenario.Networking.allCases, [.hyperplane], [.hyperplaneEBPF, .perEnvironment],
  ])
  func `The page is well-formed, and every plot says what it shows`(
    eras: [Scenario.Networking]
  ) throws {
    let page = ComparisonPage(try Self.compare(eras), command: "lambdawire compare burst").html
    #expect(XMLCheck.isWellFormed(page))
    let plots = page.matches(
      of:
        /<svg[^>]*role="img"[^>]*>\s*<title id="([^"]+)">[^<]+<\/title><desc id="([^"]+)">[^<]+<\/desc>/
    )
    // Three plots and the steps of each era, wide and narrow each.
    #expect(plots.count == 2 * (4 + eras.count))
    #expect(page.matches(of: /role="img"/).count == plots.count)
    let identifiers = page.matches(of: /\sid="([^"]+)"/).map { String($0.output.1) }
    #expect(Set(identifiers).count == identifiers.count, "an id is there twice")
    for name in page.matches(of: /aria-(?:labelledby|describedby)="([^"]+)"/) {
      #expect(identifiers.contains(String(name.output.1)), "\(name.output.1)")
    }
    #expect(page.matches(of: /<table/).count >= 5)
  }

  @Test func `The page needs no network and no script`() throws {
    let page = ComparisonPage(try Self.three.get(), command: "x").html
    let addresses = page.matches(of: /https?:[^"' )]+/).map { String($0.output) }
    #expect(
      Set(addresses) == ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"],
      "only names of languages")
    #expect(!page.contains("<script"))
    #expect(!page.contains("nan"))
    #expect(!page.contains("inf\""))
  }

  @Test func `Names cannot break the page`() throws {
    var comparison = try Self.three.get()
    comparison.scenario = Self.hostile
    comparison.title = Self.hostile
    comparison.eras[0].failures = [
      EraResult.Failure(phase: "failed", reason: Self.hostile, count: 1)
    ]
    for era in comparison.eras.indices {
      for start in comparison.eras[era].coldStarts.indices {
        comparison.eras[era].coldStarts[start].environment = Self.hostile
      }
    }
    let page = ComparisonPage(comparison, command: Self.hostile).html
    #expect(XMLCheck.isWellFormed(page))
    #expect(!page.contains("<script"))
    #expect(page.contains("&lt;script&gt;alert(&quot;&amp;&quot;)"))
  }

  @Test func `Nothing to show is no reason to fail`() throws {
    var comparison = try Self.three.get()
    for era in comparison.eras.indices {
      comparison.eras[era].coldStarts = []
      comparison.eras[era].steps = []
      comparison.eras[era].interfaces = InterfaceUse()
      comparison.eras[era].path = PathMeasurement()
      comparison.eras[era].duration = 0
    }
    let page = ComparisonPage(comparison, command: "x").html
    #expect(XMLCheck.isWellFormed(page))
    #expect(page.contains("No environment was started"))
    #expect(ComparisonText(comparison).text.contains("–"))
  }

  @Test func `Cold starts that take no time or very long can be drawn`() throws {
    for durations in [[0], [0, 0, 1], [1, Int64.max / 2], [3_600_000_000_000]] as [[Int64]] {
      var comparison = try Self.three.get()
      for era in comparison.eras.indices {
        comparison.eras[era].coldStarts = durations.map {
          ColdStart(
            environment: "e", function: "f", arrival: 0, duration: $0,
            steps: [ColdStart.Step(act: "BootGuest", start: 0, duration: $0)])
        }
      }
      #expect(XMLCheck.isWellFormed(ComparisonPage(comparison, command: "x").html))
    }
  }

  // MARK: - Values

  @Test func `Comma-separated values have as many fields as their header`() throws {
    var comparison = try Self.three.get()
    comparison.eras[0].failures = [
      EraResult.Failure(phase: "failed", reason: "full, \"very\"", count: 2)
    ]
    let documents = ComparisonCSV(comparison).documents
    #expect(
      documents.map(\.name) == [
        "summary.csv", "cold-starts.csv", "steps.csv", "addresses.csv", "failures.csv",
      ])
    for document in documents {
      let lines = document.text.split(separator: "\n")
      let count = try #require(lines.first).split(separator: ",").count
      for line in lines where !line.contains("\"") {
        #expect(
          line.split(separator: ",", omittingEmptySubsequences: false).count == count, "\(line)")
      }
      #expect(document.text.hasSuffix("\n"))
    }
    #expect(documents[4].text.contains("per-environment,failed,\"full, \"\"very\"\"\",2"))
    #expect(documents[0].text.contains("\nhyperplane,cold-start-count,,20\n"))
  }

  @Test func `JSON has what the page has`() throws {
    let text = JSONReport(try Self.three.get()).text
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let object = try #require(value as? [String: Any])
    let eras = try #require(object["eras"] as? [[String: Any]])
    #expect(
      eras.compactMap { $0["networking"] as? String }
        == Scenario.Networking.allCases.map(\.rawValue))
    #expect((eras[0]["coldStarts"] as? [Any])?.count == Self.count)
    #expect((object["checks"] as? [Any])?.count == 7)
    #expect((object["settings"] as? [Any])?.count == ModelSettings.settings.count)
  }
}
