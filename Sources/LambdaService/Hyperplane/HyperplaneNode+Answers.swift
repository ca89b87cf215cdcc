import AddressTranslation
import EventSimulation
import PacketFormats

/// How packets die in Hyperplane, and who is told.
extension HyperplaneNode {
  mutating func drop(
    _ frame: consuming Frame, _ packet: InnerPacket, _ reason: DropReason,
    at point: CapturePoint, _ direction: CaptureDirection, _ network: inout Network
  ) {
    network.amendCapture(of: frame, at: point, direction: direction, verdict: .dropped) { text in
      text.append("DROP hyperplane-nat ")
      text.append(reason.sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: point), code: reason.code,
      detail: reason.sentence.description,
      flow: packet.flowDescription)
  }

  /// Answers a segment that belongs to no translation with a RST to the function.
  mutating func reset(
    _ frame: consuming Frame, _ packet: InnerPacket, _ environment: Environment,
    _ networkIdentifier: UInt32, _ network: inout Network
  ) {
    if packet.ipv6 != nil {
      let answer = makeIPv6Reset(
        answering: frame, to: environment.slotLinkLayerAddress, &network)
      drop(frame, packet, .midConnection, at: settings.inPoint, .inbound, &network)
      if let answer { send(answer, environment, entropy: packet.fingerprint, &network) }
      return
    }
    let segment = network.frames.withContents(of: frame) {
      ResetSegment(answering: $0, at: EthernetHeader.byteCount)
    }
    drop(frame, packet, .midConnection, at: settings.inPoint, .inbound, &network)
    let byteCount = EthernetHeader.byteCount + IPv4Header.byteCount + TCPHeader.byteCount
    let made = network.frames.makeFrame(byteCount: byteCount)
    guard let segment else {
      if let answer = made { network.frames.discard(answer) }
      return
    }
    guard let answer = made else {
      network.reportUnmadeFrame(at: network.captures.name(of: settings.inPoint))
      return
    }
    let source = settings.tunnel.localLinkLayerAddress
    network.frames.withBytes(of: answer) { bytes in
      EthernetHeader(
        destination: environment.slotLinkLayerAddress, source: source, etherType: .ipv4
      ).write(to: &bytes, at: 0)
      IPv4Header(
        totalLength: UInt16(byteCount - EthernetHeader.byteCount), protocol: .tcp,
        source: segment.source.address, destination: segment.destination.address
      ).write(to: &bytes, at: EthernetHeader.byteCount)
      let header = TCPHeader(
        sourcePort: segment.source.port, destinationPort: segment.destination.port,
        sequenceNumber: segment.sequenceNumber,
        acknowledgmentNumber: segment.acknowledgmentNumber, flags: segment.flags, window: 0)
      header.write(
        to: &bytes, at: EthernetHeader.byteCount + IPv4Header.byteCount,
        checksum: header.checksum(
          source: segment.source.address, destination: segment.destination.address,
          payload: RawSpan()))
    }
    send(answer, environment, entropy: packet.fingerprint, &network)
  }

  /// Sends a RST that was made here.
  private mutating func send(
    _ answer: consuming Frame, _ environment: Environment, entropy: UInt64,
    _ network: inout Network
  ) {
    network.capture(answer, at: settings.inPoint, direction: .outbound) { text in
      text.append("RST from Hyperplane: no translation")
    }
    sendToWorker(answer, environment, entropy: entropy, &network)
  }
}
