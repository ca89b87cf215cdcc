import PacketFormats

/// The client's side of a conversation with a PostgreSQL server.
struct PostgreSQLClient {
  /// How far the conversation has come.
  enum Phase {
    case connecting
    /// Asked for encryption.
    case negotiating
    /// Said who it is.
    case starting
    /// Asked for rows.
    case querying
    case done
  }

  let query: DatabaseQuery
  private(set) var phase = Phase.connecting
  /// Queries asked so far.
  private var queryCount = 0
  private(set) var rowCount = 0
  private(set) var rowByteCount = 0
  /// Why it failed, once it has.
  private(set) var failure: ExchangeFailure?
  private var reader = PostgreSQLReader()

  init(_ query: DatabaseQuery) {
    self.query = query
  }

  /// Whether nothing more is expected.
  var isOver: Bool { phase == .done }

  /// What is said when the connection is open.
  mutating func open() -> [UInt8] {
    phase = .negotiating
    var writer = PostgreSQLWriter()
    writer.message(nil) { $0.append(PostgreSQLMessage.StartupCode.sslRequest) }
    return writer.bytes
  }

  /// What is said on a connection that is open and idle.
  mutating func resume() -> [UInt8] {
    phase = .starting
    return ask()
  }

  /// What is said before the connection is closed.
  static var terminate: [UInt8] {
    var writer = PostgreSQLWriter()
    writer.message(PostgreSQLMessage.Kind.terminate) { _ in }
    return writer.bytes
  }

  /// Takes in what the server says.
  ///
  /// - Returns: what is said in turn, mostly nothing.
  mutating func receive(_ bytes: RawSpan) -> [UInt8] {
    var start = 0
    var answer: [UInt8] = []
    if phase == .negotiating, bytes.byteCount > 0 {
      guard bytes[Field<UInt8>(at: 0), at: 0] == PostgreSQLMessage.encryptionDeclined else {
        fail(.protocolViolation)
        return []
      }
      start = 1
      phase = .starting
      answer = startup()
    }
    var messages: [PostgreSQLReader.Message] = []
    reader.read(bytes.extracting(start..<bytes.byteCount)) { message in
      if message.kind == PostgreSQLMessage.Kind.dataRow {
        rowCount += 1
        rowByteCount += message.byteCount
      } else {
        messages.append(message)
      }
    }
    for message in messages where phase != .done { answer += handle(message) }
    if reader.isBroken { fail(.protocolViolation) }
    return answer
  }

  private func startup() -> [UInt8] {
    var writer = PostgreSQLWriter()
    writer.message(nil) {
      $0.append(PostgreSQLMessage.StartupCode.startup)
      for (name, value) in [
        ("user", query.user), ("database", query.database),
        ("application_name", "lambda"), ("client_encoding", "UTF8"),
      ] {
        $0.append(terminated: name)
        $0.append(terminated: value)
      }
      $0.append(0 as UInt8)
    }
    return writer.bytes
  }

  private mutating func handle(_ message: PostgreSQLReader.Message) -> [UInt8] {
    switch message.kind {
    case PostgreSQLMessage.Kind.authentication:
      // Anything but 0 asks for a password.
      if message.number != 0 { fail(.protocolViolation) }
    case PostgreSQLMessage.Kind.errorResponse:
      if failure == nil { failure = .databaseError(code: message.errorCode) }
    case PostgreSQLMessage.Kind.readyForQuery:
      // One that failed is not asked again.
      guard phase == .starting || queryCount < query.count && failure == nil else {
        phase = .done
        return []
      }
      return ask()
    case PostgreSQLMessage.Kind.backendKeyData, PostgreSQLMessage.Kind.commandComplete,
      PostgreSQLMessage.Kind.emptyQueryResponse, PostgreSQLMessage.Kind.notice,
      PostgreSQLMessage.Kind.notification, PostgreSQLMessage.Kind.parameterStatus,
      PostgreSQLMessage.Kind.rowDescription:
      break
    default: fail(.protocolViolation)
    }
    return []
  }

  private mutating func ask() -> [UInt8] {
    phase = .querying
    queryCount += 1
    var writer = PostgreSQLWriter()
    writer.message(PostgreSQLMessage.Kind.query) { $0.append(terminated: query.text) }
    return writer.bytes
  }

  /// The server has closed the connection without being asked to.
  mutating func serverClosed() {
    if phase != .done { fail(.reset) }
  }

  private mutating func fail(_ reason: ExchangeFailure) {
    if failure == nil { failure = reason }
    phase = .done
  }
}
