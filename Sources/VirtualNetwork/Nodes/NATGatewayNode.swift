public import AddressTranslation
public import EventSimulation
public import PacketFormats
import SimulatedTime

/// A NAT gateway: it sends packets on with its own address as their source, and turns back what is
/// answered.
///
/// A zonal one is a network interface and hangs on its VPC by one port, as a host does; a regional one
/// lies between the VPC and the internet. What is decided is decided by a `Translator` each, for the
/// gateway or for each of its zones.
public struct NATGatewayNode: Node, ~Copyable {
  /// Told what translators have begun, changed and ended.
  public typealias Report = (_ event: TranslationEvent, _ translator: String) -> Void

  /// Where a frame comes from or goes to, as Ethernet sees it.
  struct Side {
    var port: PortID?
    var linkLayerAddress: MACAddress
    var neighborLinkLayerAddress: MACAddress
  }

  public let name: String
  private let inPoint: CapturePoint
  private let outPoint: CapturePoint
  private let report: Report
  var translators = Slab<Translator>()
  private var translatorNames: [String] = []
  /// Which translator has an address; only ever asked for one.
  private var owners: [IPv4Address: Int] = [:]
  /// Who signs answers to senders inside.
  private var ownAddress: IPv4Address
  private var inside: Side
  private var outside: Side
  /// The translator for each subnet of the VPC, by number, or -1; empty for a zonal gateway.
  private var translatorsOfSubnets: [Int] = []
  /// The zone of each subnet of the VPC.
  private var zones: [String] = []
  var answers = AnswerBuffer()

  /// A gateway in one subnet, not yet connected.
  ///
  /// - Parameters:
  ///   - gateway: Its name and addresses.
  ///   - linkLayerAddress: The Ethernet address of its network interface.
  ///   - routerLinkLayerAddress: That of its subnet's router.
  ///   - seed: What its random ports derive from.
  ///   - inPoint: Where its packets are captured as they are inside.
  ///   - outPoint: Where they are captured as they are outside.
  ///   - report: Told of its translations.
  public init(
    _ gateway: NATGateway, linkLayerAddress: MACAddress, routerLinkLayerAddress: MACAddress,
    seed: UInt64, inPoint: CapturePoint = .none, outPoint: CapturePoint = .none,
    report: @escaping Report = { _, _ in }
  ) {
    name = gateway.name
    self.inPoint = inPoint
    self.outPoint = outPoint
    self.report = report
    ownAddress = gateway.addresses[0]
    inside = Side(
      port: nil, linkLayerAddress: linkLayerAddress,
      neighborLinkLayerAddress: routerLinkLayerAddress)
    outside = inside
    add(gateway.behavior, gateway.addresses, name: gateway.name, seed: seed)
  }

  /// A gateway for a whole VPC, not yet connected.
  ///
  /// - Parameters:
  ///   - gateway: Its name, its zones and addresses.
  ///   - linkLayerAddress: Its Ethernet address.
  ///   - internetLinkLayerAddress: That of the internet's router.
  ///   - zones: The zone of each of the VPC's subnets, by number. Frames from the VPC have the
  ///     number of the sender's subnet as their note.
  ///   - seed: What its random ports derive from.
  ///   - inPoint: Where its packets are captured as they are inside.
  ///   - outPoint: Where they are captured as they are outside.
  ///   - report: Told of its translations.
  public init(
    _ gateway: RegionalNATGateway, linkLayerAddress: MACAddress,
    internetLinkLayerAddress: MACAddress, zonesOfSubnets zones: [String], seed: UInt64,
    inPoint: CapturePoint = .none, outPoint: CapturePoint = .none,
    report: @escaping Report = { _, _ in }
  ) {
    name = gateway.name
    self.inPoint = inPoint
    self.outPoint = outPoint
    self.report = report
    self.zones = zones
    ownAddress = gateway.zones.first?.addresses.first ?? .unspecified
    inside = Side(
      port: nil, linkLayerAddress: linkLayerAddress, neighborLinkLayerAddress: linkLayerAddress)
    outside = Side(
      port: nil, linkLayerAddress: linkLayerAddress,
      neighborLinkLayerAddress: internetLinkLayerAddress)
    for zone in gateway.zones {
      var hash = SeededHash(seed: seed)
      hash.add(zone.name)
      add(
        gateway.behavior, zone.addresses, name: "\(gateway.name)/\(zone.name)", seed: hash.value)
    }
    translatorsOfSubnets = zones.map { zone in
      gateway.zones.firstIndex { $0.name == zone } ?? -1
    }
  }

