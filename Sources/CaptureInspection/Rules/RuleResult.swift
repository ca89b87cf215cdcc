/// What became of one rule.
public struct RuleResult: Hashable, Sendable {
  /// How it stands with a rule.
  public enum Verdict: String, Hashable, Sendable, Encodable {
    case passed
    case failed
    /// There was nothing that the rule speaks about.
    case notApplicable = "not-applicable"
  }

  public var rule: Rule
  /// How often the rule was held against something.
  public var checkedCount: UInt64
  /// How often it was broken.
  public var violationCount: UInt64
  /// The first violations, as many as the settings ask for.
  public var findings: [Finding]
  /// What kept the rule from being checked fully, or `nil`.
  public var note: String?

  public var verdict: Verdict {
    if violationCount > 0 { return .failed }
    return checkedCount > 0 ? .passed : .notApplicable
  }
}

extension RuleResult: Encodable {
  private enum CodingKeys: String, CodingKey {
    case rule, summary, verdict, checkedCount, violationCount, findings, note
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rule, forKey: .rule)
    try container.encode(rule.summary, forKey: .summary)
    try container.encode(verdict, forKey: .verdict)
    try container.encode(checkedCount, forKey: .checkedCount)
    try container.encode(violationCount, forKey: .violationCount)
    try container.encode(findings, forKey: .findings)
    try container.encodeIfPresent(note, forKey: .note)
  }
}
