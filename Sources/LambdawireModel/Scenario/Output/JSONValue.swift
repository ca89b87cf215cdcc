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

  private static func quote(_ text: String) -> String {
    var buffer = TextBuffer()
    buffer.append(quoted: text)
    return buffer.text
  }
}
