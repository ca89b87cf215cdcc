import EndpointStack
import EventSimulation
import SimulatedTime

/// Environments between invocations, and their end.
extension FunctionFrontend {
  /// Takes the warm environment of a function that worked last.
  mutating func takeWarm(of function: Int, _ network: inout Network) -> Int? {
    let connection = states[function].connection
    while let number = states[function].pools[connection].takeWarm(&links) {
      // Its time may have run out while it had nothing to do.
      guard environments[number].expiry > network.now else {
        end(number, "RetireEnvironment", &network)
        continue
      }
      return number
    }
    return nil
  }

  /// Has an environment wait for the next invocation.
  mutating func rest(_ number: Int, _ network: inout Network) {
    let function = environments[number].function
    environments[number].state = .idle
    environments[number].idleSince = network.now
    states[function].pools[environments[number].connection].addWarm(number, &links)
    if !states[function].hasReclaimReminder {
      states[function].hasReclaimReminder = true
      network.wake(
        at: network.now.advanced(by: limits.idleLimit), token: Reminder.reclaim.token(function))
    }
    guard let delay = functions[function].freezeDelay, !environments[number].hasFreezeReminder
    else { return }
    environments[number].hasFreezeReminder = true
    network.wake(at: network.now.advanced(by: delay), token: Reminder.freeze.token(number))
  }

  /// Freezes an environment that has had nothing to do since its invocation.
  ///
  /// An environment that works often has one reminder on its way and not one for each invocation.
  mutating func freezeIfIdle(_ number: Int, _ network: inout Network) {
    environments[number].hasFreezeReminder = false
    guard environments[number].state == .idle,
      let delay = functions[environments[number].function].freezeDelay
    else { return }
    let due = environments[number].idleSince.advanced(by: delay)
    guard due <= network.now else {
      environments[number].hasFreezeReminder = true
      network.wake(at: due, token: Reminder.freeze.token(number))
      return
    }
    environments[number].state = .frozen
    reportEnvironment("FreezeEnvironment", number, network.now)
    network.wake(
      environments[number].host, at: network.now,
      token: GuestProgram.Wake.freeze.token(environments[number].invocation))
  }

  /// Ends the environments of a function that nobody has needed for long.
  mutating func reclaimIdle(_ function: Int, _ network: inout Network) {
    states[function].hasReclaimReminder = false
    let connection = states[function].connection
    while let oldest = states[function].pools[connection].longestIdle {
      let due = environments[oldest].idleSince.advanced(by: limits.idleLimit)
      guard due <= network.now else {
        states[function].hasReclaimReminder = true
        network.wake(at: due, token: Reminder.reclaim.token(function))
        return
      }
      states[function].pools[connection].removeWarm(oldest, &links)
      end(oldest, "ReclaimEnvironment", &network)
    }
  }

  /// Ends all environments of a function that have nothing to do; those at work end with that.
  mutating func retireAll(of function: Int, _ network: inout Network) {
    let connection = states[function].connection
    while let number = states[function].pools[connection].takeWarm(&links) {
      end(number, "RetireEnvironment", &network)
    }
  }

  /// Ends an environment that is in no list: its guest is gone, with its connections and all it knew.
  mutating func end(_ number: Int, _ act: String, _ network: inout Network) {
    reportEnvironment(act, number, network.now)
    environments[number].program.abandon()
    environments[number].isSwitchedOff = true
    network.wake(environments[number].host, at: network.now, token: Host.switchOffToken)
    vacate(number, &network)
  }

  /// Leaves a place to the next environment.
  mutating func vacate(_ number: Int, _ network: inout Network) {
    environments[number].state = .vacant
    giveUpPlace(number, &network)
    let function = environments[number].function
    states[function].pools[environments[number].connection].addVacant(
      number, subnet: environments[number].subnet, &links)
  }

  /// Tells worker and control plane that an environment is no more.
  mutating func giveUpPlace(_ number: Int, _ network: inout Network) {
    if let worker = environments[number].worker {
      network.wake(workers[worker], at: network.now, token: WorkerNode.Occupancy.vacated.token)
    }
    guard environments[number].interfaceSubnet != nil else { return }
    let account = functions[environments[number].function].account
    accounts[account].controlPlane.releaseInterface(ofEnvironment: number, at: network.now)
    settle(account: account, &network)
  }

  func reportEnvironment(_ act: String, _ number: Int, _ time: Instant) {
    report(
      ControlAct(
        act: act, function: functions[environments[number].function].name,
        environment: environments[number].name), time)
  }
}
