/// A key of a scenario, declared once: the decoder, the schema and the reference all read this.
struct Key<Value: Sendable>: Sendable {
  let name: String
  let type: ValueType<Value>
  let presence: Presence
  /// What it means, in one sentence.
  let documentation: String

  init(
    _ name: String, _ type: ValueType<Value>, _ presence: Presence, _ documentation: String
  ) {
    self.name = name
    self.type = type
    self.presence = presence
    self.documentation = documentation
  }

  /// The key without the type of its value.
  var declaration: KeyDeclaration {
    KeyDeclaration(
      name: name, expected: type.expected, schema: type.schema, presence: presence,
      documentation: documentation)
  }
}
