import EventSimulation
import PacketFormats
import VirtualNetwork

/// Plans VPCs: their configuration as AWS would have it after the calls that make it.
extension WorldPlan {
  /// Plans a VPC with everything but what joins it to others.
  mutating func add(
    _ vpc: Scenario.VPC, of scenario: Scenario
  ) throws(ModelError) {
    do throws(VirtualNetworkError) {
      var network = try VirtualPrivateCloud(
        name: vpc.name, blocks: vpc.prefixes, ipv6Blocks: vpc.ipv6Prefix.map { [$0] } ?? [],
        region: vpc.region, seed: scenario.seed, quotas: NetworkQuotas(of: vpc))
      if vpc.dhcpOptions != Scenario.DHCPOptions(domainName: nil, domainNameServers: []) {
        try network.setDHCPOptions(
          DHCPOptions(
            domainName: vpc.dhcpOptions.domainName,
            domainNameServers: vpc.dhcpOptions.domainNameServers.map { .v4($0) }))
      }
      try network.addPrefixLists(of: scenario, usedBy: vpc)
      try network.addNetworkACLs(of: vpc)
      for table in vpc.routeTables where table.name != "main" {
        _ = try network.addRouteTable(name: table.name)
      }
      for subnet in vpc.subnets { try network.add(subnet) }
      // Rules may name groups that come later, so all groups come first.
      for group in vpc.securityGroups where group.name != "default" {
        _ = try network.addSecurityGroup(name: group.name)
      }
      var edges = Edges()
      try edges.addJoins(of: scenario, to: &network, named: vpc.name)
      for group in vpc.securityGroups {
        guard let index = network.securityGroup(named: group.name) else { continue }
        try network.replaceRules(of: index, with: group, edges, scenario)
      }
      let hosts = try network.addHosts(of: vpc)
      try edges.addAttachments(of: scenario, to: &network, named: vpc.name)
      try edges.addGateways(of: vpc, to: &network, scenario)
      if !vpc.resolverRules.isEmpty, let subnet = vpc.subnets.first,
        let place = network.subnet(named: subnet.name)
      {
        edges.resolverEndpoint = try network.addInterface(
          name: "resolver-outbound", in: place,
          description: "Route 53 Resolver: outbound endpoint of \(vpc.name)")
      }
      try network.addRoutes(of: vpc, edges)
      let changes = try network.planChanges(edges, scenario)
      vpcs.append(
        VPC(
          scenario: vpc, network: network,
          networkIdentifier: freeNetworkIdentifier(for: vpc.name, seed: scenario.seed),
          hostInterfaces: hosts, edges: edges, changes: changes))
    } catch {
      throw .network(vpc: vpc.name, error)
    }
  }

  private func freeNetworkIdentifier(for name: String, seed: UInt64) -> UInt32 {
    var random = RandomStream(seed: seed, name: "vni/\(name)")
    var identifier: UInt32
    repeat {
      identifier = UInt32(random.next(below: 0xff_fffe)) + 1
    } while takenNetworkIdentifiers.contains(identifier)
      || vpcs.contains { $0.networkIdentifier == identifier }
    return identifier
  }

  /// Plans what joins VPCs, once all of them are planned.
  mutating func join(_ scenario: Scenario) throws(ModelError) {
    func number(_ name: String) -> Int? { vpcs.firstIndex { $0.scenario.name == name } }
    for peering in scenario.peeringConnections {
      guard let requester = number(peering.requester), let accepter = number(peering.accepter),
        let near = vpcs[requester].edges.join(peering.name),
        let far = vpcs[accepter].edges.join(peering.name)
      else { preconditionFailure("a validated scenario names existing VPCs") }
      do throws(GatewayError) {
        peerings.append(
          Peering(
            connection: try PeeringConnection(
              name: peering.name, requester: PeeringConnection.Side(vpcs[requester].network),
              accepter: PeeringConnection.Side(vpcs[accepter].network)),
            requester: (requester, near),
            accepter: (accepter, far)))
      } catch { throw .gateway(error) }
    }
    for transit in scenario.transitGateways {
      do throws(GatewayError) { try add(transit) } catch { throw .gateway(error) }
    }
    planOutside(scenario)
  }

