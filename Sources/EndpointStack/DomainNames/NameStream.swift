import PacketFormats

/// DNS messages on a TCP connection: each with its length in front (RFC 1035, section 4.2.2).
struct NameStream {
  private var input: [UInt8] = []
  /// Answers of a server that are still thought about, the oldest first.
  var thoughts: [[UInt8]] = []

  init() {}

  /// Takes in what has arrived; ``nextMessage()`` gives what is complete.
  mutating func receive(_ bytes: RawSpan) {
    for offset in 0..<bytes.byteCount { input.append(bytes[Field<UInt8>(at: 0), at: offset]) }
  }

  /// The next message that has arrived as a whole.
  mutating func nextMessage() -> [UInt8]? {
    guard input.count >= 2 else { return nil }
    let end = 2 + Int(input[0]) << 8 + Int(input[1])
    guard input.count >= end else { return nil }
    let message = Array(input[2..<end])
    input.removeFirst(end)
    return message
  }

  /// `message` with its length in front.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    let count = UInt16(truncatingIfNeeded: message.count)
    return [UInt8(count >> 8), UInt8(truncatingIfNeeded: count)] + message
  }
}
