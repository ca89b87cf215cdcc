import AddressTranslation
import EventSimulation
import LambdaService
import VirtualNetwork

/// Lambda's side of the world: workers and Hyperplane.
extension World {
  mutating func addRegion(
    _ scenario: Scenario, _ points: TapPoints
  ) throws(ModelError) {
    guard !plan.workers.isEmpty else { return }
    let settings = scenario.settings
    let node = simulation.add(
      HyperplaneNode(
        HyperplaneNode.Settings(
          tunnel: GeneveTunnel(
            local: WorldPlan.hyperplaneAddress,
            localLinkLayerAddress: WorldPlan.hyperplaneLinkLayerAddress),
          latency: settings.hyperplaneLatency, lookupLatency: settings.hyperplaneLookup,
          growthThresholdPerMillion: settings.eniGrowthThreshold.partsPerMillion,
          detection: settings.hyperplaneDetection,
          inPoint: points.hyperplaneIn, outPoint: points.hyperplaneOut),
        fleet: fleet(), cells: cells(scenario), pairCount: plan.layout.pairCount,
        deciderRandom: RandomStream(
          seed: scenario.seed, name: "hyperplane-deciders\(plan.partition.streamSuffix)"),
        firstSlotAddress: WorldPlan.slotAddress(plan.slotOffset), record: record))
    hyperplane = node
    let out = simulation.connect(
      node, node, name: "hyperplane/out\(plan.partition.streamSuffix)",
      settings.link(settings.hyperplaneLatency),
      labels: (0, HyperplaneNode.Label.outbound))
    let back = simulation.connect(
      node, node, name: "hyperplane/in\(plan.partition.streamSuffix)",
      settings.link(settings.hyperplaneLatency),
      labels: (0, HyperplaneNode.Label.inbound))
    let frontend = frontend
    simulation.withNode(node) {
      $0.setLanes(outbound: out.a, inbound: back.a)
      $0.setFrontend(frontend)
    }
    for (number, network) in networks.enumerated() {
      let ports = simulation.connect(
        node, network, name: "hyperplane/\(plan.vpcs[number].scenario.name)",
        LinkBehavior(propagation: .zero),
        labels: (HyperplaneNode.Label.vpc(number), VPCNode.Label.provider))
      simulation.withNode(node) { $0.addVPC(at: ports.a) }
      for shared in plan.sharedInterfaces where shared.vpc == number {
        let point = points.interfaces[number][Int(shared.index.rawValue)]
        simulation.withNode(network) { $0.attach(shared.index, to: ports.b, capturing: point) }
      }
    }
    for number in plan.sharedInterfaces.indices {
      try addSharedInterface(number, to: node, scenario)
    }
    for group in plan.groups {
      let exists = plan.sharedInterfaces[group.interfaces[0]].exists
      simulation.withNode(node) {
        _ = $0.add(
          InterfaceGroup(member: group.interfaces[0], spares: Array(group.interfaces.dropFirst())),
          owner: group.owner, exists: exists)
      }
    }
    for (number, worker) in plan.workers.enumerated() {
      addWorker(worker, number, to: node, scenario, points)
    }
  }

  /// The Tops of all cells, dealt to the customers; hand and ring have the same number.
  private func fleet() -> TopFleet {
    var fleet = TopFleet(topCount: plan.layout.topCount)
    for hand in plan.hands {
      _ = fleet.add(TopRing(hand: hand.nodes.tops))
      record.reportHand(
        HyperplaneHand(
          vpc: plan.vpcs[hand.vpc].scenario.name, zone: hand.nodes.zone, cell: hand.nodes.cell + 1,
          tops: hand.nodes.tops.map { $0 + 1 }, flowMasters: hand.nodes.flowMasters.map { $0 + 1 }))
    }
    return fleet
  }

  private func cells(_ scenario: Scenario) -> [Cell] {
    let capacity = Cell.Capacity(
      connections: scenario.settings.hyperplaneCellConnections,
      connectionsPerSecond: scenario.settings.hyperplaneCellRate)
    return (0..<plan.layout.cellCount).map { number in
      Cell(
        zone: plan.layout.zones[number / plan.layout.cellsPerZone], capacity: capacity,
        random: RandomStream(
          seed: scenario.seed, name: "hyperplane-cell/\(number + 1)\(plan.partition.streamSuffix)"))
    }
  }

  private mutating func addSharedInterface(
    _ number: Int, to node: NodeID<HyperplaneNode>, _ scenario: Scenario
  ) throws(ModelError) {
    let shared = plan.sharedInterfaces[number]
    let hand = plan.groups[shared.group].hand
    let vpc = plan.vpcs[shared.vpc]
    let interface = vpc.network.interfaces[Int(shared.index.rawValue)]
    let name = interface.identifier.rawValue
    let ends = HyperplaneNode.SharedInterface(
      index: shared.index, vpc: shared.vpc, linkLayerAddress: interface.linkLayerAddress,
      gatewayLinkLayerAddress: vpc.network.subnets[Int(interface.subnet.rawValue)]
        .gatewayLinkLayerAddress, networkIdentifier: vpc.networkIdentifier)
    let duty = HyperplaneNode.Duty(
      group: shared.group, ring: hand, cell: plan.hands[hand].nodes.cell,
      pairs: plan.hands[hand].nodes.flowMasters, seed: scenario.seed
    ) { [seed = scenario.seed, vpcName = vpc.network.name, label = interface.name] ordinal in
      VirtualPrivateCloud.interfaceIdentifier(label, ordinal: ordinal, vpc: vpcName, seed: seed)
        .rawValue
    }
    try simulation.withNode(node) { (node: inout HyperplaneNode) throws(ModelError) in
      var translator = try Self.translator(
        scenario.settings.hyperplaneBehavior, outside: interface.address, inside: nil,
        seed: scenario.seed, name: name)
      translator.recordsEvents = true
      _ = node.add(ends, duty, translator: translator)
    }
  }
}
