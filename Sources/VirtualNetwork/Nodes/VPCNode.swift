public import EventSimulation
public import PacketFormats
import SimulatedTime

/// A customer's VPC as frames meet it: network interfaces with what guards them, and the fabric
/// between them.
///
/// Frames enter at an interface, are judged by its security groups and route table, cross the
/// fabric, which takes time by availability zone, and are judged again where they arrive. What is
/// decided is decided by ``DataPlane``; this node only moves frames.
public struct VPCNode: Node, ~Copyable {
  /// What the node calls its ports; interfaces have their own index.
  public enum Label {
    /// Where the interfaces that a provider keeps elsewhere come in and go out.
    ///
    /// The note of a frame there is the number of the interface, in both directions.
    public static let provider: Int32 = -1
    /// The far end of the fabric within a zone.
    public static let sameZone: Int32 = -2
    /// The far end of the fabric between zones.
    public static let crossZone: Int32 = -3
    /// Where the resolver is.
    public static let resolver: Int32 = -4
  }

  /// What the hot path needs of an interface, without any reference.
  private struct Attachment {
    var linkLayerAddress: MACAddress
    var gatewayLinkLayerAddress: MACAddress
    var subnet: SubnetIndex
    var zone: Int32
    /// Where its frames go; `nil` while nothing is attached.
    var port: PortID?
    var point: CapturePoint
  }

  var dataPlane: DataPlane
  /// What its interfaces see, for its flow logs.
  var flowLogs = FlowLogRecorder()
  private var attachments: [Attachment] = []
  private var zones: [String] = []
  private var sameZoneLane: PortID?
  private var crossZoneLane: PortID?
  private var resolver: (port: PortID, point: CapturePoint, linkLayerAddress: MACAddress)?
  /// Packets that the resolver takes from one interface in a second; `nil` for all.
  private var resolverLimit: Int?
  /// What is left of that to each interface; apart from the attachments, which every packet reads.
  private var resolverAllowances: [PacketAllowance] = []

  /// Frames that were no IPv4 packet or ARP, or came from nowhere.
  public private(set) var unreadableCount: UInt64 = 0

  public init(_ dataPlane: consuming DataPlane) {
    self.dataPlane = dataPlane
  }

  /// Sets the ports into the fabric, both leading back to this node.
  public mutating func setLanes(sameZone: PortID, crossZone: PortID) {
    sameZoneLane = sameZone
    crossZoneLane = crossZone
  }

  /// Attaches the VPC's resolver, whose frames are seen at `point`.
  ///
  /// - Parameters:
  ///   - port: The way to it.
  ///   - linkLayerAddress: Its hardware address.
  ///   - point: Where its frames are captured.
  ///   - packetsPerSecond: How many packets it takes from one interface in a second (AWS, "DNS
  ///     quotas": 1,024, and no more on request); the others die at the interface. `nil` for all.
  public mutating func attachResolver(
    to port: PortID, linkLayerAddress: MACAddress, capturing point: CapturePoint,
    packetsPerSecond: Int? = nil
  ) {
    resolver = (port, point, linkLayerAddress)
    resolverLimit = packetsPerSecond
    resolverAllowances = []
  }

  /// Attaches an interface, whose frames are seen at `point`.
  ///
  /// - Parameters:
  ///   - index: An interface of the VPC.
  ///   - port: The way to its host, or to the provider that has it.
  ///   - point: Where its frames are captured: after egress is judged, and after ingress is.
  public mutating func attach(
    _ index: InterfaceIndex, to port: PortID, capturing point: CapturePoint
  ) {
    let vpc = dataPlane.network
    while attachments.count <= Int(index.rawValue) {
      let interface = vpc.interfaces[attachments.count]
      let subnet = vpc.subnets[Int(interface.subnet.rawValue)]
      attachments.append(
        Attachment(
          linkLayerAddress: interface.linkLayerAddress,
          gatewayLinkLayerAddress: subnet.gatewayLinkLayerAddress, subnet: interface.subnet,
          zone: zoneNumber(subnet.zone), port: nil, point: .none))
    }
    attachments[Int(index.rawValue)].port = port
    attachments[Int(index.rawValue)].point = point
  }

