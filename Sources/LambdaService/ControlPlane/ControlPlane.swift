import EventSimulation
import PacketFormats
public import SimulatedTime
public import VirtualNetwork

/// Lambda's and EC2's control planes for one account in one Region.
///
/// A value that knows no events and no nodes: calls and times go in, decisions come out. What it has
/// decided is asked for with ``takeOccurrences()`` after each call, and ``nextDue`` says when it
/// wants to be told the time again. Time never runs backwards: a call with an earlier time than the
/// one before counts as made at that.
///
/// The same calls give the same answers: durations and identifiers are drawn from the seed and the
/// name of what they belong to.
public struct ControlPlane: Sendable {
  public let settings: ControlPlaneSettings
  public let account: AccountIdentifier
  public let seed: UInt64

  var vpcs: [VPC] = []
  var subnets: [Subnet] = []
  var groups: [Group] = []
  // Dictionaries are only ever asked for one key, never walked: their order changes with every run.
  var subnetNumbers: [ResourceIdentifier: Int] = [:]
  var groupNumbers: [ResourceIdentifier: Int] = [:]
  var planned: [String: PlannedInterface] = [:]
  /// How many interfaces of each name there have been.
  var interfacesMade: [String: Int] = [:]

  var functions: [Function] = []
  var functionNumbers: [String: Int] = [:]
  var interfaces: [Interface] = []
  var shared: [Shared] = []
  var sharedNumbers: [SharedKey: Int] = [:]
  /// Interfaces that pairs were to be given beside their first, in the order of asking.
  var additions: [Addition] = []
  /// The interface of each environment that has one.
  var ownInterfaces: [Int: Int] = [:]
  var ownRequests: [Int: OwnRequest] = [:]
  var requestGeneration = 0

  /// What EC2's API answers at present, whatever it is asked; `nil` if it works.
  var ec2Failure: EC2Failure?
  var createBucket: RequestBucket
  var deleteBucket: RequestBucket
  /// Requests for functions without reserved concurrency.
  var unreservedRequests: RequestBucket
  /// Concurrency that functions have reserved.
  var reservedConcurrency = 0
  /// Executions of functions without reserved concurrency.
  var unreservedInFlight = 0
  /// Network interfaces in the Region, whoever made them.
  public internal(set) var interfaceCount = 0

  var now = Instant.start
  var queue = DueQueue<Task>()
  var occurrences: [Occurrence] = []
  var callCount = 0

  /// Control planes of an account that has nothing yet.
  public init(
    settings: ControlPlaneSettings = ControlPlaneSettings(), account: AccountIdentifier,
    seed: UInt64
  ) {
    self.settings = settings
    self.account = account
    self.seed = seed
    createBucket = RequestBucket(
      capacity: max(1, settings.createRequests), refill: max(1, settings.createRefill))
    deleteBucket = RequestBucket(
      capacity: max(1, settings.deleteRequests), refill: max(1, settings.deleteRefill))
    let requests = max(1, settings.accountConcurrency * settings.requestsPerConcurrency)
    unreservedRequests = RequestBucket(capacity: requests, refill: requests)
  }

  /// Adds a VPC of the account: its subnets with their free addresses, its security groups, and what
  /// is planned of network interfaces.
  ///
  /// From here on the control plane gives out the addresses.
  ///
  /// - Parameters:
  ///   - network: The VPC, complete.
  ///   - hasDedicatedTenancy: Whether its instances run on hardware of their own, which Lambda does
  ///     not support (lambda-vpc §3.1).
  ///   - dualStackSubnets: Those that have IPv6 addresses too.
  ///   - spareInterfaces: Names of planned interfaces that do not exist yet, although an address is
  ///     kept for them; ``addInterface(_:inPlaceOf:subnet:securityGroups:at:)`` makes them.
  /// - Returns: Its number.
  @discardableResult
  public mutating func addVPC(
    _ network: VirtualPrivateCloud, hasDedicatedTenancy: Bool = false,
    dualStackSubnets: [ResourceIdentifier] = [], spareInterfaces: Set<String> = []
  ) -> Int {
    let number = vpcs.count
    vpcs.append(
      VPC(name: network.name, identifier: network.identifier, isDedicated: hasDedicatedTenancy))
    for subnet in network.subnets {
      subnetNumbers[subnet.identifier] = subnets.count
      subnets.append(
        Subnet(
          vpc: number, name: subnet.name, identifier: subnet.identifier, zone: subnet.zone,
          hasIPv6: dualStackSubnets.contains(subnet.identifier), addresses: subnet.addresses))
    }
    for group in network.securityGroups {
      groupNumbers[group.identifier] = groups.count
      groups.append(
        Group(vpc: number, record: .init(identifier: group.identifier, name: group.name)))
    }
    for interface in network.interfaces {
      planned["\(network.name)/\(interface.name)"] = PlannedInterface(
        linkLayerAddress: interface.linkLayerAddress,
        address: interface.exists ? interface.address : nil, identifier: interface.identifier,
        description: interface.description,
        isSpare: spareInterfaces.contains(interface.name))
      if interface.exists, !spareInterfaces.contains(interface.name) { interfaceCount += 1 }
    }
    return number
  }

