import PacketFormats
public import SimulatedTime

/// A translation as a listing shows it: from a translator as it stands, or from its history.
public struct ListedTranslation: Hashable, Sendable {
  public var flow: Flow
  public var outside: TransportAddress
  public var state: Translation.State
  public var made: Instant
  /// How much longer it lasts unless a packet restarts its timer, or `nil` if nobody knows.
  ///
  /// Of a translation out of a history it is how much longer it did last.
  public var remaining: Duration?

  /// A translation that a translator holds at `now`.
  public init(_ translation: Translation, at now: Instant) {
    flow = translation.flow
    outside = translation.outside
    state = translation.state
    made = translation.made
    remaining = max(.zero, now.duration(to: translation.expiry))
  }

  /// A translation out of a history, as it stood at `instant`.
  public init(_ translation: RecordedTranslation, at instant: Instant) {
    flow = translation.flow
    outside = translation.outside
    state = translation.state
    made = translation.made
    remaining = translation.ended.map { max(.zero, instant.duration(to: $0)) }
  }
}

extension ListedTranslation {
  /// The translation as `conntrack -L -o extended` prints one, without a line break
  /// (libnetfilter_conntrack 1.0.9, on a kernel with marks).
  ///
  /// The first pair of addresses is the flow as the inside host sees it, the second the way back:
  /// from the remote end to the outside one. States have Linux's names. The number behind the
  /// protocol's is ``remaining``, in seconds; it is left out where that is not known. What Linux
  /// counts and we do not is 0, the number of uses 1.
  public var conntrackLine: String {
    let isTCP = flow.protocol == .tcp
    let name = flow.protocol.description
    var line = "ipv4     2 \(name)\(String(repeating: " ", count: max(0, 8 - name.utf8.count))) "
    line += "\(flow.protocol.rawValue) "
    if let remaining { line += "\(remaining.components.seconds) " }
    if isTCP { line += "\(state.conntrackName) " }
    line += tuple(flow.inside, flow.remote, isReply: false)
    if !state.isAnswered { line += " [UNREPLIED]" }
    line += " " + tuple(flow.remote, outside, isReply: true)
    if state.isAssured { line += " [ASSURED]" }
    return line + " mark=0 use=1"
  }

  private func tuple(
    _ source: TransportAddress, _ destination: TransportAddress, isReply: Bool
  ) -> String {
    let addresses = "src=\(source.address) dst=\(destination.address) "
    if flow.protocol == .icmp {
      // Which kind of query it was is not remembered: nearly all are echo requests.
      return addresses
        + (isReply ? "type=0 code=0 id=\(destination.port)" : "type=8 code=0 id=\(source.port)")
    }
    return addresses + "sport=\(source.port) dport=\(destination.port)"
  }

  /// The names of the columns of ``csvLine``.
  public static let csvHeader = "\(Flow.csvHeader),state,made_ns,remaining_ns"

  /// The translation as a line of comma-separated values (RFC 4180), without a line break.
  ///
  /// No value needs quotation marks; one that is not known is empty.
  public var csvLine: String {
    let rest = remaining.map { "\($0.wholeNanoseconds)" } ?? ""
    return "\(flow.csv(as: outside)),\(state.label),\(made.nanoseconds),\(rest)"
  }

  /// The translation as a JSON object on one line, with the keys of a run's record.
  public var jsonLine: String {
    "{\(flow.json(as: outside)),\"state\":\"\(state.label)\",\"made_ns\":\(made.nanoseconds),"
      + "\"remaining_ns\":\(remaining.map { "\($0.wholeNanoseconds)" } ?? "null")}"
  }
}

extension Translation.State {
  /// What Linux calls it (`nf_conntrack_proto_tcp.c`); what it does not tell apart is the state
  /// whose timer it shares in ``Behavior/workerLegacy``.
  fileprivate var conntrackName: String {
    switch self {
    case .opening: "SYN_SENT"
    case .openingAnswered: "SYN_RECV"
    case .established: "ESTABLISHED"
    case .halfClosed: "CLOSE_WAIT"
    case .closing: "LAST_ACK"
    case .closed: "TIME_WAIT"
    case .reset: "CLOSE"
    case .udpOneWay, .udpTwoWay, .icmpQuery: "NONE"
    }
  }

  /// Whether packets were seen both ways, as far as the state says; of a query it does not.
  fileprivate var isAnswered: Bool { self != .opening && self != .udpOneWay }

  /// Whether Linux would keep it when its table is full.
  ///
  /// It does once a handshake is over, or UDP has been answered. After a RST nobody knows any more, and it is not said.
  fileprivate var isAssured: Bool {
    switch self {
    case .established, .halfClosed, .closing, .closed, .udpTwoWay: true
    case .opening, .openingAnswered, .reset, .udpOneWay, .icmpQuery: false
    }
  }
}