  private mutating func zoneNumber(_ name: String) -> Int32 {
    if let known = zones.firstIndex(of: name) { return Int32(known) }
    zones.append(name)
    return Int32(zones.count - 1)
  }

  /// Changes the VPC's configuration; flows are judged anew by it.
  public mutating func update<Result>(
    _ change: (inout VirtualPrivateCloud) throws(VirtualNetworkError) -> Result
  ) throws(VirtualNetworkError) -> Result {
    try dataPlane.update(change)
  }

  /// What wakes the node to let a planned interface exist with an address.
  ///
  /// Whoever makes it, such as Lambda's control plane, wakes the node with this at the time from
  /// which on it is in use.
  public static func bringUpToken(_ index: InterfaceIndex, at address: IPv4Address) -> UInt64 {
    1 << 56 | UInt64(index.rawValue & 0xff_ffff) << 32 | UInt64(address.rawValue)
  }

  /// What wakes the node to delete a network interface.
  public static func removalToken(_ index: InterfaceIndex) -> UInt64 {
    2 << 56 | UInt64(index.rawValue & 0xff_ffff) << 32
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    let index = InterfaceIndex(rawValue: UInt32(token >> 32 & 0xff_ffff))
    let address = IPv4Address(rawValue: UInt32(truncatingIfNeeded: token))
    do throws(VirtualNetworkError) {
      try dataPlane.update { vpc throws(VirtualNetworkError) in
        if token >> 56 == 1 {
          try vpc.bringUp(index, at: address)
        } else {
          vpc.removeInterface(index)
        }
      }
    } catch {
      preconditionFailure("the control plane gave out what is not free: \(error)")
    }
    flowLogs.noteChange(of: index, in: dataPlane.network, at: network.now)
  }

  /// The VPC's configuration.
  public var configuration: VirtualPrivateCloud { dataPlane.network }