  // MARK: Time

  /// When something is due next; ``advance(to:)`` must have been called by then.
  public var nextDue: Instant? { queue.next }

  /// Does everything that is due up to and including `time`.
  public mutating func advance(to time: Instant) {
    while let (due, task) = queue.take(until: time) {
      now = max(now, due)
      perform(task)
    }
    now = max(now, time)
  }

  /// What has happened since this was last asked, in order.
  public mutating func takeOccurrences() -> [Occurrence] {
    defer { occurrences.removeAll(keepingCapacity: true) }
    return occurrences
  }

  private mutating func perform(_ task: Task) {
    switch task {
    case .orderShared(let number, let generation): orderShared(number, generation)
    case .orderAddition(let number, let generation): orderAddition(number, generation)
    case .interfaceMade(let number, let generation): beginAttaching(number, generation)
    case .interfaceAttached(let number, let generation): endAttaching(number, generation)
    case .detachShared(let number, let generation): detachShared(number, generation)
    case .detachOwn(let number, let generation): detachOwn(number, generation)
    case .interfaceDetached(let number): endDetaching(number)
    case .deleteInterface(let number): deleteInterface(number)
    case .retryOwn(let environment, let generation): retryOwn(environment, generation)
    case .idleCheck(let number): checkIdleness(of: number)
    }
  }

  mutating func schedule(_ task: Task, after delay: Duration) {
    queue.insert(task, at: now.advanced(by: max(.zero, delay)))
  }

  mutating func report(_ kind: Occurrence.Kind) {
    occurrences.append(Occurrence(time: now, kind: kind))
  }

  // MARK: What there is

  /// The function called `name`, unless it was deleted.
  public func function(named name: String) -> Int? { functionNumbers[name] }

  /// A function as `GetFunctionConfiguration` shows it.
  ///
  /// - Precondition: there has been such a function.
  public func function(_ number: Int) -> FunctionRecord { record(of: number) }

  /// All network interfaces that Lambda has made, deleted ones included, in the order of making.
  public var networkInterfaces: [InterfaceRecord] { interfaces.map(\.record) }

  /// Free addresses of a subnet.
  ///
  /// - Returns: `nil` if there is no such subnet.
  public func freeAddressCount(in subnet: ResourceIdentifier) -> Int? {
    subnetNumbers[subnet].map { subnets[$0].addresses.freeCount }
  }

  /// How many network interfaces a function needed at its peak before September 2019.
  ///
  /// Documented until 2019: concurrent executions × memory in GB ÷ 3 GB, for instances of 3 GB were
  /// shared by environments (lambda-vpc §2). The model gives each environment its own, as it is for
  /// functions of 3 GB; reports show both numbers.
  ///
  /// - Parameters:
  ///   - concurrency: Projected concurrent executions.
  ///   - memory: Memory of the function, in MiB.
  /// - Returns: The number, rounded up.
  public static func projectedInterfaces(concurrency: Int, memory: Int) -> Int {
    let (product, overflow) = max(0, concurrency).multipliedReportingOverflow(by: max(0, memory))
    return overflow ? .max : product / 3072 + (product % 3072 == 0 ? 0 : 1)
  }
}
