public import PacketFormats

/// What the VPC tells its hosts by DHCP (VPC guide, "DHCP option sets").
public struct DHCPOptions: Hashable, Sendable {
  /// The domain that hosts append to names without a dot; `nil` for the one that AWS gives.
  public var domainName: String?
  /// Up to four resolvers; empty for AWS's own, at the VPC's lowest address plus two.
  public var domainNameServers: [IPAddress]

  public init(domainName: String? = nil, domainNameServers: [IPAddress] = []) {
    self.domainName = domainName
    self.domainNameServers = domainNameServers
  }
}
