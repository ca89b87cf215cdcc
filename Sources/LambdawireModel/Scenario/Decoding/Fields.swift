/// A mapping that has been held against the keys it may have.
struct Fields {
  let node: SourceNode
  private let entries: [SourceEntry]

  /// Reports keys that `section` does not have, and those it needs that are not there.
  ///
  /// - Returns: `nil` if `node` is no mapping, which is reported.
  init?(_ node: SourceNode, as section: Section, log: inout DiagnosticLog) {
    let names = section.keys.map(\.name)
    guard let entries = node.entries else {
      if node.content != .reported {
        let expected = "a \(section.name), that is, a mapping with the keys "
        log.report(
          at: node.location, found: node.summary, expected: expected + Self.list(names))
      }
      return nil
    }
    self.node = node
    self.entries = entries
    for entry in entries where !names.contains(entry.key) {
      log.report(
        at: entry.location, found: "the unknown key \(quoted(entry.key))",
        expected: "one of " + Self.list(names),
        suggestion: Suggestion.nearest(to: entry.key, among: names))
    }
    for key in section.keys where key.presence == .required && node[key.name] == nil {
      log.report(
        at: node.reportLocation, found: "a \(section.name) without `\(key.name)`",
        expected: "`\(key.name):` with \(key.expected)")
    }
  }

  private static func list(_ names: [String]) -> String {
    names.map { "`\($0)`" }.joined(separator: ", ")
  }

  /// The value of `key`, or its default.
  ///
  /// - Returns: `nil` if it is missing and has no default, or is wrong, which is reported.
  func read<Value>(_ key: Key<Value>, log: inout DiagnosticLog) -> Located<Value>? {
    let found = entries.first { $0.key == key.name }?.value
    let node: SourceNode
    switch (found, key.presence) {
    case (let found?, _): node = found
    case (nil, .defaulted(let text)):
      node = SourceNode(
        content: .scalar(text), location: self.node.reportLocation,
        detour: "the default of `\(key.name)`")
    case (nil, .required), (nil, .optional): return nil
    }
    return key.type.read(node, &log).map { Located(value: $0, node: node) }
  }

  /// The value of `key` if mappings of this kind have it.
  ///
  /// - Returns: `nil` also if `section` does not have the key.
  func read<Value>(
    _ key: Key<Value>, ifIn section: Section, log: inout DiagnosticLog
  ) -> Located<Value>? {
    section.keys.contains { $0.name == key.name } ? read(key, log: &log) : nil
  }
}
