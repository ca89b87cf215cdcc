import EventSimulation
import PacketFormats

extension VPCNode {
  /// Answers an ARP request as the host below an interface does, without asking anybody.
  ///
  /// A VPC has no broadcast: the mapping service knows every address beforehand, and a request
  /// for one that it does not know gets no answer (lambda-vpc §7.2).
  func answerARP(
    _ frame: consuming Frame, through port: PortID, capturing point: CapturePoint,
    _ network: inout Network, linkLayerAddress: (IPv4Address) -> MACAddress?
  ) {
    let packet: ARPPacket? = network.frames.withContents(of: frame) { bytes in
      try? ARPPacket(parsing: bytes, at: EthernetHeader.byteCount)
    }
    network.frames.discard(frame)
    guard let packet, packet.operation == .request,
      let address = linkLayerAddress(packet.targetProtocolAddress)
    else { return }
    let reply = packet.reply(from: address)
    let made = network.frames.makeFrame(byteCount: EthernetHeader.byteCount + ARPPacket.byteCount)
    guard let answer = made else {
      network.reportUnmadeFrame(at: configuration.name)
      return
    }
    network.frames.withBytes(of: answer) { bytes in
      EthernetHeader(
        destination: reply.targetHardwareAddress, source: address, etherType: .arp
      ).write(to: &bytes, at: 0)
      reply.write(to: &bytes, at: EthernetHeader.byteCount)
    }
    network.capture(answer, at: point, direction: .inbound)
    network.send(answer, from: port)
  }
}
