extension Grammar {
  enum Traffic {
    static let invoke = Key<String>(
      "invoke", .reference(to: "a function"), .required,
      "The function; with copies, each of them. `orders:1` is a published version of it.")
    static let arrivals = Key<Scenario.Arrivals>(
      "arrivals", .arrivals, .defaulted("once"), "When invocations come.")
    static let replay = Key<String>(
      "replay", .anyText, .optional("`arrivals` says when"),
      "A CSV file beside this one that lists when invocations come, instead of `arrivals`: a line has "
        + "a time, in seconds counted from `from` or as a date such as `2019-09-03T00:00:02.5Z`, and "
        + "perhaps a comma and the function that it is for.")
    static let from = Key<Duration>(
      "from", .quantity(.duration(.zero, .seconds(31_536_000))), .defaulted("0 s"),
      "When the first one may come.")
    static let span = Key<Duration>(
      "for", .quantity(.duration(.nanoseconds(1), .seconds(31_536_000))), .optional("no limit"),
      "How long they go on coming.")
    static let count = Key<Int>(
      "count", .quantity(.integer(1...1_000_000_000)), .optional("no limit"),
      "After how many they stop coming.")
    static let steps = Key<[SourceNode]>(
      "do", Steps.list, .required,
      "What is done each time, one step after the other.")

    /// What may stand in the list of traffic, each known by its first key.
    static let sections = [section, HostTraffic.section]

    static let section = Section(
      name: "traffic entry", documentation: "Invocations of one function.",
      keys: [
        invoke.declaration, arrivals.declaration, replay.declaration, from.declaration,
        span.declaration, count.declaration, steps.declaration,
      ])
  }

  /// What a host does of its own accord; all keys but the first mean what they mean for functions.
  enum HostTraffic {
    static let runOn = Key<String>(
      "run-on",
      .reference(
        to: "a host: of a VPC, behind its virtual private gateway, or on the internet; as "
          + "`VPC/HOST` where several have the name"), .required,
      "The host; where its VPC has copies, that of each of them.")

    static let section = Section(
      name: "host traffic entry",
      documentation:
        "What a host does of its own accord, such as a bastion or somebody on the internet. "
        + "Several may go on at the same time on one host.",
      keys: [
        runOn.declaration, Traffic.arrivals.declaration, Traffic.from.declaration,
        Traffic.span.declaration, Traffic.count.declaration, Traffic.steps.declaration,
      ])
  }

  /// The steps of an invocation, each known by its first key.
  enum Steps {
    static let sections = [
      resolve, query, exchange, send, transfer, fetch, ping, traceroute, wait,
    ]
    static let list = ValueType<[SourceNode]>.list(of: sections, called: "steps")

    static let resolve = Section(
      name: "resolve step",
      documentation: "Asks the VPC's resolver, or that of its DHCP options, for an address.",
      keys: [Resolve.host.declaration])
    static let query = Section(
      name: "query step",
      documentation: "PostgreSQL: connects, queries, reads the rows, disconnects.",
      keys: [
        Query.host.declaration, Query.port.declaration, Query.rows.declaration,
        Query.rowSize.declaration, Query.times.declaration, Query.connection.declaration,
        Query.keepAlive.declaration,
      ])
    static let exchange = Section(
      name: "exchange step",
      documentation: "UDP questions, each of which waits for the answer to the one before.",
      keys: [
        Exchange.host.declaration, Exchange.port.declaration, Exchange.times.declaration,
        Exchange.payload.declaration, Exchange.timeout.declaration, Exchange.attempts.declaration,
        Exchange.connection.declaration,
      ])
    static let send = Section(
      name: "send step",
      documentation: "Paced messages: datagrams over UDP, writes to one connection over TCP.",
      keys: [
        Send.host.declaration, Send.transport.declaration, Send.port.declaration,
        Send.packets.declaration, Send.payload.declaration, Send.interval.declaration,
        Send.flows.declaration, Send.stagger.declaration,
      ])
    static let transfer = Section(
      name: "transfer step", documentation: "TCP uploads, as fast as TCP lets them go.",
      keys: [
        Transfer.host.declaration, Transfer.port.declaration, Transfer.bytes.declaration,
        Transfer.flows.declaration, Transfer.stagger.declaration,
      ])
    static let ping = Section(
      name: "ping step",
      documentation: "ICMP echo requests, which Lambda's path to a VPC does not carry (A-10).",
      keys: [Ping.host.declaration, Ping.count.declaration])
    static let fetch = Section(
      name: "fetch step", documentation: "HTTP/1.1: connects, asks for some bytes, disconnects.",
      keys: [
        Fetch.host.declaration, Fetch.port.declaration, Fetch.bytes.declaration,
        Fetch.times.declaration,
      ])
    static let traceroute = Section(
      name: "traceroute step",
      documentation:
        "Sends packets with small hop limits and lists who sends them back; a function's "
        + "own path carries UDP only (A-10).",
      keys: [
        Traceroute.host.declaration, Traceroute.probe.declaration,
        Traceroute.maximumHops.declaration, Traceroute.packetSize.declaration,
      ])
    static let wait = Section(
      name: "wait step", documentation: "Does nothing for a while; an environment stays awake.",
      keys: [Wait.duration.declaration])
  }

  private static let host = ValueType<String>.reference(
    to: "a host of the same VPC, one of another as `VPC/HOST`, one on the internet, an "
      + "interface endpoint, or an address")
  private static let flowCount = ValueType<Int>.quantity(.integer(1...64_512))
  private static func stagger(_ restriction: String = "") -> Key<Duration> {
    Key(
      "stagger", .quantity(.duration(.zero, .seconds(3_600))), .defaulted("0 s"),
      "Time from the opening of one connection to that of the next; 0 s opens all at once."
        + restriction)
  }

