import Foundation
import LambdawireModel
import Testing

/// Files that list when invocations come.
@Suite struct ReplayFileTests {
  /// Reads the sound scenario with its invocations listed in a file beside it.
  ///
  /// - Returns: the invocations, or what is wrong as compilers say it, without the folder.
  private func read(
    _ list: String, named name: String = "times.csv", entry: String = "replay: times.csv"
  ) throws -> (rows: [Scenario.Replayed], mistakes: [String]) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "replay-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(list.utf8).write(to: folder.appending(path: name))
    let file = folder.appending(path: "scenario.yaml")
    try Data(ScenarioText(replacing: "arrivals: poisson $rate", with: entry).text.utf8)
      .write(to: file)
    do throws(ScenarioError) {
      let scenario = try Scenario(contentsOf: file.path)
      guard case .replay(let rows)? = scenario.traffic.first?.arrivals else { return ([], []) }
      return (rows, [])
    } catch {
      return ([], error.diagnostics.map { "\($0)".replacing(folder.path + "/", with: "") })
    }
  }

  @Test func `Seconds count from the entry's beginning, dates from the run's`() throws {
    // The entry begins after 2 s.
    let list = "time,function\n0\n0.25,orders\n\n# a comment\n2019-09-03T00:00:04.5Z\r\n"
    let found = try read(list).rows.map(\.time)
    #expect(found == [.seconds(2), .milliseconds(2_250), .milliseconds(4_500)])
  }

  @Test func `Several may come at once`() throws {
    #expect(try read("1\n1\n1").rows.count == 3)
  }

  @Test(arguments: [
    ("1\n0.5\n", "times.csv:2:1: error: found `0.5`, which is before line 1"),
    ("1\n\n2\nsoon\n", "times.csv:4:1: error: found `soon`; expected seconds from 0 to 31536000"),
    ("-1\n", "times.csv:1:1: error: found `-1`; expected seconds from 0"),
    ("1,order\n", "times.csv:1:3: error: found `order`; expected a function: `orders`"),
    ("1,\n", "times.csv:1:3: error: found nothing after the comma"),
    (",orders\n", "times.csv:1:1: error: found no time"),
    ("1,orders,2\n", "times.csv:1:3: error: found `orders,2`"),
    ("0.0000000001\n", "times.csv:1:1: error: found `0.0000000001`"),
    ("31536001\n", "times.csv:1:1: error: found `31536001`"),
    (
      "2019-09-02T23:59:59Z\n",
      "times.csv:1:1: error: found `2019-09-02T23:59:59Z`, before the start of the run"
    ),
    ("2019-02-30T00:00:00Z\n", "times.csv:1:1: error: found `2019-02-30T00:00:00Z`"),
  ])
  func `A line that cannot be meant is said with its place`(list: String, message: String) throws {
    let found = try read(list).mistakes
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix(message) == true, "\(found)")
  }

  @Test func `Every bad line is reported at once`() throws {
    let found = try read("soon\nlater\n1\n").mistakes
    #expect(found.map { $0.prefix(13) } == ["times.csv:1:1", "times.csv:2:1"])
  }

  @Test func `A file that is not there is reported where it is named`() throws {
    let found = try read("1\n", named: "other.csv").mistakes
    #expect(found.count == 1)
    let expected = "scenario.yaml:27:13: error: found `times.csv`, no file that can be read"
    #expect(found.first?.hasPrefix(expected) == true, "\(found)")
  }

  @Test func `One entry has its arrivals from one place`() throws {
    let found = try read("1\n", entry: "arrivals: once\n    replay: times.csv").mistakes
    #expect(found.count == 1)
    #expect(found.first?.contains("`arrivals` beside `replay`") == true, "\(found)")
  }
}
