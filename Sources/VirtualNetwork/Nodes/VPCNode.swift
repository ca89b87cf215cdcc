public import EventSimulation
public import PacketFormats
import SimulatedTime

/// A customer's VPC as frames meet it: network interfaces with what guards them, and the fabric
/// between them.
///
/// Frames enter at an interface, are judged by its security groups, network ACL and route table,
/// cross the fabric, which takes time by availability zone, and are judged again where they arrive.
/// Others leave through a gateway or come in through one. What is decided is decided by ``DataPlane``;
/// this node only moves frames.
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
    /// Where the instance metadata service is.
    public static let instanceMetadata: Int32 = -5

    /// Gateways are this and down.
    static let firstGateway: Int32 = -1000

    /// Where a gateway is.
    public static func gateway(_ index: GatewayIndex) -> Int32 {
      firstGateway - Int32(index.rawValue)
    }

    static func gatewayIndex(_ label: Int32) -> GatewayIndex {
      GatewayIndex(Int(firstGateway - label))
    }
  }

  /// What the hot path needs of an interface, without any reference.
  struct Attachment {
    var linkLayerAddress: MACAddress
    var gatewayLinkLayerAddress: MACAddress
    var subnet: SubnetIndex
    var zone: Int32
    /// Where its frames go; `nil` while nothing is attached.
    var port: PortID?
    var point: CapturePoint
    /// The longest frame that it takes without looking closer, in bytes.
    var longestFrame: Int32
    var isMirrored = false

    /// Whether the interface is a VPC endpoint's.
    var isEndpoint: Bool { longestFrame != .max }
  }

  /// The way to a gateway, and how long packets there may be.
  struct Exit {
    var port: PortID
    var limit: PathLimit
  }

  /// The way to a service at a link-local address.
  struct Service {
    var port: PortID
    var point: CapturePoint
    var linkLayerAddress: MACAddress
  }

  var dataPlane: DataPlane
  /// What its interfaces see, for its flow logs.
  var flowLogs = FlowLogRecorder()
  var attachments: [Attachment] = []
  private var zones: [String] = []
  private var sameZoneLane: PortID?
  private var crossZoneLane: PortID?
  /// By the number of the gateway; `nil` where nothing is attached.
  var exits: [Exit?] = []
  var resolver: Service?
  var metadata: Service?
  /// What the time is when the run begins, in nanoseconds since 1970; see ``setClock(_:)``.
  var epoch: Int64 = 0
  /// Packets that link-local services take from one interface in a second; `nil` for all.
  var serviceLimit: Int?
  /// What is left of that to each interface; apart from the attachments, which every packet reads.
  var serviceAllowances: [PacketAllowance] = []
  /// How fast one flow may be; `nil` for as fast as it likes.
  var flowRates: FlowRates?
  var mirrors = MirrorTable()
  /// Nodes that are told of interfaces that come and go.
  var listeners: [GroupListener] = []
  var answers = AnswerBuffer()
  /// What is changed in the course of the run, each at once.
  private var plannedChanges: [[ConfigurationChange]] = []

  /// Frames that were no IP packet, ARP or neighbour discovery, or came from nowhere.
  public internal(set) var unreadableCount: UInt64 = 0

  public init(_ dataPlane: consuming DataPlane) {
    self.dataPlane = dataPlane
  }

  /// Sets the ports into the fabric, both leading back to this node.
  public mutating func setLanes(sameZone: PortID, crossZone: PortID) {
    sameZoneLane = sameZone
    crossZoneLane = crossZone
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
    makeAttachments(upTo: index.position)
    attachments[index.position].port = port
    attachments[index.position].point = point
  }

  /// Writes down what the hot path needs of interfaces.
  private mutating func makeAttachments(upTo position: Int) {
    let vpc = dataPlane.network
    while attachments.count <= position {
      let interface = vpc.interfaces[attachments.count]
      let subnet = vpc.subnets[Int(interface.subnet.rawValue)]
      // PrivateLink guide, "AWS PrivateLink quotas": 8,500 bytes, and nobody is told of more.
      let isEndpoint = interface.type == .vpcEndpoint
      attachments.append(
        Attachment(
          linkLayerAddress: interface.linkLayerAddress,
          gatewayLinkLayerAddress: subnet.gatewayLinkLayerAddress, subnet: interface.subnet,
          zone: zoneNumber(subnet.zone), port: nil, point: .none,
          longestFrame: isEndpoint
            ? Int32(EthernetHeader.byteCount + PathLimit.endpoint.mtu) : .max))
    }
  }

  /// Attaches a gateway.
  ///
  /// Frames to it have the number of the sender's subnet as their note.
  ///
  /// - Parameters:
  ///   - index: A gateway of the VPC.
  ///   - port: The way to it, labelled by ``Label/gateway(_:)``.
  ///   - limit: How long packets to it may be.
  public mutating func attachGateway(
    _ index: GatewayIndex, to port: PortID, limit: PathLimit = .vpc
  ) {
    while exits.count <= index.position { exits.append(nil) }
    exits[index.position] = Exit(port: port, limit: limit)
    // A transit gateway reaches in through interfaces that no host is attached to.
    for entrance in dataPlane.network.gateways[index.position].attachments {
      makeAttachments(upTo: entrance.position)
    }
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

  /// Plans changes that are made together in the course of the run.
  ///
  /// - Precondition: they can be made when the time comes, which whoever plans them has tried.
  /// - Returns: what wakes the node to make them.
  public mutating func plan(_ changes: [ConfigurationChange]) -> UInt64 {
    plannedChanges.append(changes)
    return Self.changeKind << 56 | UInt64(plannedChanges.count - 1)
  }

  /// The kind of tokens that say which planned change is made now: in the top byte.
  private static let changeKind: UInt64 = 5

  private mutating func makeChange(_ number: Int) {
    let changes = plannedChanges[number]
    do throws(VirtualNetworkError) {
      try dataPlane.update { vpc throws(VirtualNetworkError) in
        for change in changes { try vpc.apply(change) }
      }
    } catch {
      preconditionFailure("a planned change cannot be made: \(error)")
    }
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    guard token >> 56 < Self.memberKinds.lowerBound else {
      if token >> 56 == Self.changeKind {
        makeChange(Int(truncatingIfNeeded: token & 0xff_ffff_ffff))
      } else {
        noteMember(token)
      }
      return
    }
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
    announce(index, isMember: token >> 56 == 1, &network)
  }

  /// The VPC's configuration.
  public var configuration: VirtualPrivateCloud { dataPlane.network }

  // MARK: - Frames

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    switch port.label {
    case Label.sameZone, Label.crossZone:
      let note = network.frames.note(of: frame)
      enter(
        frame, at: InterfaceIndex(rawValue: UInt32(truncatingIfNeeded: note)),
        from: Self.subnet(note >> 32), &network)
    case Label.provider:
      leaveFromProvider(frame, &network)
    case Label.resolver, Label.instanceMetadata:
      leaveService(frame, at: port, &network)
    case ...Label.firstGateway:
      arrive(frame, through: Label.gatewayIndex(port.label), &network)
    default:
      leave(frame, from: InterfaceIndex(rawValue: UInt32(port.label)), &network)
    }
  }

  /// A subnet as a note has it: its number plus one, or 0 for none.
  private static func subnet(_ number: UInt64) -> SubnetIndex? {
    number == 0 ? nil : SubnetIndex(rawValue: UInt32(truncatingIfNeeded: number) - 1)
  }

  /// A frame of an interface that a provider keeps elsewhere.
  private mutating func leaveFromProvider(_ frame: consuming Frame, _ network: inout Network) {
    let number = network.frames.note(of: frame)
    guard number < UInt64(attachments.count) else {
      dropUnreadable(frame, &network)
      return
    }
    let index = InterfaceIndex(rawValue: UInt32(number))
    switch network.frames.withContents(of: frame, { FlowReading($0) }) {
    case .ipv4(let key, let flags):
      leave(frame, from: index, key, flags, isProvided: true, &network)
    case .ipv6(let packet):
      leave(frame, from: index, key(of: packet), packet.flags, isProvided: true, &network)
    case .arp, .neighborDiscovery, .unreadable:
      dropUnreadable(frame, &network)
    }
  }

  /// A frame of a host.
  private mutating func leave(
    _ frame: consuming Frame, from index: InterfaceIndex, _ network: inout Network
  ) {
    switch network.frames.withContents(of: frame, { FlowReading($0) }) {
    case .ipv4(let key, let flags):
      leave(frame, from: index, key, flags, isProvided: false, &network)
    case .ipv6(let packet):
      leave(frame, from: index, key(of: packet), packet.flags, isProvided: false, &network)
    case .arp, .neighborDiscovery:
      answerNeighbor(frame, from: index, &network)
    case .unreadable:
      dropUnreadable(frame, &network)
    }
  }

  /// The flow of an IPv6 packet.
  mutating func key(of packet: FramePacket) -> FlowKey {
    dataPlane.flowKey(
      packet.protocol, source: packet.source, sourcePort: packet.sourcePort,
      destination: packet.destination, destinationPort: packet.destinationPort)
  }

  /// Judges what leaves an interface and sends it across the fabric.
  ///
  /// A provider does not resolve addresses and sends everything to the gateway; what an interface
  /// would have sent to a neighbour in its subnet is put right here.
  mutating func leave(
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
    if case .service = decision.nextHop, !admitsServicePacket(from: index, at: network.now) {
      refuseServicePacket(frame, key, at: attachment.point, &network)
      return
    }
    if flowRates != nil, !admitsAtRate(frame, key, at: attachment.point, &network) {
      refuseAtRate(frame, key, at: attachment.point, &network)
      return
    }
    if isProvided, case .interface(let target) = decision.nextHop,
      Int(target.rawValue) < attachments.count,
      attachments[Int(target.rawValue)].subnet == attachment.subnet
    {
      let neighbour = attachments[Int(target.rawValue)].linkLayerAddress
      network.frames.withBytes(of: frame) { EthernetHeader.setDestination(neighbour, in: &$0) }
    }
    if attachment.isEndpoint, flags.contains(.syn) { clampSegmentSize(of: frame, &network) }
    if attachment.isMirrored { mirror(frame, at: index, .egress, &network) }
    capture(frame, decision, at: attachment.point, direction: .outbound, &network)
    switch decision.nextHop {
    case .interface(let target) where Int(target.rawValue) < attachments.count:
      cross(frame, to: target, from: attachment, &network)
    case .service(let service):
      visit(frame, service, key, from: index, &network)
    case .gateway(let gateway):
      exit(frame, through: gateway, key, from: index, &network)
    case .interface, .none:
      drop(frame, key, code: .noPossibleDestination, "nothing is attached there", &network)
    }
  }

  /// Sends a frame across the fabric to another interface.
  func cross(
    _ frame: consuming Frame, to target: InterfaceIndex, from origin: Attachment,
    _ network: inout Network
  ) {
    let isSameZone = attachments[Int(target.rawValue)].zone == origin.zone
    let source =
      attachments[Int(target.rawValue)].subnet == origin.subnet
      ? origin.linkLayerAddress : attachments[Int(target.rawValue)].gatewayLinkLayerAddress
    cross(
      frame, to: target, linkLayerSource: source, isSameZone: isSameZone, fromSubnet: origin.subnet,
      &network)
  }

  /// Sends a frame across the fabric, from wherever it comes.
  func cross(
    _ frame: consuming Frame, to target: InterfaceIndex, linkLayerSource source: MACAddress,
    isSameZone: Bool, fromSubnet subnet: SubnetIndex?, _ network: inout Network
  ) {
    guard let lane = isSameZone ? sameZoneLane : crossZoneLane else {
      preconditionFailure("the VPC has no fabric")
    }
    let destination = attachments[Int(target.rawValue)].linkLayerAddress
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(destination, in: &bytes)
      EthernetHeader.setSource(source, in: &bytes)
    }
    let number = subnet.map { UInt64($0.rawValue) + 1 } ?? 0
    network.frames.setNote(UInt64(target.rawValue) | number << 32, on: frame)
    network.send(frame, from: lane)
  }

  /// Judges what arrives at an interface and hands it to whoever is behind.
  mutating func enter(
    _ frame: consuming Frame, at index: InterfaceIndex, from subnet: SubnetIndex?,
    _ network: inout Network
  ) {
    switch network.frames.withContents(of: frame, { FlowReading($0) }) {
    case .ipv4(let key, let flags):
      enter(frame, at: index, from: subnet, key, flags, &network)
    case .ipv6(let packet):
      enter(frame, at: index, from: subnet, key(of: packet), packet.flags, &network)
    case .arp, .neighborDiscovery, .unreadable:
      dropUnreadable(frame, &network)
    }
  }

  private mutating func enter(
    _ frame: consuming Frame, at index: InterfaceIndex, from subnet: SubnetIndex?, _ key: FlowKey,
    _ flags: TCPHeader.Flags, _ network: inout Network
  ) {
    let decision = dataPlane.ingress(
      key, flags: flags, at: index, fromSubnet: subnet, now: network.now)
    if flowLogs.isOn { log(frame, key, flags, decision, .ingress, at: index, network.now) }
    let attachment = attachments[Int(index.rawValue)]
    guard decision.verdict == .accept else {
      reject(frame, decision, key, at: attachment.point, direction: .inbound, &network)
      return
    }
    guard frame.byteCount <= Int(attachment.longestFrame) else {
      refuseLength(frame, key, at: attachment, &network)
      return
    }
    if attachment.isEndpoint, flags.contains(.syn) { clampSegmentSize(of: frame, &network) }
    if attachment.isMirrored { mirror(frame, at: index, .ingress, &network) }
    capture(frame, decision, at: attachment.point, direction: .inbound, &network)
    guard let port = attachment.port else {
      drop(frame, key, code: .noPossibleDestination, "no host is attached", &network)
      return
    }
    network.frames.setNote(UInt64(index.rawValue), on: frame)
    network.send(frame, from: port)
  }
}
