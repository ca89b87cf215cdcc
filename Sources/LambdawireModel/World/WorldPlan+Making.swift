import EventSimulation
import LambdaService
import PacketFormats
import VirtualNetwork

extension WorldPlan {
  /// Plans the worlds of `scenario`, one to a partition.
  ///
  /// - Parameters:
  ///   - scenario: What is to exist.
  ///   - networking: An era for all functions instead of their own.
  /// - Returns: The plans, in the order of the partitions.
  /// - Throws: ``ModelError`` if something cannot exist as the scenario has it.
  static func plans(
    of scenario: Scenario, networking: Scenario.Networking?
  ) throws(ModelError) -> [WorldPlan] {
    var plans: [WorldPlan] = []
    for partition in scenario.partitions {
      plans.append(try WorldPlan(partition, networking: networking, after: plans))
    }
    return plans
  }

  /// Plans the world of a partition.
  ///
  /// - Parameters:
  ///   - partition: What is to exist.
  ///   - networking: An era for all functions instead of their own.
  ///   - others: The plans of the partitions before it, whose numbers and addresses are taken.
  /// - Throws: ``ModelError`` if something cannot exist as the scenario has it.
  private init(
    _ partition: ScenarioPartition, networking: Scenario.Networking?, after others: [WorldPlan]
  ) throws(ModelError) {
    let scenario = partition.scenario
    self.init(
      partition: partition, layout: partition.layout,
      vpcOffset: others.reduce(0) { $0 + $1.vpcs.count },
      workerOffset: others.last.map { $0.workerOffset + $0.workers.count } ?? 0,
      slotsPerBlock: max(
        scenario.settings.ebpfSlotsPerWorker, scenario.settings.slotsPerWorker),
      takenNetworkIdentifiers: Set(others.flatMap { $0.vpcs.map(\.networkIdentifier) }))
    for vpc in scenario.vpcs { try add(vpc, of: scenario) }
    try join(scenario)
    for entry in scenario.functions {
      for name in entry.instanceNames {
        let era = NetworkingEra(networking ?? entry.networking)
        try add(entry, named: name, era: era, scenario)
        // Those that nobody invokes have no environments.
        let invoked = Set(scenario.traffic.filter { $0.function == entry.name }.map(\.version))
        for version in 1...max(entry.versions, 1) where invoked.contains(version) {
          try add(entry, named: name, version: version, era: era, scenario)
        }
      }
    }
    // Behind everything else, so that what may never be needed moves no address.
    addSpareInterfaces(scenario)
    introducePeers()
    dealHands(scenario)
  }

  private mutating func add(
    _ entry: Scenario.Function, named name: String, version: Int? = nil, era: NetworkingEra,
    _ scenario: Scenario
  ) throws(ModelError) {
    guard let vpc = vpcs.firstIndex(where: { $0.scenario.name == entry.vpc }) else {
      preconditionFailure("a validated scenario names existing VPCs")
    }
    let number = functions.count
    functions.append(
      Function(
        functionName: name, version: version, entry: entry, era: era, vpc: vpc, connections: []))
    let connected = entry.created == nil
    try connect(
      number, by: entry.subnets, entry.securityGroups, exists: connected, scenario)
    // A version stays as it was published.
    guard version == nil else { return }
    for event in scenario.events.sorted(by: { $0.time < $1.time }) {
      guard case .update(entry.name, let subnets, let groups) = event.act,
        !functions[number].connections.contains(where: {
          $0.subnets == subnets && $0.securityGroups == groups
        })
      else { continue }
      try connect(number, by: subnets, groups, exists: false, scenario)
    }
  }

  /// Plans a connection of a function to its VPC, and the places of the environments that have it.
  ///
  /// - Parameters:
  ///   - number: The function.
  ///   - subnets: Its subnets.
  ///   - groups: Its security groups.
  ///   - exists: Whether the shared interfaces that it takes are there from the beginning.
  ///   - scenario: The scenario.
  /// - Throws: ``ModelError`` if something cannot exist as the scenario has it.
  private mutating func connect(
    _ number: Int, by subnets: [String], _ groups: [String], exists: Bool, _ scenario: Scenario
  ) throws(ModelError) {
    let function = functions[number]
    let first = environments.count
    var shared: [Int] = []
    if function.era != .perEnvironment {
      for subnet in subnets {
        shared.append(
          try sharedInterface(of: function, in: subnet, groups, exists: exists, scenario))
      }
    }
    let former = function.connections.reduce(0) { $0 + $1.environments.count }
    for ordinal in 0..<function.entry.environments {
      // Subnets take turns (A-18; workers are placed where the subnet is).
      let turn = ordinal % subnets.count
      let subnet = subnets[turn]
      let environment = "\(function.environmentPrefix)-\(former + ordinal + 1)"
      let attachment: Environment.Attachment
      if function.era == .perEnvironment {
        attachment = try ownInterface(environment, of: function, in: subnet, groups)
      } else {
        let zone = vpcs[function.vpc].scenario.subnet(named: subnet)?.zone ?? ""
        let (worker, slot) = try takeSlot(in: zone, function.era, scenario.settings)
        attachment = .slot(worker: worker, slot: slot, sharedInterface: shared[turn])
      }
      environments.append(
        Environment(name: environment, function: number, attachment: attachment))
    }
    functions[number].connections.append(
      Connection(
        subnets: subnets, securityGroups: groups, environments: first..<environments.count,
        sharedInterfaces: shared))
  }

