import AddressTranslation
import EndpointStack
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

extension World {
  /// Adds functions and their environments: a guest each, and its place in the network.
  mutating func addFunctions(_ scenario: Scenario, _ points: TapPoints) throws(ModelError) {
    addAccounts(scenario)
    addSharedInterfaces(points)
    for (number, function) in plan.functions.enumerated() {
      let service = service(for: function, scenario)
      let frontend = frontend
      simulation.withNode(frontend) { $0.add(service) }
      for connection in function.connections {
        let configuration = vpcConfiguration(connection, of: function)
        simulation.withNode(frontend) { $0.addConnection(configuration) }
        for environment in connection.environments {
          try addEnvironment(
            environment, of: number, turn: environment - connection.environments.lowerBound,
            scenario, points)
        }
      }
      addChanges(to: number, scenario)
    }
  }

  private mutating func addAccounts(_ scenario: Scenario) {
    let frontend = frontend
    let workers = workers
    var planes: [ControlPlane] = []
    for account in plan.partition.accounts {
      let identifier =
        AccountIdentifier(rawValue: account)
        ?? AccountIdentifier(owner: account, seed: scenario.seed)
      var plane = ControlPlane(
        settings: ControlPlaneSettings(
          scenario.settings, epoch: scenario.start,
          zone: plan.vpcs.first { $0.scenario.account == account }?.scenario.subnets.first?.zone
            ?? ""), account: identifier, seed: scenario.seed)
      for vpc in plan.vpcs where vpc.scenario.account == account {
        plane.addVPC(
          vpc.network, hasDedicatedTenancy: vpc.scenario.tenancy == .dedicated,
          dualStackSubnets: vpc.network.subnets.filter { subnet in
            vpc.scenario.subnet(named: subnet.name)?.addressing == .dualStack
          }.map(\.identifier),
          spareInterfaces: plan.spareInterfaceNames(of: vpc.scenario.name))
      }
      planes.append(plane)
    }
    simulation.withNode(frontend) { node in
      for plane in planes { node.add(plane) }
      for worker in workers { node.add(worker) }
    }
  }

  /// Tells the frontend of interfaces that functions share.
  private mutating func addSharedInterfaces(_ points: TapPoints) {
    guard let hyperplane else { return }
    let frontend = frontend
    for (number, shared) in plan.sharedInterfaces.enumerated() {
      let vpc = plan.vpcs[shared.vpc]
      let known = KnownInterface(
        owner: plan.groups[shared.group].owner, network: networks[shared.vpc],
        index: shared.index, shared: (hyperplane, number),
        isAdditional: plan.isSpare(number),
        points: [points.interfaces[shared.vpc][Int(shared.index.rawValue)], points.hyperplaneOut]
          + vpc.hostInterfaces.prefix(1).map { points.interfaces[shared.vpc][Int($0.rawValue)] },
        isUp: shared.exists)
      let interface = vpc.network.interfaces[Int(shared.index.rawValue)]
      let place = FunctionFrontend.SharedPlace(
        account: accountNumber(of: vpc.scenario), vpc: vpc.scenario.name,
        subnet: vpc.network.subnets[Int(interface.subnet.rawValue)].identifier,
        securityGroups: interface.securityGroups.map {
          vpc.network.securityGroups[Int($0.rawValue)].identifier
        }, name: interface.name)
      simulation.withNode(frontend) {
        $0.add(known, of: vpc.scenario.name, named: interface.name)
        $0.add(place)
      }
    }
  }

  func accountNumber(of vpc: Scenario.VPC) -> Int {
    plan.partition.accounts.firstIndex(of: vpc.account) ?? 0
  }

  private func service(
    for function: WorldPlan.Function, _ scenario: Scenario
  ) -> FunctionFrontend.Function {
    let entry = function.entry
    let vpc = plan.vpcs[function.vpc]
    let role = Principal.executionRole(
      "\(function.functionName)-role",
      permissions: entry.permissions.map(Permissions.init(allowing:))
        ?? .lambdaVPCAccessExecutionRole)
    // Lambda counts megabytes and whole seconds.
    let configuration = FunctionConfiguration(
      name: function.functionName, memory: min(max(entry.memory / 1_000_000, 128), 10_240),
      timeout: entry.timeout.map { Int($0.components.seconds) } ?? 900, role: role,
      vpc: vpcConfiguration(function.connections[0], of: function),
      reservedConcurrency: entry.reservedConcurrency, era: function.era)
    var service = FunctionFrontend.Function(
      account: accountNumber(of: vpc.scenario),
      configuration: configuration,
      created: entry.created.map { Instant.start.advanced(by: $0) },
      interfaces: function.sharedInterfaces.map { shared in
        vpc.network.interfaces[Int(plan.sharedInterfaces[shared].index.rawValue)].name
      },
      freezeDelay: entry.idling == .frozen ? scenario.settings.freezeDelay : nil)
    service.initialization = scenario.settings.initialization(of: entry)
    service.timeout = entry.timeout
    service.version = function.version
    service.versionCount = function.version == nil ? entry.versions : 0
    if let permissions = entry.callerPermissions {
      service.caller = Principal(
        .user, name: "deployer", permissions: Permissions(allowing: permissions))
    }
    return service
  }

