import AddressTranslation
import Foundation
import PacketFormats
import Testing

/// Whether the module's README says what is so.
///
/// `UPDATE=1 swift test --filter ReadmeTests` writes the parts of it that are made here.
@Suite struct ReadmeTests {
  private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
  private static let readme = tests.appending(path: "../../../Sources/AddressTranslation/README.md")
    .standardizedFileURL

  /// `text` with what stands between two marks replaced.
  private func replacing(
    _ part: String, in text: String, by new: String
  ) throws -> String {
    let begin = try #require(text.range(of: "<!-- \(part) -->\n"))
    let end = try #require(text.range(of: "\n<!-- end of \(part) -->"))
    return text.replacingCharacters(in: begin.upperBound..<end.lowerBound, with: new)
  }

  /// The lines of the example, as the README has them.
  private func example() throws -> String {
    let source = try String(
      contentsOf: Self.tests.appending(path: "ReadmeExample.swift"), encoding: .utf8)
    let lines = source.components(separatedBy: "\n")
    let begin = try #require(lines.firstIndex { $0.hasSuffix("// README:") })
    let end = try #require(lines.firstIndex { $0.hasSuffix("// :README") })
    let code = lines[(begin + 1)..<end].map { String($0.dropFirst(4)) }
    return "```swift\n" + code.joined(separator: "\n") + "\n```"
  }

  @Test func `The table and the example are those of the tests`() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    var wanted = try replacing("example", in: text, by: try example())
    wanted = try replacing("requirements", in: wanted, by: RequirementTable.markdown)
    if ProcessInfo.processInfo.environment["UPDATE"] == "1" {
      try wanted.write(to: Self.readme, atomically: true, encoding: .utf8)
    } else {
      #expect(text == wanted, "run UPDATE=1 swift test --filter ReadmeTests")
    }
  }

  @Test func `The README names every profile`() throws {
    let text = try String(contentsOf: Self.readme, encoding: .utf8)
    for (name, _) in Behavior.profiles { #expect(text.contains("| `\(name)` |"), "\(name)") }
  }

  @Test func `The example works`() throws {
    let host = TransportAddress(IPv4Address(10, 0, 0, 5), 40_000)
    let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 53)
    var packet = TestPacket.udp(from: host, to: remote)
    let (verdict, table) = try ReadmeExample.run(&packet)
    #expect(verdict == .translated(isNew: true))
    #expect(table.map(\.flow) == [Flow(protocol: .udp, inside: host, remote: remote)])
    #expect(table.map(\.outside) == [TestPacket.source(of: packet)])
  }
}
