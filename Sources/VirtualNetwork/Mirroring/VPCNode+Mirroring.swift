import EventSimulation
import PacketFormats

/// Copies of packets for who wants to see them.
extension VPCNode {
  /// Sets the traffic mirroring sessions, in place of those there were.
  ///
  /// All interfaces that they name must have been attached.
  ///
  /// - Throws: If AWS would refuse one.
  public mutating func setMirrorSessions(_ sessions: [MirrorSession]) throws(MirrorError) {
    mirrors = try MirrorTable(sessions, in: dataPlane.network)
    for position in attachments.indices { attachments[position].isMirrored = false }
    for session in mirrors.sessions {
      attachments[session.source.position].isMirrored = true
    }
  }

  /// Copies a packet that passes an interface, if a session takes it, and sends the copy on its way.
  ///
  /// The copy is a packet of its own, from the source's address to the target's; the source's security
  /// groups do not judge it, the target's do (observability-formats §2).
  mutating func mirror(
    _ frame: borrowing Frame, at index: InterfaceIndex, _ direction: TrafficDirection,
    _ network: inout Network
  ) {
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }),
      !isCopy(packet)
    else { return }
    let service = dataPlane.network.service(
      at: direction == .egress ? packet.destination : packet.source)
    if service == .instanceMetadata || service == .timeSync { return }
    guard
      let session = mirrors.session(
        for: packet, at: index, direction, isAmazonDNS: service == .resolver),
      session.target.position < attachments.count
    else { return }
    let copied = session.copiedByteCount(of: frame.byteCount)
    let headers = MirrorCopy.headersByteCount
    guard let copy = network.frames.makeFrame(byteCount: headers + copied) else {
      network.reportUnmadeFrame(at: dataPlane.network.name)
      return
    }
    network.frames.copyBytes(0..<copied, of: frame, to: copy, at: headers)
    let header = MirrorCopy(
      source: dataPlane.network.interfaces[index.position].address,
      destination: dataPlane.network.interfaces[session.target.position].address,
      virtualNetworkIdentifier: session.virtualNetworkIdentifier,
      entropy: packet.entropy)
    network.frames.withBytes(of: copy) { header.write(to: &$0) }
    cross(copy, to: session.target, from: attachments[index.position], &network)
  }

  /// Whether a packet is itself a copy, of which none is made.
  private func isCopy(_ packet: FramePacket) -> Bool {
    packet.protocol == .udp && packet.destinationPort == UDPHeader.Port.vxlan
  }
}
