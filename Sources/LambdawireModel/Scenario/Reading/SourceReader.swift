import Yams

/// Turns YAML text into source nodes.
///
/// This is the only place that knows the YAML library.
struct SourceReader {
  /// No scenario worth reading is larger, in bytes.
  static let byteLimit = 1_048_576
  /// Deeper than any scenario goes, far less than what could exhaust a stack.
  static let depthLimit = 24
  /// A few kilobytes of aliases of aliases can stand for billions of values.
  static let nodeLimit = 100_000
  /// With so few aliases, what they stand for stays small even before it is counted.
  static let aliasLimit = 16
  /// How many repeated keys are looked for before the rest of the file is given up.
  private static let duplicateLimit = 32

  /// What messages call the text.
  let file: String
  /// Where the text stands in an override; `nil` if it is a file.
  private let origin: SourceLocation?
  /// Original spelling of keys that were changed so that the library goes on; see `compose`.
  private var renamed: [SourceLocation: String] = [:]
  private var nodeCount = 0

  /// Reads a whole file.
  init(file: String) {
    self.file = file
    origin = nil
  }

  /// Reads a value that begins at `origin`, in one line of something else.
  init(at origin: SourceLocation) {
    file = origin.file
    self.origin = origin
  }

  /// The root of the document in `text`.
  ///
  /// - Returns: `nil` after having reported why there is none.
  mutating func read(_ text: String, log: inout DiagnosticLog) -> SourceNode? {
    guard text.utf8.count <= Self.byteLimit else {
      log.report(
        at: location(1, 1), found: "\(text.utf8.count) bytes",
        expected: "a scenario of at most \(Self.byteLimit) bytes")
      return nil
    }
    guard !reportAliases(in: text, log: &log), let root = compose(text, log: &log) else {
      return nil
    }
    return convert(root, depth: 0, log: &log)
  }

  private func location(_ line: Int, _ column: Int) -> SourceLocation {
    // The library has no place for a key that is repeated within a key.
    let (line, column) = (max(1, line), max(1, column))
    guard var place = origin else { return SourceLocation(file: file, line: line, column: column) }
    // A single line has no second one: the library means its end.
    if line == 1 { place.column += column - 1 }
    return place
  }

  private func location(_ mark: Mark?) -> SourceLocation {
    location(mark?.line ?? 1, mark?.column ?? 1)
  }
}

// MARK: - Text to nodes of the library

extension SourceReader {
  /// Refuses text with many aliases before the library expands any.
  private func reportAliases(in text: String, log: inout DiagnosticLog) -> Bool {
    let scalars = Array(text.unicodeScalars)
    func marker(_ mark: Unicode.Scalar, at index: Int) -> Bool {
      guard scalars[index] == mark, index + 1 < scalars.count else { return false }
      return !scalars[index + 1].properties.isWhitespace
    }
    guard scalars.indices.contains(where: { marker("&", at: $0) }) else { return false }
    var found = 0
    for index in scalars.indices where marker("*", at: index) {
      found += 1
      guard found > Self.aliasLimit else { continue }
      let place = TextPosition(in: scalars, at: index)
      log.report(
        at: location(place.line, place.column), found: "more than \(Self.aliasLimit) aliases",
        expected: "values written out, or `parameters`")
      return true
    }
    return false
  }

