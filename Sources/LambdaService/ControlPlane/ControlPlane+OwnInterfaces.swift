import EventSimulation
public import SimulatedTime
public import VirtualNetwork

/// Before September 2019: a network interface for each execution environment, made on the invoke path
/// (lambda-vpc §2).
extension ControlPlane {
  /// Begins to give an environment a network interface of its own.
  ///
  /// What comes of it is among the occurrences, perhaps at once: the steps, and at last
  /// ``Occurrence/Kind/attached(environment:_:)`` or
  /// ``Occurrence/Kind/notAttached(environment:_:)``. An interface that an environment in the same
  /// place has left is taken over at once.
  ///
  /// - Parameters:
  ///   - environment: The place of the environment: a number that only one environment has at a time.
  ///   - name: What the interface is called.
  ///   - number: The function.
  ///   - subnet: One of the function's subnets; if `nil`, they take turns.
  ///   - time: When it asks.
  public mutating func requestInterface(
    forEnvironment environment: Int, named name: String, of number: Int,
    in subnet: ResourceIdentifier? = nil, at time: Instant
  ) {
    advance(to: time)
    if let interface = ownInterfaces[environment],
      interfaces[interface].record.status == .inUse,
      case .environment(_, let holder) = interfaces[interface].purpose, holder == number
    {
      interfaces[interface].generation += 1
      functions[number].idlePlaces.removeAll { $0 == environment }
      report(.attached(environment: environment, interfaces[interface].record))
      return
    }
    if let request = ownRequests[environment], request.function == number {
      // One is under way for whoever was here before.
      ownRequests[environment]?.isAbandoned = false
      return
    }
    let configured = functions[number].configuration.vpc?.subnets ?? []
    let wanted = subnet ?? configured.turn(functions[number].turn)
    functions[number].turn += 1
    guard let wanted, let place = subnetNumbers[wanted] else {
      report(
        .notAttached(
          environment: environment, .invalidSubnetID(subnet: wanted?.rawValue ?? "none")))
      return
    }
    let groups = functions[number].configuration.vpc?.securityGroups ?? []
    if let unknown = groups.first(where: { groupNumbers[$0] == nil }) {
      report(
        .notAttached(
          environment: environment, .invalidSecurityGroupID(group: unknown.rawValue)))
      return
    }
    requestGeneration += 1
    ownRequests[environment] = OwnRequest(
      environment: environment, name: name, function: number, subnet: place,
      generation: requestGeneration,
      random: RandomStream(seed: seed, name: "environment/\(name)/interface/\(requestGeneration)"))
    orderOwn(environment)
  }

  /// An environment whose interface waits for the next one of the function, the last to be left.
  ///
  /// A new environment in its place has a network at once.
  public func placeWithIdleInterface(of number: Int) -> Int? { functions[number].idlePlaces.last }

  /// Takes note that an environment is no more, or no longer wants an interface.
  ///
  /// Its interface waits for another environment in its place, and is then detached and deleted.
  public mutating func releaseInterface(ofEnvironment environment: Int, at time: Instant) {
    advance(to: time)
    if ownRequests[environment] != nil {
      if ownInterfaces[environment] == nil {
        // Nothing was made yet.
        ownRequests[environment] = nil
      } else {
        ownRequests[environment]?.isAbandoned = true
      }
      return
    }
    guard let interface = ownInterfaces[environment],
      interfaces[interface].record.status == .inUse
    else { return }
    leaveIdle(environment, interface)
  }

  private mutating func leaveIdle(_ environment: Int, _ interface: Int) {
    guard case .environment(_, let function) = interfaces[interface].purpose,
      !functions[function].idlePlaces.contains(environment)
    else { return }
    functions[function].idlePlaces.append(environment)
    interfaces[interface].generation += 1
    schedule(
      .detachOwn(interface, generation: interfaces[interface].generation),
      after: settings.ownIdleLifetime)
  }

  // MARK: - Steps

  mutating func retryOwn(_ environment: Int, _ generation: Int) {
    guard ownRequests[environment]?.generation == generation else { return }
    orderOwn(environment)
  }

  private mutating func orderOwn(_ environment: Int) {
    guard var request = ownRequests[environment] else { return }
    request.attempts += 1
    let configuration = functions[request.function].configuration
    switch createInterface(
      InterfaceOrder(
        name: request.name, subnet: request.subnet,
        groups: configuration.vpc?.securityGroups.compactMap { groupNumbers[$0] } ?? [],
        role: configuration.role,
        purpose: .environment(environment, function: request.function), type: .interface,
        description: "AWS Lambda VPC ENI: "
          + SeededName.uuid("own interface", request.name, "\(requestGeneration)", seed: seed)))
    {
    case .made(let interface):
      ownInterfaces[environment] = interface
      let total = settings.ownCreation.sample(from: &request.random)
      let (creation, attachment) = Self.parts(of: total)
      let identifier = interfaces[interface].record.identifier.rawValue
      request.attachment = attachment
      ownRequests[environment] = request
      report(
        .step(environment: environment, .create, resource: identifier, creation))
      makeAvailable(interface, total: total)
    case .throttled:
      guard request.attempts < settings.attempts else {
        ownRequests[environment] = nil
        report(
          .notAttached(
            environment: environment, .ec2Throttled(attempts: request.attempts)))
        return
      }
      let wait = backOff(afterAttempt: request.attempts, &request.random)
      ownRequests[environment] = request
      report(.step(environment: environment, .backOff, resource: "", wait))
      schedule(.retryOwn(environment, generation: request.generation), after: wait)
    case .refused(let error):
      ownRequests[environment] = nil
      report(.notAttached(environment: environment, error))
    }
  }

  /// Takes note that an environment's interface is in use.
  mutating func becameAttached(_ environment: Int, _ interface: Int) {
    let request = ownRequests.removeValue(forKey: environment)
    if request?.isAbandoned != false {
      leaveIdle(environment, interface)
    } else {
      report(.attached(environment: environment, interfaces[interface].record))
    }
  }

  /// Takes an interface away that no environment has come for.
  mutating func detachOwn(_ number: Int, _ generation: Int) {
    guard interfaces[number].generation == generation,
      case .environment(let environment, let function) = interfaces[number].purpose
    else { return }
    functions[function].idlePlaces.removeAll { $0 == environment }
    if ownInterfaces[environment] == number { ownInterfaces[environment] = nil }
    beginDetaching(number)
  }
}

extension [ResourceIdentifier] {
  /// The one whose turn it is.
  fileprivate func turn(_ number: Int) -> ResourceIdentifier? {
    isEmpty ? nil : self[number % count]
  }
}
