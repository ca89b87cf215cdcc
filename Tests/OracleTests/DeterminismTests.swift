import Foundation
import LambdawireModel
import LambdawireTesting
import Testing

/// Same scenario, same seed, same bytes (design §2).
@Suite(.enabled(if: Judge.arePresent(.sha256sum)))
struct DeterminismTests {
  /// SHA-256 of every file of a run, by its name.
  private func digests(of run: LambdawireRun) throws -> [String: String] {
    let names = run.summary.files + ["events.jsonl", "summary.txt"]
    let opinion = try Judge.sha256sum.ask(names.map { "\(run.folder)/\($0)" })
    #expect(opinion.status == 0, "\(opinion.complaints)")
    let sums = opinion.output.split(separator: "\n").map { String($0.prefix(64)) }
    #expect(sums.count == names.count)
    return Dictionary(zip(names, sums)) { first, _ in first }
  }

  @Test(arguments: ShippedRun.all)
  func `Two runs write the same bytes, and another seed writes others`(
    shipped: ShippedRun
  ) throws {
    let first = try digests(of: shipped.run())
    #expect(try digests(of: shipped.run()) == first)
    let other = try digests(of: shipped.run(seed: 8))
    #expect(Set(other.keys) == Set(first.keys))
    #expect(other["all.pcapng"] != first["all.pcapng"])
    #expect(other["events.jsonl"] != first["events.jsonl"])
  }
}
