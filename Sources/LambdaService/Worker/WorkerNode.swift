package import AddressTranslation
public import EventSimulation
package import PacketFormats
import SimulatedTime

/// A worker: slots with a microVM each, their translators, and one end of the Geneve tunnel.
///
/// Packets out are translated and put into the tunnel in the slot, which takes a while, and then
/// leave by the uplink; packets in go the other way. There is no way from one slot to another.
public struct WorkerNode: Node, ~Copyable {
  /// What the node calls its ports; slots have their own number on this worker.
  package enum Label {
    package static let uplink: Int32 = -1
    /// The far end of the work on packets out.
    package static let outbound: Int32 = -2
    /// The far end of the work on packets in.
    package static let inbound: Int32 = -3
    /// Where a packet comes back that waited longer than usual.
    static let waited: Int32 = -4
  }

  /// What is the same for all slots of a worker.
  package struct Settings {
    package var name: String
    package var tunnel: GeneveTunnel
    /// Hyperplane's end of the tunnel.
    package var hyperplane: IPv4Address
    package var hyperplaneLinkLayerAddress: MACAddress
    /// The work on each packet; the links to the node itself take as long.
    package var slotLatency: Duration
    /// What the first packet of a flow waits in addition, before 2026, on a worker without
    /// environments.
    package var firstPacketLatency: Duration
    /// What each environment on the worker adds to that: rules of all slots are in one list that the
    /// first packet of a flow is held against (lambda-vpc §4.2).
    package var firstPacketLatencyPerSlot: Duration
    /// What every guest takes for its gateway: microVMs of one snapshot are alike in this too.
    package var gatewayLinkLayerAddress: MACAddress
    /// The address of the first slot; the others follow.
    package var firstSlotAddress: IPv4Address
    /// The first slot's IPv6 prefix, a /64; the others follow (A-80, assumed).
    package var firstSlotPrefix: IPv6Prefix
    package var slotPoint: CapturePoint
    package var tunnelPoint: CapturePoint

    package init(
      name: String, tunnel: GeneveTunnel, hyperplane: IPv4Address,
      hyperplaneLinkLayerAddress: MACAddress, slotLatency: Duration, firstPacketLatency: Duration,
      firstPacketLatencyPerSlot: Duration, gatewayLinkLayerAddress: MACAddress,
      firstSlotAddress: IPv4Address,
      firstSlotPrefix: IPv6Prefix = IPv6Prefix(.unspecified, length: 64),
      slotPoint: CapturePoint, tunnelPoint: CapturePoint
    ) {
      self.name = name
      self.tunnel = tunnel
      self.hyperplane = hyperplane
      self.hyperplaneLinkLayerAddress = hyperplaneLinkLayerAddress
      self.slotLatency = slotLatency
      self.firstPacketLatency = firstPacketLatency
      self.firstPacketLatencyPerSlot = firstPacketLatencyPerSlot
      self.gatewayLinkLayerAddress = gatewayLinkLayerAddress
      self.firstSlotAddress = firstSlotAddress
      self.firstSlotPrefix = firstSlotPrefix
      self.slotPoint = slotPoint
      self.tunnelPoint = tunnelPoint
    }
  }

  /// What the frontend wakes a worker for: an environment begins or ends in one of its slots.
  enum Occupancy: UInt64 {
    case taken = 1
    case vacated

    private static let shift: UInt64 = 48

    var token: UInt64 { rawValue << Self.shift }

    /// What `token` says, or `nil` if it is about a translator.
    init?(token: UInt64) { self.init(rawValue: token >> Self.shift) }
  }

  let settings: Settings
  private let record: RunRecord
  private(set) var slots: [Slot] = []
  private var translators = Slab<Translator>()
  private var translatorNames: [String] = []
  /// What makes the IPv6 addresses of slots different: in all eras the prefix alone is exchanged,
  /// without state (NPTv6, RFC 6296; A-80, assumed).
  private(set) var prefixTranslators: [PrefixTranslator] = []
  /// Slots with an environment.
  private var occupiedSlotCount = 0
  /// What the first packet of a flow waits now.
  private var firstPacketLatency: Duration
  private var pending = PendingFlows()
  /// Of the packet being translated.
  var headers = HeaderCopy()
  private var uplink: PortID?
  private var outboundLane: PortID?
  private var inboundLane: PortID?