  enum Resolve {
    static let host = Key<String>(
      "resolve", .reference(to: "a host, or a domain name"), .required,
      "Whose address is asked for; the steps that follow use the answer.")
  }

  enum Query {
    static let host = Key("query", Grammar.host, .required, "The host.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("that of the host's `postgresql`, or 5432"),
      "Destination port.")
    static let rows = Key<Int>(
      "rows", .quantity(.integer(0...10_000_000)), .defaulted("1"), "Rows in each answer.")
    static let rowSize = Key<Int>(
      "row-size", .quantity(.byteCount(0...16_777_216)), .defaulted("100 B"),
      "Data of each row.")
    static let times = Key<Int>(
      "times", .quantity(.integer(1...1_000_000)), .defaulted("1"),
      "How often to ask, over the same connection.")
    static let connection = Key<Scenario.Step.Query.Connection>(
      "connection", .choice, .defaulted("own"),
      "Whether to connect and disconnect each time, or to keep the connection for the "
        + "environment's next `pooled` query to the host.")
    static let keepAlive = Key<Duration>(
      "keep-alive", .quantity(.duration(.seconds(1), .seconds(86_400))), .optional("never"),
      "After how much silence the guest's TCP sends a probe on the connection, and again each "
        + "time; a frozen guest sends none.")
  }

  enum Exchange {
    static let host = Key("exchange", Grammar.host, .required, "The host.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("that of the host's `echo`, or 7"),
      "Destination port.")
    static let times = Key<Int>(
      "times", .quantity(.integer(1...1_000_000)), .defaulted("1"), "How many questions.")
    static let payload = Key<Int>(
      "payload", .quantity(.byteCount(0...8_973)), .defaulted("72 B"),
      "Data of each question; an `echo` answers with the same.")
    static let timeout = Key<Duration>(
      "timeout", .quantity(.duration(.milliseconds(1), .seconds(3_600))), .defaulted("1 s"),
      "How long to wait for an answer before asking again or giving up.")
    static let attempts = Key<Int>(
      "attempts", .quantity(.integer(1...1_000)), .defaulted("3"),
      "How often to ask before giving up.")
    static let connection = Key<Scenario.Step.Query.Connection>(
      "connection", .choice, .defaulted("own"),
      "Whether to ask from a port of its own, or to keep the socket, and with it the flow, for the "
        + "environment's next `pooled` exchange with the host.")
  }

  enum Send {
    static let host = Key("send", Grammar.host, .required, "The host.")
    static let transport = Key<Scenario.Transport>(
      "protocol", .choice, .defaulted("udp"), "Transport.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("that of the host's sink for the protocol, or 9"),
      "Destination port.")
    static let packets = Key<Int>(
      "packets", .quantity(.integer(1...1_000_000_000)), .defaulted("1"), "Messages of each flow.")
    static let payload = Key<Int>(
      "payload", .quantity(.byteCount(0...65_507)), .defaulted("72 B"),
      "Data of each message; over UDP at most 8973 B, in fragments if the guest's MTU is shorter.")
    static let interval = Key<Duration>(
      "every", .quantity(.duration(.zero, .seconds(3_600))), .defaulted("1 ms"),
      "Time between two messages of a flow; over TCP, 0 s writes them all at once.")
    static let flows = Key(
      "flows", flowCount, .defaulted("1"), "Flows at the same time, each from its own port.")
    static let stagger = Grammar.stagger(" Flows over UDP take turns instead.")
  }

  enum Transfer {
    static let host = Key("transfer", Grammar.host, .required, "The host.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("that of the host's `tcp-sink`, or 9"),
      "Destination port.")
    static let bytes = Key<Int>(
      "bytes", .quantity(.byteCount(1...1_000_000_000_000)), .required, "Data of each connection.")
    static let flows = Key(
      "flows", flowCount, .defaulted("1"), "Connections at the same time.")
    static let stagger = Grammar.stagger()
  }

  enum Fetch {
    static let host = Key("fetch", Grammar.host, .required, "The host.")
    static let port = Key<UInt16>(
      "port", .quantity(.port()), .optional("that of the host's `http`, or 80"),
      "Destination port.")
    static let bytes = Key<Int>(
      "bytes", .quantity(.byteCount(0...1_000_000_000)), .defaulted("1 kB"),
      "Data of each response, without its header.")
    static let times = Key<Int>(
      "times", .quantity(.integer(1...1_000_000)), .defaulted("1"),
      "How often to ask, over the same connection.")
  }

  enum Traceroute {
    static let host = Key("traceroute", Grammar.host, .required, "The host.")
    static let probe = Key<Scenario.Step.Traceroute.Probe>(
      "probe", .choice, .defaulted("udp"),
      "What it sends: UDP to ports from 33434 on, or ICMP echo.")
    static let maximumHops = Key<Int>(
      "hops", .quantity(.integer(1...255)), .defaulted("30"), "The largest hop limit.")
    static let packetSize = Key<Int>(
      "packet-size", .quantity(.byteCount(28...9_001)), .defaulted("60 B"), "Size of each packet.")
  }

  enum Wait {
    static let duration = Key<Duration>(
      "wait", .quantity(.duration(.nanoseconds(1), .seconds(86_400))), .required, "For how long.")
  }

  enum Ping {
    static let host = Key("ping", Grammar.host, .required, "The host.")
    static let count = Key<Int>(
      "count", .quantity(.integer(1...1_000_000)), .defaulted("3"), "Requests.")
  }
}
