import AddressTranslation
public import EventSimulation
package import PacketFormats
import SimulatedTime
import VirtualNetwork

/// Hyperplane between Lambda's workers and customer VPCs: it translates what functions send to the
/// address and a port of the network interface they share ("VPC to VPC NAT").
///
/// The first packet of a flow waits for a look-up, later ones only for the processing.
/// Nothing is buffered or sent again in here: what is lost is lost.
///
/// What is decided is decided below: by the translator of each interface, and by the values of
/// Hyperplane's roles: `TopFleet`, `FlowMasterPair`, `Cell` and `InterfaceGroup`.
public struct HyperplaneNode: Node, ~Copyable {
  /// What the node calls its ports; workers are 0 and up.
  package enum Label {
    /// VPCs are this and down.
    package static let firstVPC: Int32 = -10
    /// The far end of the work on packets out.
    package static let outbound: Int32 = -1
    /// The far end of the work on packets in.
    package static let inbound: Int32 = -2
    /// Where a packet out comes back that waited longer than usual.
    package static let lookedUp: Int32 = -3
    /// Where a packet in comes back that did.
    package static let lookedUpInbound: Int32 = -4

    package static func vpc(_ number: Int) -> Int32 { firstVPC - Int32(number) }
    package static func vpcNumber(_ label: Int32) -> Int { Int(firstVPC - label) }
  }

  package struct Settings {
    package var tunnel: GeneveTunnel
    /// Processing time of a packet whose flow is known.
    package var latency: Duration
    /// What the first packet of a flow waits in addition.
    package var lookupLatency: Duration
    /// Which share of an interface's ports is too much, in millionths.
    package var growthThresholdPerMillion: Int
    /// How long packets still go to a node that has died; nothing is published.
    package var detection: Duration
    package var inPoint: CapturePoint
    package var outPoint: CapturePoint

    package init(
      tunnel: GeneveTunnel, latency: Duration, lookupLatency: Duration,
      growthThresholdPerMillion: Int, detection: Duration, inPoint: CapturePoint,
      outPoint: CapturePoint
    ) {
      self.tunnel = tunnel
      self.latency = latency
      self.lookupLatency = lookupLatency
      self.growthThresholdPerMillion = growthThresholdPerMillion
      self.detection = detection
      self.inPoint = inPoint
      self.outPoint = outPoint
    }
  }

  let settings: Settings
  let record: RunRecord
  /// By slot number, counted over all workers; `nil` for slots without a running environment.
  var environments: [Environment?] = []
  /// By slot number, too.
  var placements: [Placement?] = []
  /// By slot number, too: what IPv6 packets come from, as far as there are any that have an address.
  var slotAddresses: [IPv6Address] = []
  private let firstSlotAddress: IPv4Address
  /// The prefix of slot 0, a /64; the others follow (A-80, assumed).
  let firstSlotPrefix: IPv6Prefix
  var workers: [Worker] = []
  var interfaces: [SharedInterface] = []
  var duties: [Duty] = []
  var interfaceNames: [String] = []
  var portUse: [PortUse] = []
  /// The shared interface behind each interface of each VPC, or -1.
  var sharedNumbers: [[Int]] = []
  var translators = Slab<Translator>()
  /// Those of interfaces that have an IPv6 address too.
  var ipv6Translators = Slab<IPv6Translator>()
  /// The number of each interface's IPv6 translator, or -1.
  var ipv6Numbers: [Int32] = []
  var groups: [InterfaceGroup] = []
  /// Whom the interfaces of each group are made for, as the control plane names it.
  var groupOwners: [String] = []
  var fleet: TopFleet
  var cells: [Cell]
  var pairs: [FlowMasterPair]
  /// Which of a customer's pairs is asked about a new flow.
  var deciderRandom: RandomStream
  var faults: [HyperplaneFault] = []
  /// Replacements under way, by the interface that is to come.
  var replacements: [(successor: Int, fault: HyperplaneFault)] = []
  /// Whether anything is or was out of order, so that each packet is looked at closely.
  var isCautious = false
  /// Whom the node asks for interfaces.
  var frontend: NodeID<FunctionFrontend>?
  var vpcs: [PortID] = []
  private var pending = PendingFlows()
  var outboundLane: PortID?
  var inboundLane: PortID?

