public import PacketFormats

/// Gateways as a VPC's configuration has them.
extension InternetGateway {
  /// The internet gateway of a VPC as it is now, with every public address that stands for an
  /// interface's.
  public init(_ gateway: GatewayIndex, of vpc: VirtualPrivateCloud) {
    self.init(
      name: vpc.gateways[gateway.position].name,
      associations: vpc.interfaces.flatMap(\.publicAddresses), ipv6Blocks: vpc.ipv6Blocks)
  }

  /// Which addresses of the internet lead to it, if the VPC has no egress-only gateway beside it; see
  /// ``VirtualPrivateCloud/ipv6Prefixes(behind:)``.
  public var prefixes: [IPPrefix] {
    associations.map { IPPrefix(.v4($0.publicAddress)) } + ipv6Blocks.map(IPPrefix.v6)
  }
}

extension EgressOnlyInternetGateway {
  /// An egress-only internet gateway of a VPC.
  public init(_ gateway: GatewayIndex, of vpc: VirtualPrivateCloud) {
    self.init(name: vpc.gateways[gateway.position].name, ipv6Blocks: vpc.ipv6Blocks)
  }
}

extension GatewayEndpoint {
  /// A gateway endpoint of a VPC.
  ///
  /// - Returns: `nil` if the gateway is of another kind.
  public init?(_ gateway: GatewayIndex, of vpc: VirtualPrivateCloud) {
    let gateway = vpc.gateways[gateway.position]
    guard case .gatewayEndpoint(let service, let list) = gateway.kind else { return nil }
    self.init(
      name: gateway.name, service: service.rawValue,
      prefixes: vpc.prefixLists[list.position].entries)
  }
}

extension VirtualPrivateGateway {
  /// A virtual private gateway of a VPC, with a customer's network behind it.
  public init(
    _ gateway: GatewayIndex, of vpc: VirtualPrivateCloud, onPremises: [IPPrefix]
  ) {
    self.init(
      name: vpc.gateways[gateway.position].name, blocks: vpc.allBlocks, onPremises: onPremises)
  }
}

extension NATGateway {
  /// The NAT gateway behind a network interface, with all of its addresses.
  public init(
    _ interface: InterfaceIndex, of vpc: VirtualPrivateCloud, connectivity: Connectivity
  ) throws(GatewayError) {
    let interface = vpc.interfaces[interface.position]
    try self.init(
      name: interface.name, connectivity: connectivity,
      addresses: [interface.address] + interface.secondaryAddresses)
  }
}

extension RegionalNATGateway {
  /// Which addresses of the internet lead to it.
  public var prefixes: [IPPrefix] {
    zones.flatMap { zone in zone.addresses.map { IPPrefix(.v4($0)) } }
  }
}

extension PeeringConnection.Side {
  /// A VPC as it is now.
  public init(_ vpc: VirtualPrivateCloud) {
    self.init(vpc: vpc.name, region: vpc.region, blocks: vpc.allBlocks)
  }
}

extension VirtualPrivateCloud {
  /// The gateway by which IPv6 packets from the internet come to a subnet: the one by which its route
  /// table leads there, or else the internet gateway.
  ///
  /// AWS documents that nobody outside can begin a connection with a subnet whose route leads to an
  /// egress-only internet gateway; that packets come in where they went out is assumed.
  ///
  /// - Returns: `nil` if the VPC has no gateway of either kind.
  public func internetEntrance(ofIPv6 subnet: SubnetIndex) -> GatewayIndex? {
    let everywhere = IPAddress.v6(IPv6Address(0x2000, 0, 0, 0, 0, 0, 0, 0))
    let route = route(for: everywhere, in: subnets[subnet.position].routeTable)
    if case .gateway(let index) = route?.target {
      let kind = gateways[index.position].kind
      if kind == .egressOnlyInternet || kind == .internet { return index }
    }
    let other =
      gateways.firstIndex { $0.kind == .internet }
      ?? gateways.firstIndex { $0.kind == .egressOnlyInternet }
    return other.map { GatewayIndex($0) }
  }

  /// The IPv6 blocks that the internet reaches by a gateway.
  public func ipv6Prefixes(behind gateway: GatewayIndex) -> [IPPrefix] {
    subnets.indices.compactMap { place in
      guard let block = subnets[place].ipv6CIDR,
        internetEntrance(ofIPv6: SubnetIndex(place)) == gateway
      else { return nil }
      return .v6(block)
    }
  }
}
