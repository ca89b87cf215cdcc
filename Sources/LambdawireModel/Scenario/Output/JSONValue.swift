/// A JSON value that keeps the order of its members, so that what is generated stays put.
indirect enum JSONValue: Sendable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case null
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

  /// JSON text (RFC 8259) on lines of its own, indented by `step` a level.
  func text(indentation: String = "", step: String = "  ") -> String {
    let inner = indentation + step
    func block(_ open: String, _ lines: [String], _ close: String) -> String {
      lines.isEmpty
        ? open + close
        : "\(open)\n\(inner)\(lines.joined(separator: ",\n\(inner)"))\n\(indentation)\(close)"
    }
    switch self {
    case .string(let value): return Self.quote(value)
    case .integer(let value): return "\(value)"
    case .bool(let value): return "\(value)"
    case .null: return "null"
    case .array(let elements):
      return block("[", elements.map { $0.text(indentation: inner, step: step) }, "]")
    case .object(let members):
      return block(
        "{",
        members.map { "\(Self.quote($0)): \($1.text(indentation: inner, step: step))" }, "}")
    }
  }

  /// JSON text on one line, without spaces.
  var compactText: String {
    var buffer = TextBuffer()
    append(to: &buffer)
    return buffer.text
  }

  private func append(to buffer: inout TextBuffer) {
    switch self {
    case .string(let value): buffer.append(quoted: value)
    case .integer(let value): buffer.append(decimal: value)
    case .bool(let value): buffer.append(value ? "true" : "false")
    case .null: buffer.append("null")
    case .array(let elements):
      buffer.append("[")
      for (position, element) in elements.enumerated() {
        if position > 0 { buffer.append(",") }
        element.append(to: &buffer)
      }
      buffer.append("]")
    case .object(let members):
      buffer.append("{")
      for (position, (name, value)) in members.enumerated() {
        if position > 0 { buffer.append(",") }
        buffer.append(quoted: name)
        buffer.append(":")
        value.append(to: &buffer)
      }
      buffer.append("}")
    }
  }

  private static func quote(_ text: String) -> String {
    var buffer = TextBuffer()
    buffer.append(quoted: text)
    return buffer.text
  }
}
