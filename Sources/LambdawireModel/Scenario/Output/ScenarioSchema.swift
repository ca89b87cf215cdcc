/// The JSON Schema of scenario files, for editors.
///
/// It is made from the same declarations that the decoder reads. A schema cannot say everything:
/// references, address ranges and overlaps are for `lambdawire validate`.
public enum ScenarioSchema {
  /// The schema as text (JSON Schema, draft 2020-12), with a line feed at the end.
  public static func json() -> String {
    var definitions: [(String, JSONValue)] = [("parameter", parameter), ("settings", settings)]
    for section in Grammar.sections.dropFirst() {
      definitions.append((section.identifier, object(for: section)))
    }
    let head: JSONValue = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "title": "Lambdawire scenario",
    ]
    guard case .object(let headMembers) = head,
      case .object(let rootMembers) = object(for: Grammar.Root.section)
    else { return "" }
    return JSONValue.object(headMembers + rootMembers + [("$defs", .object(definitions))]).text()
      + "\n"
  }

  /// A value made of parameters, whose own value the schema cannot see.
  private static let parameter: JSONValue = [
    "description": "A value with `$name` in it, where `name` is one of `parameters`.",
    "type": "string", "pattern": #"\$[A-Za-z]"#,
  ]

  private static func object(for section: Section) -> JSONValue {
    let required = section.keys.filter { $0.presence == .required }
    var members: [(String, JSONValue)] = [
      ("description", .string(section.documentation)), ("type", "object"),
      ("additionalProperties", .bool(false)),
    ]
    if !required.isEmpty {
      members.append(("required", .array(required.map { .string($0.name) })))
    }
    members.append(("properties", .object(section.keys.map { ($0.name, property($0)) })))
    return .object(members)
  }

  private static func property(_ key: KeyDeclaration) -> JSONValue {
    var text = key.documentation
    switch key.presence {
    case .required: break
    case .optional(let meaning): text += " If left out: \(meaning)."
    case .defaulted(""): break
    case .defaulted(let value): text += " Default: \(value)."
    }
    return describing(key.schema, "\(text) Expected: \(key.expected).")
  }

  private static var settings: JSONValue {
    let defaults = ModelSettings()
    let properties = ModelSettings.settings.map { setting in
      (
        setting.name,
        describing(
          setting.schema,
          "\(setting.documentation) Default: \(setting.value(in: defaults)). "
            + "Source: \(setting.source) Expected: \(setting.expected).")
      )
    }
    return [
      "description": .string(Grammar.Root.settings.documentation), "type": "object",
      "additionalProperties": .bool(false), "properties": .object(properties),
    ]
  }

  /// `schema` with a description, which editors show beside the key.
  private static func describing(_ schema: JSONValue, _ text: String) -> JSONValue {
    guard case .object(let members) = schema else { return schema }
    return .object([("description", .string(text))] + members)
  }
}
