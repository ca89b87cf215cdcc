public import PacketFormats

/// Why a network cannot be built as asked.
///
/// Cases carry names as well as numbers: whoever reads the scenario file turns them into a message
/// that points at the line at fault.
public enum VirtualNetworkError: Error, Hashable, Sendable {
  /// A VPC needs at least one address block.
  case noAddressBlock(vpc: String)
  /// A VPC's block must be a /16 to /28 (lambda-vpc §7.1).
  case blockSizeNotAllowed(vpc: String, IPv4Prefix)
  /// Two blocks of one VPC share addresses.
  case blocksOverlap(vpc: String, IPv4Prefix, IPv4Prefix)
  /// A subnet must be a /16 to /28 (lambda-vpc §7.1).
  case subnetSizeNotAllowed(subnet: String, IPv4Prefix)
  /// The subnet does not lie inside one of the VPC's blocks.
  case subnetOutsideVPC(subnet: String, IPv4Prefix, blocks: [IPv4Prefix])
  /// The subnet shares addresses with one that is there already.
  case subnetsOverlap(subnet: String, IPv4Prefix, other: String, IPv4Prefix)
  /// The address is not one of the subnet's.
  case addressOutsideSubnet(IPv4Address, subnet: String, IPv4Prefix)
  /// AWS keeps the address for itself (lambda-vpc §7.1).
  case addressReserved(IPv4Address, subnet: String, ReservedAddress)
  /// Another network interface has the address.
  case addressTaken(IPv4Address, subnet: String, holder: String)
  /// No address is left; Lambda calls it `SubnetOutOfIPAddresses` (lambda-vpc §3.2).
  case subnetOutOfIPAddresses(subnet: String, IPv4Prefix)
  /// The interface would be in more groups than the quota allows.
  case tooManySecurityGroups(interface: String, count: Int, limit: Int)
  /// A group is listed twice for one interface.
  case securityGroupRepeated(interface: String, group: String)
  /// Another resource of the kind has the name.
  case nameTaken(ResourceKind, name: String)
  /// The group already has that rule.
  case ruleExists(group: String, TrafficDirection, SecurityGroupRule)
  /// The group does not have that rule.
  case ruleNotFound(group: String, TrafficDirection, SecurityGroupRule)
  /// An ICMP code means nothing without a type.
  case icmpCodeWithoutType(group: String, code: UInt8)
  /// The table already has a route to that destination.
  case routeExists(table: String, IPv4Prefix)
  /// The table has no route to that destination.
  case routeNotFound(table: String, IPv4Prefix)
  /// The `local` routes can be neither added nor removed.
  case localRouteIsFixed(table: String, IPv4Prefix)
  /// Inside the VPC, a route may only cover exactly one subnet (AWS, "Route table concepts").
  case routeInsideVPC(table: String, IPv4Prefix)
  /// The resolver cannot hold such a name (RFC 1035, section 2.3.4).
  case malformedName(String)
  /// The name is not inside the zone that is to hold it.
  case nameOutsideZone(String, zone: String)
  /// A timeout is outside the range that EC2 accepts, in seconds.
  case timeoutOutOfRange(String, seconds: Int64, allowed: ClosedRange<Int64>)
}

extension VirtualNetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noAddressBlock(let vpc):
      "VPC \(vpc) has no address block"
    case .blockSizeNotAllowed(let vpc, let block):
      "\(block) of VPC \(vpc) is not between /16 and /28"
    case .blocksOverlap(let vpc, let a, let b):
      "\(a) and \(b) of VPC \(vpc) overlap"
    case .subnetSizeNotAllowed(let subnet, let cidr):
      "\(cidr) of subnet \(subnet) is not between /16 and /28"
    case .subnetOutsideVPC(let subnet, let cidr, let blocks):
      "\(cidr) of subnet \(subnet) is not inside the VPC, which has "
        + blocks.map(\.description).joined(separator: ", ")
    case .subnetsOverlap(let subnet, let cidr, let other, let otherCIDR):
      "\(cidr) of subnet \(subnet) overlaps \(otherCIDR) of subnet \(other)"
    case .addressOutsideSubnet(let address, let subnet, let cidr):
      "\(address) is not in \(cidr) of subnet \(subnet)"
    case .addressReserved(let address, let subnet, let purpose):
      "\(address) in subnet \(subnet) is reserved by AWS (\(purpose.rawValue))"
    case .addressTaken(let address, let subnet, let holder):
      "\(address) in subnet \(subnet) belongs to \(holder)"
    case .subnetOutOfIPAddresses(let subnet, let cidr):
      "subnet \(subnet) (\(cidr)) has no free address"
    case .tooManySecurityGroups(let interface, let count, let limit):
      "\(interface) is in \(count) security groups; at most \(limit) are allowed"
    case .securityGroupRepeated(let interface, let group):
      "\(interface) lists security group \(group) twice"
    case .nameTaken(let kind, let name):
      "there is another \(kind.rawValue) called \(name)"
    case .ruleExists(let group, let direction, let rule):
      "security group \(group) already has the \(direction) rule for \(rule.traffic)"
    case .ruleNotFound(let group, let direction, let rule):
      "security group \(group) has no such \(direction) rule for \(rule.traffic)"
    case .icmpCodeWithoutType(let group, let code):
      "a rule of security group \(group) gives ICMP code \(code) but no type"
    case .routeExists(let table, let destination):
      "route table \(table) already has a route to \(destination)"
    case .routeNotFound(let table, let destination):
      "route table \(table) has no route to \(destination)"
    case .localRouteIsFixed(let table, let destination):
      "the local route to \(destination) of route table \(table) cannot be changed"
    case .routeInsideVPC(let table, let destination):
      "the route to \(destination) of route table \(table) is inside the VPC, where only a route "
        + "to exactly one subnet is allowed"
    case .malformedName(let name):
      "\"\(name)\" is not a domain name"
    case .nameOutsideZone(let name, let zone):
      "\(name) is not in the zone \(zone)"
    case .timeoutOutOfRange(let name, let seconds, let allowed):
      "\(name) of \(seconds) s is not between \(allowed.lowerBound) and \(allowed.upperBound) s"
    }
  }
}
