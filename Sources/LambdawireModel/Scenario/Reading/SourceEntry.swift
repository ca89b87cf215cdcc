/// A key of a mapping and its value.
struct SourceEntry: Hashable, Sendable {
  var key: String
  var location: SourceLocation
  var value: SourceNode
}
