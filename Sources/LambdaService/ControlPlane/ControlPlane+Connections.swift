import SimulatedTime
import VirtualNetwork

/// How functions come to the shared interfaces they need.
extension ControlPlane {
  /// Orders what a function needs in each of its subnets, side by side.
  mutating func connect(_ number: Int, to vpc: VPCConfiguration, for reason: Connecting.Reason) {
    let groups = vpc.securityGroups.compactMap { groupNumbers[$0] }
    var links: [Int] = []
    functions[number].connecting = Connecting(reason: reason, vpc: vpc, links: [])
    for subnet in vpc.subnets.compactMap({ subnetNumbers[$0] }) {
      let link = use(SharedKey(subnet: subnet, groups: groups.sorted()), groups, for: number)
      guard !links.contains(link) else {
        shared[link].users -= 1
        continue
      }
      links.append(link)
    }
    functions[number].connecting?.links = links
    for link in links where !isReady(link) {
      shared[link].waiting.append(number)
      if shared[link].attempts == 0 {
        orderShared(link, shared[link].generation)
        // That may have failed, and with it the whole connection.
        guard functions[number].connecting != nil else { return }
      }
    }
    finishConnecting(number)
  }

  /// Takes the new interfaces into use if all of them are there.
  mutating func finishConnecting(_ number: Int) {
    guard let connecting = functions[number].connecting,
      connecting.links.allSatisfy(isReady)
    else { return }
    functions[number].connecting = nil
    let former = functions[number].links
    functions[number].links = connecting.links
    functions[number].brokenLinks = 0
    functions[number].lastUsed = now
    for link in connecting.links { shared[link].role = functions[number].configuration.role }
    switch connecting.reason {
    case .creation, .restoration:
      functions[number].restoreFailure = nil
      // A restoration may be what an update of an Inactive function asked for.
      if functions[number].lastUpdate == .inProgress {
        functions[number].configuration.vpc = connecting.vpc
        functions[number].lastUpdate = .successful
        functions[number].lastUpdateReason = nil
      }
      change(number, to: .active, nil)
    case .update:
      functions[number].configuration.vpc = connecting.vpc
      functions[number].lastUpdate = .successful
      functions[number].lastUpdateReason = nil
      reportFunction(number)
      for link in former { release(link, after: settings.sharedDeletionDelay) }
    }
    watch(number)
  }

  /// Ends an attempt to connect a function.
  mutating func failConnecting(_ number: Int, _ error: InvokeError) {
    guard let connecting = functions[number].connecting else { return }
    functions[number].connecting = nil
    stopWaiting(number, for: connecting.links)
    for link in connecting.links { release(link, after: settings.sharedDeletionDelay) }
    if functions[number].lastUpdate == .inProgress {
      functions[number].lastUpdate = .failed
      functions[number].lastUpdateReason = error.stateReason
    }
    switch connecting.reason {
    case .creation: change(number, to: .failed, error.stateReason)
    case .restoration:
      functions[number].restoreFailure = error
      change(number, to: .inactive, error.stateReason)
    case .update: reportFunction(number)
    }
  }

  /// Gives up an attempt to connect a function that is of no use any more.
  mutating func abandonConnecting(_ number: Int) {
    guard let connecting = functions[number].connecting else { return }
    functions[number].connecting = nil
    stopWaiting(number, for: connecting.links)
    for link in connecting.links { release(link, after: settings.sharedDeletionDelay) }
  }

  private mutating func stopWaiting(_ number: Int, for links: [Int]) {
    for link in links { shared[link].waiting.removeAll { $0 == number } }
  }

  /// Changes a function's state along one of the documented edges.
  mutating func change(_ number: Int, to state: FunctionState, _ reason: StateReason?) {
    precondition(
      functions[number].state.successors.contains(state), "no such change of state is documented")
    functions[number].state = state
    functions[number].stateReason = reason
    reportFunction(number)
  }

  mutating func reportFunction(_ number: Int) {
    functions[number].revision += 1
    report(.function(number, record(of: number)))
  }
}
