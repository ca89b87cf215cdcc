/// The rules a translator and a path have to keep, held against captures.
///
/// ```swift
/// let verification = Verification(files: ["inside.pcap", "outside.pcap"])
/// for result in verification.results where result.verdict == .failed {
///   print(result.rule.summary, result.findings)
/// }
/// ```
public struct Verification: Sendable, Encodable {
  /// One result per rule, in the order of ``Rule``'s cases.
  public var results: [RuleResult]
  /// What the captures show besides.
  public var analysis: CaptureAnalysis

  /// Reads captures and holds every rule against them.
  ///
  /// - Parameters:
  ///   - paths: Captures of any format, in any number; those without known point names from the
  ///     inside out.
  ///   - settings: What may be assumed.
  ///   - expectations: The translations that should be found, and no others where they speak of;
  ///     `nil` to expect nothing in particular.
  ///   - exchanges: The exchanges of addresses that may be found besides, and no others at their
  ///     points; only looked at with expectations.
  public init(
    files paths: [String], settings: InspectionSettings = InspectionSettings(),
    expectations: [ExpectedTranslation]? = nil, exchanges: [ExpectedExchange] = []
  ) {
    (analysis, results) = Inspection.run(paths, settings, verifies: true)
    if let expectations {
      let result = Self.compare(
        expectations, exchanges, with: analysis.translations, limit: settings.findingLimit)
      results[Rule.expectedTranslations.index] = result
    }
  }

  /// Whether no rule was broken, every file could be read to its end, and packets could be followed
  /// from file to file.
  public var hasPassed: Bool {
    analysis.failedFiles.isEmpty && analysis.problem == nil
      && results.allSatisfy { $0.verdict != .failed }
  }

  /// What became of one rule.
  public subscript(rule: Rule) -> RuleResult { results[rule.index] }

  /// Compares translations with those expected, both ways.
  ///
  /// What was found at a crossing that no expectation mentions is nobody's concern.
  private static func compare(
    _ expectations: [ExpectedTranslation], _ exchanges: [ExpectedExchange],
    with translations: [Translation], limit: Int
  ) -> RuleResult {
    var result = RuleResult(
      rule: .expectedTranslations, checkedCount: UInt64(expectations.count), violationCount: 0,
      findings: [], note: nil)
    // By inside and outside, so that large lists do not have to be compared pair by pair.
    var byEnds: [[Endpoint]: [Int]] = [:]
    for (position, expectation) in expectations.enumerated() {
      byEnds[[expectation.inside, expectation.outside], default: []].append(position)
    }
    let crossings = Set(expectations.map(\.crossing))
    let exchangePoints = Set(exchanges.map(\.outerPoint))
    var isFound = [Bool](repeating: false, count: expectations.count)
    for translation in translations {
      let candidates = byEnds[[translation.inside, translation.outside]] ?? []
      let matching = candidates.filter { expectations[$0].matches(translation) }
      for position in matching { isFound[position] = true }
      guard matching.isEmpty,
        crossings.contains(nil) || crossings.contains(translation.crossing)
          || exchangePoints.contains(translation.crossing.outer),
        !exchanges.contains(where: { $0.matches(translation) })
      else { continue }
      result.add(
        Finding(
          frame: translation.firstFrame, point: translation.crossing.outer,
          time: translation.firstTime, packetID: nil, found: translation.description,
          expected: "no such translation"), limit: limit)
    }
    for (position, expectation) in expectations.enumerated() where !isFound[position] {
      result.add(
        Finding(
          frame: nil, point: nil, time: nil, packetID: nil, found: "no such translation",
          expected: expectation.description), limit: limit)
    }
    return result
  }
}

extension RuleResult {
  fileprivate mutating func add(_ finding: Finding, limit: Int) {
    violationCount += 1
    if findings.count < limit { findings.append(finding) }
  }
}
