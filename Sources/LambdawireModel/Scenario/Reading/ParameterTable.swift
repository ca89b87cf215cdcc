/// The parameters of a scenario, and their replacement in everything else.
struct ParameterTable {
  /// Longer than any value, in bytes; parameters made of parameters could grow without bound.
  private static let lengthLimit = 1_024

  private var nodes: [String: SourceNode] = [:]
  /// In the order of the file.
  private var names: [String] = []

  /// Takes the parameters out of `root` and replaces those that stand in each other.
  init(of root: SourceNode, log: inout DiagnosticLog) {
    guard let node = root[Grammar.Root.parameters.name],
      let entries = Grammar.Root.parameters.type.read(node, &log)
    else { return }
    names = entries.map(\.key)
    for entry in entries {
      var value = entry.value
      if value.entries != nil || value.isSequence {
        log.report(
          at: value.location, found: value.summary, expected: "a single value for a parameter")
        value.content = .reported
      }
      nodes[entry.key] = value
    }
    var done: Set<String> = []
    for name in names { resolve(name, path: [], done: &done, log: &log) }
  }

  /// The parameters as a scenario holds them.
  var parameters: [Scenario.Parameter] {
    names.compactMap { name in
      guard case .scalar(let text) = nodes[name]?.content else { return nil }
      return Scenario.Parameter(name: name, value: text)
    }
  }

  /// Replaces the parameters in the parameter `name`, those it names first.
  private mutating func resolve(
    _ name: String, path: [String], done: inout Set<String>, log: inout DiagnosticLog
  ) {
    guard !done.contains(name), let node = nodes[name], case .scalar(let text) = node.content else {
      return
    }
    if let start = path.firstIndex(of: name) {
      let cycle = (path[start...] + [name]).map { "`$\($0)`" }.joined(separator: " → ")
      log.report(
        at: node.location, found: "a parameter that stands for itself: \(cycle)",
        expected: "a value that ends somewhere")
      // The whole cycle is this one mistake.
      for member in path[start...] { nodes[member]?.content = .reported }
      return
    }
    for case .parameter(let other) in Self.pieces(of: text) {
      resolve(other, path: path + [name], done: &done, log: &log)
    }
    done.insert(name)
    if let node = nodes[name] { nodes[name] = replacing(in: node, log: &log) }
  }

  /// `node` and everything below it with each `$name` replaced.
  func replacing(in node: SourceNode, log: inout DiagnosticLog) -> SourceNode {
    var result = node
    switch node.content {
    case .reported: break
    case .sequence(let elements):
      result.content = .sequence(elements.map { replacing(in: $0, log: &log) })
    case .mapping(let entries):
      result.content = .mapping(
        entries.map { entry in
          var entry = entry
          entry.value = replacing(in: entry.value, log: &log)
          return entry
        })
    case .scalar(let text):
      let pieces = Self.pieces(of: text)
      if pieces.count == 1, case .parameter(let name) = pieces[0], var value = nodes[name] {
        // A mistake in such a value is a mistake where the parameter is given.
        let use = "as `$\(name)` in line \(node.location.line)"
        value.detour = value.detour ?? use
        value.keyLocation = node.keyLocation
        return value
      }
      let text = replaced(pieces, at: node.location, log: &log)
      result.content = text.map { .scalar($0) } ?? .reported
    }
    return result
  }

  private func replaced(
    _ pieces: [Piece], at place: SourceLocation, log: inout DiagnosticLog
  ) -> String? {
    var result = ""
    for piece in pieces {
      switch piece {
      case .text(let text): result += text
      case .parameter(let name):
        guard let node = nodes[name] else {
          log.report(
            at: place, found: "`$\(name)`, which is not among the parameters",
            expected: names.isEmpty
              ? "a value, or an entry for it under `parameters`"
              : "one of " + names.map { "`$\($0)`" }.joined(separator: ", "),
            suggestion: Suggestion.nearest(to: name, among: names).map { "$\($0)" })
          return nil
        }
        guard case .scalar(let value) = node.content else { return nil }
        result += value
      }
      guard result.utf8.count <= Self.lengthLimit else {
        log.report(
          at: place, found: "a value of more than \(Self.lengthLimit) bytes",
          expected: "a shorter one")
        return nil
      }
    }
    return result
  }
}

// MARK: - Finding parameters in a text

extension ParameterTable {
  private enum Piece {
    case text(String)
    case parameter(String)
  }

  /// Splits `text` at each `$name`; `$$` stands for a dollar sign.
  private static func pieces(of text: String) -> [Piece] {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return [.text(text)] }
    var pieces: [Piece] = []
    var plain = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      plain += rest[..<dollar]
      rest = rest[dollar...].dropFirst()
      if rest.first == "$" {
        plain += "$"
        rest.removeFirst()
        continue
      }
      let name = rest.prefix { $0.utf8.allSatisfy(EntityName.allows) }
      guard let first = name.utf8.first, EntityName.isLetter(first) else {
        plain += "$"
        continue
      }
      if !plain.isEmpty { pieces.append(.text(plain)) }
      plain = ""
      pieces.append(.parameter(String(name)))
      rest = rest[name.endIndex...]
    }
    plain += rest
    if !plain.isEmpty || pieces.isEmpty { pieces.append(.text(plain)) }
    return pieces
  }
}

extension SourceNode {
  fileprivate var isSequence: Bool {
    if case .sequence = content { true } else { false }
  }
}
