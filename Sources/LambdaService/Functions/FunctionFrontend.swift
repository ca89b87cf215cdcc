package import EndpointStack
public import EventSimulation
public import SimulatedTime

/// Lambda's frontend and placement: it takes invocations, finds or starts an execution environment
/// for each, and knows when everything is done.
public struct FunctionFrontend: Node, ~Copyable {
  /// A function, and where its environments are.
  public struct Function: Sendable {
    public var name: String
    public var era: NetworkingEra
    /// Its environments' numbers.
    public var environments: Range<Int>
    /// When it is created, or `nil` if that was long ago.
    public var created: Instant?
    /// Identifiers of the Hyperplane interfaces it needs; empty before September 2019.
    public var interfaces: [String]
    /// How long after an invocation its environment is frozen, or `nil` if it never is.
    public var freezeDelay: Duration?

    public init(
      name: String, era: NetworkingEra, environments: Range<Int>, created: Instant?,
      interfaces: [String], freezeDelay: Duration? = nil
    ) {
      self.name = name
      self.era = era
      self.environments = environments
      self.created = created
      self.interfaces = interfaces
      self.freezeDelay = freezeDelay
    }
  }

  /// Invocations of one function.
  public struct Traffic: Sendable {
    public enum Arrivals: Hashable, Sendable {
      case atOnce(Int)
      case every(Duration)
      case poisson(ExponentialGap)
    }
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

  struct Environment {
    var name: String
    var function: Int
    var host: NodeID<Host>
    var program: GuestProgram
    /// The interface of its own that it needs, before September 2019; why it has none, if so.
    var ownInterface: OwnInterface
    var state = State.absent
    var random: RandomStream
    /// The invocation it works on, or worked on last.
    var invocation = 0
    var began = Instant.start
    /// When it is frozen, or was.
    var freezing: Instant?
    /// The availability zone that it is in.
    var zone: String

    enum State {
      case absent, starting, busy, idle, frozen
      /// Its zone has failed.
      case lost
    }
  }

  /// The network interface that an environment had for itself before September 2019.
  package enum OwnInterface: Sendable {
    case notNeeded
    case made(identifier: String)
    /// The subnet had no address left.
    case noAddress(subnet: String)
  }

  /// The kinds of reminders the frontend sets itself or is sent; the rest of a token is a number.
  enum Reminder: UInt64 {
    case arrival = 1
    case environmentDone
    case environmentReady
    case functionCreated
    case functionActive
    case freeze
    case zoneFailure
    case zoneRepair

    func token(_ number: Int) -> UInt64 { rawValue << 48 | UInt64(number) }
  }

  private let times: StartupTimes
  let record: RunRecord
  private var functions: [Function] = []
  private var isActive: [Bool] = []
  var environments: [Environment] = []
  var zones: [Zone] = []
  private var traffic: [Traffic] = []
  private var trafficRandom: [RandomStream] = []
  private var arrived: [Int] = []
  private var readyInterfaces: Set<String> = []
  /// Traffic entries that have more to come.
  private var openTraffic = 0
  private let seed: UInt64
  /// What the names of its own random streams end with.
  private let streamSuffix: String
  private var random: RandomStream
  /// Invocations taken, and what became of them.
  public private(set) var invocationCount = 0
  public private(set) var finishedCount = 0
  public private(set) var failedCount = 0
  /// Why they failed and how often, in the order of the first of each kind.
  public private(set) var failures: [(reason: String, count: Int)] = []
  public private(set) var throttledCount = 0
  public private(set) var refusedCount = 0
  /// Environments started.
  public private(set) var coldStartCount = 0

  /// A frontend without functions.
  ///
  /// - Parameters:
  ///   - times: How long the parts of a cold start take.
  ///   - seed: The seed of the simulation.
  ///   - streamSuffix: What tells its random streams from those of the frontends of other accounts.
  ///   - record: Where it reports.
  public init(times: StartupTimes, seed: UInt64, streamSuffix: String = "", record: RunRecord) {
    self.streamSuffix = streamSuffix
    self.times = times
    self.seed = seed
    self.record = record
    random = RandomStream(seed: seed, name: "frontend\(streamSuffix)")
  }

  /// Whether no invocation is under way or to come.
  public var isDone: Bool {
    openTraffic == 0
      && invocationCount == finishedCount + failedCount + throttledCount + refusedCount
  }

  /// Adds a function; its number is how many there were.
  public mutating func add(_ function: Function) {
    functions.append(function)
    isActive.append(function.created == nil)
  }

  /// What an environment that is added next is woken with.
  package func makeProgram(_ frontend: NodeID<FunctionFrontend>) -> GuestProgram {
    GuestProgram(
      doneToken: Reminder.environmentDone.token(environments.count), frontend: frontend)
  }