  /// The interface of the function's groups in `subnet`, made if it is the first to need it.
  private mutating func sharedInterface(
    of function: Function, in subnetName: String, _ names: [String], exists: Bool,
    _ scenario: Scenario
  ) throws(ModelError) -> Int {
    let (vpc, groups) = (function.vpc, Set(names))
    if let known = sharedInterfaces.firstIndex(where: {
      $0.vpc == vpc && $0.subnet == subnetName && $0.securityGroups == groups
    }) {
      return known
    }
    guard let subnet = vpcs[vpc].network.subnet(named: subnetName) else {
      preconditionFailure("a validated scenario names existing subnets")
    }
    // One that a function has had from the beginning is there for those that come later.
    let exists =
      exists
      || scenario.functions.contains {
        $0.created == nil && $0.vpc == function.entry.vpc && $0.subnets.contains(subnetName)
          && Set($0.securityGroups) == groups
      }
    let label = "lambda/\(subnetName)/\(groups.sorted().joined(separator: "+"))"
    let members = names.compactMap(vpcs[vpc].network.securityGroup(named:))
    let description = NetworkInterface.lambdaDescription(
      function: function.name, interface: label, seed: scenario.seed)
    do throws(VirtualNetworkError) {
      let index =
        exists
        ? try vpcs[vpc].network.addInterface(
          name: label, in: subnet, securityGroups: members, type: .lambda,
          description: description)
        : try vpcs[vpc].network.planInterface(
          name: label, in: subnet, securityGroups: members, type: .lambda,
          description: description)
      // One that comes later, or in another's place, has no IPv6 address.
      if exists, vpcs[vpc].scenario.subnet(named: subnetName)?.ipv6Prefix != nil,
        scenario.functions.contains(where: { entry in
          entry.allowsIPv6 && entry.vpc == function.entry.vpc
            && entry.subnets.contains(subnetName) && Set(entry.securityGroups) == groups
        })
      {
        _ = try vpcs[vpc].network.assignIPv6Address(to: index)
      }
      sharedInterfaces.append(
        SharedInterface(
          vpc: vpc, subnet: subnetName, securityGroups: groups, index: index,
          group: self.groups.count, exists: exists))
      self.groups.append(
        InterfaceGroup(owner: function.name, interfaces: [sharedInterfaces.count - 1]))
      return sharedInterfaces.count - 1
    } catch {
      if case .subnetOutOfIPAddresses = error {
        throw .noAddressForSharedInterface(function: function.name, subnet: subnetName)
      }
      throw .network(vpc: function.entry.vpc, error)
    }
  }

  /// The interface of an environment, which EC2 gives an address when it is made.
  private mutating func ownInterface(
    _ environment: String, of function: Function, in subnetName: String, _ groups: [String]
  ) throws(ModelError) -> Environment.Attachment {
    guard let subnet = vpcs[function.vpc].network.subnet(named: subnetName) else {
      preconditionFailure("a validated scenario names existing subnets")
    }
    do throws(VirtualNetworkError) {
      return .own(
        try vpcs[function.vpc].network.planInterface(
          name: environment, in: subnet,
          securityGroups: groups.compactMap(
            vpcs[function.vpc].network.securityGroup(named:)),
          description: "AWS Lambda VPC ENI: \(environment)"))
    } catch {
      throw .network(vpc: function.entry.vpc, error)
    }
  }

  /// A free slot on a worker in `zone`, on a new worker if all are full.
  private mutating func takeSlot(
    in zone: String, _ era: NetworkingEra, _ settings: ModelSettings
  ) throws(ModelError) -> (worker: Int, slot: Int) {
    let capacity =
      era == .hyperplaneEBPF ? settings.ebpfSlotsPerWorker : settings.slotsPerWorker
    if let last = workers.lastIndex(where: { $0.zone == zone && $0.era == era }),
      workers[last].slotCount < capacity
    {
      workers[last].slotCount += 1
      return (last, workers[last].firstSlot + workers[last].slotCount - 1)
    }
    // Workers get blocks of the larger capacity, so that a slot's address tells its worker.
    let block = slotsPerBlock
    let number = workerOffset + workers.count
    let limit = Self.slotBlock.count
    guard (number + 1) * block < limit, number + 1 < Self.workerBlock.count else {
      throw .tooManyEnvironments(
        count: workerOffset * block + environments.count + 1, limit: limit / block * block)
    }
    workers.append(
      Worker(
        name: "worker-\(number + 1)", zone: zone, era: era, firstSlot: number * block + 1,
        slotCount: 1, address: Self.workerBlock[number + 1],
        linkLayerAddress: MACAddress(0x02_4c_57_fe_00_00 | UInt64(number + 1))))
    return (workers.count - 1, number * block + 1)
  }
}

extension NetworkingEra {
  init(_ networking: Scenario.Networking) {
    switch networking {
    case .perEnvironment: self = .perEnvironment
    case .hyperplane: self = .hyperplane
    case .hyperplaneEBPF: self = .hyperplaneEBPF
    }
  }
}
