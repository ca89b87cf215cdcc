public import EventSimulation
public import PacketFormats
import SimulatedTime

/// What every host finds at link-local addresses, and who answers for neighbours.
extension VPCNode {
  /// Attaches the VPC's resolver, whose frames are seen at `point`.
  ///
  /// A resolver that forwards questions has an interface of the VPC, its outbound endpoint, with that
  /// interface's address as the one it asks from; the interface is attached to the same port.
  ///
  /// - Parameters:
  ///   - port: The way to it.
  ///   - linkLayerAddress: Its hardware address.
  ///   - point: Where its frames are captured.
  ///   - packetsPerSecond: How many packets it takes from one interface in a second, together with the
  ///     other services at link-local addresses (AWS, "DNS quotas": 1,024, and no more on request);
  ///     the others die at the interface. `nil` for all.
  public mutating func attachResolver(
    to port: PortID, linkLayerAddress: MACAddress, capturing point: CapturePoint,
    packetsPerSecond: Int? = nil
  ) {
    resolver = Service(port: port, point: point, linkLayerAddress: linkLayerAddress)
    serviceLimit = packetsPerSecond
    serviceAllowances = []
  }

  /// Attaches the instance metadata service: a host at 169.254.169.254, and fd00:ec2::254 if it has IPv6.
  ///
  /// - Parameters:
  ///   - port: The way to it, labelled ``Label/instanceMetadata``.
  ///   - linkLayerAddress: Its hardware address.
  ///   - point: Where its frames are captured.
  public mutating func attachInstanceMetadata(
    to port: PortID, linkLayerAddress: MACAddress, capturing point: CapturePoint = .none
  ) {
    metadata = Service(port: port, point: point, linkLayerAddress: linkLayerAddress)
  }

  /// Says what the time is when the run begins, which the time service tells.
  ///
  /// - Parameter epoch: Nanoseconds since 1970.
  public mutating func setClock(_ epoch: Int64) { self.epoch = epoch }

  /// Hands a packet to a service.
  mutating func visit(
    _ frame: consuming Frame, _ service: LinkLocalService, _ key: FlowKey,
    from index: InterfaceIndex, _ network: inout Network
  ) {
    let host: Service?
    switch service {
    case .resolver: host = resolver
    case .instanceMetadata: host = metadata
    case .timeSync:
      tellTime(frame, key, to: index, &network)
      return
    }
    guard let host else {
      let detail =
        service == .resolver ? "the VPC has no resolver here" : "the \(service) is not here"
      drop(frame, key, code: .noPossibleDestination, detail, &network)
      return
    }
    let source = attachments[Int(index.rawValue)].gatewayLinkLayerAddress
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(host.linkLayerAddress, in: &bytes)
      EthernetHeader.setSource(source, in: &bytes)
    }
    network.capture(frame, at: host.point, direction: .inbound)
    network.send(frame, from: host.port)
  }

  /// An answer of a service, which is close to every interface, or a question of the resolver.
  mutating func leaveService(
    _ frame: consuming Frame, at port: PortID, _ network: inout Network
  ) {
    guard let service = port.label == Label.resolver ? resolver : metadata else {
      dropUnreadable(frame, &network)
      return
    }
    if let question = network.frames.withContents(of: frame, { NeighborQuestion($0) }) {
      // The service lives on the host: whatever it asks for is one hop away.
      let asker = network.frames.withContents(of: frame) { NeighborQuestion.asker($0) }
      network.frames.discard(frame)
      guard let address = attachments.first?.gatewayLinkLayerAddress else { return }
      let made = question.makeAnswer(
        address, isRouter: true, to: asker, &network, at: dataPlane.network.name)
      if let answer = made { network.send(answer, from: service.port) }
      return
    }
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      dropUnreadable(frame, &network)
      return
    }
    if let endpoint = dataPlane.network.interface(at: packet.source),
      endpoint.position < attachments.count
    {
      // What a resolver forwards leaves through its outbound endpoint, an interface like any other.
      network.capture(frame, at: service.point, direction: .outbound)
      leave(frame, from: endpoint, key(of: packet), packet.flags, isProvided: true, &network)
      return
    }
    guard let target = dataPlane.network.interface(at: packet.destination),
      Int(target.rawValue) < attachments.count
    else {
      let key = key(of: packet)
      drop(frame, key, code: .noPossibleDestination, "no interface has the address", &network)
      return
    }
    network.capture(frame, at: service.point, direction: .outbound)
    let attachment = attachments[Int(target.rawValue)]
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(attachment.linkLayerAddress, in: &bytes)
      EthernetHeader.setSource(attachment.gatewayLinkLayerAddress, in: &bytes)
    }
    enter(frame, at: target, from: nil, &network)
  }

  /// Turns a question for the time into its answer, and hands it back.
  private mutating func tellTime(
    _ frame: consuming Frame, _ key: FlowKey, to index: InterfaceIndex, _ network: inout Network
  ) {
    let time = epoch + network.now.nanoseconds
    let attachment = attachments[Int(index.rawValue)]
    let isAnswered = network.frames.withBytes(of: frame) { bytes in
      guard let packet = FramePacket(bytes.bytes),
        TimeAnswer.write(over: packet, in: &bytes, at: time)
      else { return false }
      EthernetHeader.setDestination(attachment.linkLayerAddress, in: &bytes)
      EthernetHeader.setSource(attachment.gatewayLinkLayerAddress, in: &bytes)
      return true
    }
    guard isAnswered else {
      drop(
        frame, key, code: .noPossibleDestination, "the time service answers NTP clients only",
        &network)
      return
    }
    enter(frame, at: index, from: nil, &network)
  }

  /// Answers an ARP request or a neighbour solicitation as the host below an interface does, without
  /// asking anybody.
  ///
  /// A VPC has no broadcast: the mapping service knows every address beforehand, and a request
  /// for one that it does not know gets no answer (lambda-vpc §7.2).
  mutating func answerNeighbor(
    _ frame: consuming Frame, from index: InterfaceIndex, _ network: inout Network
  ) {
    let attachment = attachments[Int(index.rawValue)]
    network.capture(frame, at: attachment.point, direction: .outbound)
    guard let port = attachment.port,
      let question = network.frames.withContents(of: frame, { NeighborQuestion($0) })
    else {
      network.frames.discard(frame)
      return
    }
    let asker = network.frames.withContents(of: frame) { NeighborQuestion.asker($0) }
    network.frames.discard(frame)
    let address: MACAddress?
    let isRouter: Bool
    switch question.target {
    case .v4(let target):
      address = dataPlane.network.linkLayerAddress(of: target, seenFrom: attachment.subnet)
      isRouter = false
    case .v6(let target):
      address = dataPlane.network.linkLayerAddress(of: target, seenFrom: attachment.subnet)
      isRouter = target == Subnet.routerIPv6Address
    }
    guard let address else { return }
    let made = question.makeAnswer(
      address, isRouter: isRouter, to: asker, &network, at: dataPlane.network.name)
    guard let answer = made else { return }
    network.capture(answer, at: attachment.point, direction: .inbound)
    network.send(answer, from: port)
  }
}
