import EventSimulation
import SimulatedTime

/// What becomes of an invocation.
extension FunctionFrontend {
  /// Finds an environment for an invocation that has just come.
  mutating func invoke(_ function: Int, _ steps: [GuestStep], _ network: inout Network) {
    invocationCount += 1
    let admitted = network.now.advanced(by: times.frontend.sample(from: &pathRandom))
    if let error = admit(function, at: network.now) {
      refuse(function, error, from: network, admitted)
      settle(account: functions[function].account, &network)
      return
    }
    let connection = states[function].connection
    let assigned = admitted.advanced(by: times.assignment.sample(from: &pathRandom))
    if let warm = takeWarm(of: function, &network) {
      prepare(warm, steps, network.now)
      if environments[warm].state == .frozen {
        reportEnvironment("ThawEnvironment", warm, assigned)
      }
      environments[warm].state = .busy
      run(warm, at: assigned, &network)
    } else if states[function].connections[connection] == nil {
      let reason = "the function has left its VPC, and there is nothing else to reach here"
      concludeInvocation(of: function)
      failedCount += 1
      countFailure(reason)
      reportWithoutEnvironment(
        .failed, function, reason, nil, network.now, admitted)
    } else if !states[function].pools[connection].hasVacant {
      throttle(function, "no environment is free", from: network, admitted)
    } else if !states[function].scaling.take(at: network.now) {
      throttle(function, "the function scales too fast", from: network, admitted)
    } else if let place = takePlace(of: function) {
      prepare(place, steps, network.now)
      start(place, admitted: admitted, assigned: assigned, &network)
    }
  }

  /// Asks the control plane whether a function may be invoked now.
  ///
  /// - Returns: why not, or `nil` if it may.
  private mutating func admit(_ function: Int, at now: Instant) -> InvokeError? {
    guard let number = states[function].number else { return .resourceNotFound }
    switch accounts[functions[function].account].controlPlane.admit(invokeOf: number, at: now) {
    case .admitted: return nil
    case .refused(let error): return error
    }
  }

  /// Tells the control plane that an invocation that it admitted is over.
  private mutating func concludeInvocation(of function: Int) {
    guard let number = states[function].number else { return }
    accounts[functions[function].account].controlPlane.finishInvoke(of: number)
  }

  /// Takes a place for a new environment: one that an interface waits in, or the next.
  private mutating func takePlace(of function: Int) -> Int? {
    let connection = states[function].connection
    if let number = states[function].number,
      let place = accounts[functions[function].account].controlPlane.placeWithIdleInterface(
        of: number), environments[place].state == .vacant,
      environments[place].connection == connection
    {
      states[function].pools[connection].removeVacant(
        place, subnet: environments[place].subnet, &links)
      return place
    }
    return states[function].pools[connection].takeVacant(&links)
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
      concludeInvocation(of: environments[number].function)
      reportPhase(.finished, number, environments[number].program.achievement, now)
    }
    // One whose function has been changed or deleted meanwhile is of no further use.
    let function = environments[number].function
    if environments[number].expiry <= now
      || environments[number].connection != states[function].connection
      || states[function].isDeleted
    {
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
    _ function: Int, _ error: InvokeError, from network: borrowing Network, _ time: Instant
  ) {
    let isThrottled = error.status == 429
    if isThrottled { throttledCount += 1 } else { refusedCount += 1 }
    var detail = "\(error)"
    if case .tooManyRequests(let reason) = error { detail = "\(error.code): \(reason.rawValue)" }
    reportWithoutEnvironment(
      isThrottled ? .throttled : .refused, function, detail, error.status, network.now, time)
  }

  private mutating func throttle(
    _ function: Int, _ reason: String, from network: borrowing Network, _ time: Instant
  ) {
    concludeInvocation(of: function)
    throttledCount += 1
    reportWithoutEnvironment(
      .throttled, function, "TooManyRequestsException: \(reason)", 429, network.now, time)
  }

  private func reportWithoutEnvironment(
    _ phase: Invocation.Phase, _ function: Int, _ detail: String, _ status: Int?,
    _ arrived: Instant, _ time: Instant
  ) {
    var invocation = Invocation(
      number: invocationCount, function: functions[function].name, environment: "",
      phase: phase, detail: detail, elapsed: arrived.duration(to: time))
    invocation.status = status
    record.report(.invocation(invocation), at: time)
  }

  mutating func fail(_ number: Int, _ reason: String, status: Int? = nil, _ time: Instant) {
    failedCount += 1
    concludeInvocation(of: environments[number].function)
    countFailure(reason)
    reportPhase(.failed, number, reason, status: status, time)
  }

  private mutating func countFailure(_ reason: String) {
    if let known = failures.firstIndex(where: { $0.reason == reason }) {
      failures[known].count += 1
    } else {
      failures.append((reason, 1))
    }
  }

  private func reportPhase(
    _ phase: Invocation.Phase, _ number: Int, _ detail: String, status: Int? = nil,
    _ time: Instant
  ) {
    var invocation = Invocation(
      number: environments[number].invocation,
      function: functions[environments[number].function].name,
      environment: environments[number].name, phase: phase, detail: detail,
      elapsed: environments[number].arrived.duration(to: time))
    invocation.status = status
    record.report(.invocation(invocation), at: time)
  }

  func report(_ act: ControlAct, _ time: Instant) {
    record.report(.control(act), at: time)
  }
}
