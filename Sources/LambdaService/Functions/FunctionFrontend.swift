package import EndpointStack
public import EventSimulation
public import SimulatedTime
package import VirtualNetwork

/// Lambda's frontend, assignment and placement: it takes invocations, finds or starts an execution
/// environment for each, and knows when everything is done.
///
/// Where an invocation goes is decided when it arrives; the work begins after the time that the
/// steps on the way take.
public struct FunctionFrontend: Node, ~Copyable {
  /// A function, and what the frontend needs to know of it beside what the control plane does.
  public struct Function: Sendable {
    /// The number of its account.
    public var account: Int
    /// What it is created with.
    public var configuration: FunctionConfiguration
    /// When it is created, or `nil` if that was long ago.
    public var created: Instant?
    /// Who creates and changes it.
    public var caller = Principal.administrator
    /// Versions that are published as soon as it is Active.
    public var versionCount = 0
    /// Which of the versions of the function of this name it is, or `nil` for `$LATEST`.
    public var version: Int?
    /// What the plan calls its Hyperplane interfaces, one for each of its subnets.
    public var interfaces: [String]
    /// How long after an invocation its environment is frozen, or `nil` if it never is.
    public var freezeDelay: Duration?
    /// What its own code takes to initialise.
    public var initialization = Distribution.fixed(.zero)
    /// After how long an invocation is given up, or `nil` if it never is.
    public var timeout: Duration?

    /// The name, with the version if it is one, as invocations have it.
    public var name: String { version.map { "\(configuration.name):\($0)" } ?? configuration.name }
    public var era: NetworkingEra { configuration.era }

    public init(
      account: Int, configuration: FunctionConfiguration, created: Instant?, interfaces: [String],
      freezeDelay: Duration? = nil
    ) {
      self.account = account
      self.configuration = configuration
      self.created = created
      self.interfaces = interfaces
      self.freezeDelay = freezeDelay
    }
  }

  /// Invocations of one function.
  public struct Traffic: Sendable {
    /// The number of the function.
    public var function: Int
    public var arrivals: Arrivals
    public var first: Instant
    /// No invocation comes at or after it.
    public var end: Instant
    /// Most invocations.
    public var limit: Int
    public var steps: [GuestStep]

    public init(
      function: Int, arrivals: Arrivals, first: Instant, end: Instant, limit: Int,
      steps: [GuestStep]
    ) {
      self.function = function
      self.arrivals = arrivals
      self.first = first
      self.end = end
      self.limit = limit
      self.steps = steps
    }
  }

  /// What becomes of a function in the course of a run.
  struct FunctionState {
    /// Its number in its account's control plane, once it exists.
    var number: Int?
    /// What the control plane last said of it.
    var life = FunctionLife()
    /// The connections to its VPC that it comes to have, or `nil` for none at all.
    var connections: [VPCConfiguration?] = []
    /// The places of its environments, one set for each connection.
    var pools: [EnvironmentPool] = []
    /// Which set is used.
    var connection = 0
    /// Whether its versions have been published.
    var hasVersions = false
    var isDeleted = false
    /// Changes that are not done yet.
    var unsettledChanges = 0
    /// Whether it has been created and is no longer Pending for that.
    var isSettled = false
    var scaling: ScalingAllowance
    /// Whether a reminder to reclaim idle environments is on its way.
    var hasReclaimReminder = false
  }

  /// A traffic entry that is being worked off.
  struct TrafficState {
    let function: Int
    let steps: [GuestStep]
    var arrivals: ArrivalProcess
    /// How many invocations come when the frontend is woken next.
    var pending = 0
  }