  private mutating func add(
    _ behavior: Behavior, _ addresses: [IPv4Address], name: String, seed: UInt64
  ) {
    let number = translators.append(
      Self.makeTranslator(behavior, addresses, seed: seed))
    translatorNames.append(name)
    for address in addresses { owners[address] = number }
  }

  private static func makeTranslator(
    _ behavior: Behavior, _ addresses: [IPv4Address], seed: UInt64
  ) -> Translator {
    do throws(BehaviorError) {
      var translator = try Translator(
        behavior: behavior, outsideAddresses: addresses, seed: seed)
      translator.recordsEvents = true
      return translator
    } catch {
      preconditionFailure("a NAT gateway's settings are fixed: \(error)")
    }
  }

  /// Connects a gateway in one subnet with its VPC, like a host.
  public mutating func connect(to port: PortID) {
    inside.port = port
    outside.port = port
  }

  /// Connects a regional gateway by ports whose labels are those of ``GatewayLabel``.
  public mutating func connect(inside: PortID, outside: PortID) {
    self.inside.port = inside
    self.outside.port = outside
  }

  /// How many translations there are.
  public var translationCount: Int {
    var count = 0
    for index in translatorNames.indices { count += translators[index].count }
    return count
  }

  // MARK: - Frames

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      network.drop(frame, at: name, code: "UNREADABLE_FRAME", detail: "no IP packet", flow: "")
      return
    }
    guard case .v4(let destination) = packet.destination else {
      drop(
        frame, packet, GatewayRefusal.addressFamily(packet.destination).code.rawValue,
        GatewayRefusal.addressFamily(packet.destination).sentence, at: inPoint, &network)
      return
    }
    if let owner = owners[destination],
      translatorsOfSubnets.isEmpty || port.label == GatewayLabel.outside
    {
      takeInbound(frame, packet, owner, &network)
    } else if translatorsOfSubnets.isEmpty {
      takeOutbound(frame, packet, 0, &network)
    } else if port.label == GatewayLabel.outside {
      let refusal = GatewayRefusal.unknownPublicAddress(packet.destination)
      drop(frame, packet, refusal.code.rawValue, refusal.sentence, at: outPoint, &network)
    } else {
      takeOutboundOfZone(frame, packet, destination, &network)
    }
  }

  /// A packet to a regional gateway, which needs an address in its sender's zone.
  private mutating func takeOutboundOfZone(
    _ frame: consuming Frame, _ packet: FramePacket, _ destination: IPv4Address,
    _ network: inout Network
  ) {
    let subnet = network.frames.note(of: frame)
    let isKnown = subnet < UInt64(translatorsOfSubnets.count)
    let number = isKnown ? translatorsOfSubnets[Int(subnet)] : -1
    guard number >= 0, !IPv4Block.isPrivateOrShared(destination) else {
      let refusal: GatewayRefusal =
        number < 0
        ? .zoneWithoutAddress(zone: isKnown ? zones[Int(subnet)] : "an unknown zone")
        : .privateDestination(destination)
      drop(frame, packet, refusal.code.rawValue, refusal.sentence, at: inPoint, &network)
      return
    }
    takeOutbound(frame, packet, number, &network)
  }

  private mutating func takeOutbound(
    _ frame: consuming Frame, _ packet: FramePacket, _ number: Int, _ network: inout Network
  ) {
    let now = network.now
    network.capture(frame, at: inPoint, direction: .inbound)
    let verdict = network.frames.withBytes(of: frame) { bytes in
      translators[number].translateOutbound(&bytes, at: EthernetHeader.byteCount, now: now)
    }
    switch verdict {
    case .translated(let isNew):
      reportEvents(of: number)
      if isNew { scheduleExpiry(number, &network) }
      send(
        frame, translatedFrom: packet.source, packet.sourcePort, to: outside, .outbound, &network)
    case .resetSender:
      reset(frame, packet, &network)
    case .refused(let reason, let answer):
      refuse(frame, packet, reason, answer, to: inside, at: inPoint, &network)
    case .dropped(let reason):
      drop(frame, packet, reason, at: inPoint, &network)
    case .passed, .hairpinned, .held:
      drop(frame, packet, .unsupportedProtocol, at: inPoint, &network)
    }
  }

  private mutating func takeInbound(
    _ frame: consuming Frame, _ packet: FramePacket, _ number: Int, _ network: inout Network
  ) {
    let now = network.now
    network.capture(frame, at: outPoint, direction: .inbound)
    let verdict = network.frames.withBytes(of: frame) { bytes in
      translators[number].translateInbound(&bytes, at: EthernetHeader.byteCount, now: now)
    }
    switch verdict {
    case .translated:
      reportEvents(of: number)
      send(
        frame, translatedFrom: packet.destination, packet.destinationPort, to: inside, .inbound,
        &network)
    case .refused(let reason, let answer):
      refuse(frame, packet, reason, answer, to: outside, at: outPoint, &network)
    case .dropped(let reason):
      drop(frame, packet, reason, at: outPoint, &network)
    case .passed, .hairpinned, .held, .resetSender:
      drop(frame, packet, .unsolicited, at: outPoint, &network)
    }
  }

  /// Hands on a translated packet.
  private mutating func send(
    _ frame: consuming Frame, translatedFrom old: IPAddress, _ oldPort: UInt16, to side: Side,
    _ direction: TranslationDirection, _ network: inout Network
  ) {
    address(frame, to: side, &network)
    let point = direction == .outbound ? outPoint : inPoint
    capture(frame, old, oldPort, direction, at: point, &network)
    guard let port = side.port else { preconditionFailure("the NAT gateway is not connected") }
    network.send(frame, from: port)
  }

  enum TranslationDirection {
    case outbound
    case inbound
  }

  private func address(_ frame: borrowing Frame, to side: Side, _ network: inout Network) {
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(side.neighborLinkLayerAddress, in: &bytes)
      EthernetHeader.setSource(side.linkLayerAddress, in: &bytes)
    }
  }

  private func capture(
    _ frame: borrowing Frame, _ old: IPAddress, _ oldPort: UInt16,
    _ direction: TranslationDirection, at point: CapturePoint, _ network: inout Network
  ) {
    guard network.captures.annotations != .none,
      let new = network.frames.withContents(of: frame, { FramePacket($0) }),
      case .v4(let old) = old
    else {
      network.capture(frame, at: point, direction: .outbound)
      return
    }
    let isOutbound = direction == .outbound
    guard case .v4(let address) = isOutbound ? new.source : new.destination else { return }
    let port = isOutbound ? new.sourcePort : new.destinationPort
    network.capture(frame, at: point, direction: .outbound) { text in
      text.append("NAT -> ")
      text.append(address: address.rawValue, port: port)
      text.append(" (was ")
      text.append(address: old.rawValue, port: oldPort)
      text.append(")")
    }
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    let number = Int(token)
    translators[number].expire(at: network.now)
    reportEvents(of: number)
    if let next = translators[number].nextExpiry { network.wake(at: next, token: token) }
  }

  private mutating func reportEvents(of number: Int) {
    while let event = translators[number].nextEvent() { report(event, translatorNames[number]) }
  }

  /// Has a translator woken when its first translation may end.
  private mutating func scheduleExpiry(_ number: Int, _ network: inout Network) {
    guard translators[number].count == 1, let next = translators[number].nextExpiry else {
      return
    }
    network.wake(at: next, token: UInt64(number))
  }
}

