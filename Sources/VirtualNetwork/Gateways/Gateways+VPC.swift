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

  /// Which addresses of the internet lead to it.
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
