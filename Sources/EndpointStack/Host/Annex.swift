import PacketFormats

/// What most hosts of a large simulation never need, so that it takes no room in them.
///
/// It is made when something of it is first used.
struct Annex: ~Copyable {
  /// Of hosts that speak IPv6; nothing else looks at it.
  var ipv6 = IPv6State(
    HostInterface.IPv6Settings(addresses: []), linkLocal: .unspecified, secret: 0)
  /// What paths are known to carry less than the interface.
  var paths = PathCache()
  var traces = RecordPool<TraceState>()
  var fetches = RecordPool<FetchState>()
  var httpSessions = RecordPool<HTTPSession>()
  /// DNS messages on their way over TCP, of clients and of servers.
  var nameStreams = RecordPool<NameStream>()
  /// Questions that a name server has passed on.
  var forwards = RecordPool<ForwardState>()

  init() {}

  /// Forgets what the host was doing, and what it knows of paths.
  ///
  /// Record by record, so that an old name never stands for a new record. What belongs to connections
  /// goes with them.
  mutating func forgetExchanges() {
    for index in 0..<traces.endIndex where traces.contains(index) { traces.remove(index) }
    for index in 0..<fetches.endIndex where fetches.contains(index) { fetches.remove(index) }
    for index in 0..<forwards.endIndex where forwards.contains(index) { forwards.remove(index) }
    paths = PathCache()
  }
}

extension Host {
  /// Makes the annex if there is none.
  mutating func openAnnex() {
    if annex.count == 0 { _ = annex.insert(Annex()) }
  }

  /// Whether there is anything in the annex.
  @inline(__always)
  var hasAnnex: Bool { annex.count > 0 }
}