  /// A Hyperplane without customers.
  ///
  /// - Parameters:
  ///   - settings: Latencies and capture points.
  ///   - fleet: The Tops of all cells.
  ///   - cells: The cells, in the order of their numbers.
  ///   - pairCount: How many pairs of Flow Masters there are in all cells together.
  ///   - deciderRandom: Which of a customer's pairs is asked about a new flow.
  ///   - firstSlotAddress: The address of slot 0.
  ///   - firstSlotPrefix: The IPv6 prefix of slot 0, a /64.
  ///   - record: Where the node reports.
  package init(
    _ settings: Settings, fleet: TopFleet, cells: [Cell], pairCount: Int,
    deciderRandom: RandomStream, firstSlotAddress: IPv4Address,
    firstSlotPrefix: IPv6Prefix = IPv6Prefix(.unspecified, length: 64), record: RunRecord
  ) {
    self.settings = settings
    self.fleet = fleet
    self.cells = cells
    pairs = Array(repeating: FlowMasterPair(), count: pairCount)
    self.deciderRandom = deciderRandom
    self.firstSlotAddress = firstSlotAddress
    self.firstSlotPrefix = firstSlotPrefix
    self.record = record
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
    case Label.inbound, Label.lookedUpInbound:
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
        detail: "no IP packet in a Geneve tunnel to Hyperplane", flow: "")
      return
    }
    let slot =
      if let ends = packet.ipv6 { slotNumber(of: ends.source) } else {
        Int(packet.source.address.rawValue) - Int(firstSlotAddress.rawValue)
      }
    guard environments.indices.contains(slot), let environment = environments[slot],
      interfaces[environment.sharedInterface].networkIdentifier == arrival.networkIdentifier
    else {
      network.drop(
        frame, at: network.captures.name(of: settings.inPoint), code: "NO_POSSIBLE_DESTINATION",
        detail: "no environment in this VPC has the address", flow: packet.flowDescription)
      return
    }
    let now = network.now
    var number = environment.sharedInterface
    if environment.hasFormerInterfaces {
      number = interface(of: packet, slot: slot, environment, at: now)
    }
    var meeting = Meeting.usual
    if isCautious {
      meeting = meet(packet, interface: number, isOutbound: true, at: now)
      guard capture(frame, packet, meeting, at: settings.inPoint, &network) else {
        lose(frame, packet, meeting, at: settings.inPoint, &network)
        return
      }
    } else {
      network.capture(frame, at: settings.inPoint, direction: .inbound)
    }
    let verdict =
      packet.ipv6 == nil
      ? network.frames.withBytes(of: frame) { bytes in
        translators[number].translateOutbound(&bytes, at: EthernetHeader.byteCount, now: now)
      } : translateIPv6(frame, interface: number, isOutbound: true, &network)
    switch verdict {
    case .translated(let isNew):
      reportEvents(of: number, isIPv6: packet.ipv6 != nil, &network)
      let source =
        packet.ipv6 == nil
        ? packet.source.packed : UInt64(slot) << 16 | UInt64(packet.source.port)
      network.frames.setNote(source | UInt64(number) << 48, on: frame)
      let interface = interfaces[number]
      network.frames.withBytes(of: frame) { bytes in
        EthernetHeader.setDestination(interface.gatewayLinkLayerAddress, in: &bytes)
        EthernetHeader.setSource(interface.linkLayerAddress, in: &bytes)
      }
      if isNew { scheduleExpiry(number, isIPv6: packet.ipv6 != nil, &network) }
      pass(
        frame, packet, meeting, needsLookup: isNew || meeting.needsLookup, lane: outboundLane,
        label: Label.lookedUp, &network)
    case .passed, .hairpinned, .held:
      drop(frame, packet, .unsupportedProtocol, at: settings.inPoint, .inbound, &network)
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, packet, reason, at: settings.inPoint, .inbound, &network)
    case .resetSender:
      reset(frame, packet, environment, arrival.networkIdentifier, &network)
    }
  }

  /// Sends a packet on its way through the node, which takes longer if its flow is looked up.
  @inline(__always)
  mutating func pass(
    _ frame: consuming Frame, _ packet: InnerPacket, _ meeting: Meeting, needsLookup: Bool,
    lane: PortID?, label: Int32, _ network: inout Network
  ) {
    let exit = network.now.advanced(by: settings.latency).advanced(
      byNanoseconds: meeting.delay)
    let fingerprint = packet.fingerprint
    if needsLookup {
      let ready = exit.advanced(by: settings.lookupLatency)
      pending.add(fingerprint, until: ready)
      if packet.hasMoreFragments { pending.add(packet.fragmentFingerprint, until: ready) }
      network.hold(frame, until: ready, label: label)
    } else if let ready = pending.delay(fingerprint, past: exit) {
      network.hold(frame, until: ready, label: label)
    } else if meeting.delay > 0 {
      network.hold(frame, until: exit, label: label)
    } else if let lane {
      network.send(frame, from: lane)
    } else {
      preconditionFailure("Hyperplane is not connected")
    }
  }

  /// A translated packet that is through.
  private mutating func handToVPC(_ frame: consuming Frame, _ network: inout Network) {
    guard let packet = network.frames.withContents(of: frame, { InnerPacket($0) }) else {
      preconditionFailure("a translated packet is IPv4 or IPv6")
    }
    let note = network.frames.note(of: frame)
    let interface = interfaces[Int(note >> 48)]
    if let ends = packet.ipv6Ends {
      let old = slotEnd(in: note)
      captureTranslation(
        frame, from: old, to: ends.source, at: settings.outPoint, &network)
    } else {
      captureTranslation(
        frame, from: TransportAddress(packed: note), to: packet.source, at: settings.outPoint,
        &network)
    }
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
    var meeting = Meeting.usual
    if isCautious {
      meeting = meet(packet, interface: number, isOutbound: false, at: now)
      guard capture(frame, packet, meeting, at: settings.outPoint, &network) else {
        lose(frame, packet, meeting, at: settings.outPoint, &network)
        return
      }
    } else {
      network.capture(frame, at: settings.outPoint, direction: .inbound)
    }
    let verdict =
      packet.ipv6 == nil
      ? network.frames.withBytes(of: frame) { bytes in
        translators[number].translateInbound(&bytes, at: EthernetHeader.byteCount, now: now)
      } : translateIPv6(frame, interface: number, isOutbound: false, &network)
    switch verdict {
    case .translated:
      reportEvents(of: number, isIPv6: packet.ipv6 != nil, &network)
      network.frames.setNote(
        packet.ipv6 == nil
          ? packet.destination.packed
          : UInt64(number) << 48 | UInt64(packet.destination.port), on: frame)
      if isCautious {
        pass(
          frame, packet, meeting, needsLookup: meeting.needsLookup,
          lane: inboundLane, label: Label.lookedUpInbound, &network)
      } else if let inboundLane {
        network.send(frame, from: inboundLane)
      } else {
        preconditionFailure("Hyperplane is not connected")
      }
    case .passed, .hairpinned, .held, .resetSender:
      drop(frame, packet, .unsolicited, at: settings.outPoint, .inbound, &network)
    case .dropped(let reason), .refused(let reason, _):
      drop(frame, packet, reason, at: settings.outPoint, .inbound, &network)
    }
  }

  /// A packet that was turned back and goes to its worker.
  private mutating func handToWorker(_ frame: consuming Frame, _ network: inout Network) {
    guard let packet = network.frames.withContents(of: frame, { InnerPacket($0) }) else {
      preconditionFailure("a translated packet is IPv4 or IPv6")
    }
    let slot =
      if let ends = packet.ipv6 { slotNumber(of: ends.destination) } else {
        Int(packet.destination.address.rawValue) - Int(firstSlotAddress.rawValue)
      }
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
    let note = network.frames.note(of: frame)
    if let ends = packet.ipv6Ends {
      let old = outsideEnd(in: note)
      captureTranslation(
        frame, from: old, to: ends.destination, at: settings.inPoint, &network)
    } else {
      captureTranslation(
        frame, from: TransportAddress(packed: note), to: packet.destination,
        at: settings.inPoint, &network)
    }
    sendToWorker(frame, environment, entropy: packet.fingerprint, &network)
  }

  mutating func sendToWorker(
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
    let number = Int(token & 0xffff_ffff_ffff)
    switch Reminder(rawValue: token >> 48) {
    case .expiry:
      translators[number].expire(at: network.now)
      reportEvents(of: number, &network)
      if let next = translators[number].nextExpiry { network.wake(at: next, token: token) }
    case .fault: happen(faults[number], &network)
    case .notice: notice(number, &network)
    case .opening:
      open(
        number >> 32, at: IPv4Address(rawValue: UInt32(truncatingIfNeeded: number)), &network)
    case .refusal: refuse(number, at: network.now)
    case .closing: close(number, &network)
    case .ipv6Expiry: expireIPv6(number, &network)
    case nil: preconditionFailure("no reminder of Hyperplane")
    }
  }

  // MARK: - Parts

  private mutating func captureTranslation<End: TranslatedEnd>(
    _ frame: borrowing Frame, from old: End, to new: End,
    at point: CapturePoint, _ network: inout Network
  ) {
    guard network.captures.annotations != .none else {
      network.capture(frame, at: point, direction: .outbound)
      return
    }
    network.capture(frame, at: point, direction: .outbound) { text in
      text.append(translationTo: new, from: old)
    }
  }

  /// Has the translator of an interface woken when its first translation may end.
  private mutating func scheduleExpiry(
    _ number: Int, isIPv6: Bool, _ network: inout Network
  ) {
    guard !isIPv6 else {
      scheduleIPv6Expiry(number, &network)
      return
    }
    guard translators[number].count == 1, let next = translators[number].nextExpiry else {
      return
    }
    network.wake(at: next, token: Reminder.expiry.token(number))
  }
}