/// How packets die in a NAT gateway, and who is told.
extension NATGatewayNode {
  private mutating func drop(
    _ frame: consuming Frame, _ packet: FramePacket, _ reason: DropReason,
    at point: CapturePoint, _ network: inout Network
  ) {
    network.amendCapture(of: frame, at: point, direction: .inbound, verdict: .dropped) { text in
      text.append("DROP nat-gateway ")
      text.append(reason.sentence)
    }
    bury(frame, packet, reason.code, reason.sentence.description, at: point, &network)
  }

  /// Ends a packet that no translator has seen and no capture holds yet.
  private mutating func drop(
    _ frame: consuming Frame, _ packet: FramePacket, _ code: String, _ sentence: String,
    at point: CapturePoint, _ network: inout Network
  ) {
    network.capture(frame, at: point, direction: .inbound, verdict: .dropped) { text in
      text.append("DROP nat-gateway ")
      text.append(text: sentence)
    }
    bury(frame, packet, code, sentence, at: point, &network)
  }

  private func bury(
    _ frame: consuming Frame, _ packet: FramePacket, _ code: String, _ sentence: String,
    at point: CapturePoint, _ network: inout Network
  ) {
    let place = network.captures.name(of: point)
    network.drop(
      frame, at: place.isEmpty ? name : place, code: code, detail: sentence,
      flow: packet.description)
  }

