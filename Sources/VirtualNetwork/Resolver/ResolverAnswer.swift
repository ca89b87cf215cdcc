public import PacketFormats

/// What the VPC's resolver knows about a question.
public enum ResolverAnswer: Hashable, Sendable {
  /// The addresses of a name, of the family asked for, in the order in which they were added.
  case addresses([IPAddress], timeToLive: UInt32)
  /// The name is another name for the first of these, that for the second, and so on; the addresses are
  /// the last one's, and none if that is not the resolver's to know.
  case alias([ZoneName], addresses: [IPAddress], timeToLive: UInt32)
  /// The name of an address.
  case pointer(ZoneName, timeToLive: UInt32)
  /// The name exists, but has nothing of the kind asked for (RFC 2308, section 2.2).
  case noData
  /// A private zone should have the name, and has not: NXDOMAIN (RFC 2308, section 2.1).
  case noSuchName
  /// Others know: the first of these that answers.
  case forward(to: [IPAddress])
  /// No private zone and no rule is concerned; the question would go on to public DNS.
  case notPrivate
}
