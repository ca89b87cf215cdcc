/// What can be said about a key without the type of its value.
struct KeyDeclaration: Sendable {
  let name: String
  let expected: String
  let schema: JSONValue
  let presence: Presence
  let documentation: String
}
