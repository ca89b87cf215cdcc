/// One thing wrong with a scenario: where it is, what stands there, what would be right.
public struct ScenarioDiagnostic: Hashable, Sendable {
  /// The file's name as it was given, or `--set` for an override on the command line.
  public let file: String
  /// Counted from 1, overrides in the order in which they were given; 0 if the file as a whole is meant.
  public let line: Int
  /// Counted from 1 in Unicode scalars, a tab as one; 0 if the file as a whole is meant.
  public let column: Int
  /// What stands there, to be read after "found".
  public let found: String
  /// What would be right, to be read after "expected".
  public let expected: String
  /// What was probably meant, if something similar exists.
  public let suggestion: String?
}

extension ScenarioDiagnostic: CustomStringConvertible {
  /// The diagnostic in one line, in the form that compilers use and editors understand.
  public var description: String {
    let place = line == 0 ? file : "\(file):\(line):\(column)"
    let hint = suggestion.map { "; did you mean `\($0)`?" } ?? ""
    return "\(place): error: found \(found); expected \(expected)\(hint)"
  }
}