  /// Adds an environment; its number is how many there were.
  package mutating func addEnvironment(
    named name: String, of function: Int, host: NodeID<Host>, program: GuestProgram,
    ownInterface: OwnInterface, zone: String
  ) {
    environments.append(
      Environment(
        name: name, function: function, host: host, program: program,
        ownInterface: ownInterface,
        random: RandomStream(seed: seed, name: "environment/\(name)"), zone: zone))
  }

  /// Adds invocations.
  public mutating func add(_ entry: Traffic) {
    trafficRandom.append(RandomStream(seed: seed, name: "traffic/\(traffic.count)\(streamSuffix)"))
    traffic.append(entry)
    arrived.append(0)
    openTraffic += 1
  }

  /// The reminders that the owner of the simulation sets before the run begins.
  public mutating func initialReminders() -> [(time: Instant, token: UInt64)] {
    var reminders: [(time: Instant, token: UInt64)] = []
    for (number, function) in functions.enumerated() {
      if let created = function.created {
        reminders.append((created, Reminder.functionCreated.token(number)))
      } else {
        for interface in function.interfaces where readyInterfaces.insert(interface).inserted {
          record.report(
            .control(
              ControlAct(
                act: "NetworkInterfaceInUse", function: function.name, resource: interface)),
            at: .start)
        }
      }
    }
    for (number, entry) in traffic.enumerated() {
      reminders.append((firstArrival(of: number, entry), Reminder.arrival.token(number)))
    }
    return reminders
  }

  private mutating func firstArrival(of number: Int, _ entry: Traffic) -> Instant {
    guard case .poisson(let gap) = entry.arrivals else { return entry.first }
    return entry.first.advanced(by: gap.sample(from: &trafficRandom[number]))
  }

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    network.drop(
      frame, at: "frontend", code: "NO_POSSIBLE_DESTINATION",
      detail: "the frontend takes no packets", flow: "")
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    let number = Int(token & 0xffff_ffff_ffff)
    switch Reminder(rawValue: token >> 48) {
    case .arrival: arrive(number, &network)
    case .environmentDone: finish(number, &network)
    case .environmentReady: begin(number, &network)
    case .functionCreated: create(number, &network)
    case .functionActive: activate(number, &network)
    case .freeze: freeze(number, &network)
    case .zoneFailure: failZone(number, &network)
    case .zoneRepair: repairZone(number, &network)
    case nil: preconditionFailure("no reminder of the frontend")
    }
  }

  // MARK: - Functions

  private mutating func create(_ number: Int, _ network: inout Network) {
    let function = functions[number]
    report(ControlAct(act: "CreateFunction", function: function.name), network.now)
    // Interfaces of the same subnet and groups are shared, so only new ones take time, and those
    // of several subnets are made side by side.
    var longest = Duration.zero
    for interface in function.interfaces where readyInterfaces.insert(interface).inserted {
      let duration = times.interfaceCreation.sample(from: &random)
      report(
        ControlAct(
          act: "CreateNetworkInterface", function: function.name, resource: interface,
          duration: duration), network.now)
      longest = max(longest, duration)
    }
    network.wake(
      at: network.now.advanced(by: longest), token: Reminder.functionActive.token(number))
  }

  private mutating func activate(_ number: Int, _ network: inout Network) {
    isActive[number] = true
    report(ControlAct(act: "FunctionActive", function: functions[number].name), network.now)
  }

  private func report(_ act: ControlAct, _ time: Instant) {
    record.report(.control(act), at: time)
  }

  // MARK: - Invocations

  private mutating func arrive(_ number: Int, _ network: inout Network) {
    let entry = traffic[number]
    guard network.now < entry.end, arrived[number] < entry.limit else {
      openTraffic -= 1
      return
    }
    var next: Instant?
    switch entry.arrivals {
    case .atOnce(let count):
      for _ in 0..<min(count, entry.limit) { invoke(entry, &network) }
    case .every(let interval):
      invoke(entry, &network)
      next = network.now.advanced(by: interval)
    case .poisson(let gap):
      invoke(entry, &network)
      next = network.now.advanced(by: gap.sample(from: &trafficRandom[number]))
    }
    arrived[number] += 1
    if let next, next < entry.end, arrived[number] < entry.limit {
      network.wake(at: next, token: Reminder.arrival.token(number))
    } else {
      openTraffic -= 1
    }
  }

  private mutating func invoke(_ entry: Traffic, _ network: inout Network) {
    invocationCount += 1
    let function = functions[entry.function]
    guard isActive[entry.function] else {
      refusedCount += 1
      reportRefusal(
        .refused, function, "ResourceConflictException: the function is Pending", network.now)
      return
    }
    let candidates = function.environments
    if let warm = candidates.first(where: {
      environments[$0].state == .idle || environments[$0].state == .frozen
    }) {
      prepare(warm, entry, network.now)
      begin(warm, &network)
    } else if let absent = candidates.first(where: { environments[$0].state == .absent }) {
      prepare(absent, entry, network.now)
      start(absent, function, &network)
    } else {
      throttledCount += 1
      reportRefusal(
        .throttled, function, "TooManyRequestsException: no environment is free", network.now)
    }
  }

