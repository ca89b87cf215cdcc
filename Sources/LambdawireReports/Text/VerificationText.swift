public import CaptureInspection

/// The verdict on every rule, as text for a terminal.
public struct VerificationText: Sendable {
  private let verification: Verification

  private let style: TextStyle

  public init(_ verification: Verification, style: TextStyle = .plain) {
    self.verification = verification
    self.style = style
  }

  /// The text; ends with a line break.
  public var text: String {
    var table = TextTable([.left, .left, .right, .left], indentation: 0)
    for result in verification.results {
      table.add(
        Self.word(for: result.verdict), result.rule.rawValue, Wording.count(result.checkedCount),
        result.violationCount > 0
          ? "\(Wording.count(result.violationCount)) broken" : "")
    }
    var lines: [String] = []
    for (row, result) in zip(table.lines, verification.results) {
      lines.append(result.verdict == .failed ? style.alarm(row) : row)
      if let note = result.note { lines += Self.indented("note: \(note)") }
      guard result.verdict == .failed else { continue }
      lines += Self.indented("rule: \(result.rule.summary)")
      for finding in result.findings { lines += Self.indented("\(finding)") }
      let unnamed =
        result.violationCount - min(result.violationCount, UInt64(result.findings.count))
      if unnamed > 0 { lines.append("        and \(Wording.count(unnamed)) more") }
    }
    lines += ["", summary]
    return lines.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    let failed = verification.results.filter { $0.verdict == .failed }
    let passed = verification.results.filter { $0.verdict == .passed }
    let frames = Wording.count(verification.analysis.packetCount, "frame")
    let incomplete =
      verification.analysis.failedFiles.isEmpty ? "" : ", not all files could be read to their end"
    guard !failed.isEmpty else {
      return "\(passed.count) rules hold for \(frames)\(incomplete)"
    }
    let names = failed.map(\.rule.rawValue).joined(separator: ", ")
    return "\(failed.count) of \(failed.count + passed.count) rules broken in \(frames): "
      + "\(names)\(incomplete)"
  }

  private static func word(for verdict: RuleResult.Verdict) -> String {
    switch verdict {
    case .passed: "ok"
    case .failed: "BROKEN"
    case .notApplicable: "-"
    }
  }

  /// A finding stays in one line per thought, so that it can be searched for; long ones wrap.
  private static func indented(_ text: String) -> [String] {
    Wording.wrapped(text, width: 72).map { "        \($0)" }
  }
}
