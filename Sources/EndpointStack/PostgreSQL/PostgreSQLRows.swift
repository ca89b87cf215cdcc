/// The made-up table `orders` that every query reads.
extension PostgreSQLWriter {
  /// A column, with the numbers that PostgreSQL's catalogue has for its type (`pg_type`).
  private struct Column {
    var name: String
    var type: UInt32
    /// Bytes that a value takes inside the server; negative if it varies.
    var typeByteCount: Int16
  }

  private static let columns = [
    Column(name: "id", type: 20, typeByteCount: 8),
    Column(name: "placed_at", type: 1184, typeByteCount: 8),
    Column(name: "customer", type: 23, typeByteCount: 4),
    Column(name: "status", type: 25, typeByteCount: -1),
    Column(name: "total", type: 1700, typeByteCount: -1),
    Column(name: "note", type: 25, typeByteCount: -1),
  ]

  /// The number of the table among the server's objects; the first that users get.
  private static let table: UInt32 = 16_384

  mutating func describeRows() {
    let columns = Self.columns
    message(PostgreSQLMessage.Kind.rowDescription) {
      $0.append(UInt16(columns.count))
      for (position, column) in columns.enumerated() {
        $0.append(terminated: column.name)
        $0.append(Self.table)
        $0.append(UInt16(position + 1))
        $0.append(column.type)
        $0.append(column.typeByteCount)
        // No type modifier; values as text.
        $0.append(UInt32.max)
        $0.append(0 as UInt16)
      }
    }
  }

  /// Writes row `number` with `byteCount` bytes of data, or a few more if that is less than its
  /// other columns take.
  mutating func row(_ number: Int, byteCount: Int) {
    let texts = [
      String(100_000 + number), Self.time(secondsBeforeMidnight: number % 86_400),
      String(10_000 + number &* 7919 % 90_000), "open",
      "\(5 + number % 95).\(10 + number &* 37 % 90)",
    ]
    let used = texts.reduce(0) { $0 + $1.utf8.count }
    let count = Self.columns.count
    message(PostgreSQLMessage.Kind.dataRow) {
      $0.append(UInt16(count))
      for text in texts { $0.append(column: text) }
      $0.append(fillerOf: max(0, byteCount - used))
    }
  }

  /// A moment of the day before captures begin.
  private static func time(secondsBeforeMidnight count: Int) -> String {
    let second = 86_399 - count
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "2019-09-02 \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))+00"
  }
}
