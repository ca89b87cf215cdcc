import EventSimulation
import PacketFormats
import SimulatedTime

extension Host {
  /// Sends `frame`, which holds a complete packet, on its way to `destination`.
  @inline(__always)
  mutating func launch(
    _ frame: consuming Frame, toward destination: HostAddress, in network: inout Network
  ) {
    guard let nextHop = nextHop(to: destination) else {
      abandon(frame, .noRoute, in: &network)
      return
    }
    launch(frame, to: nextHop, in: &network)
  }

  /// Sends `frame`, which holds a complete packet, to `nextHop`, or keeps it until that answers.
  @inline(__always)
  mutating func launch(
    _ frame: consuming Frame, to nextHop: HostAddress, in network: inout Network
  ) {
    if let index = neighbors.find(nextHop) {
      let known = neighbors.neighbors[index].state
      if known == .permanent
        || known == .reachable && neighbors.neighbors[index].deadline >= network.now.nanoseconds
      {
        address(frame, to: neighbors.neighbors[index].hardwareAddress, in: &network)
        return
      }
    }
    launchSlowly(frame, to: nextHop, in: &network)
  }

  @inline(__always)
  private mutating func address(
    _ frame: consuming Frame, to hardwareAddress: MACAddress, in network: inout Network
  ) {
    network.frames.withBytes(of: frame) { bytes in
      let value = hardwareAddress.rawValue
      bytes[EthernetHeader.Layout.destinationHigh, at: 0] = UInt32(
        truncatingIfNeeded: value &>> 16)
      bytes[EthernetHeader.Layout.destinationLow, at: 0] = UInt16(truncatingIfNeeded: value)
    }
    transmit(frame, in: &network)
  }

  private mutating func launchSlowly(
    _ frame: consuming Frame, to nextHop: HostAddress, in network: inout Network
  ) {
    let index: Int
    if let found = neighbors.find(nextHop) {
      index = found
    } else {
      index = neighbors.add(nextHop)
      ask(index, in: &network)
    }
    switch neighbors.neighbors[index].state {
    case .reachable:
      // Too old to be trusted, too good to be thrown away: ask the neighbour itself, and use what
      // is known meanwhile (Linux does the same).
      neighbors.neighbors[index].state = .probing
      ask(index, in: &network)
      address(frame, to: neighbors.neighbors[index].hardwareAddress, in: &network)
    case .probing, .permanent:
      address(frame, to: neighbors.neighbors[index].hardwareAddress, in: &network)
    case .incomplete:
      guard neighbors.neighbors[index].heldCount < settings.neighborQueueLimit else {
        abandon(frame, .neighborQueueFull, in: &network)
        return
      }
      let position = held.hold(frame)
      let last = neighbors.neighbors[index].lastHeld
      if last == HeldFrames.none {
        neighbors.neighbors[index].firstHeld = position
      } else {
        held[last].next = position
      }
      neighbors.neighbors[index].lastHeld = position
      neighbors.neighbors[index].heldCount += 1
    }
  }

  /// Asks for a neighbour's hardware address, and to be woken if no answer comes.
  private mutating func ask(_ index: Int, in network: inout Network) {
    let neighbor = neighbors.neighbors[index]
    neighbors.neighbors[index].attempts = neighbor.attempts + 1
    let retry = network.now.advanced(by: settings.neighborRetryInterval)
    neighbors.neighbors[index].deadline = retry.nanoseconds
    network.wake(
      at: retry, token: WakeToken(.neighbor, neighbors.neighbors.id(of: index)).rawValue)
    guard !neighbor.address.isIPv6 else {
      solicit(neighbor, in: &network)
      return
    }
    sendARP(
      ARPPacket(
        operation: .request, senderHardwareAddress: interface.hardwareAddress,
        senderProtocolAddress: interface.address, targetProtocolAddress: neighbor.address.ipv4),
      to: neighbor.state == .probing ? neighbor.hardwareAddress : .broadcast, in: &network)
  }

  private mutating func sendARP(
    _ packet: ARPPacket, to destination: MACAddress, in network: inout Network
  ) {
    let byteCount = EthernetHeader.byteCount + ARPPacket.byteCount
    guard let frame = makeFrame(byteCount: byteCount, in: &network) else { return }
    let ethernet = EthernetHeader(
      destination: destination, source: interface.hardwareAddress, etherType: .arp)
    network.frames.withBytes(of: frame) { bytes in
      ethernet.write(to: &bytes, at: 0)
      packet.write(to: &bytes, at: EthernetHeader.byteCount)
    }
    transmit(frame, in: &network)
  }

  mutating func neighborTimerFired(_ id: RecordID, in network: inout Network) {
    guard let index = neighbors.neighbors.index(of: id) else { return }
    let neighbor = neighbors.neighbors[index]
    guard neighbor.state == .incomplete || neighbor.state == .probing,
      neighbor.deadline <= network.now.nanoseconds
    else { return }
    if neighbor.attempts < settings.neighborAttempts {
      ask(index, in: &network)
      return
    }
    neighbors.remove(index)
    var position = neighbor.firstHeld
    while position != HeldFrames.none {
      let element = held.release(position)
      position = element.next
      let frame = element.takeFrame()
      reportUnsendable(frame, in: &network)
      abandon(frame, .neighborUnresolved, in: &network)
    }
  }

  /// Takes over `frame`, which is an ARP packet (RFC 826, "Packet Reception").
  mutating func receiveARP(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let packet = network.frames.withContents(of: frame) { bytes in
      try? ARPPacket(parsing: bytes, at: arrival.offset)
    }
    guard let packet, !packet.senderHardwareAddress.isMulticast else {
      condemn(frame, .malformed, in: &network)
      bury(frame, .malformed, layer: .arp, in: &network)
      return
    }
    network.frames.discard(frame)
    let isForThisHost = interface.owns(packet.targetProtocolAddress)
    // A probe (RFC 5227, section 1.1) asks from no address and must not be remembered.
    if packet.senderProtocolAddress.rawValue != 0 {
      learn(
        HostAddress(packet.senderProtocolAddress), packet.senderHardwareAddress,
        mayAdd: isForThisHost, in: &network)
    }
    if isForThisHost, packet.operation == .request {
      sendARP(
        packet.reply(from: interface.hardwareAddress), to: packet.senderHardwareAddress,
        in: &network)
    }
  }

  /// Remembers who has an address, and sends what has waited for it.
  ///
  /// If nobody has asked for it, only if `mayAdd` says so.
  mutating func learn(
    _ address: HostAddress, _ hardwareAddress: MACAddress, mayAdd: Bool,
    in network: inout Network
  ) {
    let index: Int
    if let found = neighbors.find(address) {
      index = found
    } else if mayAdd {
      index = neighbors.add(address)
    } else {
      return
    }
    guard neighbors.neighbors[index].state != .permanent else { return }
    neighbors.neighbors[index].hardwareAddress = hardwareAddress
    neighbors.neighbors[index].state = .reachable
    neighbors.neighbors[index].deadline =
      network.now.advanced(by: settings.neighborLifetime).nanoseconds
    neighbors.neighbors[index].attempts = 0
    var position = neighbors.neighbors[index].firstHeld
    neighbors.neighbors[index].firstHeld = HeldFrames.none
    neighbors.neighbors[index].lastHeld = HeldFrames.none
    neighbors.neighbors[index].heldCount = 0
    while position != HeldFrames.none {
      let element = held.release(position)
      position = element.next
      self.address(element.takeFrame(), to: hardwareAddress, in: &network)
    }
  }
}
