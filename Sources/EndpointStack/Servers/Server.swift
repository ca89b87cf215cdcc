/// Something a host offers to others.
public enum Server: Sendable {
  case domainNames(DomainNameServer)
  case postgreSQL(PostgreSQLServer)
  /// Takes UDP datagrams and does nothing (RFC 863).
  case datagramSink(port: UInt16)
  /// Sends UDP datagrams back to where they came from (RFC 862), after thinking about them.
  case datagramEcho(port: UInt16, thinkTime: Duration = .zero)
  /// Sends what arrives on TCP connections back (RFC 862).
  case streamEcho(port: UInt16)
  case http(HTTPServer)
  /// Reads TCP connections to their end and closes them (RFC 863), after thinking about it.
  case streamSink(port: UInt16, thinkTime: Duration = .zero)

  /// The UDP port that it needs, or `nil`.
  var datagramPort: UInt16? {
    switch self {
    case .domainNames(let server): server.port
    case .datagramSink(let port), .datagramEcho(let port, _): port
    case .postgreSQL, .http, .streamSink, .streamEcho: nil
    }
  }

  /// The TCP port that it needs, or `nil`.
  var streamPort: UInt16? {
    switch self {
    case .postgreSQL(let server): server.port
    case .http(let server): server.port
    case .domainNames(let server): server.port
    case .streamSink(let port, _), .streamEcho(let port): port
    case .datagramSink, .datagramEcho: nil
    }
  }
}

extension Host {
  /// Offers `server` on all of the host's addresses.
  ///
  /// - Precondition: its port is not taken by another server.
  public mutating func serve(_ server: Server) {
    let number = servers.count
    if let port = server.datagramPort {
      precondition(findSocket(port) == nil, "the port is taken")
      openSocket(port, for: .server(number))
    }
    if let port = server.streamPort {
      precondition(!servers.contains { $0.streamPort == port }, "the port is taken")
    }
    servers.append(server)
  }

  /// The number of the server that listens at TCP port `port`, or `nil`.
  func listener(at port: UInt16) -> Int? {
    servers.firstIndex { $0.streamPort == port }
  }
}
