package import AddressTranslation
public import EventSimulation
package import PacketFormats
import SimulatedTime
package import VirtualNetwork

/// Hyperplane between Lambda's workers and customer VPCs: it translates what functions send to the
/// address and a port of the network interface they share ("VPC to VPC NAT").
///
/// The first packet of a flow waits for a look-up, later ones only for the processing.
/// Nothing is buffered or sent again in here: what is lost is lost.
public struct HyperplaneNode: Node, ~Copyable {
  /// What the node calls its ports; workers are 0 and up.
  package enum Label {
    /// VPCs are this and down.
    package static let firstVPC: Int32 = -10
    /// The far end of the work on packets out.
    package static let outbound: Int32 = -1
    /// The far end of the work on packets in.
    package static let inbound: Int32 = -2
    /// Where a packet comes back that waited for a look-up.
    package static let lookedUp: Int32 = -3

    package static func vpc(_ number: Int) -> Int32 { firstVPC - Int32(number) }
    package static func vpcNumber(_ label: Int32) -> Int { Int(firstVPC - label) }
  }

  package struct Settings {
    package var tunnel: GeneveTunnel
    /// Processing time of a packet whose flow is known.
    package var latency: Duration
    /// What the first packet of a flow waits in addition.
    package var lookupLatency: Duration
    package var inPoint: CapturePoint
    package var outPoint: CapturePoint

    package init(
      tunnel: GeneveTunnel, latency: Duration, lookupLatency: Duration, inPoint: CapturePoint,
      outPoint: CapturePoint
    ) {
      self.tunnel = tunnel
      self.latency = latency
      self.lookupLatency = lookupLatency
      self.inPoint = inPoint
      self.outPoint = outPoint
    }
  }

  /// Where the packets of one execution environment go.
  package struct Environment {
    /// The shared interface it was given when it was placed; existing flows keep it.
    package var sharedInterface: Int
    package var worker: Int
    package var slotLinkLayerAddress: MACAddress

    package init(sharedInterface: Int, worker: Int, slotLinkLayerAddress: MACAddress) {
      self.sharedInterface = sharedInterface
      self.worker = worker
      self.slotLinkLayerAddress = slotLinkLayerAddress
    }
  }

  /// A Hyperplane ENI seen from this side of it: what the translator's packets look like outside.
  package struct SharedInterface {
    /// The interface in its VPC.
    package var index: InterfaceIndex
    package var vpc: Int
    package var linkLayerAddress: MACAddress
    /// The gateway of its subnet.
    package var gatewayLinkLayerAddress: MACAddress
    package var networkIdentifier: UInt32

    package init(
      index: InterfaceIndex, vpc: Int, linkLayerAddress: MACAddress,
      gatewayLinkLayerAddress: MACAddress, networkIdentifier: UInt32
    ) {
      self.index = index
      self.vpc = vpc
      self.linkLayerAddress = linkLayerAddress
      self.gatewayLinkLayerAddress = gatewayLinkLayerAddress
      self.networkIdentifier = networkIdentifier
    }
  }

  package struct Worker {
    package var port: PortID
    package var address: IPv4Address
    package var linkLayerAddress: MACAddress

    package init(port: PortID, address: IPv4Address, linkLayerAddress: MACAddress) {
      self.port = port
      self.address = address
      self.linkLayerAddress = linkLayerAddress
    }
  }

  private let settings: Settings
  private let record: RunRecord
  /// By slot number, counted over all workers; `nil` for slots without a running environment.
  private var environments: [Environment?] = []
  private let firstSlotAddress: IPv4Address
  private var workers: [Worker] = []
  private var interfaces: [SharedInterface] = []
  private var interfaceNames: [String] = []
  /// The shared interface behind each interface of each VPC, or -1.
  private var sharedNumbers: [[Int]] = []
  private var translators = Slab<Translator>()
  private var vpcs: [PortID] = []
  private var pending = PendingFlows()
  private var outboundLane: PortID?
  private var inboundLane: PortID?

  package init(_ settings: Settings, firstSlotAddress: IPv4Address, record: RunRecord) {
    self.settings = settings
    self.firstSlotAddress = firstSlotAddress
    self.record = record
  }

  package mutating func setLanes(outbound: PortID, inbound: PortID) {
    outboundLane = outbound
    inboundLane = inbound
  }

  package mutating func add(_ worker: Worker) { workers.append(worker) }

  package mutating func addVPC(at port: PortID) {
    vpcs.append(port)
    sharedNumbers.append([])
  }

  /// Adds a shared interface and returns its number.
  package mutating func add(
    _ interface: SharedInterface, named name: String, translator: consuming Translator
  ) -> Int {
    let number = interfaces.count
    interfaces.append(interface)
    interfaceNames.append(name)
    let position = Int(interface.index.rawValue)
    while sharedNumbers[interface.vpc].count <= position { sharedNumbers[interface.vpc].append(-1) }
    sharedNumbers[interface.vpc][position] = number
    return translators.append(translator)
  }

