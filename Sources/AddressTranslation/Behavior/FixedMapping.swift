public import PacketFormats

/// A mapping that is there from the start and stays: an inside end that always has the same
/// outside end, and that anyone outside may begin flows with ("static NAT", "port forwarding").
///
/// Packets from outside to a fixed outside end are let in whatever the filtering. Of several that
/// apply, one for a port goes before one for an address, and then one for a protocol before one for
/// all. Who would leave by an outside end that a more particular one gives to somebody else has no
/// fixed mapping.
public struct FixedMapping: Hashable, Sendable {
  /// The protocol it is for, or `nil` for all.
  public var `protocol`: IPProtocol?
  public var inside: IPv4Address
  public var outside: IPv4Address
  /// The one port it is for, inside and outside (RFC 3022, section 2.2), or `nil` if the whole
  /// addresses stand for each other and ports stay (RFC 3022, section 2.1, "static address
  /// assignment").
  public var ports: Ports?

  /// A port inside, and the one that stands for it outside.
  public struct Ports: Hashable, Sendable {
    public var inside: UInt16
    public var outside: UInt16

    public init(inside: UInt16, outside: UInt16) {
      self.inside = inside
      self.outside = outside
    }
  }

  public init(
    protocol: IPProtocol? = nil, inside: IPv4Address, outside: IPv4Address, ports: Ports? = nil
  ) {
    self.protocol = `protocol`
    self.inside = inside
    self.outside = outside
    self.ports = ports
  }
}
