public import PacketFormats

/// Why a network cannot be built as asked.
///
/// Cases carry names as well as numbers: whoever reads the scenario file turns them into a message
/// that points at the line at fault.
public enum VirtualNetworkError: Error, Hashable, Sendable {
  /// A VPC needs at least one address block.
  case noAddressBlock(vpc: String)
  /// A VPC's block must be a /16 to /28, in IPv6 a /44 to /60 in steps of four (lambda-vpc §7.1).
  case blockSizeNotAllowed(vpc: String, IPPrefix)
  /// A VPC has at most so many blocks of a family (AWS, "Amazon VPC quotas").
  case tooManyBlocks(vpc: String, IPFamily, count: Int, limit: Int)
  /// DHCP names at most four resolvers (VPC guide, "DHCP option sets").
  case tooManyNameServers(vpc: String, count: Int)
  /// Two blocks of one VPC share addresses.
  case blocksOverlap(vpc: String, IPPrefix, IPPrefix)
  /// A subnet must be a /16 to /28, in IPv6 a /44 to /64 in steps of four (lambda-vpc §7.1).
  case subnetSizeNotAllowed(subnet: String, IPPrefix)
  /// The subnet does not lie inside one of the VPC's blocks.
  case subnetOutsideVPC(subnet: String, IPPrefix, blocks: [IPPrefix])
  /// The subnet shares addresses with one that is there already.
  case subnetsOverlap(subnet: String, IPPrefix, other: String, IPPrefix)
  /// The address is not one of the subnet's.
  case addressOutsideSubnet(IPAddress, subnet: String, IPPrefix)
  /// AWS keeps the address for itself (lambda-vpc §7.1).
  case addressReserved(IPAddress, subnet: String, ReservedAddress)
  /// Another network interface has the address.
  case addressTaken(IPAddress, subnet: String, holder: String)
  /// No address is left; Lambda calls it `SubnetOutOfIPAddresses` (lambda-vpc §3.2).
  case subnetOutOfIPAddresses(subnet: String, IPPrefix)
  /// The subnet has no IPv6 block.
  case subnetIsIPv4Only(subnet: String)
  /// The interface has no such private address.
  case addressNotOfInterface(IPv4Address, interface: String)
  /// Another private address has the public one, or this one has a public address already.
  case publicAddressTaken(IPv4Address, holder: String)
  /// The prefix is no /28 or /80, the sizes that EC2 delegates, or not free.
  case prefixNotAvailable(IPPrefix, subnet: String)
  /// A gateway's own interface takes no security groups.
  case securityGroupsNotAllowed(interface: String, InterfaceType)
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
  case routeExists(table: String, destination: String)
  /// The table has no route to that destination.
  case routeNotFound(table: String, destination: String)
  /// The `local` routes can be neither added nor removed.
  case localRouteIsFixed(table: String, IPPrefix)
  /// Inside the VPC, a route may only cover exactly one subnet (AWS, "Route table concepts").
  case routeInsideVPC(table: String, IPPrefix)
  /// Packets to that destination cannot go to that target.
  case routeTargetNotAllowed(table: String, destination: String, target: String)
  /// The table has as many routes as the quota allows.
  case tooManyRoutes(table: String, count: Int, limit: Int)
  /// Only internet gateways and virtual private gateways take a route table.
  case gatewayTakesNoRouteTable(ResourceKind, name: String)
  /// A gateway's table routes only what goes into the VPC, and only to interfaces in it.
  case gatewayRouteLeavesVPC(table: String, destination: String)
  /// A VPC has one gateway of that kind.
  case secondGateway(vpc: String, ResourceKind, name: String, other: String)
  /// A transit gateway has one interface of its own type in each zone.
  case attachmentNotAllowed(gateway: String, interface: String, zone: String)
  /// Groups of another VPC can be named only through what joins the two.
  case notAPeer(group: String, vpc: String, gateway: String)
  /// The group has as many rules as the quota allows; a prefix list counts as its maximum.
  case tooManyRules(group: String, TrafficDirection, count: Int, limit: Int)
  /// A network ACL's rules have the numbers 1 to 32,766.
  case aclRuleNumberNotAllowed(acl: String, TrafficDirection, number: Int)
  /// The network ACL has a rule of that number.
  case aclRuleNumberTaken(acl: String, TrafficDirection, number: Int)
  /// The network ACL has no rule of that number.
  case aclRuleNotFound(acl: String, TrafficDirection, number: Int)
  /// The network ACL has as many rules as the quota allows.
  case tooManyACLRules(acl: String, TrafficDirection, limit: Int)
  /// A prefix list may have 1 to 1,000 entries.
  case prefixListSizeNotAllowed(list: String, count: Int)
  /// More entries than the prefix list's maximum.
  case tooManyPrefixListEntries(list: String, count: Int, limit: Int)
  /// The entries of a prefix list are of one family.
  case prefixListFamiliesMixed(list: String, IPPrefix, IPFamily)
  /// A block is listed twice.
  case prefixListEntryRepeated(list: String, IPPrefix)
  /// The resolver cannot hold such a name (RFC 1035, section 2.3.4).
  case malformedName(String)
  /// The name is not inside the zone that is to hold it.
  case nameOutsideZone(String, zone: String)
  /// A name that stands for another has no records beside (RFC 1034, section 3.6.2).
  case aliasBesideOthers(String, zone: String)
  /// A forwarding rule has one to six targets (Route 53 guide, "Quotas on Route 53 Resolver").
  case resolverTargetCountNotAllowed(domain: String, count: Int)
  /// A timeout is outside the range that EC2 accepts, in seconds.
  case timeoutOutOfRange(String, seconds: Int64, allowed: ClosedRange<Int64>)
}

