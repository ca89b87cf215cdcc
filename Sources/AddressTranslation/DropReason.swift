/// Why a translator refused a packet.
///
/// Of several reasons the first found counts. They are looked for in this order: a malformed IPv4
/// header, too great a length, fragments, the protocol, a malformed transport header, hops, and
/// then whose packet it is.
public enum DropReason: UInt8, Hashable, Sendable, CaseIterable {
  /// No outside port is free, so a new flow cannot begin.
  case portsExhausted
  /// The inside address holds as many ports as it may (RFC 6888, REQ-4), so a new flow cannot
  /// begin.
  case quotaExhausted
  /// From outside, to an address and port that no translation uses (or, where ports are shared
  /// between destinations, that none uses for this remote end). Also an ICMP error about a packet
  /// of no translation, or to somebody else than that packet's sender, and a SYN that was held.
  case unsolicited
  /// From outside, to a port that is in use, from a remote end that filtering does not admit
  /// (RFC 4787, section 5).
  case filtered
  /// A TCP segment that belongs to no translation and is not one that may begin a connection, or
  /// that does not fit the state of its connection; an ICMP reply from inside that answers
  /// nothing.
  case midConnection
  /// A RST whose sequence number nobody who sees the connection would choose.
  case resetOutsideWindow
  /// From inside, to one of the translator's own outside addresses: hairpinning (RFC 4787,
  /// section 6) is not done.
  case hairpin
  /// The packet would leave with no hops left (RFC 791, section 3.2).
  case timeToLiveExceeded
  /// The packet is longer than the next link takes and must not be fragmented (RFC 4787,
  /// REQ-13a).
  case packetTooBig
  /// A fragment of a kind that is not translated.
  case fragment
  /// A fragment whose first never came, or came after it where that is too late.
  case firstFragmentMissing
  /// A fragment that would have to wait while all room for such is taken.
  case fragmentLimit
  /// Neither of a kind that is translated nor an error about such a packet, or an error in
  /// fragments.
  case unsupportedProtocol
  /// An ICMP error, or the header of the packet it quotes, with a wrong checksum (RFC 5508,
  /// REQ-3).
  case badChecksum
  /// The headers contradict themselves or the packet ends before they do.
  case malformed
}
