/// What may stand behind a key: how it is read, and how the schema and the reference describe it.
struct ValueType<Value: Sendable>: Sendable {
  /// What would be right: a phrase for diagnostics and for the reference.
  let expected: String
  let schema: JSONValue
  /// Reads a node.
  ///
  /// Returns `nil` after having reported what is wrong with it.
  let read: @Sendable (SourceNode, inout DiagnosticLog) -> Value?
}

extension ValueType {
  /// A value that is one piece of text.
  static func text(
    _ expected: String, schema: JSONValue,
    parse: @escaping @Sendable (String) throws(ValueProblem) -> Value
  ) -> Self {
    Self(expected: expected, schema: ["anyOf": [schema, ["$ref": "#/$defs/parameter"]]]) {
      node, log in
      var problem = ValueProblem()
      switch node.content {
      case .reported: return nil
      case .scalar(let text) where !text.isEmpty:
        do throws(ValueProblem) { return try parse(text) } catch { problem = error }
      case .scalar, .sequence, .mapping: break
      }
      let found = problem.found.map { text in node.detour.map { "\(text) (\($0))" } ?? text }
      log.report(
        at: node.location, found: found ?? node.summary, expected: problem.expected ?? expected,
        suggestion: problem.suggestion)
      return nil
    }
  }

  static func quantity(_ quantity: Quantity<Value>) -> Self {
    let schema: JSONValue =
      quantity.table.units.isEmpty
      ? [
        "type": "integer", "minimum": .integer(quantity.range.lowerBound),
        "maximum": .integer(quantity.range.upperBound),
      ]
      : ["type": "string", "pattern": .string(quantity.table.pattern)]
    return .text(quantity.expectation, schema: schema) { text throws(ValueProblem) in
      try quantity.parse(text)
    }
  }

  /// A value that another one can be made from.
  func map<Other>(_ transform: @escaping @Sendable (Value) -> Other) -> ValueType<Other> {
    ValueType<Other>(expected: expected, schema: schema) { node, log in
      read(node, &log).map(transform)
    }
  }
}

extension ValueType where Value: CaseIterable & RawRepresentable<String> {
  /// One of the words that the type's cases are called.
  static var choice: Self {
    let words = Value.allCases.map(\.rawValue)
    return .text(
      "one of " + words.map { "`\($0)`" }.joined(separator: ", "),
      schema: ["enum": .array(words.map { .string($0) })]
    ) { text throws(ValueProblem) in
      guard let value = Value(rawValue: text) else {
        throw ValueProblem(suggestion: Suggestion.nearest(to: text, among: words))
      }
      return value
    }
  }
}

extension ValueType<String> {
  /// Any text, left as it is: a `$` in it means nothing.
  static let anyText = Self(expected: "text", schema: ["type": "string"]) { node, log in
    switch node.content {
    case .scalar(let text): return text
    case .reported: return nil
    case .sequence, .mapping:
      log.report(at: node.location, found: node.summary, expected: "text")
      return nil
    }
  }

  /// The name of something declared elsewhere in the file.
  static func reference(to kind: String) -> Self {
    .text("the name of \(kind)", schema: ["type": "string"]) { text throws(ValueProblem) in text }
  }

  /// An action of IAM.
  static let action = Self.text(
    "an IAM action such as `ec2:CreateNetworkInterface`, `ec2:*` or `*`",
    schema: ["type": "string", "pattern": "^([a-z0-9-]+:(\\*|[A-Za-z]+)|\\*)$"]
  ) { text throws(ValueProblem) in
    if text == "*" { return text }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.allSatisfy({ EntityName.allows($0) }),
      !parts[0].isEmpty, !parts[1].isEmpty,
      parts[1] == "*" || parts[1].utf8.allSatisfy(EntityName.isLetter)
    else { throw ValueProblem() }
    return text
  }

  /// A DNS name (RFC 1035, section 2.3.1).
  static let domainName = Self.text(
    "a domain name such as `db.example.internal`", schema: ["type": "string"]
  ) { text throws(ValueProblem) in
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard text.utf8.count <= 253, labels.allSatisfy({ (1...63).contains($0.count) }),
      text.utf8.allSatisfy({ EntityName.allows($0) || $0 == UInt8(ascii: ".") }),
      !text.hasPrefix("-"), !text.hasSuffix("-")
    else { throw ValueProblem() }
    return text
  }
}

extension ValueType {
  /// One of what `element` describes, or a list of them; empty lists are refused.
  ///
  /// - Parameters:
  ///   - element: What the list holds.
  ///   - reason: Why AWS would not take an empty list, if it says so.
  /// - Returns: The type of the list.
  static func oneOrMore<Element>(
    _ element: ValueType<Element>, whyNotEmpty reason: String? = nil
  ) -> Self
  where Value == [Located<Element>] {
    Self(
      expected: "\(element.expected), or a list of such",
      schema: [
        "anyOf": [
          element.schema, ["type": "array", "items": element.schema, "minItems": .integer(1)],
        ]
      ]
    ) { node, log in
      switch node.content {
      case .sequence(let nodes) where nodes.isEmpty:
        log.report(
          at: node.location, found: "an empty list",
          expected: element.expected + (reason.map { " (\($0))" } ?? ""))
        return nil
      case .sequence(let nodes):
        return nodes.compactMap { node in
          element.read(node, &log).map { Located(value: $0, node: node) }
        }
      default: return element.read(node, &log).map { [Located(value: $0, node: node)] }
      }
    }
  }
}
