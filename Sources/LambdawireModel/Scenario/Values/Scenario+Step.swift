extension Scenario {
  /// One thing that an invocation does.
  ///
  /// Hosts are named as ``Scenario/destination(named:from:)`` understands them.
  public enum Step: Hashable, Sendable {
    /// Asks the VPC's resolver for the address of a host or a domain name.
    case resolve(host: String)
    case query(Query)
    case exchange(DatagramExchange)
    case send(Send)
    case transfer(Transfer)
    case fetch(Fetch)
    case traceroute(Traceroute)
    /// Does nothing for a while.
    case wait(Duration)
    /// Sends ICMP echo requests.
    case ping(host: String, count: Int)

    /// PostgreSQL: connects, asks `times` times, disconnects.
    public struct Query: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var port: UInt16
      /// Rows in each answer.
      public package(set) var rows: Int
      /// Data of each row, in bytes, without PostgreSQL's own framing.
      public package(set) var rowSize: Int
      public package(set) var times: Int
      /// Whether the connection is left open for the environment's next query.
      public package(set) var isPooled = false
      /// After how much silence the environment asks whether the host is still there; `nil` for
      /// never.
      public package(set) var keepAlive: Duration?

      /// What becomes of the connection of a query.
      public enum Connection: String, Hashable, Sendable, CaseIterable {
        /// It is opened for the query and closed after it.
        case own
        /// It is one that an earlier query left open, if there is one, and left open again.
        case pooled
      }

      package init(host: String, port: UInt16, rows: Int, rowSize: Int, times: Int) {
        self.host = host
        self.port = port
        self.rows = rows
        self.rowSize = rowSize
        self.times = times
      }
    }

    /// UDP questions that are answered.
    public struct DatagramExchange: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var port: UInt16
      public package(set) var times: Int
      /// Data of each question, in bytes, without any header.
      public package(set) var payload: Int
      /// How long to wait for an answer.
      public package(set) var timeout: Duration
      /// How often to ask before giving up.
      public package(set) var attempts: Int
      /// Whether the socket is left open for the environment's next exchange.
      public package(set) var isPooled: Bool
    }

    /// Paced messages: datagrams over UDP, writes to a connection over TCP.
    public struct Send: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var transport: Transport
      public package(set) var port: UInt16
      /// Messages of each flow.
      public package(set) var packets: Int
      /// Data of each message, in bytes, without any header.
      public package(set) var payload: Int
      /// Time between two messages of one flow.
      public package(set) var interval: Duration
      /// How many flows at the same time, each from a port of its own.
      public package(set) var flows: Int
      /// Time from the opening of one connection to that of the next; zero over UDP, where flows take
      /// turns.
      public package(set) var stagger: Duration
    }

    /// HTTP/1.1: connects, asks `times` times, disconnects.
    public struct Fetch: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var port: UInt16
      /// Data of each response, in bytes, without its header.
      public package(set) var bytes: Int
      public package(set) var times: Int
    }

    /// Packets with small hop limits, to see who sends them back.
    public struct Traceroute: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var probe: Probe
      public package(set) var maximumHops: Int
      /// Size of each packet, in bytes, from its IP header on.
      public package(set) var packetSize: Int

      public enum Probe: String, Hashable, Sendable, CaseIterable {
        case udp, icmp
      }
    }

    /// TCP uploads.
    public struct Transfer: Hashable, Sendable {
      public package(set) var host: String
      public package(set) var port: UInt16
      /// Data of each flow, in bytes.
      public package(set) var bytes: Int
      /// How many connections at the same time.
      public package(set) var flows: Int
      /// Time from the opening of one connection to that of the next.
      public package(set) var stagger: Duration
    }
  }
}

extension Scenario.Step {
  /// The name of the host it is about, if it is about one.
  public var host: String? {
    switch self {
    case .resolve(let host), .ping(let host, _): host
    case .query(let query): query.host
    case .exchange(let exchange): exchange.host
    case .send(let send): send.host
    case .transfer(let transfer): transfer.host
    case .fetch(let fetch): fetch.host
    case .traceroute(let traceroute): traceroute.host
    case .wait: nil
    }
  }
}
