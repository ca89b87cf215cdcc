/// What is wrong with a list of expected translations.
public enum ExpectationError: Error, Hashable, Sendable {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// A line is no JSON object, or not one that describes a translation.
  case badLine(path: String, line: Int, found: String, expected: String)
  /// There is no translation in it at all.
  case empty(path: String)
}

extension ExpectationError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot read: \(reason)"
    case .badLine(let path, let line, let found, let expected):
      "\(path):\(line): found \(found), expected \(expected)"
    case .empty(let path):
      "\(path): found no line with \"event\":\"translation-made\", expected at least one"
    }
  }
}