  /// Tells each VPC who is in the groups of others that its rules name.
  mutating func introducePeers() {
    for number in vpcs.indices {
      for (place, group) in vpcs[number].network.peeredGroups.enumerated() {
        guard let peer = vpcs.first(where: { $0.scenario.name == group.vpc }) else { continue }
        vpcs[number].network.setMembers(
          of: PeeredGroupIndex(rawValue: UInt32(place)), peer.network.members(of: group.name))
      }
    }
  }

  /// Plans the networks outside: the internet, that of each service with a gateway endpoint, and those
  /// on premises.
  ///
  /// A service is many machines: the host that stands for it on the internet is another one behind
  /// each endpoint, with the same address.
  private mutating func planOutside(_ scenario: Scenario) {
    var internet = OutsidePlace(
      name: "internet", hosts: scenario.internetHosts, gateways: [], isInternet: true)
    var others: [OutsidePlace] = []
    for (number, vpc) in vpcs.enumerated() {
      for (place, (_, gateway)) in vpc.edges.gateways.enumerated() {
        switch gateway {
        case .internet, .egressOnlyInternet: internet.gateways.append((number, place))
        case .gatewayEndpoint(let endpoint):
          let hosts = scenario.internetHosts.filter { host in
            endpoint.prefixes.contains { $0.contains(.v4(host.address)) }
          }
          others.append(
            OutsidePlace(
              name: endpoint.service, hosts: hosts, gateways: [(number, place)],
              limit: endpoint.limit))
        case .virtualPrivate:
          guard
            case .virtualPrivateGateway(let vpn) = vpc.scenario.gateway(named: gateway.name)?.kind
          else { continue }
          others.append(
            OutsidePlace(
              name: OutsidePlace.onPremises, hosts: vpn.hosts, gateways: [(number, place)]))
        case .peering: continue
        }
      }
    }
    let hasRegional = vpcs.contains { !$0.edges.regionalNATGateways.isEmpty }
    // Who begins something there is there, though nothing may come of it.
    let begins = scenario.hostTraffic.contains { $0.host.vpc == nil }
    if internet.gateways.isEmpty, !hasRegional, !begins {
      outsidePlaces = others
    } else {
      outsidePlaces = [internet] + others
    }
  }

  private mutating func add(_ transit: Scenario.TransitGateway) throws(GatewayError) {
    var gateway = TransitGateway(name: transit.name)
    var tables: [(name: String, index: TransitTableIndex)] = []
    for table in transit.routeTables {
      tables.append((table.name, try gateway.addTable(name: table.name)))
    }
    func table(_ name: String) -> TransitTableIndex? { tables.first { $0.name == name }?.index }
    var attachments: [(vpc: Int, index: GatewayIndex)] = []
    var indices: [TransitAttachmentIndex] = []
    for attachment in transit.attachments {
      guard let vpc = vpcs.firstIndex(where: { $0.scenario.name == attachment.vpc }),
        let join = vpcs[vpc].edges.join(transit.name)
      else { preconditionFailure("a validated scenario names existing VPCs") }
      let zones = attachment.subnets.compactMap { vpcs[vpc].scenario.subnet(named: $0)?.zone }
      let index = try gateway.attach(
        name: attachment.vpc, blocks: vpcs[vpc].network.allBlocks, zones: zones)
      if let table = table(attachment.routeTable) { gateway.associate(index, with: table) }
      attachments.append((vpc, join))
      indices.append(index)
    }
    for (attachment, index) in zip(transit.attachments, indices) {
      for name in attachment.propagatesTo {
        if let table = table(name) { gateway.propagate(index, to: table) }
      }
    }
    for routeTable in transit.routeTables {
      guard let table = table(routeTable.name) else { continue }
      for route in routeTable.routes {
        let place = transit.attachments.firstIndex { $0.vpc == route.attachment }
        try gateway.addRoute(
          to: route.destination, via: place.map { .attachment(indices[$0]) } ?? .blackhole,
          in: table)
      }
    }
    transitGateways.append(Transit(gateway: gateway, attachments: attachments))
  }
}

extension VirtualPrivateCloud {
  /// The addresses of the interfaces that are in a group.
  func members(of group: String) -> [IPAddress] {
    guard let index = securityGroup(named: group) else { return [] }
    return interfaces.filter { $0.exists && $0.securityGroups.contains(index) }
      .flatMap(\.allAddresses)
  }

