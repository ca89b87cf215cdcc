public import PacketFormats

extension Scenario {
  /// What hosts and functions of a VPC are told about names (VPC guide, "DHCP option sets").
  public struct DHCPOptions: Hashable, Sendable {
    /// `nil` for that of the Region.
    public package(set) var domainName: String?
    /// Whom they ask, in this order; empty for the VPC's own resolver.
    public package(set) var domainNameServers: [IPv4Address]
  }

  /// A private hosted zone (Route 53 guide, "Working with private hosted zones").
  public struct PrivateZone: Hashable, Sendable {
    /// The name that it holds the names below of.
    public package(set) var name: String
    public package(set) var records: [Record]

    public struct Record: Hashable, Sendable {
      /// Relative to the zone; empty for the zone itself.
      public package(set) var name: String
      public package(set) var addresses: [IPAddress]
    }
  }

  /// Names that the VPC's resolver asks other servers about (Route 53 guide, "Resolver rules").
  public struct ResolverRule: Hashable, Sendable {
    public package(set) var domainName: String
    public package(set) var targets: [IPv4Address]
  }
}
