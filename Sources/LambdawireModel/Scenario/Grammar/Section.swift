/// The keys that may stand together in one mapping.
struct Section: Sendable {
  /// What a diagnostic calls such a mapping, without its article: "subnet".
  let name: String
  /// What it is, in one sentence.
  let documentation: String
  let keys: [KeyDeclaration]

  /// What a diagnostic calls several such mappings.
  var plural: String {
    name.hasSuffix("y") ? name.dropLast() + "ies" : name + "s"
  }

  /// Its name in the schema.
  var identifier: String { name.replacing(" ", with: "-") }

  /// A reference to the section in the schema.
  var schemaReference: JSONValue { ["$ref": "#/$defs/\(identifier)"] }
}

extension ValueType<[SourceNode]> {
  /// A list of mappings with the keys of `section`.
  static func list(of section: Section) -> Self {
    list(of: [section], called: section.plural)
  }

  /// A list of mappings, each with the keys of one of `sections`.
  static func list(of sections: [Section], called plural: String) -> Self {
    let items: JSONValue =
      sections.count == 1
      ? sections[0].schemaReference : ["anyOf": .array(sections.map(\.schemaReference))]
    let expected = "a list of \(plural)"
    return Self(expected: expected, schema: ["type": "array", "items": items]) { node, log in
      switch node.content {
      case .sequence(let nodes): return nodes
      case .reported: return nil
      case .scalar, .mapping:
        log.report(at: node.location, found: node.summary, expected: expected)
        return nil
      }
    }
  }
}

extension ValueType<[SourceEntry]> {
  /// A mapping from names to what `element` describes.
  static func named(_ section: Section) -> Self {
    named(section.plural, section.schemaReference)
  }

  /// A mapping from names to mappings with the keys of one of `sections`.
  static func named(_ sections: [Section], called plural: String) -> Self {
    named(plural, ["anyOf": .array(sections.map(\.schemaReference))])
  }

  /// A mapping from names to values of `type`.
  static func named<Element>(_ type: ValueType<Element>, called plural: String) -> Self {
    named(plural, type.schema)
  }

  /// A mapping from domain names to values of `type`.
  static func byDomainName<Element>(_ type: ValueType<Element>, called plural: String) -> Self {
    let expected = "a mapping from domain names to \(plural)"
    return Self(
      expected: expected, schema: ["type": "object", "additionalProperties": type.schema]
    ) { node, log in
      switch node.content {
      case .mapping(let entries):
        // Names are held against the rules for names like any value that is one.
        for entry in entries {
          let name = SourceNode(content: .scalar(entry.key), location: entry.location)
          _ = ValueType<String>.domainName.read(name, &log)
        }
        return entries
      case .reported: return nil
      case .scalar, .sequence:
        log.report(at: node.location, found: node.summary, expected: expected)
        return nil
      }
    }
  }

  /// A mapping from names to single values.
  static let parameters = Self.named(
    "parameters", ["type": ["string", "number", "boolean"]])

  private static func named(_ plural: String, _ element: JSONValue) -> Self {
    let expected = "a mapping from names to \(plural)"
    return Self(
      expected: expected,
      schema: [
        "type": "object", "propertyNames": ["pattern": .string(EntityName.pattern)],
        "additionalProperties": element,
      ]
    ) { node, log in
      switch node.content {
      case .mapping(let entries):
        for entry in entries where !EntityName.isValid(entry.key) {
          log.report(
            at: entry.location, found: quoted(entry.key), expected: EntityName.expected)
        }
        return entries
      case .reported: return nil
      case .scalar, .sequence:
        log.report(at: node.location, found: node.summary, expected: expected)
        return nil
      }
    }
  }
}

extension ValueType<SourceNode> {
  /// A mapping with the keys of `section`.
  static func section(_ section: Section) -> Self {
    Self(expected: "a mapping", schema: section.schemaReference) { node, _ in node }
  }
}
