package import EndpointStack
package import EventSimulation
import SimulatedTime

/// Availability zones that fail and come back.
extension FunctionFrontend {
  /// What an availability zone holds, besides environments.
  struct Zone {
    var name: String
    var hosts: [NodeID<Host>] = []
    var hasFailed = false
  }

  /// Plans the end of a zone and what it means for the hosts in it.
  ///
  /// - Returns: the tokens that the frontend is to be woken with when the zone fails and when it is
  ///   back.
  package mutating func planFailure(
    ofZone name: String, hosts: [NodeID<Host>]
  ) -> (failure: UInt64, repair: UInt64) {
    zones.append(Zone(name: name, hosts: hosts))
    let number = zones.count - 1
    return (Reminder.zoneFailure.token(number), Reminder.zoneRepair.token(number))
  }

  /// Cuts off everything in a zone; what its environments were doing has failed.
  mutating func failZone(_ number: Int, _ network: inout Network) {
    guard !zones[number].hasFailed else { return }
    zones[number].hasFailed = true
    var environmentCount = 0
    var failures = 0
    for index in environments.indices where environments[index].zone == zones[number].name {
      let state = environments[index].state
      network.wake(environments[index].host, at: network.now, token: Host.switchOffToken)
      withdraw(index, &network)
      guard state != .vacant else { continue }
      environmentCount += 1
      guard state == .busy || state == .starting else { continue }
      failures += 1
      environments[index].program.abandon()
      fail(index, "the zone failed", max(network.now, environments[index].began))
    }
    for host in zones[number].hosts {
      network.wake(host, at: network.now, token: Host.cutOffToken)
    }
    let hostCount = zones[number].hosts.count
    reportZone(
      "fail", number,
      "lost: \(environmentCount) environments; cut off: \(hostCount) hosts; "
        + "failed: \(failures) invocations",
      network.now)
  }

  /// Joins the hosts of a zone to the network again; environments start anew when needed.
  mutating func repairZone(_ number: Int, _ network: inout Network) {
    zones[number].hasFailed = false
    for index in environments.indices
    where environments[index].zone == zones[number].name && environments[index].state == .lost {
      network.wake(environments[index].host, at: network.now, token: Host.rejoinToken)
      environments[index].isSwitchedOff = false
      environments[index].state = .vacant
      states[environments[index].function].pools[environments[index].connection].addVacant(
        index, subnet: environments[index].subnet, &links)
    }
    for host in zones[number].hosts {
      network.wake(host, at: network.now, token: Host.rejoinToken)
    }
    reportZone("repair", number, "hosts are back; environments start anew", network.now)
  }

  /// Takes an environment or a place for one out of service.
  private mutating func withdraw(_ number: Int, _ network: inout Network) {
    let function = environments[number].function
    let connection = environments[number].connection
    let state = environments[number].state
    switch state {
    case .vacant:
      states[function].pools[connection].removeVacant(
        number, subnet: environments[number].subnet, &links)
    case .idle, .frozen: states[function].pools[connection].removeWarm(number, &links)
    case .starting, .busy, .lost: break
    }
    environments[number].state = .lost
    if state != .vacant, state != .lost { giveUpPlace(number, &network) }
  }

  private func reportZone(_ act: String, _ number: Int, _ effect: String, _ time: Instant) {
    record.report(
      .fault(Fault(act: act, component: "zone/\(zones[number].name)", effect: effect)), at: time)
  }
}
