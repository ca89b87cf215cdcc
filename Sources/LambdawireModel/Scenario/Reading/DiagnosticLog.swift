/// Collects what is wrong, so that one reading reports everything.
struct DiagnosticLog {
  /// Enough to mend a file by; a longer list only hides where to begin.
  static let limit = 100

  private(set) var diagnostics: [ScenarioDiagnostic] = []

  mutating func report(
    at location: SourceLocation, found: String, expected: String, suggestion: String? = nil
  ) {
    guard diagnostics.count < Self.limit else { return }
    let diagnostic = ScenarioDiagnostic(
      file: location.file, line: location.line, column: location.column, found: found,
      expected: expected, suggestion: suggestion)
    // A bad parameter is met at each of its uses; once is enough.
    guard !diagnostics.contains(where: { $0 == diagnostic }) else { return }
    diagnostics.append(diagnostic)
  }

  /// Adds what reading another file has found.
  mutating func add(_ error: ScenarioError) {
    for diagnostic in error.diagnostics where diagnostics.count < Self.limit {
      diagnostics.append(diagnostic)
    }
  }

  /// The error to throw, or `nil` if all is well so far.
  func error(mainFile: String) -> ScenarioError? {
    guard !diagnostics.isEmpty else { return nil }
    // Overrides come last: whoever reads the list has the file open. The index keeps the order of
    // diagnostics that point to the same place.
    let sorted = diagnostics.enumerated().sorted { a, b in
      let (x, y) = (a.element, b.element)
      let (xRank, yRank) = (x.file == mainFile ? 0 : 1, y.file == mainFile ? 0 : 1)
      return (xRank, x.line, x.column, a.offset) < (yRank, y.line, y.column, b.offset)
    }
    return ScenarioError(diagnostics: sorted.map(\.element))
  }
}
