public import SimulatedTime

/// Invocations, as far as the control plane has a say in them.
extension ControlPlane {
  /// Asks whether a function may be invoked.
  ///
  /// Invoking an Inactive function fails, and has its network made again (lambda-vpc §3.1).
  ///
  /// - Precondition: there has been such a function.
  public mutating func admit(invokeOf number: Int, at time: Instant) -> Admission {
    advance(to: time)
    guard !functions[number].isDeleted else { return .refused(.resourceNotFound) }
    switch functions[number].state {
    case .active: break
    case .inactive:
      let reason = functions[number].restoreFailure ?? .resourceNotReady
      restore(number)
      return .refused(reason)
    case .pending, .failed, .deactivating, .deactivated, .activeNonInvocable, .deleting:
      return .refused(.resourceConflict(functions[number].state))
    }
    let links = functions[number].links.count
    guard links == 0 || functions[number].brokenLinks < links else {
      for link in functions[number].links where !isReady(link) && shared[link].attempts == 0 {
        orderShared(link, shared[link].generation)
      }
      return .refused(.eniNotReady)
    }
    // Versions share what the function has.
    let owner = functions[number].published?.function ?? number
    if let limit = functions[owner].configuration.reservedConcurrency {
      guard concurrency(of: owner) < limit else {
        return .refused(.tooManyRequests(.reservedFunctionConcurrentInvocationLimitExceeded))
      }
      guard functions[owner].requests?.take(at: now) != false else {
        return .refused(.tooManyRequests(.reservedFunctionInvocationRateLimitExceeded))
      }
    } else {
      guard unreservedInFlight < settings.accountConcurrency - reservedConcurrency else {
        return .refused(.tooManyRequests(.concurrentInvocationLimitExceeded))
      }
      guard unreservedRequests.take(at: now) else {
        return .refused(.tooManyRequests(.functionInvocationRateLimitExceeded))
      }
      unreservedInFlight += 1
    }
    functions[number].inFlight += 1
    functions[number].lastUsed = now
    return .admitted
  }

  /// Says that an invocation that was admitted is over.
  public mutating func finishInvoke(of number: Int) {
    guard functions[number].inFlight > 0 else { return }
    functions[number].inFlight -= 1
    let owner = functions[number].published?.function ?? number
    if functions[owner].configuration.reservedConcurrency == nil { unreservedInFlight -= 1 }
  }

  /// Invocations of a function and its versions that are under way.
  func concurrency(of number: Int) -> Int {
    functions[number].versions.reduce(functions[number].inFlight) { $0 + functions[$1].inFlight }
  }

  // MARK: - Idleness

  /// Looks at a function again when it will have been idle for too long.
  mutating func watch(_ number: Int) {
    guard !functions[number].isWatched, !functions[number].links.isEmpty else { return }
    functions[number].isWatched = true
    queue.insert(
      .idleCheck(number), at: functions[number].lastUsed.advanced(by: settings.idleLimit))
  }

  mutating func checkIdleness(of number: Int) {
    functions[number].isWatched = false
    guard functions[number].state == .active, !functions[number].isDeleted else { return }
    // What is running or being updated is in use.
    if functions[number].inFlight > 0 || functions[number].connecting != nil {
      functions[number].lastUsed = now
    }
    guard functions[number].lastUsed.advanced(by: settings.idleLimit) <= now else {
      watch(number)
      return
    }
    let links = functions[number].links
    guard !links.isEmpty else { return }
    functions[number].links = []
    functions[number].brokenLinks = 0
    functions[number].restoreFailure = nil
    change(number, to: .inactive, .idle)
    // Reclaiming them is what made it Inactive, so they do not wait any longer.
    for link in links { release(link, after: .zero) }
  }

  /// Begins to make the network of an Inactive function again, which takes as long as at first.
  private mutating func restore(_ number: Int) {
    guard let vpc = functions[number].configuration.vpc else { return }
    change(number, to: .pending, .restoring)
    connect(number, to: vpc, for: .restoration)
  }
}
