/// A value with the node it was read from, for diagnostics that come later.
struct Located<Value> {
  var value: Value
  var node: SourceNode
}

extension Located: Sendable where Value: Sendable {}
