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

  /// Addresses that no network interface has yet, without the five that AWS keeps.
  public internal(set) var freeAddressCount: Int
  /// No address below this offset is free; those above have to be looked at.
  var lowestCandidate = 4

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
    freeAddressCount = cidr.count - ReservedAddress.allCases.count
  }

  /// The VPC router's address in this subnet: the lowest address plus one (lambda-vpc §7.1).
  public var routerAddress: IPv4Address { cidr[1] }

  /// What AWS keeps `address` for.
  ///
  /// - Returns: `nil` if the address may be given to a network interface, or is not in the subnet.
  public func reservation(of address: IPv4Address) -> ReservedAddress? {
    switch address {
    case cidr[0]: .network
    case cidr[1]: .router
    case cidr[2]: .resolver
    case cidr[3]: .future
    case cidr[-1]: .broadcast
    default: nil
    }
  }
}
