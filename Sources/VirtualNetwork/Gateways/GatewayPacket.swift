public import PacketFormats

/// A packet as a gateway looks at it.
public struct GatewayPacket: Hashable, Sendable {
  public var source: IPAddress
  public var destination: IPAddress
  public var `protocol`: IPProtocol
  /// The type of an ICMP or ICMPv6 message; `nil` in other protocols and in later fragments.
  public var icmpType: UInt8?
  /// Its length with the IP header, in bytes.
  public var byteCount: Int
  /// Whether a router may split it: in IPv6 never (RFC 8200, section 5).
  public var mayBeFragmented: Bool

  /// A packet.
  ///
  /// - Parameters:
  ///   - protocol: What follows the IP header.
  ///   - source: The sender.
  ///   - destination: The receiver.
  ///   - icmpType: The type of an ICMP or ICMPv6 message.
  ///   - byteCount: Its length with the IP header, in bytes.
  ///   - mayBeFragmented: Whether a router may split it.
  public init(
    _ protocol: IPProtocol, source: IPAddress, destination: IPAddress, icmpType: UInt8? = nil,
    byteCount: Int = 0, mayBeFragmented: Bool = false
  ) {
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
    self.icmpType = icmpType
    self.byteCount = byteCount
    self.mayBeFragmented = mayBeFragmented
  }
}
