public import AddressTranslation
import Glibc

/// Why a record of a run or of translations cannot be read or asked.
public enum RecordError: Error, Hashable, Sendable {
  /// The system refused; `code` is its `errno`.
  case unreadable(path: String, action: String, code: Int32)
  /// A line is not what it should be.
  case badLine(path: String, line: Int, found: String, expected: String)
  /// An event contradicts those before it.
  case contradiction(path: String, line: Int, TranslationHistoryError)
  /// The file holds no translations.
  case noTranslations(path: String)
  /// The file says nothing of what Lambda and EC2 had.
  case nothingToDescribe(path: String)
  /// The folder is not that of a run.
  case noRecord(folder: String)
  /// No translator of the record has this name.
  case unknownTranslator(name: String, known: [String])
  /// A time is given as a date, but the record does not say when its time began.
  case noEpoch(path: String, time: String)
  /// A value on the command line cannot be read.
  case badArgument(option: String, found: String, expected: String)
}

extension RecordError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unreadable(let path, let action, let code):
      let words = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
      return "\(path): cannot \(action): \(words)"
    case .badLine(let path, let line, let found, let expected):
      return "\(path):\(line): found \(found); expected \(expected)"
    case .contradiction(let path, let line, let error): return "\(path):\(line): \(error)"
    case .noTranslations(let path):
      return "\(path): found no translations; expected the events.jsonl of a run, or a file that "
        + "`lambdawire translate --mappings` wrote"
    case .nothingToDescribe(let path):
      return
        "\(path): found no network interface, function or call; expected the events.jsonl of a "
        + "run"
    case .noRecord(let folder):
      return "\(folder): found no events.jsonl; expected the folder of a run"
    case .unknownTranslator(let name, let known):
      let hint = Suggestion.nearest(to: name, among: known).map { "; did you mean `\($0)`?" } ?? ""
      return "--translator: there is no `\(name)`; the translators are "
        + known.joined(separator: ", ") + hint
    case .noEpoch(let path, let time):
      return "--at: found the date \(time), but \(path) does not say when its time began; expected "
        + "a time since then, such as 12.5s"
    case .badArgument(let option, let found, let expected):
      return "\(option): found \(found); expected \(expected)"
    }
  }
}
