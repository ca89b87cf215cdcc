/// A piece of HTML or SVG.
///
/// Text and attributes are escaped here and nowhere else, and every element is closed, so that the
/// result is well-formed XML as well as HTML: whatever a scenario is called cannot break a page.
indirect enum Markup {
  case text(String)
  /// Text that is not escaped: style sheets.
  case raw(String)
  case element(name: String, attributes: KeyValuePairs<String, String>, children: [Markup])
  /// Several pieces one after the other.
  case group([Markup])

  static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: Markup...
  ) -> Markup {
    .element(name: name, attributes: attributes, children: children)
  }

  static func tag(
    _ name: String, _ attributes: KeyValuePairs<String, String> = [:], _ children: [Markup]
  ) -> Markup {
    .element(name: name, attributes: attributes, children: children)
  }

  /// Nothing.
  static let none = Markup.group([])

  /// Elements that have no content and no closing tag (HTML, section 13.1.2).
  private static let void: Set<String> = ["meta", "link", "br", "col"]
  /// Elements that begin a line of their own, which keeps pages readable as text.
  private static let blocks: Set<String> = [
    "head", "body", "title", "meta", "link", "style", "header", "main", "footer", "section",
    "figure", "h1", "h2", "h3", "p", "table", "caption", "thead", "tbody", "tr", "ul", "li", "div",
    "details", "svg", "g", "pre",
  ]

  /// The text of the markup.
  var html: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .text(let content): text += Self.escaped(content)
    case .raw(let content): text += content
    case .group(let children):
      for child in children { child.write(to: &text) }
    case .element(let name, let attributes, let children):
      if Self.blocks.contains(name), !text.hasSuffix("\n") { text += "\n" }
      text += "<\(name)"
      for (key, value) in attributes { text += " \(key)=\"\(Self.escaped(value))\"" }
      if Self.void.contains(name) {
        text += "/>"
        return
      }
      text += ">"
      for child in children { child.write(to: &text) }
      text += "</\(name)>"
    }
  }

  /// Text that HTML and XML take for nothing else; what neither has characters for becomes a
  /// question mark (XML 1.0, section 2.2).
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value):
        result += "?"
      case _ where scalar.value & 0xfffe == 0xfffe: result += "?"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Markup: ExpressibleByStringInterpolation {
  init(stringLiteral value: String) {
    self = .text(value)
  }
}
