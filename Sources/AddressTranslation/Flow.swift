public import PacketFormats

/// A TCP or UDP flow, or an ICMP query, as the inside host sees it (RFC 3022, section 2, "session
/// flow").
///
/// A query's identifier stands for the port inside and outside; the port of its remote end is 0.
public struct Flow: Hashable, Sendable {
  public var `protocol`: IPProtocol
  /// The end behind the translator.
  public var inside: TransportAddress
  /// The end that the inside host talks to.
  public var remote: TransportAddress

  public init(protocol: IPProtocol, inside: TransportAddress, remote: TransportAddress) {
    self.protocol = `protocol`
    self.inside = inside
    self.remote = remote
  }
}
