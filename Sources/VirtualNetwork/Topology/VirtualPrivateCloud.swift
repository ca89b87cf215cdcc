public import PacketFormats

/// A customer's VPC, as configured: subnets, network interfaces, route tables, security groups.
///
/// Plain data. It is built by adding resources, each of which is checked when it is added, so that a
/// value of this type is always a network that AWS would accept. What becomes of packets in it is
/// decided by ``DataPlane``.
public struct VirtualPrivateCloud: Sendable {
  public let name: String
  public let identifier: ResourceIdentifier
  /// The address blocks; the first is the primary one.
  public let blocks: [IPv4Prefix]
  public let quotas: NetworkQuotas
  /// The seed from which identifiers and Ethernet addresses are derived.
  public let seed: UInt64

  public internal(set) var subnets: [Subnet] = []
  public internal(set) var routeTables: [RouteTable] = []
  public internal(set) var securityGroups: [SecurityGroup] = []
  public internal(set) var gateways: [Gateway] = []
  /// All network interfaces there have ever been; see ``NetworkInterface/exists``.
  public internal(set) var interfaces: [NetworkInterface] = []

  /// The interface that has each address.
  ///
  /// Only ever asked for one address, never walked: its order changes with every run.
  var holders: [IPv4Address: InterfaceIndex] = [:]
  /// How many interfaces of each name there have been.
  var interfacesMade: [String: Int] = [:]
  private var names: [ResourceKind: [String: UInt32]] = [:]
  private var linkLayerAddresses: Set<MACAddress> = []

  /// The table that subnets use unless told otherwise.
  public static var mainRouteTable: RouteTableIndex { RouteTableIndex(rawValue: 0) }
  /// The group of interfaces made without any: ingress from itself, egress to anywhere (AWS,
  /// "Default security groups for your VPCs").
  public static var defaultSecurityGroup: SecurityGroupIndex { SecurityGroupIndex(rawValue: 0) }

  /// Lengths that a VPC's blocks and its subnets may have (lambda-vpc §7.1).
  static let blockLengths = 16...28

  /// Makes a VPC without subnets, with a main route table and a default security group.
  ///
  /// - Parameters:
  ///   - name: A name that no other VPC of the run has.
  ///   - blocks: Its address blocks, the primary one first.
  ///   - seed: The seed of the run.
  ///   - quotas: Limits to keep to.
  /// - Throws: If a block is too large or too small, or two overlap.
  public init(
    name: String, blocks: [IPv4Prefix], seed: UInt64, quotas: NetworkQuotas = NetworkQuotas()
  ) throws(VirtualNetworkError) {
    guard !blocks.isEmpty else { throw .noAddressBlock(vpc: name) }
    for (position, block) in blocks.enumerated() {
      guard Self.blockLengths.contains(block.length) else {
        throw .blockSizeNotAllowed(vpc: name, block)
      }
      if let other = blocks[..<position].first(where: block.overlaps) {
        throw .blocksOverlap(vpc: name, other, block)
      }
    }
    self.name = name
    self.blocks = blocks
    self.seed = seed
    self.quotas = quotas
    identifier = ResourceIdentifier(.virtualPrivateCloud, name: name, seed: seed)
    _ = try addRouteTable(name: "main")
    let group = try addSecurityGroup(name: "default")
    try authorize(SecurityGroupRule(.all, peer: .securityGroup(group)), .ingress, in: group)
  }

  /// Whether `address` is in one of the VPC's blocks.
  public func contains(_ address: IPv4Address) -> Bool {
    blocks.contains { $0.contains(address) }
  }

  /// The service that answers at `address`, seen from inside the VPC.
  ///
  /// The resolver also has the lowest address of the primary block plus two (lambda-vpc §7.1).
  public func service(at address: IPv4Address) -> LinkLocalService? {
    if address == resolverAddress { return .resolver }
    return LinkLocalService.allCases.first { $0.address == address }
  }

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

  /// The gateway of kind `kind` called `name`.
  public func gateway(_ kind: ResourceKind, named name: String) -> GatewayIndex? {
    find(kind, name)
  }

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

// MARK: - Subnets and routes

extension VirtualPrivateCloud {
  /// Adds a subnet.
  ///
  /// - Parameters:
  ///   - name: A name that no other subnet of the VPC has.
  ///   - cidr: Its addresses.
  ///   - zone: The Availability Zone's identifier, such as `use1-az1`.
  ///   - routeTable: The table for packets that leave it.
  /// - Returns: The subnet.
  /// - Throws: If the name is taken, or the block is of the wrong size, outside the VPC, or taken.
  public mutating func addSubnet(
    name: String, cidr: IPv4Prefix, zone: String, routeTable: RouteTableIndex = mainRouteTable
  ) throws(VirtualNetworkError) -> SubnetIndex {
    guard Self.blockLengths.contains(cidr.length) else {
      throw .subnetSizeNotAllowed(subnet: name, cidr)
    }
    guard blocks.contains(where: { $0.length <= cidr.length && $0.contains(cidr.address) }) else {
      throw .subnetOutsideVPC(subnet: name, cidr, blocks: blocks)
    }
    if let other = subnets.first(where: { $0.cidr.overlaps(cidr) }) {
      throw .subnetsOverlap(subnet: name, cidr, other: other.name, other.cidr)
    }
    precondition(routeTables.indices.contains(routeTable.position), "no such route table")
    try claim(.subnet, name: name, at: subnets.count)
    subnets.append(
      Subnet(
        name: name, identifier: identifier(.subnet, name), cidr: cidr, zone: zone,
        routeTable: routeTable,
        gatewayLinkLayerAddress: makeLinkLayerAddress(for: "gateway of \(name)")))
    return SubnetIndex(subnets.count - 1)
  }

