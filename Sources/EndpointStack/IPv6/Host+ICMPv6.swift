import EventSimulation
import PacketFormats

extension Host {
  /// Takes over `frame`, which holds an ICMPv6 message for this host (RFC 4443).
  mutating func receiveICMPv6(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let header = network.frames.withContents(of: frame) { bytes in
      try? ICMPv6Header(parsing: bytes, at: arrival.offset)
    }
    guard let header else {
      condemn(frame, .malformed, in: &network)
      bury(frame, .malformed, layer: .icmpv6, in: &network)
      return
    }
    switch header.type {
    case .neighborSolicitation, .neighborAdvertisement:
      receiveNeighborMessage(frame, arrival, in: &network)
      return
    case .echoRequest: sendEchoReply(to: header.parameter, frame, arrival, in: &network)
    case .echoReply: receiveEchoReply(header.parameter, from: arrival.source, in: &network)
    case .destinationUnreachable, .packetTooBig, .timeExceeded, .parameterProblem:
      receiveError(ICMPError(header), frame, arrival, in: &network)
    // Router advertisements and groups: addresses are given, so there is nothing to learn.
    default: break
    }
    network.frames.discard(frame)
  }

  // MARK: Neighbour discovery (RFC 4861, section 7.2)

  /// Asks for the hardware address of `neighbor`: everybody who might have its address, or the
  /// neighbour itself if it is known.
  mutating func solicit(_ neighbor: Neighbor, in network: inout Network) {
    let target = annex[0].ipv6.book[neighbor.address]
    let source = source(for: neighbor.address)
    let isProbe = neighbor.state == .probing
    // RFC 4861, section 7.2.2: one of the interface's addresses, and the asker's hardware address.
    send(
      NeighborMessage(
        kind: .solicitation, target: target, linkLayerAddress: interface.hardwareAddress),
      from: annex[0].ipv6.book[source], to: isProbe ? target : target.solicitedNodeMulticast,
      at: isProbe
        ? neighbor.hardwareAddress : MACAddress(multicast: target.solicitedNodeMulticast),
      in: &network)
  }

  private mutating func send(
    _ message: NeighborMessage, from source: IPv6Address, to destination: IPv6Address,
    at hardwareAddress: MACAddress, in network: inout Network
  ) {
    let start = EthernetHeader.byteCount + IPv6Header.byteCount
    guard let frame = makeFrame(byteCount: start + message.byteCount, in: &network) else { return }
    let ethernet = EthernetHeader(
      destination: hardwareAddress, source: interface.hardwareAddress, etherType: .ipv6)
    let header = IPv6Header(
      payloadLength: UInt16(message.byteCount), nextHeader: .icmpv6,
      hopLimit: NeighborMessage.hopLimit, source: source, destination: destination)
    network.frames.withBytes(of: frame) { bytes in
      ethernet.write(to: &bytes, at: 0)
      header.write(to: &bytes, at: EthernetHeader.byteCount)
      message.write(to: &bytes, at: start, source: source, destination: destination)
    }
    transmit(frame, in: &network)
  }

  /// Takes over `frame`, which holds a solicitation or an advertisement.
  private mutating func receiveNeighborMessage(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let (message, hopLimit) = network.frames.withContents(of: frame) { bytes in
      (
        try? NeighborMessage(parsing: bytes, at: arrival.offset, end: arrival.end),
        bytes[IPv6Header.Layout.hopLimit, at: EthernetHeader.byteCount]
      )
    }
    // RFC 4861, sections 7.1.1 and 7.1.2: a router would have taken a hop.
    guard let message, hopLimit == NeighborMessage.hopLimit else {
      condemn(frame, .malformed, in: &network)
      bury(frame, .malformed, layer: .icmpv6, in: &network)
      return
    }
    network.frames.discard(frame)
    switch message.kind {
    case .solicitation: answer(message, from: arrival.source, in: &network)
    case .advertisement:
      // RFC 4861, section 7.2.5: "If no entry exists, the advertisement SHOULD be silently
      // discarded."
      guard let hardwareAddress = message.linkLayerAddress, !hardwareAddress.isMulticast,
        let target = annex[0].ipv6.book.find(message.target)
      else { return }
      learn(target, hardwareAddress, mayAdd: false, in: &network)
    }
  }

  private mutating func answer(
    _ message: NeighborMessage, from asker: HostAddress, in network: inout Network
  ) {
    guard let target = annex[0].ipv6.book.find(message.target), owns(target) else { return }
    let address = annex[0].ipv6.book[asker]
    // RFC 4861, section 7.2.4: who asks from no address, to find out whether it is taken, is
    // answered at all nodes.
    let isProbe = address == .unspecified
    if !isProbe, let hardwareAddress = message.linkLayerAddress, !hardwareAddress.isMulticast {
      learn(asker, hardwareAddress, mayAdd: true, in: &network)
    }
    guard let to = isProbe ? MACAddress(multicast: .allNodes) : hardwareAddress(of: asker) else {
      return
    }
    send(
      NeighborMessage(
        kind: .advertisement(isRouter: false, isSolicited: !isProbe, overrides: true),
        target: message.target, linkLayerAddress: interface.hardwareAddress),
      from: message.target, to: isProbe ? .allNodes : address, at: to, in: &network)
  }

  /// The hardware address of a neighbour that is known.
  private mutating func hardwareAddress(of address: HostAddress) -> MACAddress? {
    guard let index = neighbors.find(address), neighbors.neighbors[index].state != .incomplete
    else { return nil }
    return neighbors.neighbors[index].hardwareAddress
  }
}

extension NeighborMessage {
  /// What a neighbour's message has for its hop limit (RFC 4861, section 7.1).
  fileprivate static var hopLimit: UInt8 { 255 }
}