  private func reportRefusal(
    _ phase: Invocation.Phase, _ function: Function, _ detail: String, _ time: Instant
  ) {
    record.report(
      .invocation(
        Invocation(
          number: invocationCount, function: function.name, environment: "", phase: phase,
          detail: detail, elapsed: .zero)), at: time)
  }

  private mutating func prepare(_ number: Int, _ entry: Traffic, _ time: Instant) {
    environments[number].invocation = invocationCount
    environments[number].began = time
    environments[number].program.prepare(entry.steps, invocation: invocationCount)
  }

  /// Starts an environment, which takes as long as the parts of a cold start in this era.
  private mutating func start(_ number: Int, _ function: Function, _ network: inout Network) {
    coldStartCount += 1
    environments[number].state = .starting
    let environment = environments[number]
    var time = network.now
    func step(_ act: String, _ duration: Duration, resource: String = "") {
      record.report(
        .control(
          ControlAct(
            act: act, function: function.name, environment: environment.name,
            resource: resource, duration: duration)), at: time)
      time = time.advanced(by: duration)
    }
    step("PlaceEnvironment", times.placement)
    step("StartVirtualMachine", times.virtualMachine)
    step("BootGuest", times.boot)
    switch function.era {
    case .perEnvironment:
      switch environment.ownInterface {
      case .made(let identifier):
        let duration = times.interfaceAttachment.sample(from: &environments[number].random)
        step("CreateAndAttachNetworkInterface", duration, resource: identifier)
      case .noAddress(let subnet):
        environments[number].state = .absent
        fail(number, "SubnetIPAddressLimitReachedException: \(subnet) is full", time)
        return
      case .notNeeded: break
      }
    case .hyperplane:
      step("CreateGeneveDevice", times.tunnel)
      step("ConfigureGuestNetwork", times.dhcp)
    case .hyperplaneEBPF:
      step("EnterTunnelMap", times.tunnelMapEntry)
    }
    network.wake(at: time, token: Reminder.environmentReady.token(number))
  }

  private mutating func begin(_ number: Int, _ network: inout Network) {
    // It may have been lost while it started.
    guard environments[number].state != .lost else { return }
    if environments[number].state == .frozen {
      reportEnvironment("ThawEnvironment", number, network.now)
    }
    environments[number].state = .busy
    environments[number].freezing = nil
    reportPhase(.started, number, "", network.now)
    network.wake(
      environments[number].host, at: network.now,
      token: GuestProgram.Wake.begin.token(environments[number].invocation))
  }

  private mutating func finish(_ number: Int, _ network: inout Network) {
    guard environments[number].state == .busy else { return }
    environments[number].state = .idle
    if let delay = functions[environments[number].function].freezeDelay {
      let time = network.now.advanced(by: delay)
      environments[number].freezing = time
      network.wake(at: time, token: Reminder.freeze.token(number))
    }
    let program = environments[number].program
    if let failure = program.failure {
      fail(number, failure, network.now)
    } else {
      finishedCount += 1
      reportPhase(.finished, number, program.achievement, network.now)
    }
  }

  /// Freezes an environment that has had nothing to do since its invocation.
  private mutating func freeze(_ number: Int, _ network: inout Network) {
    guard environments[number].state == .idle, environments[number].freezing == network.now
    else { return }
    environments[number].state = .frozen
    reportEnvironment("FreezeEnvironment", number, network.now)
    network.wake(
      environments[number].host, at: network.now,
      token: GuestProgram.Wake.freeze.token(environments[number].invocation))
  }

  private func reportEnvironment(_ act: String, _ number: Int, _ time: Instant) {
    let environment = environments[number]
    report(
      ControlAct(
        act: act, function: functions[environment.function].name, environment: environment.name),
      time)
  }

  // MARK: - Reports

  mutating func fail(_ number: Int, _ reason: String, _ time: Instant) {
    failedCount += 1
    if let known = failures.firstIndex(where: { $0.reason == reason }) {
      failures[known].count += 1
    } else {
      failures.append((reason, 1))
    }
    reportPhase(.failed, number, reason, time)
  }

  private func reportPhase(
    _ phase: Invocation.Phase, _ number: Int, _ detail: String, _ time: Instant
  ) {
    let environment = environments[number]
    record.report(
      .invocation(
        Invocation(
          number: environment.invocation, function: functions[environment.function].name,
          environment: environment.name, phase: phase, detail: detail,
          elapsed: environment.began.duration(to: time))), at: time)
  }
}
