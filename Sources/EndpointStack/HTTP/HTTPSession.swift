import PacketFormats

/// The server's side of a connection.
struct HTTPSession {
  private enum Phase {
    case reading
    case thinking
    case sending
    case closed
  }

  private let server: HTTPServer
  private var phase = Phase.reading
  private var reader = HTTPReader()
  private var response = HTTPResponse(status: 200)
  private var closes = false
  private var isHead = false
  private var isLast = false
  /// Bytes of a pattern that are still to be written, and where they begin.
  private var remaining = 0
  private var position = 0

  init(server: HTTPServer) {
    self.server = server
  }

  /// What a session wants done.
  enum Wish {
    case nothing
    /// To be woken when it has thought.
    case think
    case close
  }

  /// The client has nothing more to say: after what is under way the server closes.
  mutating func clientClosed() {
    isLast = true
  }

  mutating func receive(_ bytes: RawSpan) {
    guard phase != .closed else { return }
    reader.receive(bytes)
  }

  /// Goes on with the next request if it has arrived and the one before is answered.
  mutating func advance() -> Wish {
    switch phase {
    case .thinking, .sending: return .nothing
    case .closed: return .close
    case .reading: break
    }
    guard !reader.isInBody, let head = reader.nextHead() else {
      if reader.isBroken { return fail(400) }
      if isLast { phase = .closed }
      return isLast ? .close : .nothing
    }
    let parts = head.startLine.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, HTTPText.isToken(String(parts[0])), parts[2].hasPrefix("HTTP/1.")
    else { return fail(400) }
    reader.beginBody(head.headers, isOpenEnded: false)
    guard !reader.isBroken else { return fail(400) }
    let request = HTTPRequest(
      method: String(parts[0]), path: String(parts[1]), headers: head.headers)
    response = server.respond(request)
    // RFC 9110, section 9.3.2: the same headers, and no body.
    isHead = request.method == "HEAD"
    closes =
      parts[2] == "HTTP/1.0" || request.value(of: "Connection")?.lowercased() == "close"
    phase = .thinking
    return .think
  }

  private mutating func fail(_ status: Int) -> Wish {
    response = HTTPResponse(status: status)
    isHead = false
    closes = true
    phase = .thinking
    return .think
  }

  /// The head of the answer that was thought about, and its body if that is a text.
  mutating func thought() -> [UInt8] {
    guard phase == .thinking else { return [] }
    phase = .sending
    var bytes = response.head(closes: closes)
    position = 0
    remaining = 0
    guard !isHead else { return bytes }
    switch response.body {
    case .none: break
    case .text(let text): bytes += text.utf8
    case .pattern(let byteCount): remaining = max(0, byteCount)
    }
    return bytes
  }

  /// The bytes of the pattern that are written next, of which at most `room` are wanted, or `nil` if
  /// the answer is complete.
  mutating func nextPart(room: Int) -> Range<Int>? {
    guard phase == .sending else { return nil }
    guard remaining > 0 else {
      phase = closes ? .closed : .reading
      return nil
    }
    let count = min(room, remaining)
    defer {
      position += count
      remaining -= count
    }
    return position..<position + count
  }
}
