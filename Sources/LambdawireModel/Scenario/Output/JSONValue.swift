/// A JSON value that keeps the order of its members, so that what is generated stays put.
indirect enum JSONValue: Sendable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case array([JSONValue])
  case object([(String, JSONValue)])
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  init(stringLiteral value: String) { self = .string(value) }
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(elements) }

  /// This object with `members` behind its own; anything else unchanged.
  func adding(_ members: (String, JSONValue)...) -> JSONValue {
    if case .object(let own) = self { .object(own + members) } else { self }
  }

  /// JSON text (RFC 8259), indented by two spaces a level.
  func text(indentation: String = "") -> String {
    let inner = indentation + "  "
    func block(_ open: String, _ lines: [String], _ close: String) -> String {
      lines.isEmpty
        ? open + close
        : "\(open)\n\(inner)\(lines.joined(separator: ",\n\(inner)"))\n\(indentation)\(close)"
    }
    switch self {
    case .string(let value): return Self.quote(value)
    case .integer(let value): return "\(value)"
    case .bool(let value): return "\(value)"
    case .array(let elements):
      return block("[", elements.map { $0.text(indentation: inner) }, "]")
    case .object(let members):
      return block(
        "{", members.map { "\(Self.quote($0)): \($1.text(indentation: inner))" }, "}")
    }
  }

  /// JSON text (RFC 8259) on one line.
  var compactText: String {
    switch self {
    case .array(let elements):
      "[" + elements.map(\.compactText).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quote($0)):\($1.compactText)" }.joined(separator: ",") + "}"
    default: text()
    }
  }

  private static func quote(_ text: String) -> String {
    // Nearly every text of a run's record is plain, and there may be millions.
    if !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c }) {
      return "\"\(text)\""
    }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
