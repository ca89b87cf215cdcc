import PacketFormats

/// Reads the messages on one direction of a connection (RFC 9112, section 2.2): heads are kept until
/// they are complete, bodies are only counted.
struct HTTPReader {
  /// What begins a message.
  struct Head {
    /// The request line or the status line.
    var startLine: String
    var headers: [HTTPHeader]
  }

  /// What is to be read next.
  private enum Phase {
    case head
    case body(remaining: Int)
    /// A body that lasts until the other side closes.
    case bodyToEnd
    case broken
  }

  /// The longest head that is read, in bytes (assumed; 8 to 64 KiB in servers of today).
  private static var longestHead: Int { 1 << 16 }

  private var phase = Phase.head
  private var input: [UInt8] = []
  /// Body bytes of all messages so far.
  private(set) var bodyByteCount = 0

  init() {}

  /// Whether the other side has said something that is not HTTP, or that is not understood here.
  var isBroken: Bool { if case .broken = phase { true } else { false } }
  /// Whether a body is under way, so that the end of the connection ends it or cuts it off.
  var isInBody: Bool {
    switch phase {
    case .head, .broken: false
    case .body(let remaining): remaining > 0
    case .bodyToEnd: true
    }
  }
  /// Whether the body under way ends with the connection.
  var endsWithConnection: Bool { if case .bodyToEnd = phase { true } else { false } }
  /// Whether anything of a head has arrived.
  var hasBegun: Bool { !input.isEmpty || isInBody }

  /// Reads no more, because what was said makes no sense.
  mutating func giveUp() {
    phase = .broken
  }

  /// Takes in what has arrived.
  mutating func receive(_ bytes: RawSpan) {
    var offset = 0
    // Most of it is body.
    switch phase {
    case .body(let remaining) where input.isEmpty:
      offset = min(remaining, bytes.byteCount)
      bodyByteCount += offset
      phase = .body(remaining: remaining - offset)
    case .bodyToEnd:
      bodyByteCount += bytes.byteCount
      return
    case .broken: return
    default: break
    }
    while offset < bytes.byteCount {
      input.append(bytes[Field<UInt8>(at: 0), at: offset])
      offset += 1
    }
    consumeBody()
  }

  /// Counts what of the input belongs to the body under way.
  private mutating func consumeBody() {
    switch phase {
    case .body(let remaining):
      let count = min(remaining, input.count)
      input.removeFirst(count)
      bodyByteCount += count
      phase = .body(remaining: remaining - count)
    case .bodyToEnd:
      bodyByteCount += input.count
      input.removeAll()
    case .head, .broken: break
    }
  }

  /// The next head that has arrived as a whole; before it there is no other message under way.
  mutating func nextHead() -> Head? {
    if case .body(remaining: 0) = phase { phase = .head }
    guard case .head = phase else { return nil }
    guard let end = endOfHead() else {
      if input.count > Self.longestHead { phase = .broken }
      return nil
    }
    let text = String(decoding: input[..<end], as: UTF8.self)
    input.removeFirst(end + 4)
    var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    let startLine = String(lines.removeFirst())
    var headers: [HTTPHeader] = []
    for line in lines {
      guard let colon = line.firstIndex(of: ":") else {
        phase = .broken
        return nil
      }
      let name = String(line[..<colon])
      guard HTTPText.isToken(name) else {
        phase = .broken
        return nil
      }
      headers.append(HTTPHeader(name, HTTPText.trimmed(line[line.index(after: colon)...])))
    }
    return Head(startLine: startLine, headers: headers)
  }

  private func endOfHead() -> Int? {
    guard input.count >= 4 else { return nil }
    for start in 0...input.count - 4
    where input[start] == 13 && input[start + 1] == 10 && input[start + 2] == 13
      && input[start + 3] == 10
    {
      return start
    }
    return nil
  }

  /// Reads the body behind a head, whose length the headers say (RFC 9112, section 6.3).
  ///
  /// A body without a length is empty, or if `isOpenEnded` lasts until the connection ends.
  mutating func beginBody(_ headers: [HTTPHeader], isOpenEnded: Bool) {
    if let text = headers.value(of: "Content-Length") {
      guard let length = Int(text), length >= 0, text.utf8.allSatisfy({ $0 != 0x2b }) else {
        phase = .broken
        return
      }
      phase = .body(remaining: length)
    } else if headers.value(of: "Transfer-Encoding") != nil {
      // Legal, but not understood: nothing here sends it.
      phase = .broken
    } else {
      phase = isOpenEnded ? .bodyToEnd : .body(remaining: 0)
    }
    consumeBody()
  }
}