  let times: InvokeTimes
  let limits: InvokeLimits
  let record: RunRecord
  var functions: [Function] = []
  var states: [FunctionState] = []
  /// One to an account.
  var accounts: [Account] = []
  var environments: [Environment] = []
  /// Neighbours in the lists of the functions' pools.
  var links: [IndexList.Link] = []
  var zones: [Zone] = []
  private(set) var workers: [NodeID<WorkerNode>] = []
  /// MicroVMs that each worker has booted; the first stands for workers that are not modelled.
  var bootedMachines: [Int]
  private var traffic: [TrafficState] = []
  /// What is done to functions in the course of the run.
  private var changes: [FunctionChange] = []
  /// What is done to VPCs in the course of the run.
  var networkCalls: [NetworkCall] = []
  /// Network interfaces that control planes may speak of, by VPC and name.
  ///
  /// Only ever asked for one, never walked: its order changes with every run.
  var interfaces: [String: KnownInterface] = [:]
  /// Where Hyperplane's interfaces are or will be, by their numbers there.
  var sharedPlaces: [SharedPlace] = []
  /// Hosts that do something of their own accord, and what.
  var taskHosts: [TaskHost] = []
  var tasks: [TaskState] = []
  /// Entries of such traffic that have more to come.
  var openTasks = 0
  package internal(set) var taskCounts = TaskCounts()
  /// Traffic entries that have more to come.
  private var openTraffic = 0
  /// Functions that are to be created or are not settled yet, and changes that are to come or have
  /// not had all their effects.
  var openChanges = 0
  let seed: UInt64
  /// For the steps that every invocation takes.
  var pathRandom: RandomStream
  /// What the names of its own random streams end with.
  let streamSuffix: String
  /// Invocations taken, and what became of them.
  public internal(set) var invocationCount = 0
  public internal(set) var finishedCount = 0
  public internal(set) var failedCount = 0
  /// Why they failed and how often, in the order of the first of each kind.
  public internal(set) var failures: [(reason: String, count: Int)] = []
  public internal(set) var throttledCount = 0
  public internal(set) var refusedCount = 0
  /// Environments started.
  public internal(set) var coldStartCount = 0

  /// A frontend without functions.
  ///
  /// - Parameters:
  ///   - times: How long the steps of an invocation take.
  ///   - limits: How many environments there may be, and for how long.
  ///   - seed: The seed of the simulation.
  ///   - streamSuffix: What tells its random streams from those of the frontends of other accounts.
  ///   - record: Where it reports.
  public init(
    times: InvokeTimes, limits: InvokeLimits, seed: UInt64, streamSuffix: String = "",
    record: RunRecord
  ) {
    self.streamSuffix = streamSuffix
    self.times = times
    self.limits = limits
    self.seed = seed
    self.record = record
    bootedMachines = [limits.bootedPool]
    pathRandom = RandomStream(seed: seed, name: "frontend/path\(streamSuffix)")
  }

  /// Whether no invocation or task is under way or to come, and nothing is being done to functions.
  public var isDone: Bool {
    openTraffic == 0 && openChanges == 0 && openTasks == 0 && taskCounts.areAllOver
      && invocationCount == finishedCount + failedCount + throttledCount + refusedCount
  }

  // MARK: - Setting up

  /// Adds an account; its number is how many there were.
  public mutating func add(_ controlPlane: ControlPlane) {
    accounts.append(Account(controlPlane: controlPlane))
  }

  /// Adds a function; its number is how many there were.
  public mutating func add(_ function: Function) {
    functions.append(function)
    states.append(
      FunctionState(
        scaling: ScalingAllowance(burst: limits.scalingBurst, interval: limits.scalingInterval)))
  }

  /// Says how the function added last is connected to its VPC, first or after a change; `nil` for not
  /// at all.
  public mutating func addConnection(_ vpc: VPCConfiguration?) {
    states[states.count - 1].connections.append(vpc)
    states[states.count - 1].pools.append(EnvironmentPool(subnetCount: vpc?.subnets.count ?? 0))
  }

  /// How many subnets the connection added last has.
  package var subnetCount: Int { states.last?.connections.last??.subnets.count ?? 0 }

  /// Makes a network interface known that a control plane may make or delete.
  package mutating func add(_ interface: KnownInterface, of vpc: String, named name: String) {
    interfaces["\(vpc)/\(name)"] = interface
  }

  /// Adds a worker; its number is how many there were.
  package mutating func add(_ worker: NodeID<WorkerNode>) {
    workers.append(worker)
    bootedMachines.append(limits.bootedPool)
  }

  /// What an environment that is added next is woken with.
  package func makeProgram(_ frontend: NodeID<FunctionFrontend>) -> GuestProgram {
    GuestProgram(
      doneToken: Reminder.environmentDone.token(environments.count), frontend: frontend)
  }

