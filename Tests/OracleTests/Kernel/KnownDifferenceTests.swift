import Foundation
import TestSupport
import Testing

/// What is known to differ from the kernel is written down, and shown.
@Suite struct KnownDifferenceTests {
  @Test(arguments: KnownDifference.allCases)
  func `A known difference is in the article and has a test`(difference: KnownDifference) throws {
    let article = try String(
      contentsOfFile: SourceTree.path(
        "Sources/AddressTranslation/AddressTranslation.docc/ScopeAndLimitations.md"),
      encoding: .utf8)
    let section = try #require(article.components(separatedBy: "## worker-legacy and Linux").last)
    #expect(section.contains("\n- **\(difference.rawValue)**"))
    let folder = SourceTree.path("Tests/OracleTests/Kernel")
    let tests = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix("Kernel") }.map {
        try String(contentsOfFile: "\(folder)/\($0)", encoding: .utf8)
      }
    #expect(tests.contains { $0.contains(".\(difference)") })
  }
}
