public import PacketFormats

/// A customer's VPC, as configured: subnets, network interfaces, route tables, security groups.
///
/// Plain data. It is built by adding resources, each of which is checked when it is added, so that a
/// value of this type is always a network that AWS would accept. What becomes of packets in it is
/// decided by ``DataPlane``.
public struct VirtualPrivateCloud: Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// The IPv4 address blocks; the first is the primary one.
  public let blocks: [IPv4Prefix]
  public let ipv6Blocks: [IPv6Prefix]
  /// The Region it is in, such as `us-east-1`.
  public let region: String
  public let quotas: NetworkQuotas
  /// The seed from which identifiers and Ethernet addresses are derived.
  public let seed: UInt64

  public internal(set) var dhcpOptions = DHCPOptions()
  public internal(set) var subnets: [Subnet] = []
  public internal(set) var routeTables: [RouteTable] = [] { didSet { revision = Revision() } }
  public internal(set) var securityGroups: [SecurityGroup] = [] { didSet { revision = Revision() } }
  /// Groups of other VPCs that rules of this one name.
  public internal(set) var peeredGroups: [PeeredSecurityGroup] = [] {
    didSet { revision = Revision() }
  }
  public internal(set) var networkACLs: [NetworkACL] = [] { didSet { revision = Revision() } }
  public internal(set) var prefixLists: [PrefixList] = [] { didSet { revision = Revision() } }
  public internal(set) var gateways: [Gateway] = [] { didSet { revision = Revision() } }
  /// All network interfaces there have ever been; see ``NetworkInterface/exists``.
  public internal(set) var interfaces: [NetworkInterface] = []

  /// The interface that has each address.
  ///
  /// Only ever asked for one address, never walked: its order changes with every run.
  var holders: [IPv4Address: InterfaceIndex] = [:]
  var ipv6Holders: [IPv6Address: InterfaceIndex] = [:]
  /// The interface that has each delegated IPv6 prefix, by its lowest address.
  var ipv6PrefixHolders: [IPv6Address: InterfaceIndex] = [:]
  /// The private address behind each public one.
  var publicHolders: [IPv4Address: InterfaceIndex] = [:]
  /// Each set of groups that some interface is or was in; interfaces name theirs by its place.
  private(set) var groupSets: [[SecurityGroupIndex]] = []
  private var groupSetNumbers: [[SecurityGroupIndex]: UInt32] = [:]
  /// How many interfaces of each name there have been.
  var interfacesMade: [String: Int] = [:]
  private var names: [ResourceKind: [String: UInt32]] = [:]
  private var linkLayerAddresses: Set<MACAddress> = []
  /// Another object after each change of what ``CompiledRules`` is made from.
  ///
  /// An object and no number, because values that were copied and changed apart must differ too.
  private(set) var revision = Revision()

  final class Revision: Sendable {}

  /// The table that subnets use unless told otherwise.
  public static var mainRouteTable: RouteTableIndex { RouteTableIndex(rawValue: 0) }
  /// The group of interfaces made without any: ingress from itself, egress to anywhere (AWS,
  /// "Default security groups for your VPCs").
  public static var defaultSecurityGroup: SecurityGroupIndex { SecurityGroupIndex(rawValue: 0) }

  /// The ACL of subnets that were not given one; it lets everything through (VPC guide, "Default
  /// network ACL").
  public static var defaultNetworkACL: NetworkACLIndex { NetworkACLIndex(rawValue: 0) }

  /// Lengths that a VPC's IPv4 blocks and its subnets may have (lambda-vpc §7.1).
  static let blockLengths = 16...28
  /// Lengths that a VPC's IPv6 blocks may have (VPC guide, "VPC CIDR blocks").
  static let ipv6BlockLengths: [Int] = [44, 48, 52, 56, 60]
  /// Lengths that the IPv6 blocks of subnets may have (VPC guide, "Subnet CIDR blocks").
  static let ipv6SubnetLengths: [Int] = [44, 48, 52, 56, 60, 64]

  /// Makes a VPC without subnets, with a main route table, a default security group and a default
  /// network ACL.
  ///
  /// - Parameters:
  ///   - name: A name that no other VPC of the run has.
  ///   - blocks: Its IPv4 address blocks, the primary one first.
  ///   - ipv6Blocks: Its IPv6 address blocks.
  ///   - region: The Region it is in.
  ///   - seed: The seed of the run.
  ///   - quotas: Limits to keep to.
  /// - Throws: If a block is too large or too small, two overlap, or there are too many.
  public init(
    name: String, blocks: [IPv4Prefix], ipv6Blocks: [IPv6Prefix] = [],
    region: String = "us-east-1", seed: UInt64, quotas: NetworkQuotas = NetworkQuotas()
  ) throws(VirtualNetworkError) {
    guard !blocks.isEmpty else { throw .noAddressBlock(vpc: name) }
    for (count, family) in [(blocks.count, IPFamily.v4), (ipv6Blocks.count, .v6)]
    where count > quotas.blocksPerFamily {
      throw .tooManyBlocks(vpc: name, family, count: count, limit: quotas.blocksPerFamily)
    }
    for (position, block) in blocks.enumerated() {
      guard Self.blockLengths.contains(block.length) else {
        throw .blockSizeNotAllowed(vpc: name, .v4(block))
      }
      if let other = blocks[..<position].first(where: block.overlaps) {
        throw .blocksOverlap(vpc: name, .v4(other), .v4(block))
      }
    }
    for (position, block) in ipv6Blocks.enumerated() {
      guard Self.ipv6BlockLengths.contains(block.length) else {
        throw .blockSizeNotAllowed(vpc: name, .v6(block))
      }
      if let other = ipv6Blocks[..<position].first(where: block.overlaps) {
        throw .blocksOverlap(vpc: name, .v6(other), .v6(block))
      }
    }
    self.name = name
    self.blocks = blocks
    self.ipv6Blocks = ipv6Blocks
    self.region = region
    self.seed = seed
    self.quotas = quotas
    identifier = ResourceIdentifier(.virtualPrivateCloud, name: name, seed: seed)
    _ = try addRouteTable(name: "main")
    _ = try addNetworkACL(name: "default", allowsAll: true)
    let group = try addSecurityGroup(name: "default")
    try authorize(SecurityGroupRule(.all, peer: .securityGroup(group)), .ingress, in: group)
  }

  /// Its blocks of both families, IPv4 first.
  public var allBlocks: [IPPrefix] { blocks.map(IPPrefix.v4) + ipv6Blocks.map(IPPrefix.v6) }

  /// Sets what hosts are told by DHCP.
  public mutating func setDHCPOptions(_ options: DHCPOptions) throws(VirtualNetworkError) {
    // VPC guide, "DHCP option sets": up to four name servers.
    guard options.domainNameServers.count <= 4 else {
      throw .tooManyNameServers(vpc: name, count: options.domainNameServers.count)
    }
    if let domain = options.domainName { _ = try ZoneName(domain) }
    dhcpOptions = options
  }

  /// Whether `address` is in one of the VPC's blocks.
  public func contains(_ address: IPv4Address) -> Bool {
    blocks.contains { $0.contains(address) }
  }

  /// Whether `address` is in one of the VPC's blocks.
  public func contains(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let address): blocks.contains { $0.contains(address) }
    case .v6(let address): ipv6Blocks.contains { $0.contains(address) }
    }
  }

  /// The service that answers at `address`, seen from inside the VPC.
  ///
  /// The resolver also has the lowest address of the primary block plus two (lambda-vpc §7.1).
  public func service(at address: IPAddress) -> LinkLocalService? {
    address == .v4(resolverAddress) ? .resolver : LinkLocalService(at: address)
  }

  /// The service that answers at `address`, seen from inside the VPC.
  public func service(at address: IPv4Address) -> LinkLocalService? { service(at: .v4(address)) }

  /// The resolver's address inside the VPC: the lowest of the primary block plus two.
  public var resolverAddress: IPv4Address { blocks[0][2] }
}

