public import PacketFormats

/// A subnet: a block of the VPC's addresses in one Availability Zone.
public struct Subnet: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  public let cidr: IPv4Prefix
  /// The Availability Zone's identifier, such as `use1-az1`.
  public let zone: String
  /// The route table that decides where packets leaving the subnet go.
  public internal(set) var routeTable: RouteTableIndex
  /// The source of packets that the router delivers here, and the answer to ARP for the router.
  ///
  /// Assumed: made up, locally administered and fixed per subnet.
  public let gatewayLinkLayerAddress: MACAddress

  /// Which of its addresses are free.
  public internal(set) var addresses: SubnetAddresses

  init(
    name: String, identifier: ResourceIdentifier, cidr: IPv4Prefix, zone: String,
    routeTable: RouteTableIndex, gatewayLinkLayerAddress: MACAddress
  ) {
    self.name = name
    self.identifier = identifier
    self.cidr = cidr
    self.zone = zone
    self.routeTable = routeTable
    self.gatewayLinkLayerAddress = gatewayLinkLayerAddress
    addresses = SubnetAddresses(cidr: cidr)
  }

  /// Addresses that no network interface has yet, without the five that AWS keeps.
  public var freeAddressCount: Int { addresses.freeCount }

  /// The VPC router's address in this subnet: the lowest address plus one (lambda-vpc §7.1).
  public var routerAddress: IPv4Address { cidr[1] }
}
