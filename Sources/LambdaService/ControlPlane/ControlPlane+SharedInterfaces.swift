import EventSimulation
public import SimulatedTime
public import VirtualNetwork

/// Hyperplane interfaces: one for each subnet and exact set of security groups (lambda-vpc §3.1).
extension ControlPlane {
  /// Whether an interface of the pair is in use, so that functions can work with it.
  func isReady(_ number: Int) -> Bool {
    shared[number].interfaces.contains { interfaces[$0].record.status == .inUse }
  }

  /// The pair's interfaces, for one more function or version; what waited for deletion stays.
  mutating func use(_ key: SharedKey, _ groups: [Int], for function: Int) -> Int {
    let number: Int
    if let known = sharedNumbers[key] {
      number = known
    } else {
      number = shared.count
      shared.append(
        Shared(
          key: key, owner: function, groups: groups,
          role: functions[function].configuration.role))
      sharedNumbers[key] = number
    }
    if shared[number].users == 0 { shared[number].generation += 1 }
    shared[number].users += 1
    shared[number].isStuck = false
    return number
  }

  /// Takes note that a function or version no longer uses the pair's interfaces.
  ///
  /// The last one to go leaves them to be deleted after `delay`.
  mutating func release(_ number: Int, after delay: Duration) {
    shared[number].users -= 1
    guard shared[number].users == 0 else { return }
    shared[number].generation += 1
    if shared[number].interfaces.isEmpty {
      retire(number)
      return
    }
    schedule(
      .detachShared(number, generation: shared[number].generation),
      after: max(.zero, delay - settings.detachment))
  }

  /// Nobody comes to use the pair's interfaces any more; the next function gets new ones.
  private mutating func retire(_ number: Int) {
    shared[number].isGone = true
    if sharedNumbers[shared[number].key] == number { sharedNumbers[shared[number].key] = nil }
  }

  // MARK: - Making

  /// Has EC2 make the pair's first interface.
  mutating func orderShared(_ number: Int, _ generation: Int) {
    guard shared[number].generation == generation, !shared[number].isGone else { return }
    shared[number].attempts += 1
    let owner = shared[number].owner
    let function = functions[owner].configuration.name
    let subnet = subnets[shared[number].key.subnet]
    let label = sharedName(number)
    switch createInterface(
      InterfaceOrder(
        name: label, subnet: shared[number].key.subnet, groups: shared[number].groups,
        role: shared[number].role, purpose: .shared(number), type: .lambda,
        description: NetworkInterface.lambdaDescription(
          function: function, interface: label, seed: seed)))
    {
    case .made(let interface):
      shared[number].interfaces.append(interface)
      var random = RandomStream(
        seed: seed,
        name: "interface/\(vpcs[subnet.vpc].name)/\(interfaces[interface].record.identifier)")
      makeAvailable(interface, total: settings.sharedCreation.sample(from: &random))
    case .throttled:
      guard shared[number].attempts < settings.attempts else {
        failShared(number, .ec2Throttled(attempts: shared[number].attempts))
        return
      }
      var random = RandomStream(
        seed: seed, name: "backoff/\(vpcs[subnet.vpc].name)/\(label)/\(shared[number].attempts)")
      schedule(
        .orderShared(number, generation: generation),
        after: backOff(afterAttempt: shared[number].attempts, &random))
    case .refused(let error): failShared(number, error)
    }
  }

  /// What the model calls a pair's first interface, as plans do.
  func sharedName(_ number: Int) -> String {
    let names = shared[number].key.groups.map { groups[$0].record.name }.sorted()
    return "lambda/\(subnets[shared[number].key.subnet].name)/\(names.joined(separator: "+"))"
  }

  /// Tells everybody who waits that the interface cannot be had.
  ///
  /// Where it was to come in the place of one that is lost, the next function or invocation that
  /// needs it has it tried again.
  private mutating func failShared(_ number: Int, _ error: InvokeError) {
    let waiting = shared[number].waiting
    shared[number].waiting = []
    if shared[number].interfaces.isEmpty {
      retire(number)
    } else {
      shared[number].attempts = 0
    }
    for function in waiting { failConnecting(function, error) }
  }

  /// Takes note that one of the pair's interfaces is in use.
  mutating func becameReady(_ number: Int) {
    let waiting = shared[number].waiting
    shared[number].waiting = []
    countBrokenLinks(of: number)
    for function in waiting { finishConnecting(function) }
  }

  // MARK: - Deleting

  /// Ends the use of the pair's interfaces if the role allows it; otherwise they stay (A-32).
  mutating func detachShared(_ number: Int, _ generation: Int) {
    guard shared[number].generation == generation, !shared[number].isGone else { return }
    guard shared[number].role.permissions.allows("ec2:DeleteNetworkInterface") else {
      shared[number].isStuck = true
      for interface in shared[number].interfaces { refuseDeletion(interface) }
      return
    }
    retire(number)
    for interface in shared[number].interfaces { beginDetaching(interface) }
  }

  /// Gives a role other permissions from now on; what could not be deleted without them is deleted.
  public mutating func setPermissions(
    _ permissions: Permissions, ofRole name: String, at time: Instant
  ) {
    advance(to: time)
    for number in functions.indices where functions[number].configuration.role.name == name {
      functions[number].configuration.role.permissions = permissions
    }
    for number in shared.indices where shared[number].role.name == name {
      shared[number].role.permissions = permissions
      if shared[number].isStuck, permissions.allows("ec2:DeleteNetworkInterface") {
        shared[number].isStuck = false
        detachShared(number, shared[number].generation)
      }
    }
    // Those that are detached already.
    for number in interfaces.indices
    where interfaces[number].record.status == .available && role(of: number).name == name {
      deleteInterface(number)
    }
  }

  // MARK: - Changes while in use

  /// Loses a pair's interfaces, as after a failed health check: Lambda makes another one, and until
  /// it is there, functions without another pair refuse invocations (`ENINotReadyException`).
  ///
  /// - Returns: `false` if there is no such pair in use.
  @discardableResult
  public mutating func loseInterfaces(
    subnet: ResourceIdentifier, securityGroups: [ResourceIdentifier], at time: Instant
  ) -> Bool {
    advance(to: time)
    let groups = securityGroups.compactMap { groupNumbers[$0] }
    guard let subnet = subnetNumbers[subnet],
      let number = sharedNumbers[SharedKey(subnet: subnet, groups: groups.sorted())],
      isReady(number), shared[number].users > 0
    else { return false }
    for interface in shared[number].interfaces
    where interfaces[interface].record.status == .inUse { beginDetaching(interface) }
    countBrokenLinks(of: number)
    shared[number].attempts = 0
    shared[number].generation += 1
    orderShared(number, shared[number].generation)
    return true
  }

  /// Counts anew which functions that use a pair are without interfaces.
  private mutating func countBrokenLinks(of number: Int) {
    for function in functions.indices where functions[function].links.contains(number) {
      functions[function].brokenLinks = functions[function].links.count { !isReady($0) }
    }
  }
}
