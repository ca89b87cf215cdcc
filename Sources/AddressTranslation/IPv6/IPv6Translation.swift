public import PacketFormats
public import SimulatedTime

/// An IPv6 address and a port, or an ICMPv6 query's identifier.
public struct IPv6TransportAddress: Hashable, Sendable {
  public var address: IPv6Address
  public var port: UInt16

  public init(_ address: IPv6Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension IPv6TransportAddress: CustomStringConvertible {
  public var description: String { "[\(address)]:\(port)" }
}

/// A TCP or UDP flow or an ICMPv6 query as the inside host sees it.
public struct IPv6Flow: Hashable, Sendable {
  public var `protocol`: IPProtocol
  /// The end behind the translator.
  public var inside: IPv6TransportAddress
  /// The end that the inside host talks to.
  public var remote: IPv6TransportAddress

  public init(
    protocol: IPProtocol, inside: IPv6TransportAddress, remote: IPv6TransportAddress
  ) {
    self.protocol = `protocol`
    self.inside = inside
    self.remote = remote
  }
}

/// What ``Translation`` is for IPv4.
public struct IPv6Translation: Hashable, Sendable {
  /// The flow as the inside host sees it.
  public var flow: IPv6Flow
  /// What stands in the packet instead of the inside address and port.
  public var outside: IPv6TransportAddress
  /// How far the flow has come.
  public var state: Translation.State
  /// When its first packet was translated.
  public var made: Instant
  /// When its timer was last restarted.
  public var lastUsed: Instant
  /// When it ends, unless a packet restarts its timer first.
  public var expiry: Instant
}

/// What ``TranslationEvent`` is for IPv4.
public struct IPv6TranslationEvent: Hashable, Sendable {
  /// When it happened.
  public var instant: Instant
  /// What happened.
  public var kind: TranslationEvent.Kind
  /// The translation, after the event.
  public var translation: IPv6Translation
}
