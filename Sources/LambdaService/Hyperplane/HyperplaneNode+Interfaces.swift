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
    let flow = Flow(
      protocol: packet.protocol, inside: packet.source, remote: packet.destination)
    let former = placements[slot]?.formerInterfaces ?? []
    for interface in former where translators[interface].translation(of: flow, at: now) != nil {
      return interface
    }
    for interface in former where translators[interface].count == 0 {
      placements[slot]?.formerInterfaces.removeAll { $0 == interface }
    }
    environments[slot]?.hasFormerInterfaces = placements[slot]?.formerInterfaces.isEmpty == false
    return environment.sharedInterface
  }

  /// Asks the control plane for another interface for the group of one whose ports run short (A-17).
  mutating func beginGrowing(because crowded: Int, _ network: inout Network) {
    let number = duties[crowded].group
    guard groups[number].growing == nil else { return }
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
      "CreateNetworkInterface", group: number, nextName(of: spare), network.now, reason: reason)
    guard let frontend else { preconditionFailure("Hyperplane has nobody to ask for interfaces") }
    network.wake(
      frontend, at: network.now, token: FunctionFrontend.interfaceWantedToken(spare))
  }

  /// Asks the control plane for an interface in the place of the oldest one of a group (A-27).
  ///
  /// - Returns: the interface asked for, or `nil` if the group may have no more.
  mutating func beginReplacing(in number: Int, _ network: inout Network) -> Int? {
    guard let (former, successor) = groups[number].beginReplacing() else { return nil }
    reportControl(
      "CreateNetworkInterface", group: number, nextName(of: successor), network.now,
      reason: "in the place of \(interfaceNames[former])")
    guard let frontend else { preconditionFailure("Hyperplane has nobody to ask for interfaces") }
    network.wake(
      frontend, at: network.now,
      token: FunctionFrontend.replacementWantedToken(successor, inPlaceOf: former))
    return successor
  }

  /// Takes an interface into use that has just been made.
  mutating func open(_ number: Int, at address: IPv4Address, _ network: inout Network) {
    // One that was planned with its address has its translator from the beginning.
    if duties[number].timesMade > 0 || translators[number].outsideAddresses != [address] {
      renewTranslator(number, at: address)
    }
    open(number)
    let group = duties[number].group
    switch groups[group].open(number) {
    case .begun: spreadEnvironments(of: group)
    case .grown:
      let moved = spreadEnvironments(of: group)
      reportControl(
        "NetworkInterfaceInUse", group: group, interfaceNames[number], network.now,
        reason: "environments that begin connections there from now on: \(moved)")
      if groups[group].members.allSatisfy({ portUse[$0].isAboveThreshold }) {
        beginGrowing(because: number, &network)
      }
    case .replaced(let former):
      let count = loseFlows(of: [former], reason: "interface-deleted", &network)
      sharedNumbers[interfaces[former].vpc][Int(interfaces[former].index.rawValue)] = -1
      for slot in environments.indices {
        placements[slot]?.formerInterfaces.removeAll { $0 == former }
        if environments[slot]?.sharedInterface == former {
          environments[slot]?.sharedInterface = number
        }
      }
      reportControl(
        "NetworkInterfaceInUse", group: group, interfaceNames[number], network.now,
        reason: "\(interfaceNames[former]) goes")
      reportReplacement(
        by: number, "\(interfaceNames[number]) takes its place; translations lost: \(count)",
        network.now)
    }
  }

  /// Gives each environment of a group the interface that is now its own; its flows stay where they
  /// are (A-18).
  ///
  /// - Returns: how many have another one than before.
  @discardableResult
  private mutating func spreadEnvironments(of number: Int) -> Int {
    var moved = 0
    for slot in environments.indices {
      guard let environment = environments[slot], let placement = placements[slot],
        placement.group == number
      else { continue }
      let chosen = groups[number].member(for: placement.identity)
      guard chosen != environment.sharedInterface else { continue }
      if translators[environment.sharedInterface].count > 0 {
        placements[slot]?.formerInterfaces.append(environment.sharedInterface)
        environments[slot]?.hasFormerInterfaces = true
      }
      environments[slot]?.sharedInterface = chosen
      moved += 1
    }
    return moved
  }

  /// Takes note that the control plane does not get an interface that was asked for: packets that
  /// find no port go on to be dropped, and the next time that ports run short it is asked again.
  mutating func refuse(_ number: Int, at time: Instant) {
    groups[duties[number].group].refuse(number)
    reportReplacement(by: number, "EC2 refuses another interface", time)
  }

  /// What an interface is called when it is made the next time.
  private func nextName(of number: Int) -> String {
    duties[number].identifier(duties[number].timesMade + 1)
  }

  /// Takes an interface out of use; the flows on it die.
  mutating func close(_ number: Int, _ network: inout Network) {
    _ = loseFlows(of: [number], reason: "interface-deleted", &network)
    sharedNumbers[interfaces[number].vpc][Int(interfaces[number].index.rawValue)] = -1
  }

  private func reportControl(
    _ act: String, group: Int, _ resource: String, _ time: Instant, reason: String
  ) {
    record.report(
      .control(
        ControlAct(
          act: act, function: groupOwners[group], resource: resource, reason: reason)),
      at: time)
  }
}
