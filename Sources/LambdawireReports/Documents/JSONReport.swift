public import CaptureInspection
import Foundation
public import LambdawireModel

/// Reports for programs: JSON whose keys are always in the same order.
///
/// Times are nanoseconds, those of packets since the Unix epoch; names of keys are those of the
/// properties.
public struct JSONReport: Sendable {
  /// The text; ends with a line break.
  public let text: String

  /// All that captures show.
  public init(_ analysis: CaptureAnalysis) {
    text = Self.encode(analysis)
  }

  /// The verdict on every rule.
  public init(_ verification: Verification) {
    text = Self.encode(
      Verdicts(
        passed: verification.hasPassed, files: verification.analysis.files,
        packetCount: verification.analysis.packetCount, problem: verification.analysis.problem,
        rules: verification.results))
  }

  /// A path hop by hop.
  public init(_ trace: PathTrace) {
    text = Self.encode(trace)
  }

  /// Whether a packet gets there.
  public init(_ reachability: Reachability) {
    text = Self.encode(reachability)
  }

  /// A scenario in several eras.
  public init(_ comparison: Comparison) {
    text = Self.encode(comparison)
  }

  private struct Verdicts: Encodable {
    var passed: Bool
    var files: [FileSummary]
    var packetCount: UInt64
    var problem: PairingProblem?
    var rules: [RuleResult]
  }

  private static func encode(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else {
      preconditionFailure("reports hold nothing that JSON cannot say")
    }
    return String(decoding: data, as: UTF8.self) + "\n"
  }
}