  /// Composes `text`, in spite of keys that stand twice in one mapping.
  ///
  /// The library stops at the first mapping with a repeated key and does not say where the second
  /// one is. So the first letter of the first one is replaced, everything else keeps its place,
  /// and the library tries again; `convert` undoes it and reports the pair.
  private mutating func compose(_ original: String, log: inout DiagnosticLog) -> Node? {
    // A string this short is not kept where the library's parser may go on reading it.
    var text = original.utf8.count < 16 ? original + String(repeating: " ", count: 16) : original
    for attempt in 0..<Self.duplicateLimit {
      do {
        // Scalars stay text: the resolver without rules spares a dozen regular expressions each.
        if let root = try Yams.compose(yaml: text, .basic, .default, .utf8) { return root }
        log.report(
          at: location(1, 1), found: "nothing", expected: "a mapping that begins `lambdawire: 1`")
        return nil
      } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
        let place = location(context.mark)
        guard
          let changed = Self.replaceFirstLetter(
            of: duplicates.first ?? "", at: context.mark, in: text, attempt: attempt)
        else {
          log.report(
            at: place, found: "\(duplicates.first.map(quoted) ?? "a key") more than once",
            expected: "each key once in a mapping")
          return nil
        }
        renamed[place] = renamed[place] ?? duplicates.first
        text = changed
      } catch {
        report(error, log: &log)
        return nil
      }
    }
    log.report(
      at: location(1, 1), found: "more than \(Self.duplicateLimit) repeated keys",
      expected: "each key once in a mapping")
    return nil
  }

  /// `text` with the first letter of the key at `mark` made different from all others.
  ///
  /// - Returns: `nil` if what stands there is not just the key in plain letters.
  private static func replaceFirstLetter(
    of key: String, at mark: Mark, in text: String, attempt: Int
  ) -> String? {
    var scalars = Array(text.unicodeScalars)
    guard let start = TextPosition(line: mark.line, column: mark.column).index(in: scalars),
      let first = key.unicodeScalars.first, first.properties.isAlphabetic,
      scalars[start...].starts(with: key.unicodeScalars),
      // A private character: nobody's key begins with it.
      let replacement = Unicode.Scalar(0xE000 + UInt32(attempt))
    else { return nil }
    scalars[start] = replacement
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  /// Reports what the library threw.
  private func report(_ error: any Error, log: inout DiagnosticLog) {
    switch error {
    case YamlError.scanner(let context, let problem, let mark, _),
      YamlError.parser(let context, let problem, let mark, _),
      YamlError.composer(let context, let problem, let mark, _):
      let during = context.map { ", \($0.text) in line \(location($0.mark).line)" } ?? ""
      log.report(
        at: location(mark), found: "a YAML syntax error: \(problem)\(during)",
        expected: "YAML 1.1")
    case YamlError.reader(let problem, let offset, _, let yaml):
      let scalars = Array(yaml.prefix(offset ?? 0).unicodeScalars)
      let place = TextPosition(in: scalars, at: scalars.count)
      log.report(
        at: location(place.line, place.column), found: "a character YAML forbids: \(problem)",
        expected: "printable text in UTF-8")
    default:
      log.report(at: location(1, 1), found: "text that YAML cannot hold", expected: "YAML 1.1")
    }
  }
}

// MARK: - Nodes of the library to ours

extension SourceReader {
  private mutating func convert(
    _ node: Node, depth: Int, log: inout DiagnosticLog
  ) -> SourceNode? {
    let place = location(node.mark)
    nodeCount += 1
    guard nodeCount <= Self.nodeLimit else {
      if nodeCount == Self.nodeLimit + 1 {
        log.report(
          at: place, found: "more than \(Self.nodeLimit) values", expected: "a smaller scenario")
      }
      return nil
    }
    guard depth <= Self.depthLimit else {
      log.report(
        at: place, found: "more than \(Self.depthLimit) levels of nesting",
        expected: "a flatter scenario")
      return nil
    }
    switch node {
    case .scalar(let scalar):
      return SourceNode(content: .scalar(scalar.string), location: place)
    case .sequence(let sequence):
      let elements = sequence.compactMap { convert($0, depth: depth + 1, log: &log) }
      return SourceNode(content: .sequence(elements), location: place)
    case .mapping(let mapping):
      var entries: [SourceEntry] = []
      var lines: [String: Int] = [:]
      for (keyNode, valueNode) in mapping {
        let keyPlace = location(keyNode.mark)
        guard let written = keyNode.scalar?.string else {
          log.report(at: keyPlace, found: "a list or mapping as a key", expected: "a word as a key")
          continue
        }
        let key = renamed[keyPlace] ?? written
        guard var value = convert(valueNode, depth: depth + 1, log: &log) else { continue }
        if let first = lines[key] {
          log.report(
            at: keyPlace, found: "\(quoted(key)) again, after line \(first)",
            expected: "each key once in a mapping")
          continue
        }
        lines[key] = keyPlace.line
        value.keyLocation = keyPlace
        entries.append(SourceEntry(key: key, location: keyPlace, value: value))
      }
      return SourceNode(content: .mapping(entries), location: place)
    case .alias:
      log.report(at: place, found: "an alias", expected: "a value")
      return nil
    }
  }
}
