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
    let frontend = frontend
    let workers = workers
    let concurrency = scenario.settings.accountConcurrency
    simulation.withNode(frontend) { node in
      // The functions of a VPC share an account.
      for _ in plan.vpcs { node.addAccount(limit: concurrency) }
      for worker in workers { node.add(worker) }
    }
    for (number, function) in plan.functions.enumerated() {
      let interfaces = function.sharedInterfaces.map { shared in
        let interface = plan.sharedInterfaces[shared]
        return plan.vpcs[interface.vpc].network.interfaces[Int(interface.index.rawValue)]
          .identifier.rawValue
      }
      let created = function.entry.created.map { Instant.start.advanced(by: $0) }
      var service = FunctionFrontend.Function(
        name: function.name, era: function.era, account: function.vpc,
        subnetCount: function.entry.subnets.count, created: created, interfaces: interfaces,
        freezeDelay: function.entry.idling == .frozen ? scenario.settings.freezeDelay : nil)
      service.initialization = scenario.settings.initialization(of: function.entry)
      service.timeout = function.entry.timeout
      service.reservedConcurrency = function.entry.reservedConcurrency
      simulation.withNode(frontend) { $0.add(service) }
      for environment in function.environments {
        try addEnvironment(environment, of: number, scenario, points)
      }
    }
  }

  private mutating func addEnvironment(
    _ number: Int, of function: Int, _ scenario: Scenario, _ points: TapPoints
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
    var own: FunctionFrontend.OwnInterface = .notNeeded
    switch environment.attachment {
    case .own(let index):
      let eni = plan.vpcs[vpc].network.interfaces[Int(index.rawValue)]
      let subnet = plan.vpcs[vpc].network.subnets[Int(eni.subnet.rawValue)]
      interface.hardwareAddress = eni.linkLayerAddress
      interface.address = eni.address
      interface.prefixLength = subnet.cidr.length
      interface.gateway = subnet.routerAddress
      own = .made(identifier: eni.identifier.rawValue)
    case .none(let subnet):
      own = .noAddress(subnet: subnet)
    case .slot:
      break
    }
    var host = Host(
      name: environment.name, seed: scenario.seed, interface: interface, settings: settings)
    host.program = program
    let guest = simulation.add(host)
    let zone = environmentZone(environment, of: function)
    let subnet =
      (number - plan.functions[function].environments.lowerBound)
      % plan.functions[function].entry.subnets.count
    var worker: Int?
    if case .slot(let place, _, _) = environment.attachment { worker = place }
    guests.append(guest)
    simulation.withNode(frontend) {
      $0.addEnvironment(
        named: environment.name, of: function, subnet: subnet, host: guest, program: program,
        ownInterface: own, worker: worker, zone: zone)
    }
    switch environment.attachment {
    case .slot(let worker, let slot, let shared):
      try attach(guest, worker: worker, slot: slot, shared, environment.name, scenario)
    case .own(let index):
      let network = networks[vpc]
      let ports = simulation.connect(
        guest, network, name: environment.name, scenario.settings.guestLink,
        labels: (0, Int32(index.rawValue)))
      simulation.withNode(guest) { $0.attach(to: ports.a) }
      let point = points.interfaces[vpc][Int(index.rawValue)]
      simulation.withNode(network) { $0.attach(index, to: ports.b, capturing: point) }
    case .none:
      break
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
    case .none(let subnet): name = subnet
    }
    return vpc.scenario.subnet(named: name)?.zone ?? ""
  }

  /// Puts a guest into a slot of a worker.
  private mutating func attach(
    _ guest: NodeID<Host>, worker number: Int, slot: Int, _ shared: Int, _ name: String,
    _ scenario: Scenario
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
        inside: WorldPlan.guestAddress, outside: address, translator: "\(name)/slot")
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
    simulation.withNode(worker) {
      $0.add(
        Slot(
          guest: ports.b, address: address,
          linkLayerAddress: WorldPlan.slotLinkLayerAddress(slot),
          guestLinkLayerAddress: WorldPlan.guestLinkLayerAddress,
          networkIdentifier: vpc.networkIdentifier, translators: first..<end))
    }
    var identity = RandomStream(seed: scenario.seed, name: "environment/\(name)/interface")
    simulation.withNode(hyperplane) {
      $0.addEnvironment(
        group: plan.sharedInterfaces[shared].group, identity: identity.next(), worker: number,
        slotLinkLayerAddress: WorldPlan.slotLinkLayerAddress(slot), slot: slot)
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
