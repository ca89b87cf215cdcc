package import AddressTranslation
package import EventSimulation
package import PacketFormats
import VirtualNetwork

/// Connecting Hyperplane, and telling it of workers, VPCs, interfaces and environments.
extension HyperplaneNode {
  package mutating func setLanes(outbound: PortID, inbound: PortID) {
    outboundLane = outbound
    inboundLane = inbound
  }

  /// Says who has interfaces made.
  package mutating func setFrontend(_ frontend: NodeID<FunctionFrontend>) {
    self.frontend = frontend
  }

  package mutating func add(_ worker: Worker) { workers.append(worker) }

  package mutating func addVPC(at port: PortID) {
    vpcs.append(port)
    sharedNumbers.append([])
  }

  /// Gives a shared interface that was added before a translator to its IPv6 address as well.
  package mutating func add(_ translator: consuming IPv6Translator, to number: Int) {
    precondition(ipv6Numbers[number] < 0, "an interface has one IPv6 address")
    ipv6Numbers[number] = Int32(ipv6Translators.append(translator))
  }

  /// Adds a shared interface, which need not exist yet, and returns its number.
  package mutating func add(
    _ interface: SharedInterface, _ duty: Duty, translator: consuming Translator
  ) -> Int {
    interfaces.append(interface)
    ipv6Numbers.append(-1)
    duties.append(duty)
    interfaceNames.append(duty.identifier(1))
    portUse.append(
      PortUse(
        capacity: translator.behavior.ports.count,
        thresholdPerMillion: settings.growthThresholdPerMillion))
    return translators.append(translator)
  }

  /// Adds a group of interfaces that were added before.
  ///
  /// - Parameters:
  ///   - group: The group.
  ///   - owner: Whom its interfaces are made for.
  ///   - exists: Whether the first of them is there; otherwise it comes to be in the course of the
  ///     run.
  /// - Returns: Its number.
  package mutating func add(_ group: InterfaceGroup, owner: String, exists: Bool = true) -> Int {
    groups.append(group)
    groupOwners.append(owner)
    if exists { for member in group.members { open(member) } }
    return groups.count - 1
  }

  /// Lets packets from the VPC in through an interface.
  mutating func open(_ number: Int) {
    let interface = interfaces[number]
    duties[number].timesMade += 1
    if duties[number].timesMade > 1 {
      interfaceNames[number] = duties[number].identifier(duties[number].timesMade)
    }
    let position = Int(interface.index.rawValue)
    while sharedNumbers[interface.vpc].count <= position { sharedNumbers[interface.vpc].append(-1) }
    sharedNumbers[interface.vpc][position] = number
  }

  /// Tells Hyperplane whose packets come from a slot, and from which IPv6 address if it has one.
  package mutating func addEnvironment(
    group: Int, identity: UInt64, worker: Int, slotLinkLayerAddress: MACAddress, slot: Int,
    ipv6Address: IPv6Address? = nil
  ) {
    while environments.count <= slot {
      environments.append(nil)
      placements.append(nil)
    }
    environments[slot] = Environment(
      sharedInterface: groups[group].member(for: identity), worker: worker,
      slotLinkLayerAddress: slotLinkLayerAddress)
    placements[slot] = Placement(group: group, identity: identity)
    if let ipv6Address {
      while slotAddresses.count <= slot { slotAddresses.append(.unspecified) }
      slotAddresses[slot] = ipv6Address
    }
  }
}
