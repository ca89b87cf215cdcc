/// What a translator does to a flow's inside end.
public enum TranslationMethod: String, Hashable, Sendable, Encodable {
  /// It remembers flows and chooses an address and a port for each (RFC 3022, section 2.2).
  case addressAndPort = "address-and-port"
  /// It gives each IPv4 address one other and leaves ports alone, and remembers nothing (RFC 3022,
  /// section 2.1): an internet gateway with Elastic IP addresses.
  case oneToOne = "one-to-one"
  /// It gives IPv6 addresses another prefix, so that no checksum has to be changed (RFC 6296): the slot
  /// of a worker.
  case prefix

  /// Whether only addresses are exchanged, which needs no memory.
  public var isExchange: Bool { self != .addressAndPort }
}