  /// Tells Hyperplane whose packets come from a slot.
  package mutating func setEnvironment(_ environment: Environment, slot: Int) {
    while environments.count <= slot { environments.append(nil) }
    environments[slot] = environment
  }

  /// How many translations each shared interface holds, by the interface's name.
  public var translationCounts: [(name: String, count: Int)] {
    var counts: [(name: String, count: Int)] = []
    for index in interfaces.indices {
      counts.append((interfaceNames[index], translators[index].count))
    }
    return counts
  }

  // MARK: - Frames

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    switch port.label {
    case 0...:
      takeFromWorker(frame, &network)
    case Label.outbound, Label.lookedUp:
      handToVPC(frame, &network)
    case Label.inbound:
      handToWorker(frame, &network)
    default:
      takeFromVPC(frame, vpc: Label.vpcNumber(port.label), &network)
    }
  }

  /// A packet of a function.
  private mutating func takeFromWorker(_ frame: consuming Frame, _ network: inout Network) {
    var frame = frame
    let arrival = settings.tunnel.decapsulate(&frame, in: &network.frames)
    guard let arrival,
      let packet = network.frames.withContents(of: frame, { InnerPacket($0) })
    else {
      network.drop(
        frame, at: "hyperplane", code: "UNREADABLE_FRAME",
        detail: "no IPv4 packet in a Geneve tunnel to Hyperplane", flow: "")
      return
    }
    let slot = Int(packet.source.address.rawValue) - Int(firstSlotAddress.rawValue)
    guard environments.indices.contains(slot), let environment = environments[slot],
      interfaces[environment.sharedInterface].networkIdentifier == arrival.networkIdentifier
    else {
      network.drop(
        frame, at: network.captures.name(of: settings.inPoint), code: "NO_POSSIBLE_DESTINATION",
        detail: "no environment in this VPC has the address", flow: packet.flowDescription)
      return
    }
    let number = environment.sharedInterface
    let now = network.now
    network.capture(frame, at: settings.inPoint, direction: .inbound)
    let verdict = network.frames.withBytes(of: frame) { bytes in
      translators[number].translateOutbound(&bytes, at: EthernetHeader.byteCount, now: now)
    }
    switch verdict {
    case .translated(let isNew):
      reportEvents(of: number)
      network.frames.setNote(packet.source.packed | UInt64(number) << 48, on: frame)
      let interface = interfaces[number]
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader.setDestination(interface.gatewayLinkLayerAddress, in: &bytes)
        EthernetHeader.setSource(interface.linkLayerAddress, in: &bytes)
      }
      let exit = now.advanced(by: settings.latency)
      let fingerprint = packet.fingerprint
      if isNew {
        scheduleExpiry(number, &network)
        let ready = exit.advanced(by: settings.lookupLatency)
        pending.add(fingerprint, until: ready)
        network.hold(frame, until: ready, label: Label.lookedUp)
      } else if let ready = pending.delay(fingerprint, past: exit) {
        network.hold(frame, until: ready, label: Label.lookedUp)
      } else if let outboundLane {
        network.send(frame, from: outboundLane)
      } else {
        preconditionFailure("Hyperplane is not connected")
      }
    case .passed, .hairpinned, .held:
      drop(frame, packet, .unsupportedProtocol, at: settings.inPoint, .inbound, &network)
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, packet, reason, at: settings.inPoint, .inbound, &network)
    case .resetSender:
      reset(frame, packet, environment, arrival.networkIdentifier, &network)
    }
  }

  /// A translated packet that is through.
  private mutating func handToVPC(_ frame: consuming Frame, _ network: inout Network) {
    guard let packet = network.frames.withContents(of: frame, { InnerPacket($0) }) else {
      preconditionFailure("a translated packet is IPv4")
    }
    let interface = interfaces[Int(network.frames.note(of: frame) >> 48)]
    captureTranslation(
      frame, to: packet.source, at: settings.outPoint, direction: .outbound, &network)
    network.frames.setNote(UInt64(interface.index.rawValue), on: frame)
    network.send(frame, from: vpcs[interface.vpc])
  }

  /// A packet of the customer's VPC to a shared interface.
  private mutating func takeFromVPC(
    _ frame: consuming Frame, vpc: Int, _ network: inout Network
  ) {
    let position = Int(truncatingIfNeeded: network.frames.note(of: frame))
    guard let packet = network.frames.withContents(of: frame, { InnerPacket($0) }),
      sharedNumbers[vpc].indices.contains(position), sharedNumbers[vpc][position] >= 0
    else {
      network.drop(
        frame, at: network.captures.name(of: settings.outPoint), code: "NO_POSSIBLE_DESTINATION",
        detail: "no shared interface has the address", flow: "")
      return
    }
    let number = sharedNumbers[vpc][position]
    let now = network.now
    network.capture(frame, at: settings.outPoint, direction: .inbound)
    let verdict = network.frames.withBytes(of: frame) { bytes in
      translators[number].translateInbound(&bytes, at: EthernetHeader.byteCount, now: now)
    }
    switch verdict {
    case .translated:
      reportEvents(of: number)
      network.frames.setNote(packet.destination.packed, on: frame)
      guard let inboundLane else { preconditionFailure("Hyperplane is not connected") }
      network.send(frame, from: inboundLane)
    case .passed, .hairpinned, .held, .resetSender:
      drop(frame, packet, .unsolicited, at: settings.outPoint, .inbound, &network)
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, packet, reason, at: settings.outPoint, .inbound, &network)
    }
  }

  /// A packet that was turned back and goes to its worker.
  private mutating func handToWorker(_ frame: consuming Frame, _ network: inout Network) {
    guard let packet = network.frames.withContents(of: frame, { InnerPacket($0) }) else {
      preconditionFailure("a translated packet is IPv4")
    }
    let slot = Int(packet.destination.address.rawValue) - Int(firstSlotAddress.rawValue)
    guard environments.indices.contains(slot), let environment = environments[slot] else {
      network.drop(
        frame, at: network.captures.name(of: settings.inPoint), code: "NO_POSSIBLE_DESTINATION",
        detail: "no environment has the address", flow: packet.flowDescription)
      return
    }
    let local = settings.tunnel.localLinkLayerAddress
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(environment.slotLinkLayerAddress, in: &bytes)
      EthernetHeader.setSource(local, in: &bytes)
    }
    captureTranslation(
      frame, to: packet.destination, at: settings.inPoint, direction: .outbound, &network)
    sendToWorker(frame, environment, entropy: packet.fingerprint, &network)
  }

  private mutating func sendToWorker(
    _ frame: consuming Frame, _ environment: Environment, entropy: UInt64,
    _ network: inout Network
  ) {
    var frame = frame
    let worker = workers[environment.worker]
    settings.tunnel.encapsulate(
      &frame, to: worker.address, at: worker.linkLayerAddress,
      networkIdentifier: interfaces[environment.sharedInterface].networkIdentifier,
      entropy: UInt32(truncatingIfNeeded: entropy), in: &network.frames)
    network.send(frame, from: worker.port)
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    let number = Int(token)
    translators[number].expire(at: network.now)
    reportEvents(of: number)
    if let next = translators[number].nextExpiry { network.wake(at: next, token: token) }
  }

  // MARK: - Parts

  private mutating func captureTranslation(
    _ frame: borrowing Frame, to new: TransportAddress, at point: CapturePoint,
    direction: CaptureDirection, _ network: inout Network
  ) {
    guard network.captures.annotations != .none else {
      network.capture(frame, at: point, direction: direction)
      return
    }
    let old = TransportAddress(packed: network.frames.note(of: frame))
    network.capture(frame, at: point, direction: direction) { text in
      text.append(translationTo: new, from: old)
    }
  }

  private mutating func reportEvents(of number: Int) {
    while let event = translators[number].nextEvent() {
      record.report(
        .translation(event.kind, event.translation, translator: interfaceNames[number]),
        at: event.instant)
    }
  }

  /// Has the translator of an interface woken when its first translation may end.
  private mutating func scheduleExpiry(_ number: Int, _ network: inout Network) {
    guard translators[number].count == 1, let next = translators[number].nextExpiry else {
      return
    }
    network.wake(at: next, token: UInt64(number))
  }

  private mutating func drop(
    _ frame: consuming Frame, _ packet: InnerPacket, _ reason: DropReason,
    at point: CapturePoint, _ direction: CaptureDirection, _ network: inout Network
  ) {
    network.amendCapture(of: frame, at: point, direction: direction, verdict: .dropped) { text in
      text.append("DROP hyperplane-nat ")
      text.append(text: reason.sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: point), code: reason.code, detail: reason.sentence,
      flow: packet.flowDescription)
  }

  /// Answers a segment that belongs to no translation with a RST to the function.
  private mutating func reset(
    _ frame: consuming Frame, _ packet: InnerPacket, _ environment: Environment,
    _ networkIdentifier: UInt32, _ network: inout Network
  ) {
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
    network.capture(answer, at: settings.inPoint, direction: .outbound) { text in
      text.append("RST from Hyperplane: no translation")
    }
    sendToWorker(answer, environment, entropy: packet.fingerprint, &network)
  }
}
