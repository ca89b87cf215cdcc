import AddressTranslation
import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// A scenario come to life: nodes joined by links, ready to run.
struct World: ~Copyable {
  var simulation: Simulation
  let plan: WorldPlan
  /// Who has which name.
  let names: NameBook
  let frontend: NodeID<FunctionFrontend>
  let record: RunRecord
  /// In the order of the plan; an environment without network has none.
  var guests: [NodeID<Host>?] = []
  private(set) var hosts: [[NodeID<Host>]] = []
  private(set) var networks: [NodeID<VPCNode>] = []
  var hyperplane: NodeID<HyperplaneNode>?
  /// The hosts outside VPCs, by their place, in the order of the plan.
  var outsideHosts: [[NodeID<Host>]] = []
  /// How many hosts outside VPCs there are so far.
  var outsideHostCount = 0

  /// Builds the nodes of `plan`.
  ///
  /// - Parameters:
  ///   - plan: What exists.
  ///   - points: Where frames are captured.
  ///   - captures: The files behind the points.
  ///   - record: Where nodes report.
  /// - Throws: ``ModelError`` if settings contradict each other.
  init(
    _ plan: WorldPlan, points: TapPoints, captures: consuming CaptureSet, record: RunRecord
  ) throws(ModelError) {
    let scenario = plan.partition.scenario
    let settings = scenario.settings
    self.plan = plan
    names = NameBook(
      plan, plan.partition.book,
      timeToLive: UInt32(clamping: settings.dnsTimeToLive.components.seconds))
    self.record = record
    simulation = Simulation(
      seed: scenario.seed, frames: Self.frames(of: plan.partition), captures: captures)
    frontend = simulation.add(
      FunctionFrontend(
        times: settings.invokeTimes, limits: settings.invokeLimits, seed: scenario.seed,
        streamSuffix: plan.partition.streamSuffix, record: record))
    addNetworks(scenario, points)
    addEdges(scenario, points)
    for number in plan.vpcs.indices { try addServices(of: number, scenario) }
    addPeeredGroups()
    try addRegion(scenario, points)
    try addFunctions(scenario, points)
    addTraffic(scenario)
    addHostTraffic(scenario)
    addEvents(scenario)
    addNetworkCalls()
    let frontend = frontend
    for reminder in simulation.withNode(frontend, { $0.initialReminders() }) {
      simulation.wake(frontend, at: reminder.time, token: reminder.token)
    }
  }

  /// The frames of a partition, numbered in turns with those of the others.
  private static func frames(of partition: ScenarioPartition) -> FramePool {
    FramePool(
      capacity: max(1 << 17, (1 << 21) / partition.count),
      firstPacketID: UInt64(partition.number) + 1, packetIDStep: UInt64(partition.count))
  }

  // MARK: - The customer's side

  private mutating func addNetworks(_ scenario: Scenario, _ points: TapPoints) {
    let settings = scenario.settings
    for (number, vpc) in plan.vpcs.enumerated() {
      var timeouts = ConnectionTimeouts()
      timeouts.tcpEstablished = settings.trackingTCPIdle
      timeouts.udpSingle = settings.trackingUDPSingle
      timeouts.udpStream = settings.trackingUDPStream
      timeouts.other = settings.trackingOtherIdle
      let node = simulation.add(VPCNode(DataPlane(vpc.network, timeouts: timeouts)))
      networks.append(node)
      simulation.withNode(node) {
        $0.setFlowLogs(vpc.flowLogRecorder(startingAt: scenario.start))
      }
      let name = vpc.scenario.name
      let near = simulation.connect(
        node, node, name: "\(name)/same zone", settings.link(settings.hyperplaneToVPC),
        labels: (0, VPCNode.Label.sameZone))
      let far = simulation.connect(
        node, node, name: "\(name)/cross zone",
        settings.link(settings.hyperplaneToVPC + settings.crossZone),
        labels: (0, VPCNode.Label.crossZone))
      simulation.withNode(node) { $0.setLanes(sameZone: near.a, crossZone: far.a) }
      addResolver(number, to: node, scenario, points)
      hosts.append([])
      for (ordinal, host) in vpc.scenario.hosts.enumerated() {
        addHost(host, vpc.hostInterfaces[ordinal], number, to: node, scenario, points)
      }
    }
  }

