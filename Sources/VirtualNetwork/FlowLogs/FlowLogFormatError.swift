/// Why a text is no format of flow log records.
///
/// Positions count fields from 1.
public enum FlowLogFormatError: Error, Hashable, Sendable {
  case empty
  /// Something that is not written `${field}`.
  case notAField(String, position: Int)
  /// A field that flow logs do not have.
  case unknownField(String, position: Int)
  case repeated(FlowLogField, position: Int)
}

extension FlowLogFormatError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "a format without fields; the default one is \(FlowLogFormat.default)"
    case .notAField(let word, let position):
      "\"\(word)\" at place \(position); fields are written ${srcaddr} with spaces between them"
    case .unknownField(let name, let position):
      "\"\(name)\" at place \(position), which is no field of flow logs"
    case .repeated(let field, let position):
      "\"\(field.rawValue)\" again at place \(position); each field stands there once"
    }
  }
}
