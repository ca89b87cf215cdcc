import Foundation
import TestSupport
import Testing

/// The page of facts and assumptions against the marks in sources and texts.
@Suite struct FactsTests {
  private static let page = "Sources/LambdawireModel/LambdawireModel.docc/FactsAndAssumptions.md"

  @Test func `Every assumption that is named has a row, and every row is named`() throws {
    let rows = try rows { line in
      line.prefixMatch(of: /\| ([ANF]-\d\d) \|/).map { String($0.output.1) }
    }
    try expectSame(rows) { text in
      text.matches(of: /\b[ANF]-\d\d\b/).map { String($0.output) }
    }
  }

  @Test func `Every section that is cited has a row, and every row is cited`() throws {
    let rows = try rows { line in
      line.prefixMatch(of: /\| ([a-z-]+ §[\d.]+) \|/).map { String($0.output.1) }
    }
    // "lambda-vpc §7.4 and §9" cites two.
    let citation =
      /(lambda-vpc|nat-behaviour|observability-formats) §(\d(?:\.\d)?)(?: and §(\d(?:\.\d)?))?/
    try expectSame(rows) { text in
      text.matches(of: citation).flatMap { match in
        [match.output.2, match.output.3].compactMap { $0 }.map { "\(match.output.1) §\($0)" }
      }
    }
  }

  @Test func `A source is cited by its section, the same way everywhere`() throws {
    for file in try files() {
      let text = try SourceTree.text(at: file)
      #expect(!text.contains("fact sheet"), "\(file)")
      #expect(!text.contains(/(lambda-vpc|nat-behaviour|observability-formats)(\.md|,)/), "\(file)")
    }
  }

  /// What `key` finds in the lines of the page, none of it twice.
  private func rows(_ key: (Substring) -> String?) throws -> Set<String> {
    let keys = try SourceTree.text(at: Self.page).split(separator: "\n").compactMap(key)
    #expect(Set(keys).count == keys.count, "a row is there twice")
    #expect(!keys.isEmpty)
    return Set(keys)
  }

  private func expectSame(_ rows: Set<String>, _ names: (String) -> [String]) throws {
    var named: Set<String> = []
    for file in try files() {
      let found = Set(try names(SourceTree.text(at: file)))
      #expect(found.subtracting(rows).sorted() == [], "named in \(file), not explained")
      named.formUnion(found)
    }
    #expect(rows.subtracting(named).sorted() == [], "explained, but named nowhere")
  }

  /// The texts that may name an assumption or a source, the page itself left out.
  private func files() throws -> [String] {
    let sources = SourceTree.textFiles(below: "Sources").filter { $0 != Self.page }
    let labs = try SourceTree.folders(at: "Captures").map { "Captures/\($0)/README.md" }
    return sources + labs + ["README.md", "ARCHITECTURE.md"]
  }
}