  private func vpcConfiguration(
    _ connection: WorldPlan.Connection, of function: WorldPlan.Function
  ) -> VPCConfiguration {
    let network = plan.vpcs[function.vpc].network
    return VPCConfiguration(
      subnets: connection.subnets.compactMap { name in
        network.subnet(named: name).map { network.subnets[Int($0.rawValue)].identifier }
      },
      securityGroups: connection.securityGroups.compactMap { name in
        network.securityGroup(named: name).map {
          network.securityGroups[Int($0.rawValue)].identifier
        }
      }, ipv6AllowedForDualStack: function.entry.allowsIPv6)
  }

  /// Adds what the scenario does to a function while the run goes on.
  private mutating func addChanges(to number: Int, _ scenario: Scenario) {
    let function = plan.functions[number]
    // Nothing is done to a version; it goes with its function.
    guard function.version == nil else { return }
    let frontend = frontend
    for event in scenario.events {
      let act: FunctionChange.Act
      switch event.act {
      case .update(function.entry.name, let subnets, let groups):
        guard
          let connection = function.connections.first(where: {
            $0.subnets == subnets && $0.securityGroups == groups
          })
        else { continue }
        act = .connect(vpcConfiguration(connection, of: function))
      case .removeVPC(function.entry.name):
        act = .disconnect
        simulation.withNode(frontend) { $0.addConnection(nil) }
      case .delete(function.entry.name): act = .delete
      default: continue
      }
      let change = FunctionChange(
        function: number, time: Instant.start.advanced(by: event.time), act: act)
      simulation.withNode(frontend) { $0.add(change) }
    }
  }

  private mutating func addEnvironment(
    _ number: Int, of function: Int, turn: Int, _ scenario: Scenario, _ points: TapPoints
  ) throws(ModelError) {
    let environment = plan.environments[number]
    let vpc = plan.functions[function].vpc
    let frontend = frontend
    let program = simulation.withNode(frontend) { $0.makeProgram(frontend) }
    var settings = scenario.settings.host
    settings.firstEphemeralPort = plan.functions[function].entry.sourcePort
    var interface = HostInterface(
      hardwareAddress: WorldPlan.guestLinkLayerAddress, address: WorldPlan.guestAddress,
      prefixLength: 32, gateway: WorldPlan.guestGateway,
      maximumTransmissionUnit: scenario.settings.guestMTU, capturePoint: points.guests[number])
    var interfaceSubnet: ResourceIdentifier?
    if case .own(let index) = environment.attachment {
      let eni = plan.vpcs[vpc].network.interfaces[Int(index.rawValue)]
      let subnet = plan.vpcs[vpc].network.subnets[Int(eni.subnet.rawValue)]
      interface.hardwareAddress = eni.linkLayerAddress
      interface.address = eni.address
      interface.prefixLength = subnet.cidr.length
      interface.gateway = subnet.routerAddress
      interfaceSubnet = subnet.identifier
    } else if plan.functions[function].hasIPv6 {
      // The worker answers for whatever the guest takes for its gateway.
      interface.ipv6 = HostInterface.IPv6Settings(
        addresses: [WorldPlan.guestIPv6Address], prefixLength: 128,
        gateway: Subnet.routerIPv6Address)
    }
    var host = Host(
      name: environment.name, seed: scenario.seed, interface: interface, settings: settings)
    host.program = program
    let guest = simulation.add(host)
    let zone = environmentZone(environment, of: function)
    let subnets = simulation.withNode(frontend) { $0.subnetCount }
    var worker: Int?
    if case .slot(let place, _, _) = environment.attachment { worker = place }
    guests.append(guest)
    simulation.withNode(frontend) {
      $0.addEnvironment(
        named: environment.name, subnet: turn % subnets, host: guest, program: program,
        interfaceSubnet: interfaceSubnet, worker: worker, zone: zone)
    }
    switch environment.attachment {
    case .slot(let worker, let slot, let shared):
      try attach(
        guest, worker: worker, slot: slot, shared, environment.name,
        hasIPv6: plan.functions[function].hasIPv6, scenario)
    case .own(let index):
      let network = networks[vpc]
      let ports = simulation.connect(
        guest, network, name: environment.name, scenario.settings.guestLink,
        labels: (0, Int32(index.rawValue)))
      simulation.withNode(guest) { $0.attach(to: ports.a) }
      let point = points.interfaces[vpc][Int(index.rawValue)]
      simulation.withNode(network) { $0.attach(index, to: ports.b, capturing: point) }
      let planned = plan.vpcs[vpc]
      let known = KnownInterface(
        owner: plan.functions[function].name, network: network, index: index,
        shared: nil,
        points: [point, points.guests[number]]
          + planned.hostInterfaces.prefix(1).map { points.interfaces[vpc][Int($0.rawValue)] },
        isUp: false)
      simulation.withNode(frontend) {
        $0.add(known, of: planned.scenario.name, named: environment.name)
      }
    }
  }

