/// What a query asks for, as far as the server understands SQL.
enum PostgreSQLCommand: Hashable {
  case empty
  case select(rowCount: Int, rowByteCount: Int)
  /// A command that brings no rows, and the tag that says it is done.
  case other(tag: String)
  /// Something that begins with this word.
  case unknown(String)

  /// The most rows that are made up for one query.
  static let mostRows = 10_000_000
  /// The most data that is put into one row, in bytes.
  static let mostRowBytes = 1 << 19

  /// Reads the query `text`: its first word, what follows `LIMIT`, and the size of a row in a
  /// comment (see ``PostgreSQLServer/queryText(rowCount:rowByteCount:)``).
  init(_ text: String, server: PostgreSQLServer) {
    let words = text.lowercased().split { " \t\r\n;,()".contains($0) }.map(String.init)
    switch words.first {
    case nil: self = .empty
    case "select", "with", "values", "table":
      self = .select(
        rowCount: min(
          Self.number(after: "limit", in: words) ?? server.defaultRowCount, Self.mostRows),
        rowByteCount: min(
          Self.number(after: "row-size", in: words) ?? server.defaultRowByteCount,
          Self.mostRowBytes))
    case "insert": self = .other(tag: "INSERT 0 1")
    case "update": self = .other(tag: "UPDATE 1")
    case "delete": self = .other(tag: "DELETE 1")
    case "begin", "commit", "rollback", "set":
      self = .other(tag: words[0].uppercased())
    default: self = .unknown(words[0])
    }
  }

  /// The number that follows `word`, or `nil` if none does.
  private static func number(after word: String, in words: [String]) -> Int? {
    guard let position = words.lastIndex(of: word), position + 1 < words.count,
      let number = Int(words[position + 1]), number >= 0
    else { return nil }
    return number
  }
}
