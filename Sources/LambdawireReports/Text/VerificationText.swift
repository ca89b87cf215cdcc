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
    table.add("", "rule", "checks", "")
    for result in verification.results {
      table.add(
        Self.word(for: result.verdict), result.rule.rawValue, Wording.count(result.checkedCount),
        result.violationCount > 0
          ? "\(Wording.count(result.violationCount)) broken" : "")
    }
    var lines = [style.heading(table.lines[0])]
    for (row, result) in zip(table.lines.dropFirst(), verification.results) {
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
    if let problem = verification.analysis.problem {
      lines += Wording.wrapped("not verified: \(problem)", width: 80).map { style.alarm($0) }
    }
    lines.append("checks: how often a rule was held against a frame, packet or translation")
    return lines.joined(separator: "\n") + "\n"
  }

  /// What each rule says, in less than 80 columns.
  public static var ruleList: String {
    let width = (Rule.allCases.map(\.rawValue.count).max() ?? 0) + 2
    return Rule.allCases.map { rule in
      rule.rawValue + String(repeating: " ", count: width - rule.rawValue.count)
        + Wording.wrapped(rule.summary, width: 79 - width).joined(
          separator: "\n" + String(repeating: " ", count: width))
    }.joined(separator: "\n")
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
