/// The messages of PostgreSQL's protocol 3.0 that are used here (PostgreSQL documentation, section
/// "Message Formats").
enum PostgreSQLMessage {
  /// The numbers that a message without a type begins with, after its length.
  enum StartupCode {
    /// Protocol 3.0.
    static let startup: UInt32 = 3 << 16
    static let cancelRequest: UInt32 = 80_877_102
    static let sslRequest: UInt32 = 80_877_103
    static let encryptionRequest: UInt32 = 80_877_104
  }

  /// The first byte of a message.
  enum Kind {
    static let authentication = UInt8(ascii: "R")
    static let backendKeyData = UInt8(ascii: "K")
    static let commandComplete = UInt8(ascii: "C")
    static let dataRow = UInt8(ascii: "D")
    static let emptyQueryResponse = UInt8(ascii: "I")
    static let errorResponse = UInt8(ascii: "E")
    static let notice = UInt8(ascii: "N")
    static let notification = UInt8(ascii: "A")
    static let parameterStatus = UInt8(ascii: "S")
    static let query = UInt8(ascii: "Q")
    static let readyForQuery = UInt8(ascii: "Z")
    static let rowDescription = UInt8(ascii: "T")
    static let terminate = UInt8(ascii: "X")
  }

  /// The whole answer to a request for encryption that is declined.
  static let encryptionDeclined = UInt8(ascii: "N")

  /// The longest message that is accepted, in bytes with its length.
  static let longest = 1 << 20
}

/// Puts messages together.
struct PostgreSQLWriter {
  private(set) var bytes: [UInt8] = []
  /// Where the length of the message under way stands.
  private var lengthOffset = 0

  /// Writes the message of `kind`, or one without a type, whose fields `fields` adds.
  mutating func message(_ kind: UInt8?, _ fields: (inout Self) -> Void) {
    if let kind { bytes.append(kind) }
    lengthOffset = bytes.count
    append(0 as UInt32)
    fields(&self)
    // The length counts itself, but not the type.
    let length = UInt32(bytes.count - lengthOffset)
    for position in 0..<4 {
      bytes[lengthOffset + position] = UInt8(
        truncatingIfNeeded: length >> UInt32(24 - 8 * position))
    }
  }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
    }
  }

  /// Adds `text` and the zero byte that ends it.
  mutating func append(terminated text: String) {
    bytes += text.utf8
    bytes.append(0)
  }

  /// Adds a column of a row: its length and its text.
  mutating func append(column text: String) {
    append(UInt32(text.utf8.count))
    bytes += text.utf8
  }

  /// Adds a column of `byteCount` bytes of prose.
  mutating func append(fillerOf byteCount: Int) {
    append(UInt32(byteCount))
    let filler = Self.filler
    var left = byteCount
    while left > 0 {
      let part = min(left, filler.count)
      bytes += filler[..<part]
      left -= part
    }
  }

  private static let filler = Array("please leave the parcel with the neighbours ".utf8)

  mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }
}
