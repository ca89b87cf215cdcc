import PacketFormats

/// Cuts a stream of bytes into messages, of which it keeps only the beginning.
///
/// A query may bring megabytes of rows, of which nothing but their number and size is wanted.
struct PostgreSQLReader {
  /// A message that has arrived whole.
  struct Message {
    var kind: UInt8
    /// Length with type and length field, in bytes.
    var byteCount: Int
    /// The beginning of its fields.
    var fields: [UInt8]
  }

  /// How much of a message's fields is kept, in bytes.
  private static let kept = 512

  private var header: [UInt8] = []
  private var fields: [UInt8] = []
  /// Bytes of the fields that are still to come.
  private var missing = 0
  /// Whether what arrived cannot be a message.
  private(set) var isBroken = false

  /// Takes in bytes and calls `handle` for each message that they complete.
  mutating func read(_ bytes: RawSpan, handle: (Message) -> Void) {
    var offset = 0
    while offset < bytes.byteCount, !isBroken {
      if header.count < 5 {
        header.append(bytes[Self.byte, at: offset])
        offset += 1
        guard header.count == 5 else { continue }
        let length = header[1...].reduce(0) { $0 << 8 | Int($1) }
        guard length >= 4, length < 1 << 30 else {
          isBroken = true
          return
        }
        missing = length - 4
        fields.removeAll(keepingCapacity: true)
      } else {
        let part = min(missing, bytes.byteCount - offset)
        for position in 0..<min(part, Self.kept - fields.count) {
          fields.append(bytes[Self.byte, at: offset + position])
        }
        missing -= part
        offset += part
      }
      if missing == 0 { complete(handle) }
    }
  }

  private mutating func complete(_ handle: (Message) -> Void) {
    let length = header[1...].reduce(0) { $0 << 8 | Int($1) }
    let message = Message(kind: header[0], byteCount: length + 1, fields: fields)
    header.removeAll(keepingCapacity: true)
    handle(message)
  }

  private static let byte = Field<UInt8>(at: 0)
}

extension PostgreSQLReader.Message {
  /// The first four bytes of the fields as a number, or `nil` if there are fewer.
  var number: UInt32? {
    guard fields.count >= 4 else { return nil }
    return fields[..<4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The SQLSTATE of an error (PostgreSQL documentation, section "Error and Notice Message
  /// Fields").
  var errorCode: String {
    for field in fields.split(separator: 0) where field.first == UInt8(ascii: "C") {
      return String(decoding: field.dropFirst(), as: UTF8.self)
    }
    return "XX000"
  }
}
