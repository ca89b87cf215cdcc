/// A piece of a scenario as it was written, with its place.
///
/// This is all that the decoder knows of YAML: text, lists, mappings. Whether `50` is a number is
/// for the key to say that it belongs to, so `environments: "50"` means the same as without quotes.
struct SourceNode: Hashable, Sendable {
  var content: Content
  /// Where the value begins.
  var location: SourceLocation
  /// Where the key stands that the value belongs to.
  var keyLocation: SourceLocation?
  /// How the value came here if it was written somewhere else: "as `$rate` in line 12".
  var detour: String?

  enum Content: Hashable, Sendable {
    case scalar(String)
    case sequence([SourceNode])
    case mapping([SourceEntry])
    /// Something that has been reported already and is to be passed over in silence.
    case reported
  }
}

extension SourceNode {
  /// Where to point when the value is incomplete: its key says more than its first line.
  var reportLocation: SourceLocation { keyLocation ?? location }

  /// The entries, if this is a mapping.
  var entries: [SourceEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// What stands here, for a diagnostic.
  var summary: String {
    let text =
      switch content {
      case .scalar(let text): text.isEmpty ? "nothing" : quoted(text)
      case .sequence: "a list"
      case .mapping: "a mapping"
      case .reported: "an error"
      }
    return detour.map { "\(text) (\($0))" } ?? text
  }

  /// The value of `key`, if this is a mapping that has it.
  subscript(key: String) -> SourceNode? {
    entries?.first { $0.key == key }?.value
  }
}

/// `text` as a diagnostic shows it: in backquotes, on one line, not too long.
func quoted(_ text: String) -> String {
  var result = "`"
  for (index, scalar) in text.unicodeScalars.enumerated() {
    if index == 60 {
      result += "…"
      break
    }
    // A control character could otherwise rewrite the reader's terminal.
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
      result += scalar.escaped(asASCII: true)
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result + "`"
}