  // MARK: - Frames

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    switch port.label {
    case Label.sameZone, Label.crossZone:
      enter(frame, at: InterfaceIndex(rawValue: UInt32(network.frames.note(of: frame))), &network)
    case Label.provider:
      leaveFromProvider(frame, &network)
    case Label.resolver:
      leaveResolver(frame, at: port, &network)
    default:
      leave(frame, from: InterfaceIndex(rawValue: UInt32(port.label)), &network)
    }
  }

  /// A frame of an interface that a provider keeps elsewhere.
  private mutating func leaveFromProvider(_ frame: consuming Frame, _ network: inout Network) {
    let number = network.frames.note(of: frame)
    guard number < UInt64(attachments.count),
      case .ipv4(let key, let flags) = network.frames.withContents(of: frame, { FlowReading($0) })
    else {
      dropUnreadable(frame, &network)
      return
    }
    leave(
      frame, from: InterfaceIndex(rawValue: UInt32(number)), key, flags, isProvided: true, &network)
  }

  /// A frame of a host.
  private mutating func leave(
    _ frame: consuming Frame, from index: InterfaceIndex, _ network: inout Network
  ) {
    switch network.frames.withContents(of: frame, { FlowReading($0) }) {
    case .ipv4(let key, let flags):
      leave(frame, from: index, key, flags, isProvided: false, &network)
    case .arp:
      let attachment = attachments[Int(index.rawValue)]
      network.capture(frame, at: attachment.point, direction: .outbound)
      guard let port = attachment.port else {
        network.frames.discard(frame)
        return
      }
      let subnet = attachment.subnet
      answerARP(frame, through: port, capturing: attachment.point, &network) {
        [vpc = dataPlane.network] address in
        vpc.linkLayerAddress(of: address, seenFrom: subnet)
      }
    case .unreadable:
      dropUnreadable(frame, &network)
    }
  }

  /// Judges what leaves an interface and sends it across the fabric.
  ///
  /// A provider does not resolve addresses and sends everything to the gateway; what an interface
  /// would have sent to a neighbour in its subnet is put right here.
  private mutating func leave(
    _ frame: consuming Frame, from index: InterfaceIndex, _ key: FlowKey,
    _ flags: TCPHeader.Flags, isProvided: Bool, _ network: inout Network
  ) {
    let decision = dataPlane.egress(key, flags: flags, from: index, now: network.now)
    if flowLogs.isOn { log(frame, key, flags, decision, .egress, at: index, network.now) }
    let attachment = attachments[Int(index.rawValue)]
    guard decision.verdict == .accept else {
      reject(frame, decision, key, at: attachment.point, direction: .outbound, &network)
      return
    }
    if case .service(.resolver) = decision.nextHop, !admitsQuestion(from: index, at: network.now) {
      refuseQuestion(frame, key, at: attachment.point, &network)
      return
    }
    if isProvided, case .interface(let target) = decision.nextHop,
      Int(target.rawValue) < attachments.count,
      attachments[Int(target.rawValue)].subnet == attachment.subnet
    {
      let neighbour = attachments[Int(target.rawValue)].linkLayerAddress
      network.frames.withBytes(of: frame) { EthernetHeader.setDestination(neighbour, in: &$0) }
    }
    capture(frame, decision, at: attachment.point, direction: .outbound, &network)
    switch decision.nextHop {
    case .interface(let target) where Int(target.rawValue) < attachments.count:
      let isSameZone = attachments[Int(target.rawValue)].zone == attachment.zone
      guard let lane = isSameZone ? sameZoneLane : crossZoneLane else {
        preconditionFailure("the VPC has no fabric")
      }
      let source =
        attachments[Int(target.rawValue)].subnet == attachment.subnet
        ? attachment.linkLayerAddress : attachments[Int(target.rawValue)].gatewayLinkLayerAddress
      let destination = attachments[Int(target.rawValue)].linkLayerAddress
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader.setDestination(destination, in: &bytes)
        EthernetHeader.setSource(source, in: &bytes)
      }
      network.frames.setNote(UInt64(target.rawValue), on: frame)
      network.send(frame, from: lane)
    case .service(.resolver):
      guard let resolver else {
        drop(frame, key, code: .noPossibleDestination, "the VPC has no resolver here", &network)
        return
      }
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader.setDestination(resolver.linkLayerAddress, in: &bytes)
        EthernetHeader.setSource(attachment.gatewayLinkLayerAddress, in: &bytes)
      }
      network.capture(frame, at: resolver.point, direction: .inbound)
      network.send(frame, from: resolver.port)
    case .interface, .service, .gateway, .none:
      drop(frame, key, code: .noPossibleDestination, "nothing is attached there", &network)
    }
  }

  /// Judges what arrives at an interface and hands it to whoever is behind.
  private mutating func enter(
    _ frame: consuming Frame, at index: InterfaceIndex, _ network: inout Network
  ) {
    guard
      case .ipv4(let key, let flags) = network.frames.withContents(of: frame, { FlowReading($0) })
    else {
      dropUnreadable(frame, &network)
      return
    }
    let decision = dataPlane.ingress(key, flags: flags, at: index, now: network.now)
    if flowLogs.isOn { log(frame, key, flags, decision, .ingress, at: index, network.now) }
    let attachment = attachments[Int(index.rawValue)]
    guard decision.verdict == .accept else {
      reject(frame, decision, key, at: attachment.point, direction: .inbound, &network)
      return
    }
    capture(frame, decision, at: attachment.point, direction: .inbound, &network)
    guard let port = attachment.port else {
      drop(frame, key, code: .noPossibleDestination, "no host is attached", &network)
      return
    }
    network.frames.setNote(UInt64(index.rawValue), on: frame)
    network.send(frame, from: port)
  }

  /// An answer of the resolver, which is close to every interface.
  private mutating func leaveResolver(
    _ frame: consuming Frame, at port: PortID, _ network: inout Network
  ) {
    guard let resolver else {
      dropUnreadable(frame, &network)
      return
    }
    switch network.frames.withContents(of: frame, { FlowReading($0) }) {
    case .ipv4(let key, _):
      guard let target = dataPlane.network.interface(at: key.destination),
        Int(target.rawValue) < attachments.count
      else {
        drop(frame, key, code: .noPossibleDestination, "no interface has the address", &network)
        return
      }
      network.capture(frame, at: resolver.point, direction: .outbound)
      let attachment = attachments[Int(target.rawValue)]
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader.setDestination(attachment.linkLayerAddress, in: &bytes)
        EthernetHeader.setSource(attachment.gatewayLinkLayerAddress, in: &bytes)
      }
      enter(frame, at: target, &network)
    case .arp:
      // The resolver lives on the host: whatever it asks for is one hop away.
      let address = attachments.first?.gatewayLinkLayerAddress
      answerARP(frame, through: port, capturing: .none, &network) { _ in address }
    case .unreadable:
      dropUnreadable(frame, &network)
    }
  }

  // MARK: - Dying

  private mutating func reject(
    _ frame: consuming Frame, _ decision: FlowDecision, _ key: FlowKey, at point: CapturePoint,
    direction: CaptureDirection, _ network: inout Network
  ) {
    let reasons = dataPlane.decision(decision.decision).reasons
    guard let reason = reasons.last else {
      preconditionFailure("a rejection without a reason")
    }
    network.capture(frame, at: point, direction: direction, verdict: .dropped) { text in
      text.append("DROP ")
      text.append(text: reason.component.kind)
      text.append(" ")
      text.append(text: reason.sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: point), code: reason.code.rawValue,
      detail: reason.sentence, flow: key.description)
  }

  /// Whether the resolver takes another packet from an interface now.
  private mutating func admitsQuestion(from index: InterfaceIndex, at now: Instant) -> Bool {
    guard let resolverLimit else { return true }
    while resolverAllowances.count <= Int(index.rawValue) {
      resolverAllowances.append(PacketAllowance(packetsPerSecond: resolverLimit))
    }
    return resolverAllowances[Int(index.rawValue)].take(at: now)
  }

  /// Ends a packet to the resolver from an interface that has sent too many.
  private mutating func refuseQuestion(
    _ frame: consuming Frame, _ key: FlowKey, at point: CapturePoint, _ network: inout Network
  ) {
    let detail =
      "the resolver takes \(resolverLimit ?? 0) packets a second from a network interface"
    network.capture(frame, at: point, direction: .outbound, verdict: .dropped) { text in
      text.append("DROP resolver ")
      text.append(text: detail)
    }
    network.drop(
      frame, at: network.captures.name(of: point),
      code: ExplanationCode.linkLocalAllowanceExceeded.rawValue, detail: detail,
      flow: key.description)
  }

  private mutating func drop(
    _ frame: consuming Frame, _ key: FlowKey, code: ExplanationCode, _ detail: String,
    _ network: inout Network
  ) {
    network.drop(
      frame, at: dataPlane.network.name, code: code.rawValue, detail: detail,
      flow: key.description)
  }

  private mutating func dropUnreadable(_ frame: consuming Frame, _ network: inout Network) {
    unreadableCount += 1
    network.drop(
      frame, at: dataPlane.network.name, code: "UNREADABLE_FRAME",
      detail: "no IPv4 packet of an interface of this VPC", flow: "")
  }

  private mutating func capture(
    _ frame: borrowing Frame, _ decision: FlowDecision, at point: CapturePoint,
    direction: CaptureDirection, _ network: inout Network
  ) {
    guard decision.isSlowPath, network.captures.annotations == .all else {
      network.capture(frame, at: point, direction: direction)
      return
    }
    let reasons = dataPlane.decision(decision.decision).reasons
    network.capture(frame, at: point, direction: direction) { text in
      text.append("SLOW PATH ")
      for (number, reason) in reasons.enumerated() {
        if number > 0 { text.append("; ") }
        text.append(text: reason.sentence)
      }
    }
  }
}