// MARK: - Names

extension VirtualPrivateCloud {
  /// The subnet called `name`.
  public func subnet(named name: String) -> SubnetIndex? { find(.subnet, name) }

  /// The route table called `name`.
  public func routeTable(named name: String) -> RouteTableIndex? { find(.routeTable, name) }

  /// The security group called `name`.
  public func securityGroup(named name: String) -> SecurityGroupIndex? {
    find(.securityGroup, name)
  }

  /// The network interface called `name`, if it still exists.
  public func interface(named name: String) -> InterfaceIndex? { find(.networkInterface, name) }

  /// The network ACL called `name`.
  public func networkACL(named name: String) -> NetworkACLIndex? { find(.networkACL, name) }

  /// The prefix list called `name`.
  public func prefixList(named name: String) -> PrefixListIndex? { find(.prefixList, name) }

  /// The gateway of kind `kind` called `name`, such as ``ResourceKind/internetGateway``.
  public func gateway(_ kind: ResourceKind, named name: String) -> GatewayIndex? {
    gateways.firstIndex { $0.kind.resourceKind == kind && $0.name == name }.map { GatewayIndex($0) }
  }

  /// The number of a set of groups, the same for interfaces that are in the same groups.
  mutating func groupSet(_ groups: [SecurityGroupIndex]) -> UInt32 {
    if let known = groupSetNumbers[groups] { return known }
    let number = UInt32(groupSets.count)
    groupSets.append(groups)
    groupSetNumbers[groups] = number
    revision = Revision()
    return number
  }

  /// Has what was compiled from the configuration compiled again.
  mutating func rulesHaveChanged() { revision = Revision() }

  private func find<Resource>(_ kind: ResourceKind, _ name: String) -> ResourceIndex<Resource>? {
    names[kind]?[name].map(ResourceIndex.init(rawValue:))
  }

  mutating func claim(
    _ kind: ResourceKind, name: String, at position: Int
  ) throws(VirtualNetworkError) {
    guard names[kind]?[name] == nil else { throw .nameTaken(kind, name: name) }
    names[kind, default: [:]][name] = UInt32(position)
  }

  mutating func release(_ kind: ResourceKind, name: String) {
    names[kind]?[name] = nil
  }

  /// Identifiers are derived from the VPC's name too, for two VPCs may use the same names inside.
  func identifier(_ kind: ResourceKind, _ resource: String) -> ResourceIdentifier {
    ResourceIdentifier(kind, name: "\(name)/\(resource)", seed: seed)
  }

  /// An Ethernet address that nothing else in the VPC has.
  ///
  /// Assumed: 0a followed by 40 bits that look random. The low two bits of the first octet
  /// say "locally administered" and "one station" (IEEE 802, section 8.4).
  mutating func makeLinkLayerAddress(for resource: String) -> MACAddress {
    var hash = SeededHash(seed: seed)
    hash.add("link-layer address")
    hash.add(name)
    hash.add(resource)
    var bits = hash.value
    while true {
      let address = MACAddress(0x0a << 40 | bits >> 24)
      if linkLayerAddresses.insert(address).inserted { return address }
      bits = SeededHash.mix(bits)
    }
  }
}
