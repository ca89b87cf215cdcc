import Foundation
import LambdawireModel
import LambdawireTesting
import TestSupport
import Testing

/// The captures beside the scenarios are what the program writes today.
@Suite struct CommittedCaptureTests {
  /// Largest file that may be committed, in bytes.
  private static let sizeLimit = 1_000_000

  /// What makes captures small enough, as `Tools/regenerate-captures` does.
  private static let smaller = [
    "burst": ["environments=12"], "dns-throttled": ["environments=80", "limit=64"],
  ]

  @Test(arguments: ShippedRun.committed)
  func `The committed captures are those of today`(name: String) throws {
    let run = try LambdawireRun(
      try Scenario(
        contentsOf: SourceTree.scenario(name),
        overrides: (Self.smaller[name] ?? []).map(ScenarioOverride.init)),
      named: name)
    let names = Set(run.summary.files + ["events.jsonl", "summary.txt"])
    let folder = SourceTree.path("Captures/\(name)")
    for file in names.sorted() {
      let written = try Data(contentsOf: URL(filePath: "\(run.folder)/\(file)"))
      let committed = try? Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
      #expect(written.count < Self.sizeLimit, "\(file) is too large to be committed")
      guard written != committed else { continue }
      let difference =
        committed.map { old in
          zip(old, written).enumerated().first { $1.0 != $1.1 }.map {
            "differs at byte \($0.offset)"
          }
            ?? "has \(old.count) bytes instead of \(written.count)"
        } ?? "is missing"
      Issue.record(
        "Captures/\(name)/\(file) \(difference); if that is on purpose: Tools/regenerate-captures")
      Attachment.record(Array(written), named: "\(name)-\(file.replacing("/", with: "-"))")
    }
    let present = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let captures = present.filter { $0.hasSuffix(".pcapng") }
    #expect(Set(captures) == names.filter { $0.hasSuffix(".pcapng") }, "stale captures")
  }
}
