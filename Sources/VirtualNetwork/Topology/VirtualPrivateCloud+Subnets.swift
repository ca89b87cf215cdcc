public import PacketFormats

extension VirtualPrivateCloud {
  /// Adds a subnet.
  ///
  /// - Parameters:
  ///   - name: A name that no other subnet of the VPC has.
  ///   - cidr: Its IPv4 addresses.
  ///   - ipv6CIDR: Its IPv6 addresses, if it is dual-stack: a /64, or one of the lengths up to /44 that
  ///     AWS has allowed since.
  ///   - zone: The Availability Zone's identifier, such as `use1-az1`.
  ///   - routeTable: The table for packets that leave it.
  ///   - networkACL: What guards its border.
  /// - Returns: The subnet.
  /// - Throws: If the name is taken, or a block is of the wrong size, outside the VPC, or taken.
  public mutating func addSubnet(
    name: String, cidr: IPv4Prefix, ipv6CIDR: IPv6Prefix? = nil, zone: String,
    routeTable: RouteTableIndex = mainRouteTable, networkACL: NetworkACLIndex = defaultNetworkACL
  ) throws(VirtualNetworkError) -> SubnetIndex {
    guard Self.blockLengths.contains(cidr.length) else {
      throw .subnetSizeNotAllowed(subnet: name, .v4(cidr))
    }
    try check(.v4(cidr), ofSubnet: name)
    if let ipv6CIDR {
      guard Self.ipv6SubnetLengths.contains(ipv6CIDR.length) else {
        throw .subnetSizeNotAllowed(subnet: name, .v6(ipv6CIDR))
      }
      try check(.v6(ipv6CIDR), ofSubnet: name)
    }
    precondition(routeTables.indices.contains(routeTable.position), "no such route table")
    precondition(networkACLs.indices.contains(networkACL.position), "no such network ACL")
    try claim(.subnet, name: name, at: subnets.count)
    subnets.append(
      Subnet(
        name: name, identifier: identifier(.subnet, name), cidr: cidr, ipv6CIDR: ipv6CIDR,
        zone: zone, routeTable: routeTable, networkACL: networkACL,
        gatewayLinkLayerAddress: makeLinkLayerAddress(for: "gateway of \(name)")))
    rulesHaveChanged()
    return SubnetIndex(subnets.count - 1)
  }

  private func check(_ block: IPPrefix, ofSubnet name: String) throws(VirtualNetworkError) {
    let blocks = allBlocks.filter { $0.family == block.family }
    guard blocks.contains(where: { $0.contains(block) }) else {
      throw .subnetOutsideVPC(subnet: name, block, blocks: blocks)
    }
    for other in subnets {
      for taken in other.blocks where taken.overlaps(block) {
        throw .subnetsOverlap(subnet: name, block, other: other.name, taken)
      }
    }
  }

  /// The subnet that `address` lies in.
  public func subnet(containing address: IPv4Address) -> SubnetIndex? {
    subnets.firstIndex { $0.cidr.contains(address) }.map { SubnetIndex($0) }
  }

  /// The subnet that `address` lies in.
  public func subnet(containing address: IPAddress) -> SubnetIndex? {
    subnets.firstIndex { $0.contains(address) }.map { SubnetIndex($0) }
  }

  /// Lets `table` decide about packets that leave `subnet`.
  public mutating func associate(_ table: RouteTableIndex, with subnet: SubnetIndex) {
    precondition(routeTables.indices.contains(table.position), "no such route table")
    subnets[subnet.position].routeTable = table
    rulesHaveChanged()
  }

  /// Lets `list` guard the border of `subnet`.
  public mutating func associate(_ list: NetworkACLIndex, with subnet: SubnetIndex) {
    precondition(networkACLs.indices.contains(list.position), "no such network ACL")
    subnets[subnet.position].networkACL = list
    rulesHaveChanged()
  }
}
