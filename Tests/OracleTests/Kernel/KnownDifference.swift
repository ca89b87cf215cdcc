/// What our `worker-legacy` does otherwise than Linux, knowingly.
///
/// Each is in the module's article "Scope and limitations" by the words here, with the reason, and
/// each is shown by a test that fails when it is no longer true.
enum KnownDifference: String, CaseIterable {
  case otherProtocols = "Protocols without ports"
  case checksums = "Wrong checksums"
  case recordedRoutes = "Recorded routes and times"
  case sourceRoutes = "Source routes"
  case malformedOptions = "Malformed IP options"
  case kindsOfQueries = "Kinds of ICMP queries"
  case resetsWithoutAcknowledgment = "RSTs without ACK that answer a SYN"
  case simultaneousOpen = "A SYN from outside after a SYN/ACK"
  case resetsWhileClosing = "RSTs of a connection that is closing"
  case sequenceWindows = "Sequence numbers"
  case shortStreams = "Short UDP streams"
  case hopsUsedUp = "Segments whose hops are used up"
  case refusedConnections = "Refused connections"
  case shortTCPQuotes = "Quotes of 18 or 19 bytes of TCP"
  case damagedQuotes = "Damaged quotes"
  case sourceQuench = "Source quench"
  case incompletePackets = "Packets with a fragment missing"
  case tinyFragments = "Tiny fragments"

  /// What becomes of the packet.
  var fates: Both<SideBySide.Fate> {
    switch self {
    case .otherProtocols, .resetsWithoutAcknowledgment, .resetsWhileClosing,
      .damagedQuotes, .sourceQuench,
      .tinyFragments:
      Both(kernel: .forwarded, ours: .dropped)
    case .checksums, .sourceRoutes, .kindsOfQueries, .simultaneousOpen, .sequenceWindows,
      .shortStreams,
      .hopsUsedUp, .refusedConnections, .incompletePackets:
      Both(kernel: .dropped, ours: .forwarded)
    case .recordedRoutes, .shortTCPQuotes: Both(.forwarded)
    case .malformedOptions: Both(kernel: .answered, ours: .forwarded)
    }
  }
}
