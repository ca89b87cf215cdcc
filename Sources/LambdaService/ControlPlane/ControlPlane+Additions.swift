import EventSimulation
public import SimulatedTime
public import VirtualNetwork

/// Hyperplane interfaces beside the first of their subnet and set of groups.
extension ControlPlane {
  /// Has an interface made for a subnet and set of groups that have one already: one more because
  /// ports run short, or one in the place of another.
  ///
  /// EC2 may refuse it, as it may any other. What comes of it is told by occurrences: the interface is
  /// ``InterfaceRecord/Status/inUse``, or ``Occurrence/Kind/notAdded(interface:vpc:_:)``. One more
  /// takes ``ControlPlaneSettings/growthDelay``; one in the place of another is there at once, and the
  /// other one goes.
  ///
  /// - Parameters:
  ///   - name: What the plan calls it.
  ///   - former: What the plan calls the one in whose place it comes, or `nil` for one more.
  ///   - subnet: The subnet.
  ///   - securityGroups: The groups, in any order.
  ///   - time: When it is asked for.
  /// - Returns: `false` if nobody uses interfaces there, or there is no such `former` one.
  @discardableResult
  public mutating func addInterface(
    _ name: String, inPlaceOf former: String? = nil, subnet: ResourceIdentifier,
    securityGroups: [ResourceIdentifier], at time: Instant
  ) -> Bool {
    advance(to: time)
    let groups = securityGroups.compactMap { groupNumbers[$0] }
    guard let subnet = subnetNumbers[subnet],
      let number = sharedNumbers[SharedKey(subnet: subnet, groups: groups.sorted())],
      shared[number].users > 0
    else { return false }
    var addition = Addition(shared: number, name: name)
    if let former {
      addition.former = shared[number].interfaces.last { interfaces[$0].record.name == former }
      guard addition.former != nil else { return false }
    }
    additions.append(addition)
    orderAddition(additions.count - 1, shared[number].generation)
    return true
  }

  /// Has EC2 make an interface that is added.
  mutating func orderAddition(_ number: Int, _ generation: Int) {
    let pair = additions[number].shared
    // Those that wanted it have gone, and the others with them.
    guard shared[pair].generation == generation, !shared[pair].isGone else { return }
    additions[number].attempts += 1
    let (name, former) = (additions[number].name, additions[number].former)
    let key = shared[pair].key
    let vpc = vpcs[subnets[key.subnet].vpc].name
    switch createInterface(
      InterfaceOrder(
        name: name, subnet: key.subnet, groups: shared[pair].groups, role: shared[pair].role,
        purpose: .shared(pair), type: .lambda,
        description: NetworkInterface.lambdaDescription(
          function: functions[shared[pair].owner].configuration.name, interface: name, seed: seed)))
    {
    case .made(let interface):
      shared[pair].interfaces.append(interface)
      interfaces[interface].former = former
      makeAvailable(interface, total: former == nil ? settings.growthDelay : .zero)
    case .throttled:
      let attempts = additions[number].attempts
      guard attempts < settings.attempts else {
        report(.notAdded(interface: name, vpc: vpc, .ec2Throttled(attempts: attempts)))
        return
      }
      var random = RandomStream(seed: seed, name: "backoff/\(vpc)/\(name)/\(attempts)")
      schedule(
        .orderAddition(number, generation: generation),
        after: backOff(afterAttempt: attempts, &random))
    case .refused(let error): report(.notAdded(interface: name, vpc: vpc, error))
    }
  }
}