extension VirtualNetworkError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noAddressBlock(let vpc):
      "VPC \(vpc) has no address block"
    case .blockSizeNotAllowed(let vpc, let block):
      block.family == .v4
        ? "\(block) of VPC \(vpc) is not between /16 and /28"
        : "\(block) of VPC \(vpc) is not a /44, /48, /52, /56 or /60"
    case .tooManyBlocks(let vpc, let family, let count, let limit):
      "VPC \(vpc) has \(count) \(family) blocks; at most \(limit) are allowed"
    case .tooManyNameServers(let vpc, let count):
      "the DHCP options of VPC \(vpc) name \(count) name servers; at most 4 are allowed"
    case .blocksOverlap(let vpc, let a, let b):
      "\(a) and \(b) of VPC \(vpc) overlap"
    case .subnetSizeNotAllowed(let subnet, let cidr):
      cidr.family == .v4
        ? "\(cidr) of subnet \(subnet) is not between /16 and /28"
        : "\(cidr) of subnet \(subnet) is not a /44, /48, /52, /56, /60 or /64"
    case .subnetOutsideVPC(let subnet, let cidr, let blocks):
      "\(cidr) of subnet \(subnet) is not inside the VPC, which has "
        + (blocks.isEmpty
          ? "no \(cidr.family) block" : blocks.map(\.description).joined(separator: ", "))
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
    case .subnetIsIPv4Only(let subnet):
      "subnet \(subnet) has no IPv6 block"
    case .addressNotOfInterface(let address, let interface):
      "\(interface) does not have the private address \(address)"
    case .publicAddressTaken(let address, let holder):
      "the public address \(address) belongs to \(holder)"
    case .prefixNotAvailable(let prefix, let subnet):
      "\(prefix) cannot be delegated in subnet \(subnet): a free \(prefix.family == .v4 ? "/28" : "/80") "
        + "of the subnet is needed"
    case .securityGroupsNotAllowed(let interface, let type):
      "\(interface) is of type \(type.rawValue), which has no security groups"
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
    case .routeTargetNotAllowed(let table, let destination, let target):
      "the route to \(destination) of route table \(table) cannot lead to \(target)"
    case .tooManyRoutes(let table, let count, let limit):
      "route table \(table) has \(count) routes; at most \(limit) are allowed"
    case .gatewayTakesNoRouteTable(let kind, let name):
      "\(name) is a \(kind.rawValue); only an igw or a vgw takes a route table"
    case .gatewayRouteLeavesVPC(let table, let destination):
      "the route to \(destination) of route table \(table), which belongs to a gateway, does not lead "
        + "from a block of the VPC to an interface in it"
    case .secondGateway(let vpc, let kind, let name, let other):
      "VPC \(vpc) cannot have the \(kind.rawValue) \(name) beside \(other)"
    case .attachmentNotAllowed(let gateway, let interface, let zone):
      "\(interface) in \(zone) cannot attach \(gateway): one interface of type transit_gateway in each "
        + "zone is allowed"
    case .notAPeer(let group, let vpc, let gateway):
      "security group \(group) of VPC \(vpc) cannot be named through \(gateway), which joins no VPCs"
    case .tooManyRules(let group, let direction, let count, let limit):
      "security group \(group) has \(count) \(direction) rules; at most \(limit) are allowed"
    case .aclRuleNumberNotAllowed(let acl, let direction, let number):
      "\(direction) rule \(number) of network ACL \(acl) is not between 1 and 32766"
    case .aclRuleNumberTaken(let acl, let direction, let number):
      "network ACL \(acl) already has the \(direction) rule \(number)"
    case .aclRuleNotFound(let acl, let direction, let number):
      "network ACL \(acl) has no \(direction) rule \(number)"
    case .tooManyACLRules(let acl, let direction, let limit):
      "network ACL \(acl) has more than \(limit) \(direction) rules"
    case .prefixListSizeNotAllowed(let list, let count):
      "prefix list \(list) of \(count) entries is not between 1 and 1000"
    case .tooManyPrefixListEntries(let list, let count, let limit):
      "prefix list \(list) has \(count) entries; at most \(limit) are allowed"
    case .prefixListFamiliesMixed(let list, let entry, let family):
      "\(entry) cannot be in prefix list \(list), which is of \(family)"
    case .prefixListEntryRepeated(let list, let entry):
      "prefix list \(list) has \(entry) twice"
    case .malformedName(let name):
      "\"\(name)\" is not a domain name"
    case .nameOutsideZone(let name, let zone):
      "\(name) is not in the zone \(zone)"
    case .aliasBesideOthers(let name, let zone):
      "\(name) of the zone \(zone) cannot stand for another name and have other records or be the zone's "
        + "own name"
    case .resolverTargetCountNotAllowed(let domain, let count):
      "the rule for \(domain) forwards to \(count) resolvers; 1 to 6 are allowed"
    case .timeoutOutOfRange(let name, let seconds, let allowed):
      "\(name) of \(seconds) s is not between \(allowed.lowerBound) and \(allowed.upperBound) s"
    }
  }
}
