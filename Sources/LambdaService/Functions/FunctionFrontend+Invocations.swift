import EventSimulation
import SimulatedTime

/// What becomes of an invocation.
extension FunctionFrontend {
  /// Finds an environment for an invocation that has just come.
  mutating func invoke(_ function: Int, _ steps: [GuestStep], _ network: inout Network) {
    invocationCount += 1
    let admitted = network.now.advanced(by: times.frontend.sample(from: &pathRandom))
    guard states[function].isActive else {
      refuse(
        function, "ResourceConflictException: the function is Pending", from: network, admitted)
      return
    }
    if let reason = concurrency.begin(function) {
      throttle(function, reason, from: network, admitted)
      return
    }
    let assigned = admitted.advanced(by: times.assignment.sample(from: &pathRandom))
    if let warm = takeWarm(of: function, &network) {
      prepare(warm, steps, network.now)
      if environments[warm].state == .frozen {
        reportEnvironment("ThawEnvironment", warm, assigned)
      }
      environments[warm].state = .busy
      run(warm, at: assigned, &network)
    } else if !states[function].pool.hasVacant {
      concurrency.end(function)
      throttle(function, "no environment is free", from: network, admitted)
    } else if !states[function].scaling.take(at: network.now) {
      concurrency.end(function)
      throttle(function, "the function scales too fast", from: network, admitted)
    } else if let place = states[function].pool.takeVacant(&links) {
      prepare(place, steps, network.now)
      start(place, admitted: admitted, assigned: assigned, &network)
    }
  }

  private mutating func prepare(_ number: Int, _ steps: [GuestStep], _ now: Instant) {
    environments[number].invocation = invocationCount
    environments[number].arrived = now
    environments[number].program.prepare(steps, invocation: invocationCount)
  }

  /// Has an environment that is assigned to an invocation do it, from `time` on.
  mutating func run(_ number: Int, at time: Instant, _ network: inout Network) {
    environments[number].began = time
    reportPhase(.started, number, "", time)
    network.wake(
      environments[number].host, at: time,
      token: GuestProgram.Wake.begin.token(environments[number].invocation))
    guard let timeout = functions[environments[number].function].timeout else { return }
    let deadline = time.advanced(by: timeout)
    environments[number].deadline = deadline
    guard !environments[number].hasTimeoutReminder else { return }
    environments[number].hasTimeoutReminder = true
    network.wake(at: deadline, token: Reminder.timeout.token(number))
  }

  /// Takes the result of an invocation.
  mutating func finish(_ number: Int, _ network: inout Network) {
    guard environments[number].state == .busy else { return }
    let now = network.now
    if let failure = environments[number].program.failure {
      fail(number, failure, now)
    } else {
      finishedCount += 1
      concurrency.end(environments[number].function)
      reportPhase(.finished, number, environments[number].program.achievement, now)
    }
    if environments[number].expiry <= now {
      end(number, "RetireEnvironment", &network)
    } else {
      rest(number, &network)
    }
  }

  /// Gives up an invocation that has taken too long, and its environment with it.
  mutating func giveUpIfLate(_ number: Int, _ network: inout Network) {
    environments[number].hasTimeoutReminder = false
    let now = network.now
    guard environments[number].state == .busy, let deadline = environments[number].deadline else {
      return
    }
    guard deadline <= now else {
      // The invocation that the reminder was for is done; this is a later one.
      environments[number].hasTimeoutReminder = true
      network.wake(at: deadline, token: Reminder.timeout.token(number))
      return
    }
    let timeout = functions[environments[number].function].timeout ?? .zero
    fail(number, "Sandbox.Timedout: the task timed out after \(timeout)", now)
    end(number, "ResetEnvironment", &network)
  }

  // MARK: - Reports

  private mutating func refuse(
    _ function: Int, _ detail: String, from network: borrowing Network, _ time: Instant
  ) {
    refusedCount += 1
    reportRefusal(.refused, function, detail, network.now, time)
  }

  private mutating func throttle(
    _ function: Int, _ reason: String, from network: borrowing Network, _ time: Instant
  ) {
    throttledCount += 1
    reportRefusal(.throttled, function, "TooManyRequestsException: \(reason)", network.now, time)
  }

  private func reportRefusal(
    _ phase: Invocation.Phase, _ function: Int, _ detail: String, _ arrived: Instant,
    _ time: Instant
  ) {
    record.report(
      .invocation(
        Invocation(
          number: invocationCount, function: functions[function].name, environment: "",
          phase: phase, detail: detail, elapsed: arrived.duration(to: time))), at: time)
  }

  mutating func fail(_ number: Int, _ reason: String, _ time: Instant) {
    failedCount += 1
    concurrency.end(environments[number].function)
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
    record.report(
      .invocation(
        Invocation(
          number: environments[number].invocation,
          function: functions[environments[number].function].name,
          environment: environments[number].name, phase: phase, detail: detail,
          elapsed: environments[number].arrived.duration(to: time))), at: time)
  }

  func report(_ act: ControlAct, _ time: Instant) {
    record.report(.control(act), at: time)
  }
}
