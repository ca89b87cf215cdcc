import EndpointStack
import EventSimulation
import SimulatedTime

/// Starting environments.
extension FunctionFrontend {
  /// Starts an environment, which takes as long as the parts of a cold start in this era.
  mutating func start(
    _ number: Int, admitted: Instant, assigned: Instant, _ network: inout Network
  ) {
    coldStartCount += 1
    environments[number].state = .starting
    if environments[number].isSwitchedOff {
      environments[number].isSwitchedOff = false
      network.wake(environments[number].host, at: network.now, token: Host.rejoinToken)
    }
    if let worker = environments[number].worker {
      network.wake(workers[worker], at: network.now, token: WorkerNode.Occupancy.taken.token)
    }
    var time = network.now
    step("AdmitInvocation", number, &time, time.duration(to: admitted))
    step("AssignEnvironment", number, &time, admitted.duration(to: assigned))
    step("PlaceEnvironment", number, &time, sample(times.placement, number))
    boot(number, &time, &network)
    guard joinNetwork(number, &time, &network) else { return }
    step("InitializeRuntime", number, &time, sample(times.runtime, number))
    let initialization = functions[environments[number].function].initialization
    step("InitializeFunction", number, &time, sample(initialization, number))
    environments[number].expiry = time.advanced(by: sample(limits.life, number))
    network.wake(at: time, token: Reminder.environmentReady.token(number))
  }

  /// Boots a microVM, or takes one that the worker has booted beforehand.
  private mutating func boot(_ number: Int, _ time: inout Instant, _ network: inout Network) {
    let machine = sample(times.virtualMachine, number)
    let boot = sample(times.boot, number)
    let shelf = environments[number].worker.map { $0 + 1 } ?? 0
    guard bootedMachines[shelf] > 0 else {
      step("StartVirtualMachine", number, &time, machine)
      step("BootGuest", number, &time, boot)
      return
    }
    step("TakeBootedMachine", number, &time, .zero)
    bootedMachines[shelf] -= 1
    network.wake(
      at: time.advanced(by: machine + boot), token: Reminder.machineBooted.token(shelf))
  }

  /// Gives a guest its network.
  ///
  /// - Returns: whether it has one.
  private mutating func joinNetwork(
    _ number: Int, _ time: inout Instant, _ network: inout Network
  ) -> Bool {
    switch functions[environments[number].function].era {
    case .perEnvironment:
      switch environments[number].ownInterface {
      case .made(let identifier):
        step(
          "CreateAndAttachNetworkInterface", number, &time,
          sample(times.interfaceAttachment, number), resource: identifier)
      case .noAddress(let subnet):
        fail(number, "SubnetIPAddressLimitReachedException: \(subnet) is full", time)
        vacate(number, &network)
        return false
      case .notNeeded: break
      }
    case .hyperplane:
      step("CreateGeneveDevice", number, &time, sample(times.tunnel, number))
      step("ConfigureGuestNetwork", number, &time, sample(times.dhcp, number))
    case .hyperplaneEBPF:
      step("EnterTunnelMap", number, &time, sample(times.tunnelMapEntry, number))
    }
    return true
  }

  private mutating func sample(_ distribution: Distribution, _ number: Int) -> Duration {
    distribution.sample(from: &environments[number].random)
  }

  /// Writes down a step that begins at `time`, and moves `time` to its end.
  private func step(
    _ act: String, _ number: Int, _ time: inout Instant, _ duration: Duration,
    resource: String = ""
  ) {
    report(
      ControlAct(
        act: act, function: functions[environments[number].function].name,
        environment: environments[number].name, resource: resource, duration: duration), time)
    time = time.advanced(by: duration)
  }

  /// Has an environment that has started do the invocation it was started for.
  mutating func begin(_ number: Int, _ network: inout Network) {
    // It may have been lost while it started.
    guard environments[number].state == .starting else { return }
    environments[number].state = .busy
    run(number, at: network.now, &network)
  }
}
