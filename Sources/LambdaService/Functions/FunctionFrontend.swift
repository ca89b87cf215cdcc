package import EndpointStack
public import EventSimulation
public import SimulatedTime

/// Lambda's frontend, assignment and placement: it takes invocations, finds or starts an execution
/// environment for each, and knows when everything is done.
///
/// Where an invocation goes is decided when it arrives; the work begins after the time that the
/// steps on the way take.
public struct FunctionFrontend: Node, ~Copyable {
  /// A function, and where its environments are.
  public struct Function: Sendable {
    public var name: String
    public var era: NetworkingEra
    /// The number of its account.
    public var account: Int
    /// How many subnets take turns with its environments.
    public var subnetCount: Int
    /// When it is created, or `nil` if that was long ago.
    public var created: Instant?
    /// Identifiers of the Hyperplane interfaces it needs; empty before September 2019.
    public var interfaces: [String]
    /// How long after an invocation its environment is frozen, or `nil` if it never is.
    public var freezeDelay: Duration?
    /// What its own code takes to initialise.
    public var initialization = Distribution.fixed(.zero)
    /// After how long an invocation is given up, or `nil` if it never is.
    public var timeout: Duration?
    /// The concurrency that it has for itself, or `nil` if it shares its account's.
    public var reservedConcurrency: Int?

    public init(
      name: String, era: NetworkingEra, account: Int, subnetCount: Int, created: Instant?,
      interfaces: [String], freezeDelay: Duration? = nil
    ) {
      self.name = name
      self.era = era
      self.account = account
      self.subnetCount = subnetCount
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

  /// The network interface that an environment had for itself before September 2019.
  package enum OwnInterface: Sendable {
    case notNeeded
    case made(identifier: String)
    /// The subnet had no address left.
    case noAddress(subnet: String)
  }

  /// What becomes of a function in the course of a run.
  struct FunctionState {
    var isActive: Bool
    var pool: EnvironmentPool
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
  var concurrency = Concurrency()
  var environments: [Environment] = []
  /// Neighbours in the lists of the functions' pools.
  var links: [IndexList.Link] = []
  var zones: [Zone] = []
  private(set) var workers: [NodeID<WorkerNode>] = []
  /// MicroVMs that each worker has booted; the first stands for workers that are not modelled.
  var bootedMachines: [Int]
  private var traffic: [TrafficState] = []
  var readyInterfaces: Set<String> = []
  /// Traffic entries that have more to come.
  private var openTraffic = 0
  let seed: UInt64
  /// For what functions need.
  var random: RandomStream
  /// For the steps that every invocation takes.
  var pathRandom: RandomStream
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

  public init(times: InvokeTimes, limits: InvokeLimits, seed: UInt64, record: RunRecord) {
    self.times = times
    self.limits = limits
    self.seed = seed
    self.record = record
    bootedMachines = [limits.bootedPool]
    random = RandomStream(seed: seed, name: "frontend")
    pathRandom = RandomStream(seed: seed, name: "frontend/path")
  }

  /// Whether no invocation is under way or to come.
  public var isDone: Bool {
    openTraffic == 0
      && invocationCount == finishedCount + failedCount + throttledCount + refusedCount
  }

  // MARK: - Setting up

  /// Adds an account; its number is how many there were.
  ///
  /// - Parameter limit: Invocations of all its functions that may be under way.
  public mutating func addAccount(limit: Int) {
    concurrency.addAccount(limit: limit)
  }

  /// Adds a function; its number is how many there were.
  public mutating func add(_ function: Function) {
    functions.append(function)
    concurrency.addFunction(account: function.account, reserved: function.reservedConcurrency)
    states.append(
      FunctionState(
        isActive: function.created == nil,
        pool: EnvironmentPool(subnetCount: function.subnetCount),
        scaling: ScalingAllowance(burst: limits.scalingBurst, interval: limits.scalingInterval)))
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

  /// Adds a place for an environment; its number is how many there were.
  ///
  /// - Parameters:
  ///   - name: What environments here are called.
  ///   - function: Whose they are.
  ///   - subnet: Which of the function's subnets their traffic leaves by.
  ///   - host: The guest.
  ///   - program: What runs in it.
  ///   - ownInterface: The interface they have for themselves.
  ///   - worker: The worker whose slot it is, if workers are modelled.
  ///   - zone: The availability zone.
  package mutating func addEnvironment(
    named name: String, of function: Int, subnet: Int, host: NodeID<Host>, program: GuestProgram,
    ownInterface: OwnInterface, worker: Int?, zone: String
  ) {
    let number = environments.count
    environments.append(
      Environment(
        name: name, function: function, subnet: subnet, host: host, program: program,
        ownInterface: ownInterface, worker: worker, zone: zone,
        random: RandomStream(seed: seed, name: "environment/\(name)")))
    links.append(IndexList.Link())
    states[function].pool.addVacant(number, subnet: subnet, &links)
  }

  /// Adds invocations.
  public mutating func add(_ entry: Traffic) {
    traffic.append(
      TrafficState(
        function: entry.function, steps: entry.steps,
        arrivals: ArrivalProcess(
          entry.arrivals, first: entry.first, end: entry.end, limit: entry.limit,
          random: RandomStream(seed: seed, name: "traffic/\(traffic.count)"))))
  }

  /// The reminders that the owner of the simulation sets before the run begins.
  public mutating func initialReminders() -> [(time: Instant, token: UInt64)] {
    var reminders: [(time: Instant, token: UInt64)] = []
    for (number, function) in functions.enumerated() {
      if let created = function.created {
        reminders.append((created, Reminder.functionCreated.token(number)))
      } else {
        reportOldInterfaces(of: function)
      }
    }
    for number in traffic.indices {
      guard let time = drawArrival(number) else { continue }
      openTraffic += 1
      reminders.append((time, Reminder.arrival.token(number)))
    }
    return reminders
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
    case .functionActive: activate(number, &network)
    case .freeze: freezeIfIdle(number, &network)
    case .timeout: giveUpIfLate(number, &network)
    case .reclaim: reclaimIdle(number, &network)
    case .machineBooted: bootedMachines[number] += 1
    case .zoneFailure: failZone(number, &network)
    case .zoneRepair: repairZone(number, &network)
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