  private mutating func addHost(
    _ host: Scenario.Host, _ index: InterfaceIndex, _ number: Int, to node: NodeID<VPCNode>,
    _ scenario: Scenario, _ points: TapPoints
  ) {
    let settings = scenario.settings
    let vpc = plan.vpcs[number]
    let interface = vpc.network.interfaces[Int(index.rawValue)]
    let subnet = vpc.network.subnets[Int(interface.subnet.rawValue)]
    let name = "\(vpc.scenario.name)/\(host.name)"
    var server = Host(
      name: name, seed: scenario.seed,
      interface: HostInterface(
        hardwareAddress: interface.linkLayerAddress, address: interface.address,
        prefixLength: subnet.cidr.length, gateway: subnet.routerAddress,
        additionalAddresses: interface.furtherIPv4Addresses,
        ipv6: interface.ipv6Addresses.isEmpty
          ? nil
          : HostInterface.IPv6Settings(
            addresses: interface.answeredIPv6Addresses, prefixLength: 64,
            gateway: Subnet.routerIPv6Address),
        maximumTransmissionUnit: host.maximumTransmissionUnit ?? settings.vpcMTU),
      settings: settings.host)
    serve(host.services, on: &server, scenario)
    let id = simulation.add(server)
    let port = attach(id, host, index, of: number, name: name, scenario)
    let point = points.interfaces[number][Int(index.rawValue)]
    simulation.withNode(node) { $0.attach(index, to: port, capturing: point) }
    hosts[number].append(id)
  }

  /// Lets a host serve what a scenario says.
  func serve(_ services: [Scenario.Service], on server: inout Host, _ scenario: Scenario) {
    let settings = scenario.settings
    for service in services {
      switch service.kind {
      case .postgresql:
        server.serve(
          .postgreSQL(PostgreSQLServer(port: service.port, thinkTime: settings.queryTime)))
      case .udpSink: server.serve(.datagramSink(port: service.port))
      case .tcpSink: server.serve(.streamSink(port: service.port))
      case .echo:
        server.serve(.datagramEcho(port: service.port))
        server.serve(.streamEcho(port: service.port))
      case .http: server.serve(.http(.bytes(port: service.port, thinkTime: settings.queryTime)))
      case .dns:
        server.serve(
          .domainNames(
            DomainNameServer(
              port: service.port, thinkTime: settings.resolverLatency,
              answer: names.answering(for: nil))))
      }
    }
  }

  /// The VPC's resolver.
  private mutating func addResolver(
    _ number: Int, to node: NodeID<VPCNode>, _ scenario: Scenario, _ points: TapPoints
  ) {
    let vpc = plan.vpcs[number]
    // One that passes questions on asks from its outbound endpoint.
    let endpoint = vpc.edges.resolverEndpoint
    let linkLayerAddress =
      endpoint.map { vpc.network.interfaces[Int($0.rawValue)].linkLayerAddress }
      ?? MACAddress(0x02_4c_57_fd_00_00 | UInt64(plan.vpcOffset + number))
    let ownAddresses = [LinkLocalService.resolver.address, vpc.network.resolverAddress]
    let outbound = endpoint.map { vpc.network.interfaces[Int($0.rawValue)].address }
    var resolver = Host(
      name: "\(vpc.scenario.name)/resolver", seed: scenario.seed,
      interface: HostInterface(
        hardwareAddress: linkLayerAddress, address: outbound ?? ownAddresses[0], prefixLength: 32,
        gateway: vpc.network.resolverAddress,
        additionalAddresses: outbound == nil ? [ownAddresses[1]] : ownAddresses),
      settings: scenario.settings.host)
    resolver.serve(
      .domainNames(
        DomainNameServer(
          thinkTime: scenario.settings.resolverLatency,
          answer: names.answering(for: vpc.scenario.name))))
    // The VPC puts the right address on what the resolver sends, so it need not ask for one.
    resolver.setNeighbor(
      .v4(vpc.network.resolverAddress),
      to: vpc.network.subnets.first?.gatewayLinkLayerAddress ?? MACAddress(0))
    let id = simulation.add(resolver)
    let ports = simulation.connect(
      id, node, name: "\(vpc.scenario.name)/resolver", LinkBehavior(propagation: .zero),
      labels: (0, VPCNode.Label.resolver))
    simulation.withNode(id) { $0.attach(to: ports.a) }
    let point = points.resolvers[number]
    let resolverLimit = scenario.settings.resolverLimit
    simulation.withNode(node) {
      $0.attachResolver(
        to: ports.b, linkLayerAddress: linkLayerAddress, capturing: point,
        packetsPerSecond: resolverLimit)
      if let endpoint { $0.attach(endpoint, to: ports.b, capturing: .none) }
    }
  }

