import PacketFormats
import VirtualNetwork

extension WorldPlan.Edges {
  /// Adds the VPC's ends of peering connections and transit gateways.
  ///
  /// Their identifiers are the same in every VPC.
  mutating func addJoins(
    of scenario: Scenario, to network: inout VirtualPrivateCloud, named vpc: String
  ) throws(VirtualNetworkError) {
    for peering in scenario.peeringConnections
    where peering.requester == vpc || peering.accepter == vpc {
      let identifier = ResourceIdentifier(
        .peeringConnection, name: peering.name, seed: scenario.seed)
      joins.append(
        (
          peering.name,
          try network.addGateway(.peering, name: peering.name, identifier: identifier)
        ))
    }
    for transit in scenario.transitGateways {
      guard transit.attachments.contains(where: { $0.vpc == vpc }) else { continue }
      let identifier = ResourceIdentifier(
        .transitGateway, name: transit.name, seed: scenario.seed)
      joins.append(
        (
          transit.name,
          try network.addGateway(.transit, name: transit.name, identifier: identifier)
        ))
    }
  }

  /// Adds the interfaces through which transit gateways reach into the VPC.
  ///
  /// After the hosts, whose addresses the scenario knows.
  mutating func addAttachments(
    of scenario: Scenario, to network: inout VirtualPrivateCloud, named vpc: String
  ) throws(VirtualNetworkError) {
    for transit in scenario.transitGateways {
      guard let attachment = transit.attachments.first(where: { $0.vpc == vpc }),
        let index = join(transit.name)
      else { continue }
      var interfaces: [InterfaceIndex] = []
      for name in attachment.subnets {
        guard let subnet = network.subnet(named: name) else { continue }
        interfaces.append(
          try network.addInterface(
            name: "\(transit.name)/\(name)", in: subnet, type: .transitGateway,
            description: "Network Interface for Transit Gateway Attachment \(transit.name)"))
      }
      try network.setAttachments(interfaces, of: index)
    }
  }

  /// Adds the VPC's gateways, and the interfaces of those that are interfaces.
  mutating func addGateways(
    of vpc: Scenario.VPC, to network: inout VirtualPrivateCloud, _ scenario: Scenario
  ) throws(VirtualNetworkError) {
    // Public addresses have to be known before the internet gateway that exchanges them.
    for gateway in vpc.gateways {
      switch gateway.kind {
      case .natGateway(let nat):
        try add(nat, named: gateway.name, of: vpc, to: &network, scenario)
      case .interfaceEndpoint(let endpoint):
        try add(endpoint, named: gateway.name, to: &network)
      case .internetGateway, .egressOnlyInternetGateway, .gatewayEndpoint,
        .virtualPrivateGateway:
        break
      }
    }
    for gateway in vpc.gateways {
      let name = gateway.name
      switch gateway.kind {
      case .internetGateway:
        let index = try network.addGateway(.internet, name: name)
        gateways.append((index, .internet(InternetGateway(index, of: network))))
      case .egressOnlyInternetGateway:
        let index = try network.addGateway(.egressOnlyInternet, name: name)
        gateways.append(
          (index, .egressOnlyInternet(EgressOnlyInternetGateway(index, of: network))))
      case .gatewayEndpoint(let service):
        guard let list = network.prefixList(named: service.rawValue),
          let known = GatewayEndpointService(rawValue: service.rawValue)
        else { preconditionFailure("the prefix lists of services come first") }
        let index = try network.addGateway(.gatewayEndpoint(known, list), name: name)
        if let endpoint = GatewayEndpoint(index, of: network) {
          gateways.append((index, .gatewayEndpoint(endpoint)))
        }
      case .virtualPrivateGateway(let vpn):
        let index = try network.addGateway(.virtualPrivate, name: name)
        gateways.append(
          (
            index,
            .virtualPrivate(
              VirtualPrivateGateway(index, of: network, onPremises: vpn.networks.map { .v4($0) }))
          ))
      case .natGateway, .interfaceEndpoint: break
      }
    }
  }

