/// Line and column in a text, counted as YAML counts: from 1, in Unicode scalars.
struct TextPosition: Equatable {
  var line: Int
  var column: Int
}

extension TextPosition {
  /// The position of the scalar at `index`, which may be one past the end.
  init(in scalars: [Unicode.Scalar], at index: Int) {
    self.init(line: 1, column: 1)
    for position in scalars.indices.prefix(index) { advance(over: position, in: scalars) }
  }

  /// The index of the scalar here.
  ///
  /// - Returns: `nil` if the text has no such line, or the line no such column.
  func index(in scalars: [Unicode.Scalar]) -> Int? {
    var current = TextPosition(line: 1, column: 1)
    for position in scalars.indices {
      if current == self { return position }
      current.advance(over: position, in: scalars)
    }
    return nil
  }

  private mutating func advance(over index: Int, in scalars: [Unicode.Scalar]) {
    switch scalars[index] {
    case "\r" where index + 1 < scalars.count && scalars[index + 1] == "\n": column += 1
    case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
      line += 1
      column = 1
    default: column += 1
    }
  }
}