  /// Ends a packet and tells its sender by ICMP.
  private mutating func refuse(
    _ frame: consuming Frame, _ packet: FramePacket, _ reason: DropReason, _ answer: ICMPAnswer,
    to side: Side, at point: CapturePoint, _ network: inout Network
  ) {
    let header = EthernetHeader(
      destination: side.neighborLinkLayerAddress, source: side.linkLayerAddress, etherType: .ipv4)
    let made = answers.makeAnswer(
      answer, to: frame, from: .v4(ownAddress), under: header, at: name, &network)
    drop(frame, packet, reason, at: point, &network)
    guard let made, let port = side.port else { return }
    network.capture(made, at: point, direction: .outbound)
    network.send(made, from: port)
  }

  /// Answers a segment that belongs to no translation with a RST (VPC guide, "Troubleshoot NAT
  /// gateways": documented).
  private mutating func reset(
    _ frame: consuming Frame, _ packet: FramePacket, _ network: inout Network
  ) {
    let segment = network.frames.withContents(of: frame) {
      ResetSegment(answering: $0, at: EthernetHeader.byteCount)
    }
    drop(frame, packet, .midConnection, at: inPoint, &network)
    guard let segment, let port = inside.port else { return }
    let byteCount = EthernetHeader.byteCount + IPv4Header.byteCount + TCPHeader.byteCount
    guard let answer = network.frames.makeFrame(byteCount: byteCount) else {
      network.reportUnmadeFrame(at: name)
      return
    }
    let side = inside
    network.frames.withBytes(of: answer) { segment.write(to: &$0, from: side) }
    network.capture(answer, at: inPoint, direction: .outbound) { text in
      text.append("RST from NAT gateway: no translation")
    }
    network.send(answer, from: port)
  }
}

extension ResetSegment {
  /// Writes the segment as an Ethernet frame to `bytes`, which it fills.
  fileprivate func write(to bytes: inout MutableRawSpan, from side: NATGatewayNode.Side) {
    EthernetHeader(
      destination: side.neighborLinkLayerAddress, source: side.linkLayerAddress, etherType: .ipv4
    ).write(to: &bytes, at: 0)
    IPv4Header(
      totalLength: UInt16(bytes.byteCount - EthernetHeader.byteCount), protocol: .tcp,
      source: source.address, destination: destination.address
    ).write(to: &bytes, at: EthernetHeader.byteCount)
    let header = TCPHeader(
      sourcePort: source.port, destinationPort: destination.port, sequenceNumber: sequenceNumber,
      acknowledgmentNumber: acknowledgmentNumber, flags: flags, window: 0)
    header.write(
      to: &bytes, at: EthernetHeader.byteCount + IPv4Header.byteCount,
      checksum: header.checksum(
        source: source.address, destination: destination.address, payload: RawSpan()))
  }
}
