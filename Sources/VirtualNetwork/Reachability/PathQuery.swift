public import PacketFormats

/// A question about a packet: whether it would get there, and its answer come back.
public struct PathQuery: Hashable, Sendable {
  /// One end of the path.
  public enum End: Hashable, Sendable {
    case interface(VPCIndex, InterfaceIndex)
    /// Whoever has the address: an interface, a host of the internet or on premises, a service.
    case address(IPAddress)
    /// Some host of the internet.
    case internet
  }

  public var source: End
  public var destination: End
  public var `protocol`: IPProtocol
  /// The sender's port; in ICMP the identifier.
  public var sourcePort: UInt16
  public var destinationPort: UInt16
  /// The length of the packet with its IP header, in bytes; it must not be split.
  public var byteCount: Int
  /// The version of IP, if the ends leave it open; IPv4 if `nil`.
  public var family: IPFamily?

  /// Asks about the first packet of a flow: a TCP SYN, a datagram, an echo request.
  ///
  /// - Parameters:
  ///   - protocol: What follows the IP header.
  ///   - source: Who sends.
  ///   - destination: Who receives.
  ///   - sourcePort: The sender's port, 49152 unless told otherwise: the lowest that is never
  ///     registered (RFC 6335, section 6).
  ///   - destinationPort: The receiver's port.
  ///   - byteCount: The length of the packet with its IP header, in bytes.
  ///   - family: The version of IP, if the ends leave it open.
  public init(
    _ protocol: IPProtocol, from source: End, to destination: End, sourcePort: UInt16 = 49152,
    destinationPort: UInt16 = 0, byteCount: Int = 0, family: IPFamily? = nil
  ) {
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
    self.sourcePort = sourcePort
    self.destinationPort = destinationPort
    self.byteCount = byteCount
    self.family = family
  }
}
