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
    for (number, function) in plan.functions.enumerated() {
      let frontend = frontend
      let interfaces = function.sharedInterfaces.map { shared in
        let interface = plan.sharedInterfaces[shared]
        return plan.vpcs[interface.vpc].network.interfaces[Int(interface.index.rawValue)]
          .identifier.rawValue
      }
      let created = function.entry.created.map { Instant.start.advanced(by: $0) }
      simulation.withNode(frontend) {
        $0.add(
          FunctionFrontend.Function(
            name: function.name, era: function.era, environments: function.environments,
            created: created, interfaces: interfaces,
            freezeDelay: function.entry.idling == .frozen ? scenario.settings.freezeDelay : nil))
      }
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
    guests.append(guest)
    simulation.withNode(frontend) {
      $0.addEnvironment(
        named: environment.name, of: function, host: guest, program: program, ownInterface: own,
        zone: zone)
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
        slotLinkLayerAddress: WorldPlan.slotLinkLayerAddress(slot), slot: slot - plan.slotOffset)
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

  /// Adds the invocations of the scenario.
  mutating func addTraffic(_ scenario: Scenario) {
    for entry in scenario.traffic {
      guard let function = scenario.function(named: entry.function) else {
        preconditionFailure("a validated scenario names existing functions")
      }
      let arrivals: FunctionFrontend.Traffic.Arrivals =
        switch entry.arrivals {
        case .atOnce(let count): .atOnce(count)
        case .every(let interval): .every(interval)
        case .poisson(let rate): .poisson(ExponentialGap(mean: rate.interval / rate.count))
        }
      let first = Instant.start.advanced(by: entry.from)
      let end = entry.span.map { first.advanced(by: $0) } ?? Instant(nanoseconds: .max)
      for (number, planned) in plan.functions.enumerated()
      where planned.entry.name == function.name {
        let steps = entry.steps.map { guestStep($0, in: plan.vpcs[planned.vpc], scenario) }
        let frontend = frontend
        simulation.withNode(frontend) {
          $0.add(
            FunctionFrontend.Traffic(
              function: number, arrivals: arrivals, first: first, end: end,
              limit: entry.count ?? .max, steps: steps))
        }
      }
    }
  }

  /// A step of a scenario as a guest takes it.
  private func guestStep(
    _ step: Scenario.Step, in vpc: WorldPlan.VPC, _ scenario: Scenario
  ) -> GuestStep {
    if case .wait(let duration) = step { return .wait(duration) }
    guard let host = step.host.flatMap({ vpc.scenario.host(named: $0) }) else {
      preconditionFailure("a validated scenario names existing hosts")
    }
    let exchange: Exchange
    switch step {
    case .wait(let duration): return .wait(duration)
    case .resolve(let name):
      return .resolve(
        host: name,
        NameLookup(name: host.domainName, server: LinkLocalService.resolver.address))
    case .query(let query):
      var question = DatabaseQuery(
        server: host.address, port: query.port, rowCount: query.rows, rowByteCount: query.rowSize)
      question.count = query.times
      question.isPooled = query.isPooled
      question.keepAlive = query.keepAlive
      exchange = .query(question)
    case .exchange(let ask):
      exchange = .ask(
        DatagramRequest(
          destination: host.address, port: ask.port, payloadByteCount: ask.payload,
          count: ask.times, timeout: ask.timeout, attempts: ask.attempts, isPooled: ask.isPooled))
    case .send(let send) where send.transport == .udp:
      exchange = .send(
        DatagramTrain(
          destination: host.address, port: send.port, flowCount: send.flows,
          datagramsPerFlow: send.packets, payloadByteCount: send.payload,
          interval: send.interval / send.flows))
    case .send(let send):
      exchange = .transfer(
        Upload(
          destination: host.address, port: send.port, flowCount: send.flows,
          writesPerFlow: send.packets, bytesPerWrite: send.payload, interval: send.interval))
    case .transfer(let transfer):
      exchange = .transfer(
        Upload(
          destination: host.address, port: transfer.port, flowCount: transfer.flows,
          bytesPerFlow: transfer.bytes))
    case .ping(_, let count):
      exchange = .ping(
        Ping(
          destination: host.address, count: count, interval: scenario.settings.pingInterval))
    }
    return .exchange(host: host.name, exchange)
  }
}
