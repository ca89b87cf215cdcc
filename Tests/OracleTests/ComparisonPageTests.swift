import CaptureInspection
import Foundation
import LambdawireModel
import LambdawireReports
import TestSupport
import Testing

/// What programs that we did not write say of a comparison: a browser of the page, and our own
/// second opinion, which knows nothing of the model, of the latencies.
@Suite struct ComparisonPageTests {
  private struct Look: Decodable {
    struct Plot: Decodable {
      var title: String
      var width: Double
      var height: Double
      var marks: Int
      var letters: Double
    }

    /// Pairs of texts that lie on each other.
    var overlaps: [[String]]
    /// Texts that reach out of the page or of their plot.
    var outside: [String]
    /// Texts that can hardly be told from what is behind them (WCAG 2.2, success criterion 1.4.3).
    var faint: [String]
    var texts: Int
    var plots: [Plot]
    /// Names and descriptions that a screen reader is told of pictures.
    var images: [[String]]
    var scrollWidth: Double
    var width: Double
    /// Size of the page as PDF, in bytes.
    var paper: Int
    var requests: [String]
  }

  private struct Complaints: Decodable {
    /// Of any shape.
    struct Anything: Decodable { init(from decoder: any Decoder) {} }
    var complaints: [Anything]
  }

  private static func comparison(
    _ overrides: [String], _ eras: [Scenario.Networking] = Scenario.Networking.allCases
  ) throws -> Comparison {
    let scenario = try Scenario(
      contentsOf: SourceTree.scenario("burst"), overrides: overrides.map(ScenarioOverride.init))
    return try ComparisonRun(scenario, name: "burst", eras: eras).execute()
  }

  @Test(
    .enabled(if: Judge.arePresent(.chromium, .python3)), .timeLimit(.minutes(3)),
    arguments: [
      (1280, "light", 300), (400, "light", 300), (1280, "dark", 20), (400, "dark", 600),
    ])
  func `A browser shows the page as it is meant`(
    width: Int, scheme: String, environments: Int
  ) throws {
    let folder = try TestFolder()
    let page = ComparisonPage(
      try Self.comparison(["environments=\(environments)"]),
      command: "Tools/lambdawire compare burst --set environments=\(environments)"
    ).html
    try page.write(toFile: folder.path("index.html"), atomically: false, encoding: .utf8)
    let browser = try #require(Judge.chromium.path)
    let opinion = try Judge.python3.ask([
      "-c", BrowserCheck.program, browser, folder.path("index.html"), "\(width)", scheme,
      folder.path("picture.png"),
    ])
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let look = try JSONDecoder().decode(Look.self, from: Data(opinion.output.utf8))
    let complaints = try JSONDecoder().decode(Complaints.self, from: Data(opinion.output.utf8))
    let picture = try Data(contentsOf: URL(filePath: folder.path("picture.png")))
    if !look.overlaps.isEmpty || !look.outside.isEmpty {
      Attachment.record(Array(picture), named: "compare-\(width)-\(scheme).png")
    }
    #expect(complaints.complaints.isEmpty, "\(opinion.output)")
    #expect(look.requests.allSatisfy { $0.hasPrefix("file:") || $0 == "data:," })
    #expect(look.overlaps.isEmpty)
    #expect(look.outside.isEmpty)
    #expect(look.faint.isEmpty)
    #expect(look.texts > 200)
    #expect(look.scrollWidth <= look.width, "the page is wider than its window")
    #expect(look.plots.count == 7)
    for plot in look.plots {
      #expect(plot.width > 300 && plot.height > 100, "\(plot)")
      #expect(plot.marks >= 3, "\(plot)")
      #expect(plot.letters > 12, "\(plot.title): letters too small to read")
    }
    #expect(look.images.count == look.plots.count)
    #expect(look.images.allSatisfy { $0[0].count > 10 && $0[1].count > 30 }, "\(look.images)")
    #expect(picture.count > 50_000)
    #expect(look.paper > 10_000)
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `Path latencies are those that captures alone show`(era: Scenario.Networking) throws {
    let folder = try TestFolder()
    let environments = 9
    let scenario = try Scenario(
      contentsOf: SourceTree.scenario("burst"), overrides: [ScenarioOverride("environments=9")])
    let comparison = try ComparisonRun(scenario, name: "burst", eras: [era]).execute(
      in: folder.path("out"), documents: { _ in [] })
    let path = try #require(comparison.eras.first?.path)
    let first = try #require(path.firstPacket)
    let later = try #require(path.laterPackets)
    let back = try #require(path.answers)
    #expect(path.connections == environments)

    let analysis = CaptureAnalysis(files: ["\(folder.path("out"))/\(era.rawValue)/all.pcapng"])
    let whole = analysis.latencies.filter(\.isWholePath)
    let out = try #require(
      whole.first { $0.from == "guest" && $0.to == "destination" && $0.direction == .outward })
    let home = try #require(whole.first { $0.from == "destination" && $0.to == "guest" })
    // Besides, each environment asks the resolver once.
    #expect(Int(out.count) == first.count + later.count + environments)
    #expect(Int(home.count) == back.count + environments)
    #expect(out.maximum == max(first.maximum, later.maximum))
    #expect(out.minimum <= later.minimum)
    #expect(home.maximum >= back.maximum)
  }

  @Test func `The picture in the project is small enough`() throws {
    let picture = try Data(
      contentsOf: URL(filePath: SourceTree.path("Captures/burst/compare.png")))
    #expect(picture.count < 300_000)
    #expect(picture.starts(with: [0x89, 0x50, 0x4e, 0x47]))
  }
}
