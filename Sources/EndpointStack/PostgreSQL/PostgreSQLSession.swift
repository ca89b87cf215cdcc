import PacketFormats

/// The server's side of a conversation with one client.
struct PostgreSQLSession {
  /// What is expected next.
  private enum Phase {
    /// A request for encryption, or who the client is.
    case starting
    case ready
    case thinking
    case sendingRows
    case closed
  }

  /// What a session wants done.
  enum Wish {
    case nothing
    /// To be woken when it has thought.
    case think
    case close
  }

  private let server: PostgreSQLServer
  /// Names the process that serves the client.
  private let processID: UInt32
  private let secretKey: UInt32
  private var phase = Phase.starting
  private var input: [UInt8] = []
  private var writer = PostgreSQLWriter()
  private var rowCount = 0
  private var nextRow = 0
  private var rowByteCount = 0
  private var command = PostgreSQLCommand.empty

  init(server: PostgreSQLServer, processID: UInt32, secretKey: UInt32) {
    self.server = server
    self.processID = processID
    self.secretKey = secretKey
  }

  /// Takes in what the client says; ``advance()`` acts on it.
  mutating func receive(_ bytes: RawSpan) {
    guard phase != .closed else { return }
    for offset in 0..<bytes.byteCount { input.append(bytes[Field<UInt8>(at: 0), at: offset]) }
  }

  /// Hands over what is to be said.
  mutating func takeOutput() -> [UInt8] {
    defer { writer.removeAll() }
    return writer.bytes
  }

  /// Acts on every message that is complete, until one has to be thought about.
  mutating func advance() -> Wish {
    while true {
      switch phase {
      case .thinking, .sendingRows: return .nothing
      case .closed: return .close
      case .starting:
        guard let fields = takeMessage(headerByteCount: 4) else { break }
        start(fields)
        continue
      case .ready:
        guard let kind = input.first, let fields = takeMessage(headerByteCount: 5) else { break }
        if handle(kind, fields) { return .think }
        continue
      }
      return phase == .closed ? .close : .nothing
    }
  }

  /// Takes the first message out of the input if it is complete, and returns its fields.
  private mutating func takeMessage(headerByteCount: Int) -> ArraySlice<UInt8>? {
    guard input.count >= headerByteCount else { return nil }
    let prefix = headerByteCount - 4
    let length = input[prefix..<headerByteCount].reduce(0) { $0 << 8 | Int($1) }
    guard length >= 4, length <= PostgreSQLMessage.longest else {
      fail("08P01", "invalid message length")
      return nil
    }
    guard input.count >= prefix + length else { return nil }
    let fields = input[headerByteCount..<prefix + length]
    input.removeFirst(prefix + length)
    return fields
  }

  // MARK: Starting

  private mutating func start(_ fields: ArraySlice<UInt8>) {
    guard fields.count >= 4 else {
      fail("08P01", "invalid startup packet")
      return
    }
    switch fields.prefix(4).reduce(0, { $0 << 8 | UInt32($1) }) {
    case PostgreSQLMessage.StartupCode.sslRequest,
      PostgreSQLMessage.StartupCode.encryptionRequest:
      writer.append(PostgreSQLMessage.encryptionDeclined)
    case PostgreSQLMessage.StartupCode.startup: greet(parameters(in: fields.dropFirst(4)))
    case PostgreSQLMessage.StartupCode.cancelRequest: phase = .closed
    default: fail("0A000", "unsupported frontend protocol")
    }
  }

  private func parameters(in fields: ArraySlice<UInt8>) -> [(name: String, value: String)] {
    let texts = fields.split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
    return stride(from: 0, to: texts.count - 1, by: 2)
      .map { (texts[$0], texts[$0 + 1]) }
      .filter { !$0.name.isEmpty }
  }

