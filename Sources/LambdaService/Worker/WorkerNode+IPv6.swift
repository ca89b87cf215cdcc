import AddressTranslation
import EventSimulation
import PacketFormats

/// The IPv6 side of a worker: in each slot the guest's prefix is exchanged for the slot's, and the
/// gateway is asked for by neighbour discovery instead of ARP.
extension WorkerNode {
  /// An IPv6 packet of a guest.
  mutating func takeIPv6FromGuest(
    _ frame: consuming Frame, _ before: InnerPacket, slot: Slot, _ network: inout Network
  ) {
    guard slot.prefixTranslator >= 0, let ipv6 = before.ipv6 else {
      // Nobody has given the guest an address.
      network.frames.discard(frame)
      return
    }
    let number = Int(slot.prefixTranslator)
    if before.protocol == .icmpv6, ipv6.destination.isMulticast || ipv6.source.isLinkLocal {
      answerSolicitation(frame, slot: slot, &network)
      return
    }
    let verdict = network.frames.withBytes(of: frame) { bytes in
      prefixTranslators[number].translateOutbound(&bytes, at: EthernetHeader.byteCount)
    }
    switch verdict {
    case .translated: break
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, before, reason, .outbound, &network)
      return
    case .passed, .hairpinned, .held, .resetSender:
      // From an address that is not the guest's.
      drop(frame, before, .unsolicited, .outbound, &network)
      return
    }
    let hyperplane = settings.hyperplaneLinkLayerAddress
    let after = network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(hyperplane, in: &bytes)
      EthernetHeader.setSource(slot.linkLayerAddress, in: &bytes)
      return InnerPacket(bytes.bytes)
    }
    captureTranslation(
      frame, from: before.ends(of: ipv6).source, to: after?.ipv6Ends?.source,
      direction: .outbound, &network)
    // Without state there is nothing to be set up for the first packet of a flow.
    leaveSlot(frame, before, slot: slot, isNew: false, &network)
  }

  /// An IPv6 packet that comes out of the tunnel.
  mutating func enterIPv6(
    _ frame: consuming Frame, _ before: InnerPacket, _ network: inout Network
  ) {
    let high = before.ipv6?.destination.high ?? 0
    let place = Int(
      truncatingIfNeeded: high &- settings.firstSlotPrefix.address.high)
    guard slots.indices.contains(place), slots[place].prefixTranslator >= 0 else {
      network.drop(
        frame, at: settings.name, code: "NO_POSSIBLE_DESTINATION",
        detail: "no slot has the address", flow: before.flowDescription)
      return
    }
    let slot = slots[place]
    let number = Int(slot.prefixTranslator)
    network.frames.withBytes(of: frame) { headers.keep($0) }
    let verdict = network.frames.withBytes(of: frame) { bytes in
      prefixTranslators[number].translateInbound(&bytes, at: EthernetHeader.byteCount)
    }
    let after = network.frames.withBytes(of: frame) { bytes in
      defer { headers.exchange(with: &bytes) }
      return InnerPacket(bytes.bytes)
    }
    switch verdict {
    case .translated: break
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, before, reason, .inbound, &network)
      return
    case .passed, .hairpinned, .held, .resetSender:
      drop(frame, before, .unsolicited, .inbound, &network)
      return
    }
    // The slot's capture point is on the tunnel's side: it sees the packet as it came.
    if let old = before.ipv6Ends?.destination {
      captureTranslation(
        frame, from: old, to: after?.ipv6Ends?.destination, direction: .inbound, &network)
    }
    let gateway = settings.gatewayLinkLayerAddress
    network.frames.withBytes(of: frame) { bytes in
      headers.exchange(with: &bytes)
      EthernetHeader.setDestination(slot.guestLinkLayerAddress, in: &bytes)
      EthernetHeader.setSource(gateway, in: &bytes)
    }
    network.send(frame, from: slot.guest)
  }

  /// Answers for every address, as for ARP: the slot is all that a guest has on its link.
  private mutating func answerSolicitation(
    _ frame: consuming Frame, slot: Slot, _ network: inout Network
  ) {
    let offset = EthernetHeader.byteCount + IPv6Header.byteCount
    let question: (IPv6Header, NeighborMessage)? = network.frames.withContents(of: frame) { bytes in
      guard let header = try? IPv6Header(parsing: bytes, at: EthernetHeader.byteCount),
        header.nextHeader == .icmpv6, header.hopLimit == 255,
        let message = try? NeighborMessage(parsing: bytes, at: offset),
        message.kind == .solicitation
      else { return nil }
      return (header, message)
    }
    network.frames.discard(frame)
    guard let (header, message) = question, header.source != .unspecified else { return }
    let gateway = settings.gatewayLinkLayerAddress
    let answer = NeighborMessage(
      kind: .advertisement(isRouter: true, isSolicited: true, overrides: true),
      target: message.target, linkLayerAddress: gateway)
    let made = network.frames.makeFrame(byteCount: offset + answer.byteCount)
    guard let reply = made else {
      network.reportUnmadeFrame(at: settings.name)
      return
    }
    network.frames.withBytes(of: reply) { bytes in
      EthernetHeader(
        destination: slot.guestLinkLayerAddress, source: gateway, etherType: .ipv6
      ).write(to: &bytes, at: 0)
      IPv6Header(
        payloadLength: UInt16(answer.byteCount), nextHeader: .icmpv6, hopLimit: 255,
        source: message.target, destination: header.source
      ).write(to: &bytes, at: EthernetHeader.byteCount)
      answer.write(
        to: &bytes, at: offset, source: message.target, destination: header.source)
    }
    network.send(reply, from: slot.guest)
  }
}

extension InnerPacket {
  /// The ends of an IPv6 packet with their ports, or `nil` if it is none.
  var ipv6Ends: (source: IPv6TransportAddress, destination: IPv6TransportAddress)? {
    ipv6.map { ends(of: $0) }
  }
}
