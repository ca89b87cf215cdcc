/// Why a translator refused a packet.
public enum DropReason: UInt8, Hashable, Sendable, CaseIterable {
  /// No outside port is free, so a new flow cannot begin.
  case portsExhausted
  /// From outside, to an address and port that no translation uses (or, where ports are shared
  /// between destinations, that none uses for this remote end).
  case unsolicited
  /// From outside, to a port that is in use, from a remote end that filtering does not admit
  /// (RFC 4787, section 5).
  case filtered
  /// A TCP segment that belongs to no translation and is not one that may begin a connection.
  case midConnection
  /// From inside, to one of the translator's own outside addresses: hairpinning (RFC 4787,
  /// section 6) is not done.
  case hairpin
  /// The packet would leave with no hops left (RFC 791, section 3.2).
  case timeToLiveExceeded
  /// A fragment.
  case fragment
  /// Neither TCP nor UDP.
  case unsupportedProtocol
  /// The headers contradict themselves or the packet ends before they do.
  case malformed
}
