/// A place in what the user wrote.
struct SourceLocation: Hashable, Sendable {
  var file: String
  /// Counted from 1.
  var line: Int
  /// Counted from 1, in Unicode scalars.
  var column: Int
}
