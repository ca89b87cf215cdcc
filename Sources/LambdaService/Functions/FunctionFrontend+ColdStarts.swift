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
    switch functions[environments[number].function].era {
    case .perEnvironment:
      // The control plane is asked when it is time to ask, and says when there is an answer.
      network.wake(at: time, token: Reminder.interfaceNeeded.token(number))
      return
    case .hyperplane:
      step("CreateGeneveDevice", number, &time, sample(times.tunnel, number))
      step("ConfigureGuestNetwork", number, &time, sample(times.dhcp, number))
    case .hyperplaneEBPF:
      step("EnterTunnelMap", number, &time, sample(times.tunnelMapEntry, number))
    }
    initialize(number, from: time, &network)
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

  /// Asks the control plane for an environment's own network interface.
  mutating func requestInterface(_ number: Int, _ network: inout Network) {
    // It may have been lost while it booted.
    guard environments[number].state == .starting else { return }
    let function = environments[number].function
    let account = functions[function].account
    guard let known = states[function].number else { return }
    accounts[account].controlPlane.requestInterface(
      forEnvironment: number, named: environments[number].name, of: known,
      in: environments[number].interfaceSubnet, at: network.now)
    settle(account: account, &network)
  }

  /// Initialises an environment that has its network, from `time` on.
  mutating func initialize(_ number: Int, from time: Instant, _ network: inout Network) {
    guard environments[number].state == .starting else { return }
    var time = time
    step("InitializeRuntime", number, &time, sample(times.runtime, number))
    let initialization = functions[environments[number].function].initialization
    step("InitializeFunction", number, &time, sample(initialization, number))
    environments[number].expiry = time.advanced(by: sample(limits.life, number))
    network.wake(at: time, token: Reminder.environmentReady.token(number))
  }

  private mutating func sample(_ distribution: Distribution, _ number: Int) -> Duration {
    distribution.sample(from: &environments[number].random)
  }

  /// Writes down a step that begins at `time`, and moves `time` to its end.
  private func step(
    _ act: String, _ number: Int, _ time: inout Instant, _ duration: Duration
  ) {
    report(
      ControlAct(
        act: act, function: functions[environments[number].function].name,
        environment: environments[number].name, duration: duration), time)
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
