import CaptureInspection
import Foundation
import LambdawireModel
import LambdawireReports
import LambdawireTesting
import TestSupport
import Testing

@Suite struct CaptureReportTests {
  private func run(_ name: String) throws -> LambdawireRun {
    try LambdawireRun(contentsOf: SourceTree.scenario(name))
  }

  @Test func `An inspection shows flows, translations, latency and no drops`() throws {
    let text = InspectionText(try run("first-query").traffic.analysis).text
    for expected in [
      "FLOWS at guest, orders-1", "FLOWS at destination, postgres",
      "TRANSLATIONS guest → slot", "TRANSLATIONS hyperplane-in → hyperplane-out",
      "169.254.79.1:43204 → 10.128.0.1:43204", "in all: guest → destination",
      "DROPS\n  none",
    ] {
      #expect(text.contains(expected), "\(expected)")
    }
    #expect(!text.contains("FLOWS at tunnel"))
    #expect(!text.contains("\u{1b}"))
    for line in text.split(separator: "\n") where !line.contains(".pcapng") {
      #expect(line.count <= 90, "\(line)")
    }
  }

  @Test(arguments: Scenario.Networking.allCases)
  func `Gateways, exchanged addresses and IPv6 can be read in 80 columns`(
    era: Scenario.Networking
  ) throws {
    let run = try LambdawireRun(
      contentsOf: SourceTree.scenario("dual-stack"), options: RunOptions(networking: era))
    let text = InspectionText(run.traffic.analysis).text
    for line in text.split(separator: "\n") where !line.contains(".pcapng") {
      #expect(line.count <= 80, "\(line)")
    }
    #expect(text.contains("  10.0.101.4 → 198.51.100.7  one to one, 1 flow  5/3\n"))
    #expect(text.contains("TRANSLATIONS nat-gateway-in → nat-gateway-out"))
    guard era != .perEnvironment else { return }
    #expect(text.contains("  2001:db8:a9fe:4f01::1 → 2001:db8:a800:"))
    #expect(text.contains("prefix exchanged, 1 flow  5/3\n"))
    #expect(text.contains("  tcp  [2001:db8:1200:1::4]:28737 → [2001:db8:ffff::10]:80\n"))
  }

  @Test func `Flows at every point, and rows without number, on request`() throws {
    let run = try run("first-query")
    let all = InspectionText(run.traffic.analysis, rowLimit: 100, showsEveryPoint: true).text
    #expect(all.contains("FLOWS at tunnel"))
    let few = InspectionText(run.traffic.analysis, rowLimit: 1).text
    #expect(few.contains("and 5 more translations"))
    #expect(few.contains("and 1 more flow\n"))
    let none = InspectionText(run.traffic.analysis, rowLimit: -3).text
    #expect(none.contains("and 6 more translations"))
  }

  @Test func `Drops are named with place, flow and first frame`() throws {
    let run = try run("denied")
    let text = InspectionText(run.traffic.analysis, style: .terminal).text
    #expect(text.contains("4 at eni, outward: tcp 10.0.1.4:"))
    #expect(text.contains("first in \(run.folder)/all.pcapng:"))
    #expect(text.contains("\u{1b}[1mDROPS\u{1b}[0m"))
  }

  @Test func `A verification gives each rule a verdict`() throws {
    let verification = try run("first-query").traffic.verification
    let text = VerificationText(verification).text
    for rule in Rule.allCases { #expect(text.contains(rule.rawValue)) }
    #expect(text.contains("rules hold for"))
    let xml = JUnitReport(verification).text
    #expect(xml.contains("tests=\"\(Rule.allCases.count)\" failures=\"0\" errors=\"0\""))
    #expect(JSONReport(verification).text.contains("\"passed\" : true"))
  }

  @Test func `A run's own record is what its captures show, and a false one is found out`() throws {
    let run = try run("first-query")
    let path = "\(run.folder)/events.jsonl"
    let truth = try ExpectationFile(path: path).translations
    let honest = Verification(files: run.traffic.files, expectations: truth)
    #expect(honest[.expectedTranslations].verdict == .passed)

    let record = try String(contentsOfFile: path, encoding: .utf8)
    let forged = record.replacing("\"outside\":\"10.0.1.4:", with: "\"outside\":\"10.0.1.5:")
    let false_ = try ExpectationFile(text: forged, path: path).translations
    let refuted = Verification(files: run.traffic.files, expectations: false_)
    #expect(refuted[.expectedTranslations].verdict == .failed)
    let text = VerificationText(refuted).text
    #expect(text.contains("BROKEN  expected-translations"))
    #expect(text.contains("10.0.1.5:"))
    let xml = JUnitReport(refuted).text
    #expect(xml.contains("failures=\"1\""))
    #expect(XMLCheck.isWellFormed(xml))
  }

  @Test func `A file that ends early is reported beside what came before`() throws {
    let run = try run("first-query")
    let bytes = try Data(contentsOf: URL(filePath: "\(run.folder)/all.pcapng"))
    let path = "\(run.folder)/cut & \"short\".pcapng"
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
    let verification = Verification(files: [path])
    #expect(InspectionText(verification.analysis).text.contains("not read to its end"))
    #expect(!verification.hasPassed)
    let xml = JUnitReport(verification).text
    #expect(xml.contains("errors=\"1\""))
    #expect(XMLCheck.isWellFormed(xml))
    #expect(verification.analysis.packetCount > 0)
  }

  @Test func `A run's folder stands for its captures and nothing else`() throws {
    let both = try run("denied")
    #expect(RunFolder.captures(in: both.folder + "/") == ["\(both.folder)/all.pcapng"])
    let taps = try LambdawireRun(
      contentsOf: SourceTree.scenario("denied"), options: RunOptions(files: .taps))
    try Data("stray".utf8).write(to: URL(filePath: "\(taps.folder)/stray.pcap"))
    let found = RunFolder.captures(in: taps.folder).map { $0.dropFirst(taps.folder.count) }
    #expect(found.contains("/taps/guest/orders-1.pcapng"))
    #expect(found.contains("/taps/eni.pcapng"))
    #expect(!found.contains("/stray.pcap"))
    #expect(RunFolder.captures(in: "/nonexistent.pcap") == ["/nonexistent.pcap"])
    // Any other folder stands for the captures below it.
    let guest = "\(taps.folder)/taps/guest"
    #expect(RunFolder.captures(in: guest) == ["\(guest)/orders-1.pcapng"])
    #expect(
      RunFolder.captures(in: "\(taps.folder)/taps").map { $0.dropFirst(taps.folder.count) } == found
    )
  }
}
