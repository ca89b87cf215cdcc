import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Hosts that forward, and what a VPC's interfaces have besides hosts.
extension World {
  /// Attaches a host to its network interface, through what forwards if it does.
  ///
  /// - Parameters:
  ///   - id: The host.
  ///   - host: What the scenario says of it.
  ///   - index: Its interface.
  ///   - number: Its VPC.
  ///   - name: What its links are called.
  ///   - scenario: The scenario.
  /// - Returns: The port on the VPC's side.
  mutating func attach(
    _ id: NodeID<Host>, _ host: Scenario.Host, _ index: InterfaceIndex, of number: Int,
    name: String, _ scenario: Scenario
  ) -> PortID {
    let settings = scenario.settings
    let label = Int32(index.rawValue)
    let link = LinkBehavior(
      bitsPerSecond: Int64(settings.vpcLinkRate), propagation: .zero,
      queueByteLimit: settings.linkQueue)
    guard host.forwarding != .none else {
      let ports = simulation.connect(id, networks[number], name: name, link, labels: (0, label))
      simulation.withNode(id) { $0.attach(to: ports.a) }
      return ports.b
    }
    let network = plan.vpcs[number].network
    let interface = network.interfaces[Int(index.rawValue)]
    let record = record
    let node = simulation.add(
      ApplianceNode(
        ApplianceNode.Settings(
          name: name,
          addresses: [.v4(interface.address)] + interface.furtherIPv4Addresses.map { .v4($0) }
            + interface.answeredIPv6Addresses.map { .v6($0) },
          linkLayerAddress: interface.linkLayerAddress,
          routerLinkLayerAddress: network.subnets[Int(interface.subnet.rawValue)]
            .gatewayLinkLayerAddress,
          masqueraded: host.forwarding == .masquerade ? network.blocks : [],
          maximumTransmissionUnit: host.maximumTransmissionUnit ?? settings.vpcMTU),
        seed: Self.seed(scenario, "appliance/\(name)"),
        report: { record.reportTranslation($0, translator: $1) }))
    let outer = simulation.connect(
      node, networks[number], name: name, link, labels: (ApplianceNode.Label.network, label))
    let inner = simulation.connect(
      id, node, name: "\(name)/host", LinkBehavior(propagation: .zero),
      labels: (0, ApplianceNode.Label.host))
    simulation.withNode(id) { $0.attach(to: inner.a) }
    simulation.withNode(node) { $0.connect(network: outer.a, host: inner.b) }
    return outer.b
  }

  /// Gives a VPC its clock, its metadata service and what copies its packets.
  mutating func addServices(of number: Int, _ scenario: Scenario) throws(ModelError) {
    let (vpc, node, settings) = (plan.vpcs[number], networks[number], scenario.settings)
    let epoch = scenario.start.nanosecondsSince1970
    simulation.withNode(node) { $0.setClock(epoch) }
    if settings.vpcLinkRate > settings.singleFlowRate {
      simulation.withNode(node) { $0.limitFlows(bitsPerSecond: Int64(settings.singleFlowRate)) }
    }
    addMetadata(of: number, scenario)
    guard !vpc.scenario.mirrorSessions.isEmpty else { return }
    let sessions = vpc.scenario.mirrorSessions.compactMap { session -> MirrorSession? in
      guard let source = vpc.network.interface(named: session.source),
        let target = vpc.network.interface(named: session.target)
      else { return nil }
      let host = vpc.scenario.host(named: session.target)
      return MirrorSession(
        source: source, target: target, number: session.number,
        virtualNetworkIdentifier: session.networkIdentifier, packetLength: session.packetLength,
        filter: session.rules.map(MirrorRule.init),
        targetMTU: host?.maximumTransmissionUnit ?? settings.vpcMTU)
    }
    do throws(MirrorError) {
      try simulation.withNode(node) { node throws(MirrorError) in
        try node.setMirrorSessions(sessions)
      }
    } catch {
      throw .settings("\(vpc.scenario.name): \(error)")
    }
  }

  /// The instance metadata service: an HTTP server that says who asks for what it need not know.
  private mutating func addMetadata(of number: Int, _ scenario: Scenario) {
    let name = "\(plan.vpcs[number].scenario.name)/instance-metadata"
    let linkLayerAddress = MACAddress(0x02_4c_57_fc_00_00 | UInt64(plan.vpcOffset + number))
    let address = LinkLocalService.instanceMetadata.address
    let router =
      plan.vpcs[number].network.subnets.first?.gatewayLinkLayerAddress ?? MACAddress(0)
    let gateway = plan.vpcs[number].network.resolverAddress
    var server = Host(
      name: name, seed: scenario.seed,
      interface: HostInterface(
        hardwareAddress: linkLayerAddress, address: address, prefixLength: 32, gateway: gateway),
      settings: scenario.settings.host)
    server.setNeighbor(.v4(gateway), to: router)
    // IMDSv2: a token first, and nothing without one (EC2 guide, "Use the Instance Metadata Service").
    server.serve(
      .http(
        HTTPServer(port: 80) { request in
          if request.method == "PUT", request.path == "/latest/api/token" {
            return HTTPResponse(status: 200, body: .text("token"))
          }
          guard request.value(of: "X-aws-ec2-metadata-token") != nil else {
            return HTTPResponse(status: 401)
          }
          return HTTPResponse(status: request.path.hasPrefix("/latest/") ? 200 : 404)
        }))
    let id = simulation.add(server)
    let ports = simulation.connect(
      id, networks[number], name: name, LinkBehavior(propagation: .zero),
      labels: (0, VPCNode.Label.instanceMetadata))
    simulation.withNode(id) { $0.attach(to: ports.a) }
    let node = networks[number]
    simulation.withNode(node) {
      $0.attachInstanceMetadata(to: ports.b, linkLayerAddress: linkLayerAddress, capturing: .none)
    }
  }

  /// Tells VPCs of interfaces that come and go in groups which rules of theirs name.
  mutating func addPeeredGroups() {
    for (watcher, vpc) in plan.vpcs.enumerated() {
      for (place, group) in vpc.network.peeredGroups.enumerated() {
        guard let home = plan.vpcs.firstIndex(where: { $0.scenario.name == group.vpc }),
          let member = plan.vpcs[home].network.securityGroup(named: group.name)
        else { continue }
        let (node, target) = (networks[home], networks[watcher])
        simulation.withNode(node) {
          $0.tell(
            target, of: member, as: PeeredGroupIndex(rawValue: UInt32(place)))
        }
      }
    }
  }
}

extension MirrorRule {
  fileprivate init(_ rule: Scenario.MirrorSession.Rule) {
    let everywhere = IPPrefix.everything(.v4)
    let isEverything = 0...UInt16.max
    var number: IPProtocol?
    if case .number(let value) = rule.protocol { number = IPProtocol(rawValue: value) }
    self.init(
      rule.number, rule.direction == .ingress ? .ingress : .egress,
      rule.action == .accept ? .accept : .reject, protocol: number,
      source: rule.source ?? everywhere, destination: rule.destination ?? everywhere,
      sourcePorts: rule.sourcePorts == isEverything ? nil : rule.sourcePorts,
      destinationPorts: rule.destinationPorts == isEverything ? nil : rule.destinationPorts)
  }
}
