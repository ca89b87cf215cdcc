import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import VirtualNetwork

/// What leads out of VPCs, and what is outside.
extension World {
  /// The capture points that are still to be given out, in the order of ``TapLayout``.
  private struct RemainingPoints {
    var natGateways: ArraySlice<CapturePoint>
    var gateways: ArraySlice<CapturePoint>
    var outsideHosts: ArraySlice<CapturePoint>

    init(_ points: TapPoints) {
      natGateways = points.natGateways[...]
      gateways = points.gateways[...]
      outsideHosts = points.outsideHosts[...]
    }
  }

  /// Builds gateways, what joins VPCs, and the networks outside.
  mutating func addEdges(_ scenario: Scenario, _ allPoints: TapPoints) {
    var points = RemainingPoints(allPoints)
    let outside = plan.outsidePlaces.enumerated().map { number, place in
      addPlace(place, number, scenario, &points)
    }
    for number in plan.vpcs.indices { addEndpoints(of: number, scenario, allPoints) }
    for number in plan.vpcs.indices {
      for (interface, gateway) in plan.vpcs[number].edges.natGateways {
        add(gateway, at: interface, of: number, scenario, &points)
      }
      for (index, gateway) in plan.vpcs[number].edges.regionalNATGateways {
        guard let internet = outside.first else { continue }
        add(gateway, index, of: number, to: internet, scenario, &points)
      }
      for (place, (index, gateway)) in plan.vpcs[number].edges.gateways.enumerated() {
        let target = plan.outsidePlaces.firstIndex { outer in
          outer.gateways.contains { $0 == (number, place) }
        }
        guard let target else { continue }
        add(gateway, index, of: number, to: outside[target], scenario, &points)
      }
    }
    for peering in plan.peerings { add(peering, scenario, &points) }
    for transit in plan.transitGateways { add(transit, scenario, &points) }
  }

  /// Ethernet addresses outside VPCs: locally administered, assumed.
  private func outsideAddress(_ kind: UInt64, _ number: Int) -> MACAddress {
    MACAddress(0x02_4c_57_f0_00_00 | kind << 16 | UInt64(number & 0xffff))
  }

  // MARK: - Outside

  private mutating func addPlace(
    _ place: WorldPlan.OutsidePlace, _ number: Int, _ scenario: Scenario,
    _ points: inout RemainingPoints
  ) -> NodeID<OutsideNetworkNode> {
    let router = outsideAddress(0, number)
    // Two routers between a gateway and any host on the internet, one elsewhere (A-92, assumed), out
    // of the blocks for examples.
    let routers = (1...(place.isInternet ? 2 : 1)).map { hop in
      OutsideNetworkNode.Router(
        ipv4: IPv4Address(192, 0, 2, UInt8(clamping: number * 4 + hop)),
        ipv6: IPv6Address(0x2001, 0xdb8, 0xfff, 0, 0, 0, UInt16(clamping: number), UInt16(hop)))
    }
    let node = simulation.add(
      OutsideNetworkNode(
        name: place.name, linkLayerAddress: router, routers: routers, limit: place.limit))
    outsideHosts.append(
      place.hosts.map { host in
        addOutsideHost(host, number, to: node, router, scenario, points.outsideHosts.popFirst())
      })
    return node
  }

  private mutating func addOutsideHost(
    _ host: Scenario.OutsideHost, _ place: Int, to node: NodeID<OutsideNetworkNode>,
    _ router: MACAddress, _ scenario: Scenario, _ point: CapturePoint?
  ) -> NodeID<Host> {
    let name = "\(plan.outsidePlaces[place].name)/\(host.name)"
    outsideHostCount += 1
    let linkLayerAddress = outsideAddress(1, outsideHostCount)
    // The router answers for every address, so any will do as the gateway's.
    let routerAddress = IPv4Address(192, 0, 2, 254)
    var server = Host(
      name: name, seed: scenario.seed,
      interface: HostInterface(
        hardwareAddress: linkLayerAddress, address: host.address, prefixLength: 32,
        gateway: routerAddress,
        ipv6: host.ipv6Address.map {
          HostInterface.IPv6Settings(
            addresses: [$0], prefixLength: 128, gateway: Subnet.routerIPv6Address)
        }), settings: scenario.settings.host)
    server.setNeighbor(.v4(routerAddress), to: router)
    if host.ipv6Address != nil { server.setNeighbor(.v6(Subnet.routerIPv6Address), to: router) }
    serve(host.services, on: &server, scenario)
    let id = simulation.add(server)
    let label = simulation.withNode(node) { $0.nextLabel }
    let ports = simulation.connect(
      id, node, name: name, LinkBehavior(propagation: .microseconds(50)), labels: (0, label))
    simulation.withNode(id) { $0.attach(to: ports.a) }
    let addresses = [IPAddress.v4(host.address)] + (host.ipv6Address.map { [.v6($0)] } ?? [])
    simulation.withNode(node) {
      $0.attachHost(
        at: addresses, linkLayerAddress: linkLayerAddress, to: ports.b,
        capturing: point ?? .none)
    }
    return id
  }

