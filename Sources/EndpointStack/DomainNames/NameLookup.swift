public import PacketFormats

/// A question to a name server: which addresses a name has (RFC 1035, section 3.7.2; RFC 3596).
///
/// It goes by UDP, and once more by TCP if the answer is too long for that (RFC 7766, section 5).
public struct NameLookup: Hashable, Sendable {
  /// The name, with or without its final dot.
  public var name: String
  public var server: IPAddress
  public var port: UInt16
  /// What is asked for, or `nil` for IPv4 addresses, and IPv6 addresses too if the host has a global
  /// one itself (getaddrinfo(3), `AI_ADDRCONFIG`).
  public var families: Families?

  public init(
    name: String, server: IPAddress, port: UInt16 = UDPHeader.Port.dns, families: Families? = nil
  ) {
    self.name = name
    self.server = server
    self.port = port
    self.families = families
  }

  /// Which addresses are asked for.
  public enum Families: Hashable, Sendable {
    case ipv4
    case ipv6
    /// Both, in two questions that leave together.
    case both
  }
}
