public import PacketFormats

/// What the VPC's resolver knows about a question.
public enum ResolverAnswer: Hashable, Sendable {
  /// The addresses of a name, in the order in which they were added.
  case addresses([IPv4Address], timeToLive: UInt32)
  /// The name of an address.
  case pointer(ZoneName, timeToLive: UInt32)
  /// The name exists, but has nothing of the kind asked for (RFC 2308, section 2.2).
  case noData
  /// A private zone should have the name, and has not: NXDOMAIN (RFC 2308, section 2.1).
  case noSuchName
  /// No private zone is concerned; the question would go on to public DNS.
  case notPrivate
}