  /// The availability zone that an environment is in: that of its subnet.
  private func environmentZone(_ environment: WorldPlan.Environment, of function: Int) -> String {
    let vpc = plan.vpcs[plan.functions[function].vpc]
    let name: String
    switch environment.attachment {
    case .slot(_, _, let shared): name = plan.sharedInterfaces[shared].subnet
    case .own(let index):
      let subnet = vpc.network.interfaces[Int(index.rawValue)].subnet
      name = vpc.network.subnets[Int(subnet.rawValue)].name
    }
    return vpc.scenario.subnet(named: name)?.zone ?? ""
  }

  /// Puts a guest into a slot of a worker.
  private mutating func attach(
    _ guest: NodeID<Host>, worker number: Int, slot: Int, _ shared: Int, _ name: String,
    hasIPv6: Bool, _ scenario: Scenario
  ) throws(ModelError) {
    guard let hyperplane else { preconditionFailure("slots are behind Hyperplane") }
    let worker = workers[number]
    let plannedWorker = plan.workers[number]
    let local = slot - plannedWorker.firstSlot
    let ports = simulation.connect(
      guest, worker, name: name, scenario.settings.guestLink, labels: (0, Int32(local)))
    simulation.withNode(guest) { $0.attach(to: ports.a) }
    let address = WorldPlan.slotAddress(slot)
    let first: Int
    let end: Int
    if plannedWorker.era == .hyperplaneEBPF {
      first = try addTranslator(
        .workerEBPF, outside: address, inside: WorldPlan.guestAddress, to: worker,
        named: "\(name)/slot", scenario)
      end = first + 1
      record.reportStaticTranslation(
        inside: .v4(WorldPlan.guestAddress), outside: .v4(address), translator: "\(name)/slot")
    } else {
      // The inner translator leads to an address that only the slot's namespace knows, the outer
      // one from there to the slot's address (lambda-vpc §4.2: conntrack twice).
      first = try addTranslator(
        scenario.settings.workerBehavior, outside: WorldPlan.vethBlock[slot], inside: nil,
        to: worker, named: "\(name)/namespace", scenario)
      end =
        1
        + (try addTranslator(
          scenario.settings.workerBehavior, outside: address, inside: nil, to: worker,
          named: "\(name)/host", scenario))
    }
    let vpc = plan.vpcs[plan.sharedInterfaces[shared].vpc]
    let prefixes = hasIPv6 ? WorldPlan.slotTranslator(slot) : nil
    let outsideIPv6Address = prefixes?.outsideAddress(for: WorldPlan.guestIPv6Address)
    if let outsideIPv6Address {
      record.reportStaticTranslation(
        inside: .v6(WorldPlan.guestIPv6Address), outside: .v6(outsideIPv6Address),
        translator: "\(name)/slot")
    }
    simulation.withNode(worker) {
      var prefixTranslator: Int32 = -1
      if let prefixes { prefixTranslator = $0.add(prefixes) }
      $0.add(
        Slot(
          guest: ports.b, address: address,
          linkLayerAddress: WorldPlan.slotLinkLayerAddress(slot),
          guestLinkLayerAddress: WorldPlan.guestLinkLayerAddress,
          networkIdentifier: vpc.networkIdentifier, translators: first..<end,
          prefixTranslator: prefixTranslator))
    }
    var identity = RandomStream(seed: scenario.seed, name: "environment/\(name)/interface")
    simulation.withNode(hyperplane) {
      $0.addEnvironment(
        group: plan.sharedInterfaces[shared].group, identity: identity.next(), worker: number,
        slotLinkLayerAddress: WorldPlan.slotLinkLayerAddress(slot), slot: slot - plan.slotOffset,
        ipv6Address: outsideIPv6Address)
    }
  }

  /// Gives a worker a translator and returns its number there.
  private mutating func addTranslator(
    _ behavior: Behavior, outside: IPv4Address, inside: IPv4Address?, to worker: NodeID<WorkerNode>,
    named name: String, _ scenario: Scenario
  ) throws(ModelError) -> Int {
    try simulation.withNode(worker) { (node: inout WorkerNode) throws(ModelError) in
      var translator = try Self.translator(
        behavior, outside: outside, inside: inside, seed: scenario.seed, name: name)
      translator.recordsEvents = behavior.method == .stateful
      return node.add(translator, named: name)
    }
  }
}