  // MARK: - Lambda's side

  /// The nodes of the workers, in the order of the plan.
  private(set) var workers: [NodeID<WorkerNode>] = []

  mutating func addWorker(
    _ worker: WorldPlan.Worker, _ number: Int, to hyperplane: NodeID<HyperplaneNode>,
    _ scenario: Scenario, _ points: TapPoints
  ) {
    let settings = scenario.settings
    let node = simulation.add(
      WorkerNode(
        WorkerNode.Settings(
          name: worker.name,
          tunnel: GeneveTunnel(
            local: worker.address, localLinkLayerAddress: worker.linkLayerAddress),
          hyperplane: WorldPlan.hyperplaneAddress,
          hyperplaneLinkLayerAddress: WorldPlan.hyperplaneLinkLayerAddress,
          slotLatency: settings.slotLatency,
          firstPacketLatency: worker.era == .hyperplane ? settings.legacyFirstPacket : .zero,
          firstPacketLatencyPerSlot: worker.era == .hyperplane ? settings.legacySlotCost : .zero,
          gatewayLinkLayerAddress: WorldPlan.guestGatewayLinkLayerAddress,
          firstSlotAddress: WorldPlan.slotAddress(worker.firstSlot),
          firstSlotPrefix: WorldPlan.slotPrefix(worker.firstSlot),
          slotPoint: points.slots[number], tunnelPoint: points.tunnels[number]), record: record))
    workers.append(node)
    let out = simulation.connect(
      node, node, name: "\(worker.name)/out", settings.link(settings.slotLatency),
      labels: (0, WorkerNode.Label.outbound))
    let back = simulation.connect(
      node, node, name: "\(worker.name)/in", settings.link(settings.slotLatency),
      labels: (0, WorkerNode.Label.inbound))
    let uplink = simulation.connect(
      node, hyperplane, name: worker.name,
      settings.link(
        settings.workerToHyperplane, rate: settings.workerLinkRate, queue: settings.linkQueue),
      labels: (WorkerNode.Label.uplink, Int32(number)))
    simulation.withNode(node) {
      $0.setPorts(uplink: uplink.a, outboundLane: out.a, inboundLane: back.a)
    }
    simulation.withNode(hyperplane) {
      $0.add(
        HyperplaneNode.Worker(
          port: uplink.b, address: worker.address, linkLayerAddress: worker.linkLayerAddress))
    }
  }

  static func translator(
    _ behavior: Behavior, outside: IPv4Address, inside: IPv4Address?, seed: UInt64, name: String
  ) throws(ModelError) -> Translator {
    var random = RandomStream(seed: seed, name: "translator/\(name)")
    do throws(BehaviorError) {
      return try Translator(
        behavior: behavior, outsideAddresses: [outside], insideAddresses: inside.map { [$0] } ?? [],
        seed: random.next())
    } catch {
      throw .settings("\(error)")
    }
  }
}
