public import PacketFormats

/// Why a gateway drops a packet.
public enum GatewayRefusal: Hashable, Sendable {
  /// To the internet, from an address that no public one stands for.
  case noPublicAddress(IPAddress)
  /// To the internet, but to an address that is private or shared (RFC 1918, RFC 6598).
  case privateDestination(IPv4Address)
  /// From the internet, but from such an address.
  case privateSource(IPv4Address)
  /// From the internet, to an address that stands for nobody in the VPC.
  case unknownPublicAddress(IPAddress)
  /// From outside, where only answers are let in.
  case unsolicited
  /// The gateway is for the other version of IP.
  case addressFamily(IPAddress)
  /// Over a peering connection, to an address that is not one of the VPC at its other end.
  case destinationOutsidePeer(IPAddress, vpc: String)
  /// Over a peering connection, from an address that is not one of the VPC it comes from.
  case sourceOutsidePeer(IPAddress, vpc: String)
  /// The transit gateway's attachment has no route table.
  case noTransitTable(attachment: String)
  /// The attachment has no subnet in the sender's Availability Zone.
  case zoneNotAttached(zone: String, attachment: String)
  /// No route of the attachment's table applies.
  case noTransitRoute(table: String, IPAddress)
  /// The best route of the attachment's table leads nowhere.
  case transitBlackhole(table: String, IPAddress)
  /// The best route leads back to where the packet came from.
  case transitReflection(table: String, IPAddress)
  /// The regional NAT gateway has no address in the sender's Availability Zone.
  case zoneWithoutAddress(zone: String)
  /// A NAT gateway takes TCP, UDP and ICMP only.
  case untranslatable(IPProtocol)
  /// To the customer's own network, but not from an address of the VPC.
  case notFromVPC(IPAddress)
  /// From the customer's own network, but not to an address of the VPC.
  case notToVPC(IPAddress)
  /// A gateway endpoint takes TCP and ICMP echo only.
  case endpointProtocol(IPProtocol)
  /// From a gateway endpoint, but not from one of its service's addresses.
  case outsidePrefixList(IPAddress, service: String)
  /// Nobody outside has the address.
  case noHost(IPAddress)
  /// Longer than the next link takes, in bytes, and not to be split.
  case tooBig(byteCount: Int, mtu: Int)
  /// No hops are left.
  case timeToLiveExceeded

  /// The refusal in one word: AWS's where there is one ("Reachability Analyzer explanation
  /// codes").
  public var code: ExplanationCode {
    switch self {
    case .noPublicAddress: .internetGatewayNeedsPublicAddress
    case .privateDestination(let address):
      IPv4Block.sharedAddresses.contains(address)
        ? .internetGatewaySharedDestination : .internetGatewayPrivateDestination
    case .privateSource(let address):
      IPv4Block.sharedAddresses.contains(address)
        ? .internetGatewaySharedSource : .internetGatewayPrivateSource
    case .unknownPublicAddress: .internetGatewayUnknownDestination
    case .unsolicited: .unsolicited
    case .addressFamily, .untranslatable: .protocolRestriction
    case .notFromVPC: .virtualPrivateGatewaySource
    case .notToVPC: .virtualPrivateGatewayDestination
    case .destinationOutsidePeer, .sourceOutsidePeer: .peeringRequiresAddressInVPC
    case .noTransitTable: .transitGatewayMissingTable
    case .zoneNotAttached: .transitGatewayZoneRestriction
    case .noTransitRoute, .transitReflection: .transitGatewayNoRoute
    case .transitBlackhole: .transitGatewayBadRoute
    case .zoneWithoutAddress: .regionalNATGatewayZoneRestriction
    case .endpointProtocol: .gatewayEndpointProtocol
    case .outsidePrefixList: .gatewayEndpointSource
    case .noHost: .noPossibleDestination
    case .tooBig: .packetTooBig
    case .timeToLiveExceeded: .timeToLiveExceeded
    }
  }

  /// The refusal in a sentence for people.
  public var sentence: String {
    switch self {
    case .noPublicAddress(let address):
      "no public address stands for \(address), so nothing from it reaches the internet"
    case .privateDestination(let address):
      "\(address) is private and not on the internet"
    case .privateSource(let address):
      "\(address) is private and cannot come from the internet"
    case .unknownPublicAddress(let address):
      "nobody in the VPC has the public address \(address)"
    case .unsolicited: "nobody inside has asked for it"
    case .addressFamily(let address):
      switch address {
      case .v4: "the gateway carries IPv6 only, and \(address) is an IPv4 address"
      case .v6: "the gateway carries IPv4 only, and \(address) is an IPv6 address"
      }
    case .destinationOutsidePeer(let address, let vpc):
      "\(address) is not an address of VPC \(vpc); a peering connection leads no further"
    case .sourceOutsidePeer(let address, let vpc):
      "\(address) is not an address of VPC \(vpc); a peering connection carries nothing through it"
    case .noTransitTable(let attachment):
      "the attachment of \(attachment) is associated with no route table"
    case .zoneNotAttached(let zone, let attachment):
      "the attachment of \(attachment) has no subnet in \(zone), where the packet comes from"
    case .noTransitRoute(let table, let address):
      "route table \(table) has no route to \(address)"
    case .transitBlackhole(let table, let address):
      "route table \(table) leads \(address) nowhere (blackhole)"
    case .transitReflection(let table, let address):
      "route table \(table) leads \(address) back to where the packet comes from"
    case .zoneWithoutAddress(let zone):
      "the gateway has no address in \(zone), where the packet comes from"
    case .untranslatable(let number):
      "a NAT gateway takes only TCP, UDP and ICMP, not protocol \(number)"
    case .notFromVPC(let address):
      "\(address) is not an address of the VPC, and the gateway takes nothing else out"
    case .notToVPC(let address):
      "\(address) is not an address of the VPC, and the gateway takes nothing else in"
    case .endpointProtocol(let number):
      "a gateway endpoint takes only TCP and ICMP echo, not protocol \(number)"
    case .outsidePrefixList(let address, let service):
      "\(address) is not in the prefix list of \(service)"
    case .noHost(let address): "nobody has the address \(address)"
    case .tooBig(let byteCount, let mtu):
      "the packet has \(byteCount) bytes, no more than \(mtu) pass, and it must not be split"
    case .timeToLiveExceeded: "no hops are left"
    }
  }
}