  private mutating func add(
    _ nat: Scenario.NATGateway, named name: String, of vpc: Scenario.VPC,
    to network: inout VirtualPrivateCloud, _ scenario: Scenario
  ) throws(VirtualNetworkError) {
    var elastic = scenario.elasticAddresses(of: name, in: vpc.name)[...]
    guard let subnetName = nat.subnet else {
      let zones = Set(vpc.subnets.map(\.zone)).sorted()
      let index = try network.addGateway(.regionalNAT, name: name)
      do throws(GatewayError) {
        let gateway = try RegionalNATGateway(
          name: name,
          zones: zones.map { zone in
            defer { elastic = elastic.dropFirst(nat.addressCount) }
            return RegionalNATGateway.Zone(
              name: zone, addresses: Array(elastic.prefix(nat.addressCount)))
          })
        regionalNATGateways.append((index, gateway))
      } catch {
        preconditionFailure("a validated scenario has addresses for each zone: \(error)")
      }
      return
    }
    guard let subnet = network.subnet(named: subnetName) else {
      preconditionFailure("a validated scenario names existing subnets")
    }
    let interface = try network.addInterface(
      name: name, in: subnet, type: .natGateway,
      description: "Interface for NAT Gateway \(name)")
    var addresses = [network.interfaces[Int(interface.rawValue)].address]
    for _ in 1..<max(1, nat.addressCount) {
      addresses.append(try network.assignPrivateAddress(to: interface))
    }
    if nat.connectivity == .public {
      for (address, publicAddress) in zip(addresses, elastic) {
        try network.associateAddress(publicAddress, with: address, of: interface)
      }
    }
    do throws(GatewayError) {
      natGateways.append(
        (
          interface,
          try NATGateway(
            interface, of: network,
            connectivity: nat.connectivity == .public ? .public : .private)
        ))
    } catch {
      preconditionFailure("a validated scenario has one to eight addresses: \(error)")
    }
  }

  private mutating func add(
    _ endpoint: Scenario.InterfaceEndpoint, named name: String,
    to network: inout VirtualPrivateCloud
  ) throws(VirtualNetworkError) {
    var interfaces: [InterfaceIndex] = []
    for subnetName in endpoint.subnets {
      guard let subnet = network.subnet(named: subnetName) else { continue }
      interfaces.append(
        try network.addInterface(
          name: "\(name)/\(subnetName)", in: subnet,
          securityGroups: endpoint.securityGroups.compactMap(network.securityGroup(named:)),
          type: .vpcEndpoint, description: "VPC Endpoint Interface \(name)"))
    }
    endpoints.append(
      WorldPlan.Endpoint(name: name, endpoint: endpoint, interfaces: interfaces))
  }
}

extension Scenario {
  /// The Elastic IP addresses of a NAT gateway: those that it names, and as many more as it needs.
  ///
  /// Those that are made up are out of the upper half of 198.51.100.0/24 (RFC 5737) and then of
  /// 54.84.0.0/14, in the order of the scenario.
  func elasticAddresses(of gateway: String, in vpc: String) -> [IPv4Address] {
    let given = Set(
      internetHosts.map(\.address) + vpcs.flatMap { $0.hosts.compactMap(\.elasticAddress) }
        + vpcs.flatMap(\.gateways).flatMap { gateway -> [IPv4Address] in
          if case .natGateway(let nat) = gateway.kind { nat.elasticAddresses } else { [] }
        })
    let examples = IPv4Prefix(IPv4Address(198, 51, 100, 128), length: 25)
    let more = IPv4Prefix(IPv4Address(54, 84, 0, 0), length: 14)
    var taken = 0
    func next() -> IPv4Address {
      while true {
        defer { taken += 1 }
        let address =
          taken < examples.count ? examples[taken] : more[(taken - examples.count) % more.count]
        if !given.contains(address) { return address }
      }
    }
    for place in vpcs {
      for candidate in place.gateways {
        guard case .natGateway(let nat) = candidate.kind, nat.connectivity == .public else {
          continue
        }
        let zones = nat.subnet == nil ? Set(place.subnets.map(\.zone)).count : 1
        let missing = max(0, nat.addressCount * zones - nat.elasticAddresses.count)
        let made = (0..<missing).map { _ in next() }
        if candidate.name == gateway, place.name == vpc { return nat.elasticAddresses + made }
      }
    }
    return []
  }
}
