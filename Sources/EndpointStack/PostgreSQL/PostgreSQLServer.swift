/// A PostgreSQL server that makes up rows.
public struct PostgreSQLServer: Hashable, Sendable {
  /// IANA, "Service Name and Transport Protocol Port Number Registry": postgresql.
  public static let defaultPort: UInt16 = 5432

  public var port: UInt16
  /// From a complete query to the first byte of its answer.
  public var thinkTime: Duration
  /// How many rows a query gets that does not say how many it wants.
  public var defaultRowCount: Int
  /// How much data is in a row, in bytes, if the query does not say.
  public var defaultRowByteCount: Int
  /// What it says its version is.
  public var version: String

  public init(
    port: UInt16 = Self.defaultPort, thinkTime: Duration = .zero, defaultRowCount: Int = 1,
    defaultRowByteCount: Int = 100, version: String = "11.5"
  ) {
    self.port = port
    self.thinkTime = thinkTime
    self.defaultRowCount = defaultRowCount
    self.defaultRowByteCount = defaultRowByteCount
    self.version = version
  }

  /// A query for `rowCount` rows with `rowByteCount` bytes of data each, as a program would put
  /// it.
  ///
  /// The size of a row stands in a comment, which a real server would ignore.
  public static func queryText(rowCount: Int, rowByteCount: Int) -> String {
    "SELECT id, placed_at, customer, status, total, note FROM orders WHERE status = 'open' "
      + "ORDER BY placed_at DESC LIMIT \(rowCount) /* row-size \(rowByteCount) */"
  }
}
