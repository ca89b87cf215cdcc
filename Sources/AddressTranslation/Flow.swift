public import PacketFormats

/// A TCP or UDP flow as the inside host sees it (RFC 3022, section 2, "session flow").
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
