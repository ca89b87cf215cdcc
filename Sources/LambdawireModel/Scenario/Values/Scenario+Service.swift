extension Scenario {
  /// A server process on a host.
  public struct Service: Hashable, Sendable {
    public package(set) var kind: Kind
    public package(set) var port: UInt16

    package init(kind: Kind, port: UInt16) {
      self.kind = kind
      self.port = port
    }

    /// What a service speaks.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
      /// PostgreSQL, protocol 3.0, over TCP.
      case postgresql
      /// Takes UDP datagrams and never answers (RFC 863).
      case udpSink = "udp-sink"
      /// Takes TCP connections and what they bring, and never sends data (RFC 863).
      case tcpSink = "tcp-sink"
      /// Sends back what it gets, over both TCP and UDP (RFC 862).
      case echo
      /// HTTP/1.1 over TCP: `GET /bytes/N` is answered with N bytes (RFC 9112).
      case http
      /// A name server, over UDP and TCP, that knows the names that resolvers of VPCs know.
      case dns
    }
  }
}

extension Scenario.Service.Kind {
  /// The port registered for it (IANA, "Service Name and Transport Protocol Port Number Registry").
  public var standardPort: UInt16 {
    switch self {
    case .postgresql: 5432
    case .udpSink, .tcpSink: 9
    case .echo: 7
    case .http: 80
    case .dns: 53
    }
  }

  /// What it listens on.
  public var transports: [Scenario.Transport] {
    switch self {
    case .postgresql, .tcpSink, .http: [.tcp]
    case .udpSink: [.udp]
    case .echo, .dns: [.tcp, .udp]
    }
  }
}
