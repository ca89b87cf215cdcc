public import PacketFormats
public import SimulatedTime

/// Names an exchange of one host.
public struct ExchangeID: Hashable, Sendable {
  enum Kind: UInt8 {
    case lookup
    case query
    case train
    case upload
    case ping
    case request
    case fetch
    case trace
  }

  let kind: Kind
  let record: RecordID
}

/// How an exchange ended.
public struct ExchangeOutcome: Hashable, Sendable {
  public var began: Instant
  public var ended: Instant
  public var result: ExchangeResult

  public var elapsed: Duration { began.duration(to: ended) }

  /// Why it failed, or `nil` if it did not.
  public var failure: ExchangeFailure? {
    if case .failed(let failure) = result { return failure }
    return nil
  }
}

/// What an exchange achieved.
public enum ExchangeResult: Hashable, Sendable {
  /// The addresses of a name, in the order in which a program tries them.
  case addresses([IPAddress])
  /// What a query brought: rows, and the bytes of their messages with headers.
  case rows(count: Int, byteCount: Int)
  /// Datagrams that left or wait for a hardware address.
  case datagramsSent(Int)
  /// Questions to a datagram service that were answered.
  case answers(count: Int)
  /// What every connection together carried, in bytes, acknowledged by the other side.
  case transferred(byteCount: Int)
  /// Echo requests sent, replies received, and the sum of the times between them.
  case echoes(sent: Int, received: Int, totalRoundTrip: Duration)
  /// Answers of a web server, the status of the last, and the bytes of all their bodies.
  case responses(count: Int, status: Int, byteCount: Int)
  /// The routers on the way, the nearest first, and where it ends.
  case route([RouteHop])
  case failed(ExchangeFailure)
}

/// Why an exchange failed.
public enum ExchangeFailure: Hashable, Sendable {
  /// No answer in time.
  case timedOut
  /// Nobody listens there: a reset, or ICMP port unreachable.
  case refused
  /// The other side broke the connection off.
  case reset
  /// No way there: no route, no answer to ARP, or ICMP host or network unreachable.
  case unreachable
  /// The name does not exist (RFC 1035, section 4.1.1: RCODE 3).
  case nameNotFound
  /// The name exists, but has no address that was asked for.
  case noAddress
  /// The name server answered with this other RCODE.
  case nameServerFailed(code: UInt8)
  /// The database answered with an error of this SQLSTATE.
  case databaseError(code: String)
  /// A datagram that must not be split is longer than the path carries: IP packets of so many bytes.
  case messageTooLong(limit: Int)
  /// The other side said something that is not in its protocol.
  case protocolViolation
  /// Every source port is taken.
  case noSourcePort
  /// A datagram would be longer than the simulation's frames, a number below zero was asked for, or
  /// a text cannot be said in its protocol.
  case badRequest
}

extension ExchangeFailure: CustomStringConvertible {
  /// The failure in the words that programs print for it, such as `connection refused`.
  public var description: String {
    switch self {
    case .timedOut: "timed out"
    case .refused: "connection refused"
    case .reset: "connection reset"
    case .unreachable: "host unreachable"
    case .nameNotFound: "no such name"
    case .noAddress: "the name has no such address"
    case .nameServerFailed(let code): "the name server answered with RCODE \(code)"
    case .databaseError(let code): "the database answered with SQLSTATE \(code)"
    case .messageTooLong(let limit): "message too long, mtu \(limit)"
    case .protocolViolation: "protocol violation"
    case .noSourcePort: "no source port free"
    case .badRequest: "bad request"
    }
  }
}
