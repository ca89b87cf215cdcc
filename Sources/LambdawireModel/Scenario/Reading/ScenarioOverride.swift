/// A change to a scenario from outside the file: `--set KEY=VALUE`.
public struct ScenarioOverride: Hashable, Sendable {
  /// `KEY=VALUE`, as it was typed.
  public let text: String
  /// The option that stands for it, such as `--duration`, or `nil` for `--set` itself.
  private let option: String?

  /// An override in the form `KEY=VALUE`.
  ///
  /// `KEY` is a parameter of the scenario, or the way to a key through the file with dots
  /// (`functions.orders.environments`, elements of lists by number from 0). `VALUE` is YAML.
  public init(_ text: String) {
    self.text = text
    option = nil
  }

  /// What an option of its own changes; mistakes are said to be in the option.
  public init(option: String, key: String, value: String) {
    text = "\(key)=\(value)"
    self.option = option
  }
}

extension ScenarioOverride {
  /// What diagnostics name as the file of overrides.
  static let fileName = "--set"

  /// Makes the change in `root`.
  ///
  /// - Parameters:
  ///   - root: the file's content.
  ///   - number: which override it is, from 1; diagnostics give it as the line.
  ///   - log: where mistakes go.
  func apply(to root: inout SourceNode, number: Int, log: inout DiagnosticLog) {
    let start =
      option.map { SourceLocation(file: $0, line: 0, column: 0) }
      ?? SourceLocation(file: Self.fileName, line: number, column: 1)
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      log.report(at: start, found: quoted(text), expected: "KEY=VALUE")
      return
    }
    let key = String(text[..<equals])
    var place = start
    place.column += key.unicodeScalars.count + 1
    var reader = SourceReader(at: place)
    let written = String(text[text.index(after: equals)...])
    guard !written.allSatisfy(\.isWhitespace) else {
      log.report(
        at: place, found: "nothing", expected: "a value after `\(key)=`")
      return
    }
    guard var value = reader.read(written, log: &log) else { return }
    value.keyLocation = start
    let parameters = root["parameters"]?.entries?.map(\.key) ?? []
    let path: [Substring]
    if parameters.contains(key) {
      path = ["parameters", key[...]]
    } else {
      path = key.split(separator: ".", omittingEmptySubsequences: false)
      let topLevel = Grammar.Root.section.keys.map(\.name)
      guard let first = path.first, topLevel.contains(String(first)) else {
        let listed = parameters.map { "`\($0)`" }.joined(separator: ", ")
        let candidates = path.count == 1 ? parameters + topLevel : topLevel
        log.report(
          at: start, found: "`--set` of \(quoted(key))",
          expected: (parameters.isEmpty ? "" : "a parameter (\(listed)) or ")
            + "a path that begins with a key of the file, such as `functions.NAME.environments`",
          suggestion: Suggestion.nearest(to: String(path.first ?? ""), among: candidates)
            .map { ([$0[...]] + path.dropFirst()).joined(separator: ".") })
        return
      }
    }
    Self.replace(path[...], in: &root, with: value, from: start, log: &log)
  }

  /// Goes down along `path` and puts `value` at its end.
  private static func replace(
    _ path: ArraySlice<Substring>, in node: inout SourceNode, with value: SourceNode,
    from place: SourceLocation, log: inout DiagnosticLog
  ) {
    guard let component = path.first else {
      node = value
      return
    }
    let rest = path.dropFirst()
    var next = place
    next.column += component.unicodeScalars.count + 1
    switch node.content {
    case .mapping(var entries):
      if let index = entries.firstIndex(where: { $0.key == component }) {
        replace(rest, in: &entries[index].value, with: value, from: next, log: &log)
      } else if rest.isEmpty {
        entries.append(SourceEntry(key: String(component), location: place, value: value))
      } else if component == "settings" {
        // The one mapping of the file that is often left out altogether.
        var settings = SourceNode(content: .mapping([]), location: place, keyLocation: place)
        replace(rest, in: &settings, with: value, from: next, log: &log)
        entries.append(SourceEntry(key: "settings", location: place, value: settings))
      } else {
        let names = entries.map(\.key)
        log.report(
          at: place, found: quoted(String(component)),
          expected: "one of " + names.map { "`\($0)`" }.joined(separator: ", "),
          suggestion: Suggestion.nearest(to: String(component), among: names))
      }
      if node.content != .mapping(entries) { node.content = .mapping(entries) }
    case .sequence(var elements):
      guard component.utf8.allSatisfy({ (48...57).contains($0) }), let index = Int(component),
        elements.indices.contains(index)
      else {
        let choice =
          switch elements.count {
          case 0: "no more: the list is empty"
          case 1: "0, the only one there is"
          default: "a number from 0 to \(elements.count - 1)"
          }
        log.report(at: place, found: quoted(String(component)), expected: choice)
        return
      }
      replace(rest, in: &elements[index], with: value, from: next, log: &log)
      node.content = .sequence(elements)
    case .scalar:
      log.report(
        at: place, found: quoted(String(component)), expected: "nothing more: the path ends before")
    case .reported: break
    }
  }
}
