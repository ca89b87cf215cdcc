public import PacketFormats

/// An IPv4 address and a port: one end of a TCP or UDP flow (RFC 4787, section 3, "endpoint").
public struct TransportAddress: Hashable, Sendable {
  public var address: IPv4Address
  public var port: UInt16

  public init(_ address: IPv4Address, _ port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension TransportAddress: CustomStringConvertible {
  public var description: String { "\(address):\(port)" }
}
