/// How text is marked for whoever reads it.
public enum TextStyle: Hashable, Sendable {
  /// Not at all: for files, pipes and those who set `NO_COLOR`.
  case plain
  /// With the escape sequences of terminals (ECMA-48, section 8.3.117).
  case terminal

  /// A heading.
  func heading(_ text: String) -> String { mark(text, "1") }

  /// Something that went wrong.
  func alarm(_ text: String) -> String { mark(text, "1;31") }

  private func mark(_ text: String, _ code: String) -> String {
    self == .plain ? text : "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}