  /// The subnet that `address` lies in.
  public func subnet(containing address: IPv4Address) -> SubnetIndex? {
    subnets.firstIndex { $0.cidr.contains(address) }.map { SubnetIndex($0) }
  }

  /// Adds a route table that holds only the `local` routes.
  public mutating func addRouteTable(name: String) throws(VirtualNetworkError) -> RouteTableIndex {
    try claim(.routeTable, name: name, at: routeTables.count)
    routeTables.append(
      RouteTable(name: name, identifier: identifier(.routeTable, name), localTo: blocks))
    return RouteTableIndex(routeTables.count - 1)
  }

  /// Lets `table` decide about packets that leave `subnet`.
  public mutating func associate(_ table: RouteTableIndex, with subnet: SubnetIndex) {
    precondition(routeTables.indices.contains(table.position), "no such route table")
    subnets[subnet.position].routeTable = table
  }

  /// Adds a gateway for routes to point to.
  ///
  /// - Parameters:
  ///   - kind: What it is, such as ``ResourceKind/natGateway``.
  ///   - name: A name that no other gateway of the kind has.
  /// - Returns: The gateway.
  /// - Throws: If the name is taken.
  public mutating func addGateway(
    _ kind: ResourceKind, name: String
  ) throws(VirtualNetworkError) -> GatewayIndex {
    try claim(kind, name: name, at: gateways.count)
    gateways.append(Gateway(name: name, identifier: identifier(kind, name), kind: kind))
    return GatewayIndex(gateways.count - 1)
  }

  /// Adds a route.
  ///
  /// Inside the VPC, only a route to exactly one subnet is allowed, for a middlebox (AWS, "Route
  /// table concepts").
  public mutating func addRoute(
    _ route: Route, to table: RouteTableIndex
  ) throws(VirtualNetworkError) {
    let name = routeTables[table.position].name
    guard route.target != .local, !blocks.contains(route.destination) else {
      throw .localRouteIsFixed(table: name, route.destination)
    }
    guard routeTables[table.position].route(to: route.destination) == nil else {
      throw .routeExists(table: name, route.destination)
    }
    let insideBlock = blocks.contains {
      $0.length < route.destination.length && $0.contains(route.destination.address)
    }
    guard !insideBlock || subnets.contains(where: { $0.cidr == route.destination }) else {
      throw .routeInsideVPC(table: name, route.destination)
    }
    switch route.target {
    case .networkInterface(let index):
      precondition(interfaces.indices.contains(index.position), "no such network interface")
    case .gateway(let index):
      precondition(gateways.indices.contains(index.position), "no such gateway")
    case .local, .blackhole: break
    }
    routeTables[table.position].insert(route)
  }

  /// Removes the route to exactly `destination`.
  public mutating func removeRoute(
    to destination: IPv4Prefix, from table: RouteTableIndex
  ) throws(VirtualNetworkError) {
    let name = routeTables[table.position].name
    guard !blocks.contains(destination) else {
      throw .localRouteIsFixed(table: name, destination)
    }
    guard routeTables[table.position].route(to: destination) != nil else {
      throw .routeNotFound(table: name, destination)
    }
    routeTables[table.position].remove(to: destination)
  }
}

// MARK: - Security groups

extension VirtualPrivateCloud {
  /// Adds a security group.
  ///
  /// - Parameters:
  ///   - name: A name that no other group of the VPC has.
  ///   - allowsAllEgress: Whether it begins with the rule that AWS gives new groups, which lets
  ///     everything out. A group that states its egress rules begins without.
  /// - Returns: The group.
  /// - Throws: If the name is taken.
  public mutating func addSecurityGroup(
    name: String, allowsAllEgress: Bool = true
  ) throws(VirtualNetworkError) -> SecurityGroupIndex {
    try claim(.securityGroup, name: name, at: securityGroups.count)
    securityGroups.append(
      SecurityGroup(
        name: name, identifier: identifier(.securityGroup, name), ingress: [],
        egress: allowsAllEgress ? [SecurityGroupRule(.all, peer: .anywhere)] : []))
    return SecurityGroupIndex(securityGroups.count - 1)
  }

  /// Adds a rule to a group.
  public mutating func authorize(
    _ rule: SecurityGroupRule, _ direction: TrafficDirection, in group: SecurityGroupIndex
  ) throws(VirtualNetworkError) {
    let name = securityGroups[group.position].name
    if case .icmp(nil, let code?) = rule.traffic {
      throw .icmpCodeWithoutType(group: name, code: code)
    }
    if case .securityGroup(let peer) = rule.peer {
      precondition(securityGroups.indices.contains(peer.position), "no such security group")
    }
    guard !securityGroups[group.position].rules(direction).contains(rule) else {
      throw .ruleExists(group: name, direction, rule)
    }
    switch direction {
    case .ingress: securityGroups[group.position].ingress.append(rule)
    case .egress: securityGroups[group.position].egress.append(rule)
    }
  }

  /// Takes a rule out of a group.
  ///
  /// Tracked connections that it let in live on; untracked ones end at once (lambda-vpc §7.4).
  public mutating func revoke(
    _ rule: SecurityGroupRule, _ direction: TrafficDirection, in group: SecurityGroupIndex
  ) throws(VirtualNetworkError) {
    guard securityGroups[group.position].rules(direction).contains(rule) else {
      throw .ruleNotFound(group: securityGroups[group.position].name, direction, rule)
    }
    switch direction {
    case .ingress: securityGroups[group.position].ingress.removeAll { $0 == rule }
    case .egress: securityGroups[group.position].egress.removeAll { $0 == rule }
    }
  }
}
