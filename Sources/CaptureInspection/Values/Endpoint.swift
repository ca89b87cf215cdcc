/// One end of a conversation: an address and a port.
///
/// Where a protocol has no ports the number is 0. An ICMP echo's identifier counts as the port of
/// the host that asks, because that is how translators treat it (RFC 5508, section 3).
public struct Endpoint: Hashable, Sendable, Encodable {
  public var address: NetworkAddress
  public var port: UInt16

  public init(_ address: NetworkAddress, port: UInt16) {
    self.address = address
    self.port = port
  }
}

extension Endpoint: CustomStringConvertible {
  public var description: String {
    address.ipv4 == nil ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

extension Endpoint: Comparable {
  public static func < (left: Self, right: Self) -> Bool {
    left.address != right.address ? left.address < right.address : left.port < right.port
  }
}
