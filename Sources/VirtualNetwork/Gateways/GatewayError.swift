public import PacketFormats

/// Why a gateway cannot be built as asked.
public enum GatewayError: Error, Hashable, Sendable {
  /// A NAT gateway has one to eight addresses.
  case natGatewayAddressCount(gateway: String, count: Int)
  /// A regional NAT gateway has 1 to 32 addresses in each zone.
  case regionalNATGatewayAddressCount(gateway: String, zone: String, count: Int)
  /// A zone is listed twice.
  case zoneRepeated(gateway: String, zone: String)
  /// VPCs whose blocks overlap cannot be peered (VPC peering guide, "VPC peering limitations").
  case peeredBlocksOverlap(connection: String, String, IPPrefix, String, IPPrefix)
  /// Another attachment of the transit gateway has the name.
  case attachmentExists(gateway: String, attachment: String)
  /// Another route table of the transit gateway has the name.
  case transitTableExists(gateway: String, table: String)
  /// The table has a static route to that destination.
  case transitRouteExists(table: String, IPPrefix)
  /// An attachment needs a subnet in at least one zone (Transit Gateway guide, "Amazon VPC
  /// attachments").
  case attachmentWithoutZone(gateway: String, attachment: String)
  /// A host of the internet needs an address.
  case hostWithoutAddress(String)
  /// Private addresses are not on the internet (RFC 1918, section 3).
  case privateInternetAddress(host: String, IPv4Address)
  /// Another host of the internet has the address.
  case internetAddressTaken(host: String, IPAddress, holder: String)
}

extension GatewayError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .natGatewayAddressCount(let gateway, let count):
      "NAT gateway \(gateway) has \(count) addresses; it may have 1 to \(NATGateway.addressLimit)"
    case .regionalNATGatewayAddressCount(let gateway, let zone, let count):
      "regional NAT gateway \(gateway) has \(count) addresses in \(zone); "
        + "it may have 1 to \(RegionalNATGateway.addressLimit)"
    case .zoneRepeated(let gateway, let zone):
      "\(gateway) lists the zone \(zone) twice"
    case .peeredBlocksOverlap(let connection, let vpc, let block, let other, let otherBlock):
      "peering connection \(connection) joins VPCs whose addresses overlap: "
        + "\(block) of \(vpc), \(otherBlock) of \(other)"
    case .attachmentExists(let gateway, let attachment):
      "transit gateway \(gateway) already has an attachment called \(attachment)"
    case .transitTableExists(let gateway, let table):
      "transit gateway \(gateway) already has a route table called \(table)"
    case .transitRouteExists(let table, let destination):
      "route table \(table) already has a static route to \(destination)"
    case .attachmentWithoutZone(let gateway, let attachment):
      "the attachment of \(attachment) to transit gateway \(gateway) has no subnet"
    case .hostWithoutAddress(let host):
      "\(host) has no address; a host of the internet needs one"
    case .privateInternetAddress(let host, let address):
      "\(address) of \(host) is private; a host of the internet needs a public one"
    case .internetAddressTaken(let host, let address, let holder):
      "\(address) of \(host) belongs to \(holder)"
    }
  }
}
