import LambdawireModel
import TestSupport
import Testing

@Suite struct VersionTests {
  @Test func `The version in runs is the newest one in the change log`() throws {
    let log = try SourceTree.text(at: "CHANGELOG.md")
    let newest = log.firstMatch(of: /(?m)^##\s+\[?(\d+\.\d+\.\d+)/)
    #expect(newest.map { String($0.output.1) } == LambdawireVersion.current)
  }
}