  private mutating func greet(_ parameters: [(name: String, value: String)]) {
    guard let user = parameters.first(where: { $0.name == "user" })?.value, !user.isEmpty else {
      fail("28000", "no PostgreSQL user name specified in startup packet")
      return
    }
    let application = parameters.first { $0.name == "application_name" }?.value ?? ""
    writer.message(PostgreSQLMessage.Kind.authentication) { $0.append(0 as UInt32) }
    // What PostgreSQL reports of its own accord, in its order.
    for (name, value) in [
      ("application_name", application), ("client_encoding", "UTF8"), ("DateStyle", "ISO, MDY"),
      ("integer_datetimes", "on"), ("IntervalStyle", "postgres"), ("is_superuser", "off"),
      ("server_encoding", "UTF8"), ("server_version", server.version),
      ("session_authorization", user), ("standard_conforming_strings", "on"),
      ("TimeZone", "UTC"),
    ] {
      writer.message(PostgreSQLMessage.Kind.parameterStatus) {
        $0.append(terminated: name)
        $0.append(terminated: value)
      }
    }
    writer.message(PostgreSQLMessage.Kind.backendKeyData) {
      $0.append(processID)
      $0.append(secretKey)
    }
    becomeReady()
  }

  private mutating func becomeReady() {
    phase = .ready
    // "I": not in a transaction.
    writer.message(PostgreSQLMessage.Kind.readyForQuery) { $0.append(UInt8(ascii: "I")) }
  }

  // MARK: Queries

  /// Handles a message.
  ///
  /// - Returns: whether it has to be thought about.
  private mutating func handle(_ kind: UInt8, _ fields: ArraySlice<UInt8>) -> Bool {
    switch kind {
    case PostgreSQLMessage.Kind.query:
      let text = String(decoding: fields.prefix { $0 != 0 }, as: UTF8.self)
      command = PostgreSQLCommand(text, server: server)
      phase = .thinking
      return true
    case PostgreSQLMessage.Kind.terminate:
      phase = .closed
      return false
    default:
      fail("0A000", "only simple queries are supported")
      return false
    }
  }

  /// Answers the query that was thought about; ``refill(room:)`` adds the rows.
  mutating func thought() {
    guard phase == .thinking else { return }
    switch command {
    case .empty:
      writer.message(PostgreSQLMessage.Kind.emptyQueryResponse) { _ in }
      becomeReady()
    case .other(let tag):
      writer.message(PostgreSQLMessage.Kind.commandComplete) { $0.append(terminated: tag) }
      becomeReady()
    case .unknown(let word):
      sayError("ERROR", "42601", "syntax error at or near \"\(word)\"")
      becomeReady()
    case .select(let rowCount, let rowByteCount):
      self.rowCount = rowCount
      self.rowByteCount = rowByteCount
      nextRow = 0
      phase = .sendingRows
      writer.describeRows()
    }
  }

  /// Adds rows until about `room` bytes wait to be said, or the answer is complete.
  mutating func refill(room: Int) {
    guard phase == .sendingRows else { return }
    while nextRow < rowCount, writer.bytes.count < room {
      writer.row(nextRow, byteCount: rowByteCount)
      nextRow += 1
    }
    guard nextRow == rowCount else { return }
    let tag = "SELECT \(rowCount)"
    writer.message(PostgreSQLMessage.Kind.commandComplete) { $0.append(terminated: tag) }
    becomeReady()
  }

  // MARK: Errors

  private mutating func sayError(_ severity: String, _ code: String, _ text: String) {
    writer.message(PostgreSQLMessage.Kind.errorResponse) {
      for (field, value) in [("S", severity), ("V", severity), ("C", code), ("M", text)] {
        $0.append(terminated: field + value)
      }
      $0.append(0 as UInt8)
    }
  }

  /// Says what is wrong and ends the conversation.
  private mutating func fail(_ code: String, _ text: String) {
    sayError("FATAL", code, text)
    phase = .closed
    input.removeAll()
  }
}
