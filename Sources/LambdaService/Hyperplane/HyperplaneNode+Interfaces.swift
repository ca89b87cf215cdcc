import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime
import VirtualNetwork

/// How shared interfaces come and go.
extension HyperplaneNode {
  /// The interface that has the flow of an environment's packet: one it had before, which existing
  /// flows keep (A-18), or the one on which it begins new ones.
  @inline(never)
  mutating func interface(
    of packet: InnerPacket, slot: Int, _ environment: Environment, at now: Instant
  ) -> Int {
    let former = placements[slot]?.formerInterfaces ?? []
    for interface in former
    where hasFlow(packet, interface: interface, isOutbound: true, at: now) {
      return interface
    }
    for interface in former where translationCount(of: interface) == 0 {
      placements[slot]?.formerInterfaces.removeAll { $0 == interface }
    }
    environments[slot]?.hasFormerInterfaces = placements[slot]?.formerInterfaces.isEmpty == false
    return environment.sharedInterface
  }

  /// How many translations an interface holds, of both families.
  mutating func translationCount(of number: Int) -> Int {
    let translator = Int(ipv6Numbers[number])
    return translators[number].count
      + (translator < 0 ? 0 : ipv6Translators[translator].count)
  }

  /// Begins to make another interface for the group of one whose ports run short (A-17).
  mutating func beginGrowing(because crowded: Int, _ network: inout Network) {
    let number = duties[crowded].group
    guard !groups[number].isGrowing else { return }
    let use = portUse[crowded]
    let reason =
      "\(use.taken) of \(use.capacity) \(use.tcp >= use.udp ? "TCP" : "UDP") ports of "
      + "\(interfaceNames[crowded]) in use"
    guard let spare = groups[number].beginGrowing() else {
      reportControl(
        "NetworkInterfaceLimitReached", group: number, "", network.now, reason: reason)
      return
    }
    reportControl(
      "CreateNetworkInterface", group: number, interfaceNames[spare], network.now,
      duration: settings.growthDelay, reason: reason)
    network.wake(
      at: network.now.advanced(by: settings.growthDelay), token: Reminder.growth.token(number))
  }

  /// Takes a group's new interface into use: environments are spread anew, their flows stay.
  mutating func grow(_ number: Int, _ network: inout Network) {
    guard let interface = groups[number].grow() else { return }
    open(interface)
    var moved = 0
    for slot in environments.indices {
      guard let environment = environments[slot], let placement = placements[slot],
        placement.group == number
      else { continue }
      let chosen = groups[number].member(for: placement.identity)
      guard chosen != environment.sharedInterface else { continue }
      if translationCount(of: environment.sharedInterface) > 0 {
        placements[slot]?.formerInterfaces.append(environment.sharedInterface)
        environments[slot]?.hasFormerInterfaces = true
      }
      environments[slot]?.sharedInterface = chosen
      moved += 1
    }
    reportControl(
      "NetworkInterfaceInUse", group: number, interfaceNames[interface], network.now,
      reason: "environments that begin connections there from now on: \(moved)")
    if groups[number].members.allSatisfy({ portUse[$0].isAboveThreshold }) {
      beginGrowing(because: interface, &network)
    }
  }

  /// Replaces the oldest interface of a group by a new one; the flows on it die (A-27).
  ///
  /// - Returns: what came of it, in words.
  mutating func replaceInterface(of number: Int, _ network: inout Network) -> String {
    let oldest = groups[number].members[0]
    guard let successor = groups[number].replace(oldest) else {
      return "no address is left for another interface"
    }
    let (old, new) = (interfaceNames[oldest], interfaceNames[successor])
    reportControl(
      "CreateNetworkInterface", group: number, new, network.now, reason: "in the place of \(old)")
    reportControl(
      "DeleteNetworkInterface", group: number, old, network.now, reason: "\(new) is in its place")
    let count = loseFlows(of: [oldest], reason: "interface-deleted", &network)
    sharedNumbers[interfaces[oldest].vpc][Int(interfaces[oldest].index.rawValue)] = -1
    open(successor)
    for slot in environments.indices {
      placements[slot]?.formerInterfaces.removeAll { $0 == oldest }
      if environments[slot]?.sharedInterface == oldest {
        environments[slot]?.sharedInterface = successor
      }
    }
    return "\(new) takes its place; translations lost: \(count)"
  }

  /// Takes an interface into use that has just been made.
  mutating func open(_ number: Int, at address: IPv4Address) {
    renewTranslator(number, at: address)
    open(number)
  }

  /// Takes an interface out of use; the flows on it die.
  mutating func close(_ number: Int, _ network: inout Network) {
    _ = loseFlows(of: [number], reason: "interface-deleted", &network)
    sharedNumbers[interfaces[number].vpc][Int(interfaces[number].index.rawValue)] = -1
  }

  private func reportControl(
    _ act: String, group: Int, _ resource: String, _ time: Instant, duration: Duration? = nil,
    reason: String
  ) {
    record.report(
      .control(
        ControlAct(
          act: act, function: groupOwners[group], resource: resource, duration: duration,
          reason: reason)),
      at: time)
  }
}
