/// A tunnel header inside a UDP datagram, and where the packet it carries stands.
public struct Tunnel: Hashable, Sendable {
  public var kind: Kind
  /// Which virtual network the packet belongs to.
  public var virtualNetworkIdentifier: UInt32
  /// Where the tunnel header begins, counted from the start of the span.
  public var headerOffset: Int
  /// Where the carried packet begins.
  public var innerOffset: Int
  /// Where the carried packet ends.
  public var innerEnd: Int
  /// What the carried packet is.
  public var innerType: EthernetHeader.EtherType

  /// Tunnel protocols that this module understands.
  public enum Kind: Hashable, Sendable {
    case geneve
    case vxlan
  }

  /// The carried packet.
  public func inner(in bytes: RawSpan) throws(HeaderError) -> Dissection {
    switch innerType {
    case .transparentEthernetBridging:
      try Dissection(ethernet: bytes, at: innerOffset, end: innerEnd)
    case .ipv4, .ipv6: try Dissection(network: bytes, at: innerOffset, end: innerEnd)
    default:
      throw .unsupported(.geneve, offset: headerOffset + 2, value: UInt64(innerType.rawValue))
    }
  }
}
