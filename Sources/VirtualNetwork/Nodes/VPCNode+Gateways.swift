import AddressTranslation
import EventSimulation
import PacketFormats

/// The ways out of the VPC and into it.
extension VPCNode {
  /// Sends a packet out through a gateway, if it is not too long.
  mutating func exit(
    _ frame: consuming Frame, through gateway: GatewayIndex, _ key: FlowKey,
    from index: InterfaceIndex, _ network: inout Network
  ) {
    let position = Int(gateway.rawValue)
    guard position < exits.count, let exit = exits[position] else {
      drop(frame, key, code: .noPossibleDestination, "nothing is attached there", &network)
      return
    }
    let subnet = attachments[Int(index.rawValue)].subnet
    guard frame.byteCount > EthernetHeader.byteCount + exit.limit.mtu,
      let packet = network.frames.withContents(of: frame, { FramePacket($0) }),
      packet.byteCount > exit.limit.mtu
    else {
      send(frame, through: exit, fromSubnet: subnet, &network)
      return
    }
    guard packet.mayBeFragmented else {
      refuseLength(frame, packet, of: exit, gateway, at: index, &network)
      return
    }
    var fragments = Fragmentation(of: packet, mtu: exit.limit.mtu)
    while let fragment = fragments.next(of: frame, &network, at: dataPlane.network.name) {
      send(fragment, through: exit, fromSubnet: subnet, &network)
    }
    network.frames.discard(frame)
  }

  private func send(
    _ frame: consuming Frame, through exit: Exit, fromSubnet subnet: SubnetIndex,
    _ network: inout Network
  ) {
    network.frames.setNote(UInt64(subnet.rawValue), on: frame)
    network.send(frame, from: exit.port)
  }

  /// Ends a packet that is too long for a gateway, and tells its sender where the gateway does.
  ///
  /// Assumed: the answer is the subnet's router's. Network ACL and security groups judge it as
  /// they judge everything, which is how path MTU discovery fails (lambda-vpc §7.3).
  private mutating func refuseLength(
    _ frame: consuming Frame, _ packet: FramePacket, of exit: Exit, _ gateway: GatewayIndex,
    at index: InterfaceIndex, _ network: inout Network
  ) {
    let attachment = attachments[Int(index.rawValue)]
    let subnet = dataPlane.network.subnets[attachment.subnet.position]
    let router: IPAddress =
      packet.source.family == .v4
      ? .v4(subnet.routerAddress) : .v6(Subnet.routerIPv6Address)
    var made: Frame?
    if exit.limit.tellsSender {
      made = answers.makeAnswer(
        .packetTooBig(mtu: UInt16(exit.limit.mtu)), to: frame, from: router,
        under: EthernetHeader(
          destination: attachment.linkLayerAddress, source: attachment.gatewayLinkLayerAddress,
          etherType: .ipv4),
        at: dataPlane.network.name, &network)
    }
    let refusal = GatewayRefusal.tooBig(byteCount: packet.byteCount, mtu: exit.limit.mtu)
    let kind = dataPlane.network.gateways[gateway.position].kind.text
    let sentence = refusal.sentence
    network.amendCapture(
      of: frame, at: attachment.point, direction: .outbound, verdict: .dropped
    ) { text in
      text.append("DROP ")
      text.append(text: kind)
      text.append(" ")
      text.append(text: sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: attachment.point), code: refusal.code.rawValue,
      detail: sentence, flow: packet.description)
    if let answer = made { enter(answer, at: index, from: nil, &network) }
  }

  /// Reduces the segment size in a SYN to what a VPC endpoint takes (PrivateLink guide, "AWS PrivateLink
  /// quotas": documented, "for all packets").
  func clampSegmentSize(of frame: borrowing Frame, _ network: inout Network) {
    network.frames.withBytes(of: frame) { bytes in
      FramePacket(bytes.bytes)?.clampSegmentSize(in: &bytes, mtu: PathLimit.endpoint.mtu)
    }
  }

  /// A packet that comes in through a gateway.
  mutating func arrive(
    _ frame: consuming Frame, through gateway: GatewayIndex, _ network: inout Network
  ) {
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      dropUnreadable(frame, &network)
      return
    }
    let key = key(of: packet)
    // The receiving host asks the mapping whether the sender really is where it claims to be
    // (lambda-vpc §7.2); nobody of this VPC is behind a gateway.
    guard !dataPlane.network.contains(packet.source) else {
      drop(
        frame, key, code: .spoofedSource,
        "\(packet.source) is an address of the VPC and cannot come from outside", &network)
      return
    }
    let entrance = entrance(of: gateway, near: network.frames.note(of: frame))
    let decision = dataPlane.arrival(key, through: gateway, at: entrance, now: network.now)
    guard decision.verdict == .accept else {
      rejectArrival(frame, decision, key, &network)
      return
    }
    switch decision.nextHop {
    case .interface(let target) where Int(target.rawValue) < attachments.count:
      let attachment = attachments[Int(target.rawValue)]
      let origin = entrance.map { attachments[Int($0.rawValue)] }
      cross(
        frame, to: target, linkLayerSource: attachment.gatewayLinkLayerAddress,
        isSameZone: origin.map { $0.zone == attachment.zone } ?? true, fromSubnet: origin?.subnet,
        &network)
    case .gateway(let next):
      guard let entrance else {
        drop(frame, key, code: .noPossibleDestination, "nothing is attached there", &network)
        return
      }
      exit(frame, through: next, key, from: entrance, &network)
    case .interface, .service, .none:
      drop(frame, key, code: .noPossibleDestination, "nothing is attached there", &network)
    }
  }

  /// The interface through which a transit gateway reaches in.
  ///
  /// - Parameters:
  ///   - gateway: The gateway.
  ///   - subnet: The number plus one of a subnet in the zone that the packet comes from, or 0. A transit
  ///     gateway keeps packets in their zone where it can (Transit Gateway guide, "Availability
  ///     Zones").
  /// - Returns: `nil` for other gateways.
  private func entrance(of gateway: GatewayIndex, near subnet: UInt64) -> InterfaceIndex? {
    let candidates = dataPlane.network.gateways[gateway.position].attachments
    guard let first = candidates.first else { return nil }
    let subnets = dataPlane.network.subnets
    guard subnet > 0, subnet <= UInt64(subnets.count) else { return first }
    let zone = subnets[Int(subnet) - 1].zone
    for candidate in candidates {
      let home = dataPlane.network.interfaces[candidate.position].subnet
      if subnets[home.position].zone == zone { return candidate }
    }
    return first
  }
}
