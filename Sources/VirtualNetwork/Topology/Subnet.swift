public import PacketFormats

/// A subnet: a block of the VPC's addresses in one Availability Zone.
public struct Subnet: Hashable, Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  public let cidr: IPv4Prefix
  /// Its IPv6 addresses; `nil` unless it is dual-stack.
  public let ipv6CIDR: IPv6Prefix?
  /// The Availability Zone's identifier, such as `use1-az1`.
  public let zone: String
  /// The route table that decides where packets leaving the subnet go.
  public internal(set) var routeTable: RouteTableIndex
  /// What judges packets that enter or leave the subnet.
  public internal(set) var networkACL: NetworkACLIndex
  /// The source of packets that the router delivers here, and the answer to ARP for the router.
  ///
  /// Assumed: made up, locally administered and fixed per subnet.
  public let gatewayLinkLayerAddress: MACAddress

  /// Which of its addresses are free.
  public internal(set) var addresses: SubnetAddresses
  /// Where the search for a free IPv6 address begins, as a distance from the lowest.
  var nextIPv6Offset: UInt64 = 4

  init(
    name: String, identifier: ResourceIdentifier, cidr: IPv4Prefix, ipv6CIDR: IPv6Prefix?,
    zone: String, routeTable: RouteTableIndex, networkACL: NetworkACLIndex,
    gatewayLinkLayerAddress: MACAddress
  ) {
    self.name = name
    self.identifier = identifier
    self.cidr = cidr
    self.ipv6CIDR = ipv6CIDR
    self.networkACL = networkACL
    self.zone = zone
    self.routeTable = routeTable
    self.gatewayLinkLayerAddress = gatewayLinkLayerAddress
    addresses = SubnetAddresses(cidr: cidr)
  }

  /// Its blocks, IPv4 first.
  public var blocks: [IPPrefix] { [.v4(cidr)] + (ipv6CIDR.map { [.v6($0)] } ?? []) }

  /// Whether `address` is one of the subnet's.
  public func contains(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let address): cidr.contains(address)
    case .v6(let address): ipv6CIDR?.contains(address) ?? false
    }
  }

  /// Addresses that no network interface has yet, without the five that AWS keeps.
  public var freeAddressCount: Int { addresses.freeCount }

  /// The VPC router's address in this subnet: the lowest address plus one (lambda-vpc §7.1).
  public var routerAddress: IPv4Address { cidr[1] }

  /// The VPC router's IPv6 address in every subnet: `fe80:ec2::1` (lambda-vpc §7.1).
  public static var routerIPv6Address: IPv6Address { IPv6Address(0xfe80, 0xec2, 0, 0, 0, 0, 0, 1) }

  /// What AWS keeps an IPv6 address of the subnet for: the first four and the last (lambda-vpc §7.1).
  func reservation(of address: IPv6Address) -> ReservedAddress? {
    guard let ipv6CIDR, ipv6CIDR.contains(address) else { return nil }
    let lowest = ipv6CIDR.address
    if address.high == lowest.high, address.low - lowest.low < 4 {
      return [.network, .router, .resolver, .future][Int(address.low - lowest.low)]
    }
    // A subnet is a /64 or larger, so the last address ends in 64 ones.
    let host: UInt64 = ipv6CIDR.length == 64 ? 0 : .max >> UInt64(ipv6CIDR.length)
    return address.low == .max && address.high == lowest.high | host ? .broadcast : nil
  }
}