  /// Builds the service behind each interface of an interface endpoint.
  private mutating func addEndpoints(
    of number: Int, _ scenario: Scenario, _ points: TapPoints
  ) {
    let vpc = plan.vpcs[number]
    for endpoint in vpc.edges.endpoints {
      for index in endpoint.interfaces {
        let interface = vpc.network.interfaces[Int(index.rawValue)]
        let subnet = vpc.network.subnets[Int(interface.subnet.rawValue)]
        let name = "\(vpc.scenario.name)/\(interface.name)"
        var server = Host(
          name: name, seed: scenario.seed,
          interface: HostInterface(
            hardwareAddress: interface.linkLayerAddress, address: interface.address,
            prefixLength: subnet.cidr.length, gateway: subnet.routerAddress,
            maximumTransmissionUnit: PathLimit.endpoint.mtu), settings: scenario.settings.host)
        serve(endpoint.endpoint.services, on: &server, scenario)
        let id = simulation.add(server)
        let ports = simulation.connect(
          id, networks[number], name: name,
          scenario.settings.link(scenario.settings.endpointLatency),
          labels: (0, Int32(index.rawValue)))
        simulation.withNode(id) { $0.attach(to: ports.a) }
        let point = points.interfaces[number][Int(index.rawValue)]
        let node = networks[number]
        simulation.withNode(node) { $0.attach(index, to: ports.b, capturing: point) }
      }
    }
  }

  // MARK: - Gateways

  static func seed(_ scenario: Scenario, _ name: String) -> UInt64 {
    var random = RandomStream(seed: scenario.seed, name: name)
    return random.next()
  }

  private mutating func add(
    _ gateway: NATGateway, at interface: InterfaceIndex, of number: Int, _ scenario: Scenario,
    _ points: inout RemainingPoints
  ) {
    let network = plan.vpcs[number].network
    let own = network.interfaces[Int(interface.rawValue)]
    let record = record
    // Other VPCs may well have a gateway of this name.
    let name = "\(network.name)/\(gateway.name)"
    let node = simulation.add(
      NATGatewayNode(
        gateway, linkLayerAddress: own.linkLayerAddress,
        routerLinkLayerAddress: network.subnets[Int(own.subnet.rawValue)].gatewayLinkLayerAddress,
        seed: Self.seed(scenario, "nat-gateway/\(network.name)/\(gateway.name)"),
        inPoint: points.natGateways.popFirst() ?? .none,
        outPoint: points.natGateways.popFirst() ?? .none,
        report: { event, _ in record.reportTranslation(event, translator: name) }))
    let vpc = networks[number]
    let ports = simulation.connect(
      node, vpc, name: name,
      scenario.settings.link(scenario.settings.natGatewayLatency / 2),
      labels: (0, Int32(interface.rawValue)))
    simulation.withNode(node) { $0.connect(to: ports.a) }
    simulation.withNode(vpc) { $0.attach(interface, to: ports.b, capturing: .none) }
  }

  private mutating func add(
    _ gateway: RegionalNATGateway, _ index: GatewayIndex, of number: Int,
    to internet: NodeID<OutsideNetworkNode>, _ scenario: Scenario,
    _ points: inout RemainingPoints
  ) {
    let network = plan.vpcs[number].network
    let linkLayerAddress = outsideAddress(2, number << 8 | Int(index.rawValue))
    let record = record
    // Made once, since translations are many: one to a zone.
    let names = Dictionary(
      gateway.zones.map {
        ("\(gateway.name)/\($0.name)", "\(network.name)/\(gateway.name)/\($0.name)")
      }, uniquingKeysWith: { first, _ in first })
    let node = simulation.add(
      NATGatewayNode(
        gateway, linkLayerAddress: linkLayerAddress,
        internetLinkLayerAddress: outsideAddress(0, 0),
        zonesOfSubnets: network.subnets.map(\.zone),
        seed: Self.seed(scenario, "nat-gateway/\(network.name)/\(gateway.name)"),
        inPoint: points.natGateways.popFirst() ?? .none,
        outPoint: points.natGateways.popFirst() ?? .none,
        report: { record.reportTranslation($0, translator: names[$1] ?? $1) }))
    let inside = simulation.connect(
      node, networks[number], name: "\(network.name)/\(gateway.name)",
      scenario.settings.link(scenario.settings.natGatewayLatency),
      labels: (GatewayLabel.inside, VPCNode.Label.gateway(index)))
    attach(index, of: number, to: inside.b, limit: gateway.limit)
    let outside = connectOutside(
      node, to: internet, name: "\(network.name)/\(gateway.name)/internet", for: gateway.prefixes,
      linkLayerAddress, scenario.settings.link(scenario.settings.internetLatency))
    simulation.withNode(node) { $0.connect(inside: inside.a, outside: outside) }
  }