  /// Adds a place for an environment of the function and connection added last; its number is how
  /// many there were.
  ///
  /// - Parameters:
  ///   - name: What environments here are called.
  ///   - subnet: Which of the connection's subnets their traffic leaves by.
  ///   - host: The guest.
  ///   - program: What runs in it.
  ///   - interfaceSubnet: The subnet where each of them needs an interface for itself, if so.
  ///   - worker: The worker whose slot it is, if workers are modelled.
  ///   - zone: The availability zone.
  package mutating func addEnvironment(
    named name: String, subnet: Int, host: NodeID<Host>, program: GuestProgram,
    interfaceSubnet: ResourceIdentifier?, worker: Int?, zone: String
  ) {
    let number = environments.count
    let function = functions.count - 1
    let connection = states[function].pools.count - 1
    environments.append(
      Environment(
        name: name, function: function, connection: connection, subnet: subnet, host: host,
        program: program, interfaceSubnet: interfaceSubnet, worker: worker, zone: zone,
        random: RandomStream(seed: seed, name: "environment/\(name)")))
    links.append(IndexList.Link())
    states[function].pools[connection].addVacant(number, subnet: subnet, &links)
  }

  /// Adds invocations.
  public mutating func add(_ entry: Traffic) {
    traffic.append(
      TrafficState(
        function: entry.function, steps: entry.steps,
        arrivals: ArrivalProcess(
          entry.arrivals, first: entry.first, end: entry.end, limit: entry.limit,
          random: RandomStream(
            seed: seed, name: "traffic/\(traffic.count)\(streamSuffix)"))))
  }

  /// Adds something that is done to a function.
  public mutating func add(_ change: FunctionChange) {
    changes.append(change)
    openChanges += 1
  }

  /// The reminders that the owner of the simulation sets before the run begins.
  public mutating func initialReminders() -> [(time: Instant, token: UInt64)] {
    var reminders: [(time: Instant, token: UInt64)] = []
    for (number, function) in functions.enumerated() where function.version == nil {
      if let created = function.created {
        openChanges += 1
        reminders.append((created, Reminder.functionCreated.token(number)))
      } else {
        establish(number)
      }
    }
    for number in accounts.indices {
      guard let due = accounts[number].nextReminder() else { continue }
      reminders.append((due, Reminder.controlPlane.token(number)))
    }
    for (number, change) in changes.enumerated() {
      reminders.append((change.time, Reminder.change.token(number)))
    }
    for (number, call) in networkCalls.enumerated() {
      reminders.append((call.time, Reminder.networkChange.token(number)))
    }
    for number in traffic.indices {
      guard let time = drawArrival(number) else { continue }
      openTraffic += 1
      reminders.append((time, Reminder.arrival.token(number)))
    }
    return reminders + initialTaskReminders()
  }

  // MARK: - Events

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    network.drop(
      frame, at: "frontend", code: "NO_POSSIBLE_DESTINATION",
      detail: "the frontend takes no packets", flow: "")
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    let (reminder, number) = Reminder.read(token)
    switch reminder {
    case .arrival: arrive(number, &network)
    case .environmentDone: finish(number, &network)
    case .environmentReady: begin(number, &network)
    case .functionCreated: create(number, &network)
    case .controlPlane: advance(account: number, &network)
    case .interfaceNeeded: requestInterface(number, &network)
    case .change: carryOut(changes[number], &network)
    case .changeSettled: openChanges -= 1
    case .freeze: freezeIfIdle(number, &network)
    case .timeout: giveUpIfLate(number, &network)
    case .reclaim: reclaimIdle(number, &network)
    case .machineBooted: bootedMachines[number] += 1
    case .interfaceWanted: addInterface(number, inPlaceOf: nil, &network)
    case .replacementWanted:
      addInterface(number >> 24, inPlaceOf: number & 0xff_ffff, &network)
    case .ec2Failure: setEC2Failure(EC2Failure.allCases[number], &network)
    case .ec2Repair: setEC2Failure(nil, &network)
    case .zoneFailure: failZone(number, &network)
    case .zoneRepair: repairZone(number, &network)
    case .networkChange: makeCall(number, &network)
    case .task: beginTasks(number, &network)
    case .taskDone: endTasks(on: number, &network)
    case nil: preconditionFailure("no reminder of the frontend")
    }
  }

  private mutating func arrive(_ number: Int, _ network: inout Network) {
    let function = traffic[number].function
    for _ in 0..<traffic[number].pending { invoke(function, traffic[number].steps, &network) }
    if let time = drawArrival(number) {
      network.wake(at: time, token: Reminder.arrival.token(number))
    } else {
      openTraffic -= 1
    }
  }

  /// When the next invocations of a traffic entry come, or `nil` if there are none.
  private mutating func drawArrival(_ number: Int) -> Instant? {
    guard let (time, count) = traffic[number].arrivals.next() else { return nil }
    traffic[number].pending = count
    return time
  }
}