  package init(_ settings: Settings, record: RunRecord) {
    self.settings = settings
    self.record = record
    firstPacketLatency = settings.firstPacketLatency
  }

  package mutating func setPorts(uplink: PortID, outboundLane: PortID, inboundLane: PortID) {
    self.uplink = uplink
    self.outboundLane = outboundLane
    self.inboundLane = inboundLane
  }

  /// Adds a translator and returns its number.
  package mutating func add(_ translator: consuming Translator, named name: String) -> Int {
    translatorNames.append(name)
    return translators.append(translator)
  }

  /// Adds a translator of IPv6 prefixes and returns its number.
  package mutating func add(_ translator: PrefixTranslator) -> Int32 {
    prefixTranslators.append(translator)
    return Int32(prefixTranslators.count - 1)
  }

  /// Adds a slot, whose number is the label of its port.
  package mutating func add(_ slot: Slot) {
    precondition(
      slot.address.rawValue == settings.firstSlotAddress.rawValue + UInt32(slots.count),
      "slot addresses follow each other")
    slots.append(slot)
  }

  // MARK: - Frames

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    switch port.label {
    case Label.uplink:
      network.capture(frame, at: settings.tunnelPoint, direction: .inbound)
      guard let inboundLane else { preconditionFailure("the worker is not connected") }
      network.send(frame, from: inboundLane)
    case Label.outbound, Label.waited:
      leave(frame, &network)
    case Label.inbound:
      enter(frame, &network)
    default:
      takeFromGuest(frame, slot: slots[Int(port.label)], &network)
    }
  }

  /// A packet out of the tunnel side of a slot.
  private mutating func leave(_ frame: consuming Frame, _ network: inout Network) {
    guard let uplink else { preconditionFailure("the worker is not connected") }
    if network.captures.annotations == .all {
      let identifier = network.frames.withContents(of: frame) {
        $0[
          GeneveHeader.Layout.virtualNetworkIdentifierAndReserved,
          at: GeneveTunnel.overhead - GeneveHeader.byteCount] >> 8
      }
      network.capture(frame, at: settings.tunnelPoint, direction: .outbound) { text in
        text.append("TUNNEL vni ")
        text.append(decimal: identifier)
      }
    } else {
      network.capture(frame, at: settings.tunnelPoint, direction: .outbound)
    }
    network.send(frame, from: uplink)
  }

  /// A packet of a guest.
  private mutating func takeFromGuest(
    _ frame: consuming Frame, slot: Slot, _ network: inout Network
  ) {
    guard let before = network.frames.withContents(of: frame, { InnerPacket($0) }) else {
      answerARP(frame, slot: slot, &network)
      return
    }
    guard before.ipv6 == nil else {
      takeIPv6FromGuest(frame, before, slot: slot, &network)
      return
    }
    let now = network.now
    var isNew = false
    var index = slot.translators.lowerBound
    while index < slot.translators.upperBound {
      let verdict = network.frames.withBytes(of: frame) { bytes in
        translators[index].translateOutbound(&bytes, at: EthernetHeader.byteCount, now: now)
      }
      switch verdict {
      case .translated(let began): isNew = isNew || began
      case .passed: break
      case .hairpinned:
        drop(frame, before, .hairpin, .outbound, &network)
        return
      case .held:
        preconditionFailure("a worker's behaviour has nothing wait")
      case .dropped(let reason), .refused(let reason, _):
        drop(frame, before, reason, .outbound, &network)
        return
      case .resetSender:
        // Linux picks up connections that it does not know; no worker profile resets.
        drop(frame, before, .midConnection, .outbound, &network)
        return
      }
      reportEvents(of: index)
      index += 1
    }
    scheduleExpiry(slot.translators, if: isNew, &network)
    let hyperplane = settings.hyperplaneLinkLayerAddress
    let after = network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(hyperplane, in: &bytes)
      EthernetHeader.setSource(slot.linkLayerAddress, in: &bytes)
      return InnerPacket(bytes.bytes)
    }
    captureTranslation(
      frame, from: before.source, to: after?.source, direction: .outbound, &network)
    leaveSlot(frame, before, slot: slot, isNew: isNew, &network)
  }

  /// Puts a translated packet of a guest into the tunnel.
  @inline(__always)
  mutating func leaveSlot(
    _ frame: consuming Frame, _ before: InnerPacket, slot: Slot, isNew: Bool,
    _ network: inout Network
  ) {
    let fingerprint = before.fingerprint
    let hyperplane = settings.hyperplaneLinkLayerAddress
    var frame = frame
    settings.tunnel.encapsulate(
      &frame, to: settings.hyperplane, at: hyperplane,
      networkIdentifier: slot.networkIdentifier,
      entropy: UInt32(truncatingIfNeeded: fingerprint), in: &network.frames)
    guard let outboundLane else { preconditionFailure("the worker is not connected") }
    if firstPacketLatency > .zero {
      let exit = network.now.advanced(by: settings.slotLatency)
      if isNew {
        let ready = exit.advanced(by: firstPacketLatency)
        pending.add(fingerprint, until: ready)
        if before.hasMoreFragments { pending.add(before.fragmentFingerprint, until: ready) }
        network.hold(frame, until: ready, label: Label.waited)
        return
      }
      if let ready = pending.delay(fingerprint, past: exit) {
        network.hold(frame, until: ready, label: Label.waited)
        return
      }
    }
    network.send(frame, from: outboundLane)
  }

  /// A packet that comes out of the tunnel.
  private mutating func enter(_ frame: consuming Frame, _ network: inout Network) {
    var frame = frame
    guard settings.tunnel.decapsulate(&frame, in: &network.frames) != nil,
      let before = network.frames.withContents(of: frame, { InnerPacket($0) })
    else {
      network.drop(
        frame, at: settings.name, code: "UNREADABLE_FRAME",
        detail: "no IP packet in a Geneve tunnel to this worker", flow: "")
      return
    }
    guard before.ipv6 == nil else {
      enterIPv6(frame, before, &network)
      return
    }
    let number =
      Int(before.destination.address.rawValue)
      - Int(settings.firstSlotAddress.rawValue)
    guard slots.indices.contains(number) else {
      network.drop(
        frame, at: settings.name, code: "NO_POSSIBLE_DESTINATION",
        detail: "no slot has the address", flow: before.flowDescription)
      return
    }
    let slot = slots[number]
    let now = network.now
    network.frames.withBytes(of: frame) { headers.keep($0) }
    var index = slot.translators.upperBound
    while index > slot.translators.lowerBound {
      index -= 1
      let verdict = network.frames.withBytes(of: frame) { bytes in
        translators[index].translateInbound(&bytes, at: EthernetHeader.byteCount, now: now)
      }
      switch verdict {
      case .translated, .passed, .hairpinned: break
      case .held:
        preconditionFailure("a worker's behaviour has nothing wait")
      case .dropped(let reason), .refused(let reason, _):
        network.frames.withBytes(of: frame) { headers.exchange(with: &$0) }
        drop(frame, before, reason, .inbound, &network)
        return
      case .resetSender:
        network.frames.withBytes(of: frame) { headers.exchange(with: &$0) }
        drop(frame, before, .midConnection, .inbound, &network)
        return
      }
      reportEvents(of: index)
    }
    // The slot's capture point is on the tunnel's side: it sees the packet as it came.
    let after = network.frames.withBytes(of: frame) { bytes in
      defer { headers.exchange(with: &bytes) }
      return InnerPacket(bytes.bytes)
    }
    captureTranslation(
      frame, from: before.destination, to: after?.destination, direction: .inbound, &network)
    let gateway = settings.gatewayLinkLayerAddress
    network.frames.withBytes(of: frame) { bytes in
      headers.exchange(with: &bytes)
      EthernetHeader.setDestination(slot.guestLinkLayerAddress, in: &bytes)
      EthernetHeader.setSource(gateway, in: &bytes)
    }
    network.send(frame, from: slot.guest)
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    if let change = Occupancy(token: token) {
      occupiedSlotCount += change == .taken ? 1 : -1
      firstPacketLatency =
        settings.firstPacketLatency + settings.firstPacketLatencyPerSlot * occupiedSlotCount
      return
    }
    let index = Int(token)
    translators[index].expire(at: network.now)
    // What a translator would have had kept is gone already: links here never reorder, so the first
    // fragment of a packet comes first or not at all.
    while translators[index].nextRelease() != nil {}
    reportEvents(of: index)
    if let next = translators[index].nextExpiry { network.wake(at: next, token: token) }
  }

  // MARK: - Parts

  mutating func captureTranslation<End: TranslatedEnd>(
    _ frame: borrowing Frame, from old: End, to new: End?,
    direction: CaptureDirection, _ network: inout Network
  ) {
    guard let new, new != old, network.captures.annotations != .none else {
      network.capture(frame, at: settings.slotPoint, direction: direction)
      return
    }
    network.capture(frame, at: settings.slotPoint, direction: direction) { text in
      if direction == .outbound {
        text.append(translationTo: new, from: old)
      } else {
        text.append(translationNextTo: new, from: old)
      }
    }
  }

  private mutating func reportEvents(of index: Int) {
    while let event = translators[index].nextEvent() {
      record.report(
        .translation(event.kind, event.translation, translator: translatorNames[index]),
        at: event.instant)
    }
  }

  /// Has translators woken when their first translation may end.
  private mutating func scheduleExpiry(
    _ range: Range<Int>, if isNew: Bool, _ network: inout Network
  ) {
    guard isNew else { return }
    for index in range where translators[index].count == 1 {
      if let next = translators[index].nextExpiry {
        network.wake(at: next, token: UInt64(index))
      }
    }
  }

  mutating func drop(
    _ frame: consuming Frame, _ packet: InnerPacket, _ reason: DropReason,
    _ direction: CaptureDirection, _ network: inout Network
  ) {
    network.capture(
      frame, at: settings.slotPoint, direction: direction, verdict: .dropped
    ) { text in
      text.append("DROP worker-nat ")
      text.append(reason.sentence)
    }
    network.drop(
      frame, at: network.captures.name(of: settings.slotPoint), code: reason.code,
      detail: reason.sentence.description, flow: packet.flowDescription)
  }

  /// Answers for every address: the slot is all that a guest has on its link.
  private mutating func answerARP(
    _ frame: consuming Frame, slot: Slot, _ network: inout Network
  ) {
    let request: ARPPacket? = network.frames.withContents(of: frame) { bytes in
      guard bytes.byteCount >= EthernetHeader.byteCount,
        bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.arp.rawValue
      else { return nil }
      return try? ARPPacket(parsing: bytes, at: EthernetHeader.byteCount)
    }
    network.frames.discard(frame)
    guard let request, request.operation == .request else { return }
    let made = network.frames.makeFrame(
      byteCount: EthernetHeader.byteCount + ARPPacket.byteCount)
    guard let answer = made else {
      network.reportUnmadeFrame(at: settings.name)
      return
    }
    let gateway = settings.gatewayLinkLayerAddress
    network.frames.withBytes(of: answer) { bytes in
      EthernetHeader(
        destination: request.senderHardwareAddress, source: gateway, etherType: .arp
      ).write(to: &bytes, at: 0)
      request.reply(from: gateway).write(
        to: &bytes, at: EthernetHeader.byteCount)
    }
    network.send(answer, from: slot.guest)
  }
}