  fileprivate mutating func add(_ subnet: Scenario.Subnet) throws(VirtualNetworkError) {
    let index = try addSubnet(
      name: subnet.name, cidr: subnet.prefix, ipv6CIDR: subnet.ipv6Prefix, zone: subnet.zone)
    if subnet.routeTable != "main", let table = routeTable(named: subnet.routeTable) {
      associate(table, with: index)
    }
    if subnet.networkACL != "default", let list = networkACL(named: subnet.networkACL) {
      associate(list, with: index)
    }
  }

  /// Adds the hosts' interfaces, in the order of the scenario.
  fileprivate mutating func addHosts(
    of vpc: Scenario.VPC
  ) throws(VirtualNetworkError) -> [InterfaceIndex] {
    var hosts: [InterfaceIndex] = []
    for host in vpc.hosts {
      guard let subnet = subnet(named: host.subnet) else {
        preconditionFailure("a validated scenario names existing subnets")
      }
      let index = try addInterface(
        name: host.name, in: subnet, address: host.address,
        securityGroups: host.securityGroups.compactMap(securityGroup(named:)),
        description: host.name,
        checksSourceAndDestination: host.checksSourceAndDestination)
      for address in host.secondaryAddresses { _ = try assignPrivateAddress(address, to: index) }
      if let address = host.ipv6Address { _ = try assignIPv6Address(address, to: index) }
      if let address = host.elasticAddress { try associateAddress(address, of: index) }
      hosts.append(index)
    }
    for (host, index) in zip(vpc.hosts, hosts) {
      for prefix in host.ipv4Prefixes { try assignPrefix(.v4(prefix), to: index) }
      for prefix in host.ipv6Prefixes { try assignPrefix(.v6(prefix), to: index) }
    }
    return hosts
  }

  fileprivate mutating func addRoutes(
    of vpc: Scenario.VPC, _ edges: WorldPlan.Edges
  ) throws(VirtualNetworkError) {
    for table in vpc.routeTables {
      guard let index = routeTable(named: table.name) else { continue }
      for route in table.routes {
        try addRoute(self.route(route, edges), to: index)
      }
      for name in table.propagating {
        guard case .virtualPrivateGateway(let vpn) = vpc.gateway(named: name)?.kind else {
          continue
        }
        for network in vpn.networks {
          try addRoute(
            Route(
              to: .prefix(.v4(network)), via: routeTarget(.gateway(name), edges),
              origin: .propagated),
            to: index)
        }
      }
    }
    for gateway in vpc.gateways {
      guard let name = gateway.routeTable, let table = routeTable(named: name),
        case .gateway(let index) = routeTarget(.gateway(gateway.name), edges)
      else { continue }
      try setGatewayRouteTable(table, of: index)
    }
  }

  /// A route of the scenario.
  func route(_ route: Scenario.Route, _ edges: WorldPlan.Edges) -> Route {
    Route(to: destination(route.destination), via: routeTarget(route.target, edges))
  }

  func destination(_ destination: Scenario.Route.Destination) -> Route.Destination {
    switch destination {
    case .prefix(let prefix): return .prefix(prefix)
    case .prefixList(let name):
      guard let list = prefixList(named: name) else {
        preconditionFailure("a validated scenario names existing prefix lists")
      }
      return .prefixList(list)
    }
  }

  func routeTarget(
    _ target: Scenario.Route.Target, _ edges: WorldPlan.Edges
  ) -> RouteTarget {
    switch target {
    case .blackhole: return .blackhole
    case .host(let name):
      if let index = interface(named: name) { return .networkInterface(index) }
    case .peering(let name), .transitGateway(let name):
      if let index = edges.join(name) { return .gateway(index) }
    case .gateway(let name):
      if let found = edges.gateways.first(where: { $0.gateway.name == name }) {
        return .gateway(found.index)
      }
      if let found = edges.regionalNATGateways.first(where: { $0.gateway.name == name }) {
        return .gateway(found.index)
      }
      if let found = edges.natGateways.first(where: { $0.gateway.name == name }) {
        return .networkInterface(found.interface)
      }
    }
    preconditionFailure("a validated scenario names existing targets")
  }
}

extension NetworkQuotas {
  fileprivate init(of vpc: Scenario.VPC) {
    self.init()
    trackedConnectionsPerInterface = vpc.trackedConnections
  }
}
