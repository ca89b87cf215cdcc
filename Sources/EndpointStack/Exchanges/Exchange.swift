public import PacketFormats

/// Something a host does with another one, from first packet to last.
public enum Exchange: Hashable, Sendable {
  /// Asks a name server for the addresses of a name.
  case resolve(NameLookup)
  /// Asks a PostgreSQL server for rows.
  case query(DatabaseQuery)
  /// Sends UDP datagrams without expecting an answer.
  case send(DatagramTrain)
  /// Sends a UDP datagram and waits for its answer, once or several times.
  case ask(DatagramRequest)
  /// Sends bytes over TCP.
  case transfer(Upload)
  /// Sends ICMP echo requests.
  case ping(Ping)
  /// Asks a web server for something.
  case fetch(HTTPFetch)
  /// Finds out which routers are on the way.
  case trace(Traceroute)
}

/// A connection to a PostgreSQL server for one query (PostgreSQL documentation, chapter "Frontend/
/// Backend Protocol").
public struct DatabaseQuery: Hashable, Sendable {
  public var server: IPAddress
  public var port: UInt16
  public var user: String
  public var database: String
  /// The query, in SQL.
  public var text: String
  /// How often it is asked, each time when the answer to the one before is complete.
  public var count = 1
  /// Whether a connection that an earlier query left open is used, and left open again, as a
  /// connection pool does.
  public var isPooled = false
  /// After how much silence the client asks whether the other side is still there, and again each
  /// time (RFC 9293, section 3.8.4); `nil` for never, as Linux and libpq have it at first.
  public var keepAlive: Duration?
  /// When to give up, counted from the beginning; `nil` leaves that to TCP.
  public var timeLimit: Duration?

  public init(
    server: IPAddress, port: UInt16 = PostgreSQLServer.defaultPort, user: String = "orders",
    database: String = "shop", text: String, timeLimit: Duration? = nil
  ) {
    self.server = server
    self.port = port
    self.user = user
    self.database = database
    self.text = text
    self.timeLimit = timeLimit
  }

  /// A query for `rowCount` rows with about `rowByteCount` bytes of data each.
  public init(
    server: IPAddress, port: UInt16 = PostgreSQLServer.defaultPort, rowCount: Int,
    rowByteCount: Int, timeLimit: Duration? = nil
  ) {
    self.init(
      server: server, port: port,
      text: PostgreSQLServer.queryText(rowCount: rowCount, rowByteCount: rowByteCount),
      timeLimit: timeLimit)
  }
}

/// UDP datagrams sent at a steady pace.
///
/// Flows, each from a source port of its own, take turns. The payload is a counting pattern; its
/// first eight bytes, if there are so many, number the datagrams of the train from 0, so that no
/// two of them are alike.
public struct DatagramTrain: Hashable, Sendable {
  public var destination: IPAddress
  public var port: UInt16
  public var flowCount: Int
  public var datagramsPerFlow: Int
  /// Payload of each datagram, in bytes.
  public var payloadByteCount: Int
  /// Time from one datagram to the next, whatever their flows.
  public var interval: Duration
  /// Whether the host splits datagrams that are longer than the path carries.
  ///
  /// If not (Linux `IP_PMTUDISC_DO`), the train ends with the first that is longer than what is known
  /// of the path.
  public var mayFragment = true

  public init(
    destination: IPAddress, port: UInt16, flowCount: Int = 1, datagramsPerFlow: Int,
    payloadByteCount: Int, interval: Duration
  ) {
    self.destination = destination
    self.port = port
    self.flowCount = flowCount
    self.datagramsPerFlow = datagramsPerFlow
    self.payloadByteCount = payloadByteCount
    self.interval = interval
  }
}

/// Questions to a service over UDP, each asked when the one before is answered.
///
/// The payload is a counting pattern; its first eight bytes, if there are so many, number the
/// questions of the host. An answer is a datagram from where the question went that begins with the
/// same number, as that of an echo service does.
public struct DatagramRequest: Hashable, Sendable {
  public var destination: IPAddress
  public var port: UInt16
  /// Payload of each question, in bytes.
  public var payloadByteCount: Int
  /// How many questions.
  public var count: Int
  /// How long to wait for an answer before asking again or giving up.
  public var timeout: Duration
  /// How often to ask before giving up.
  public var attempts: Int
  /// Whether the socket that an earlier exchange with the same service left open is used, and left
  /// open again, as a program does that has made itself a client.
  public var isPooled: Bool
  /// Whether the host splits datagrams that are longer than the path carries.
  ///
  /// If not (Linux `IP_PMTUDISC_DO`), the exchange fails with what the path carries.
  public var mayFragment = true

  public init(
    destination: IPAddress, port: UInt16, payloadByteCount: Int, count: Int = 1,
    timeout: Duration = .seconds(1), attempts: Int = 3, isPooled: Bool = false
  ) {
    self.destination = destination
    self.port = port
    self.payloadByteCount = payloadByteCount
    self.count = count
    self.timeout = timeout
    self.attempts = attempts
    self.isPooled = isPooled
  }
}

/// Bytes written to TCP connections, each closed with its last write.
///
/// The bytes are a counting pattern. The first write comes as soon as a connection is open, the
/// others ``interval`` after each other. A program that paces what it writes wants it to leave at
/// once and sets TCP_NODELAY, so each write leaves as a segment of its own unless it is longer than
/// one or windows are in the way; what has to wait leaves together. The exchange is over when every
/// connection has been closed by the other side too.
public struct Upload: Hashable, Sendable {
  public var destination: IPAddress
  public var port: UInt16
  public var flowCount: Int
  public var writesPerFlow: Int
  /// Payload of each write, in bytes.
  public var bytesPerWrite: Int
  /// Time from one write to the next on the same connection; zero writes everything at once.
  public var interval: Duration
  /// Time from the opening of one connection to that of the next; zero opens all at once.
  public var stagger: Duration = .zero
  /// When to give up, counted from the beginning; `nil` leaves that to TCP.
  public var timeLimit: Duration?

  /// Uploads that write everything at once.
  public init(
    destination: IPAddress, port: UInt16, flowCount: Int = 1, bytesPerFlow: Int,
    timeLimit: Duration? = nil
  ) {
    self.init(
      destination: destination, port: port, flowCount: flowCount, writesPerFlow: 1,
      bytesPerWrite: bytesPerFlow, interval: .zero, timeLimit: timeLimit)
  }

  public init(
    destination: IPAddress, port: UInt16, flowCount: Int = 1, writesPerFlow: Int,
    bytesPerWrite: Int, interval: Duration, timeLimit: Duration? = nil
  ) {
    self.destination = destination
    self.port = port
    self.flowCount = flowCount
    self.writesPerFlow = writesPerFlow
    self.bytesPerWrite = bytesPerWrite
    self.interval = interval
    self.timeLimit = timeLimit
  }

  /// Whether more than one write leaves on a connection, at different times.
  var isPaced: Bool { writesPerFlow > 1 && interval > .zero }
}

/// ICMP echo requests (RFC 792; RFC 4443, section 4).
public struct Ping: Hashable, Sendable {
  public var destination: IPAddress
  public var count: Int
  /// Payload of each request, in bytes (ping(8): 56).
  public var payloadByteCount: Int
  /// Time from one request to the next.
  public var interval: Duration

  public init(
    destination: IPAddress, count: Int, payloadByteCount: Int = 56,
    interval: Duration = .seconds(1)
  ) {
    self.destination = destination
    self.count = count
    self.payloadByteCount = payloadByteCount
    self.interval = interval
  }
}