  private mutating func add(
    _ gateway: EdgeGateway, _ index: GatewayIndex, of number: Int,
    to place: NodeID<OutsideNetworkNode>, _ scenario: Scenario, _ points: inout RemainingPoints
  ) {
    let network = plan.vpcs[number].network
    let changes = plan.vpcs[number].changes
    let settings = scenario.settings
    let linkLayerAddress = outsideAddress(2, number << 8 | Int(index.rawValue))
    let name = "\(network.name)/\(gateway.name)"
    let node = simulation.add(
      GatewayNode(
        gateway, linkLayerAddress: linkLayerAddress,
        capturing: points.gateways.popFirst() ?? .none))
    let inside = simulation.connect(
      node, networks[number], name: name, settings.link(settings.hyperplaneToVPC),
      labels: (GatewayLabel.inside, VPCNode.Label.gateway(index)))
    attach(index, of: number, to: inside.b, limit: gateway.limit)
    var latency = settings.internetLatency
    var prefixes = network.allBlocks
    switch gateway {
    case .internet(let gateway):
      prefixes =
        gateway.associations.map { IPPrefix(.v4($0.publicAddress)) }
        + network.ipv6Prefixes(behind: index, during: changes)
      for pair in gateway.associations {
        record.reportStaticTranslation(
          inside: .v4(pair.privateAddress), outside: .v4(pair.publicAddress),
          translator: name)
      }
    case .egressOnlyInternet: prefixes = network.ipv6Prefixes(behind: index, during: changes)
    case .gatewayEndpoint: latency = settings.endpointLatency
    case .virtualPrivate: latency = settings.onPremisesLatency
    case .peering: break
    }
    let outside = connectOutside(
      node, to: place, name: "\(name)/outside", for: prefixes, linkLayerAddress,
      settings.link(latency))
    simulation.withNode(node) { $0.connect(inside: inside.a, outside: outside) }
  }

  /// Connects a gateway with a network outside.
  ///
  /// - Returns: The gateway's port.
  private mutating func connectOutside<Gateway: Node & ~Copyable>(
    _ node: NodeID<Gateway>, to place: NodeID<OutsideNetworkNode>, name: String,
    for prefixes: [IPPrefix], _ linkLayerAddress: MACAddress, _ link: LinkBehavior
  ) -> PortID {
    let label = simulation.withNode(place) { $0.nextLabel }
    let ports = simulation.connect(
      node, place, name: name, link, labels: (GatewayLabel.outside, label))
    simulation.withNode(place) {
      $0.attachGateway(for: prefixes, linkLayerAddress: linkLayerAddress, to: ports.b)
    }
    return ports.a
  }

  // MARK: - Joins

  private mutating func add(
    _ peering: WorldPlan.Peering, _ scenario: Scenario, _ points: inout RemainingPoints
  ) {
    let connection = peering.connection
    let settings = scenario.settings
    let node = simulation.add(
      GatewayNode(
        .peering(connection),
        linkLayerAddress: outsideAddress(3, Int(peering.requester.index.rawValue)),
        capturing: points.gateways.popFirst() ?? .none))
    let near = simulation.connect(
      node, networks[peering.requester.vpc], name: "\(connection.name)/requester",
      settings.link(settings.hyperplaneToVPC),
      labels: (GatewayLabel.inside, VPCNode.Label.gateway(peering.requester.index)))
    let distance = RegionDistance.latency(
      from: connection.requester.region, to: connection.accepter.region)
    let far = simulation.connect(
      node, networks[peering.accepter.vpc], name: "\(connection.name)/accepter",
      settings.link(distance),
      labels: (GatewayLabel.outside, VPCNode.Label.gateway(peering.accepter.index)))
    attach(peering.requester.index, of: peering.requester.vpc, to: near.b, limit: connection.limit)
    attach(peering.accepter.index, of: peering.accepter.vpc, to: far.b, limit: connection.limit)
    simulation.withNode(node) { $0.connect(inside: near.a, outside: far.a) }
  }

  private mutating func add(
    _ transit: WorldPlan.Transit, _ scenario: Scenario, _ points: inout RemainingPoints
  ) {
    let settings = scenario.settings
    let node = simulation.add(
      TransitGatewayNode(
        transit.gateway, linkLayerAddress: outsideAddress(4, transit.attachments.count),
        capturing: points.gateways.popFirst() ?? .none))
    for (number, attachment) in transit.attachments.enumerated() {
      let network = plan.vpcs[attachment.vpc].network
      let ports = simulation.connect(
        node, networks[attachment.vpc], name: "\(transit.gateway.name)/\(network.name)",
        settings.link(settings.transitGatewayLatency),
        labels: (Int32(number), VPCNode.Label.gateway(attachment.index)))
      attach(attachment.index, of: attachment.vpc, to: ports.b, limit: transit.gateway.limit)
      simulation.withNode(node) {
        $0.connect(
          TransitAttachmentIndex(rawValue: UInt32(number)), to: ports.a,
          zonesOfSubnets: network.subnets.map(\.zone))
      }
    }
  }

  private mutating func attach(
    _ index: GatewayIndex, of number: Int, to port: PortID, limit: PathLimit
  ) {
    let vpc = networks[number]
    simulation.withNode(vpc) { $0.attachGateway(index, to: port, limit: limit) }
  }
}
