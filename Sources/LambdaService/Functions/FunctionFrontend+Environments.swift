import EndpointStack
import EventSimulation
import SimulatedTime

/// Environments between invocations, and their end.
extension FunctionFrontend {
  /// Takes the warm environment of a function that worked last.
  mutating func takeWarm(of function: Int, _ network: inout Network) -> Int? {
    while let number = states[function].pool.takeWarm(&links) {
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
    states[function].pool.addWarm(number, &links)
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
    while let oldest = states[function].pool.longestIdle {
      let due = environments[oldest].idleSince.advanced(by: limits.idleLimit)
      guard due <= network.now else {
        states[function].hasReclaimReminder = true
        network.wake(at: due, token: Reminder.reclaim.token(function))
        return
      }
      states[function].pool.removeWarm(oldest, &links)
      end(oldest, "ReclaimEnvironment", &network)
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
    if let worker = environments[number].worker {
      network.wake(workers[worker], at: network.now, token: WorkerNode.Occupancy.vacated.token)
    }
    states[environments[number].function].pool.addVacant(
      number, subnet: environments[number].subnet, &links)
  }

  func reportEnvironment(_ act: String, _ number: Int, _ time: Instant) {
    report(
      ControlAct(
        act: act, function: functions[environments[number].function].name,
        environment: environments[number].name), time)
  }
}
