public import CaptureInspection

/// The verdict on every rule in the form that build servers read (JUnit's XML).
public struct JUnitReport: Sendable {
  private let verification: Verification

  public init(_ verification: Verification) {
    self.verification = verification
  }

  /// The document; ends with a line break.
  public var text: String {
    let results = verification.results
    var errors = verification.analysis.failedFiles.map { file in
      (kind: "file", name: file.path, message: file.error.map { "\($0)" } ?? "")
    }
    if let problem = verification.analysis.problem {
      errors.append(("files", "pairing", "\(problem)"))
    }
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
      "<testsuite name=\"lambdawire verify\" tests=\"\(results.count + errors.count)\" "
        + "failures=\"\(results.count { $0.verdict == .failed })\" errors=\"\(errors.count)\" "
        + "skipped=\"\(results.count { $0.verdict == .notApplicable })\">",
    ]
    for result in results { lines += testCase(for: result) }
    for error in errors {
      lines.append(
        "  <testcase classname=\"\(error.kind)\" name=\"\(Self.escaped(error.name))\">")
      lines.append("    <error message=\"\(Self.escaped(error.message))\"/>")
      lines.append("  </testcase>")
    }
    lines.append("</testsuite>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func testCase(for result: RuleResult) -> [String] {
    let head = "  <testcase classname=\"rule\" name=\"\(result.rule.rawValue)\""
    switch result.verdict {
    case .passed: return ["\(head)/>"]
    case .notApplicable:
      let note = Self.escaped(result.note ?? "nothing that the rule speaks about")
      return ["\(head)>", "    <skipped message=\"\(note)\"/>", "  </testcase>"]
    case .failed:
      let message = "\(result.violationCount) of \(result.checkedCount): \(result.rule.summary)"
      let findings = result.findings.map { Self.escaped("\($0)") }.joined(separator: "\n")
      return [
        "\(head)>",
        "    <failure message=\"\(Self.escaped(message))\">\(findings)</failure>",
        "  </testcase>",
      ]
    }
  }

  /// Text that XML takes for nothing else (XML 1.0, section 2.4); what XML has no characters for
  /// becomes a question mark.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff:
        result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
