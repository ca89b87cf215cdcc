public import AddressTranslation
public import EventSimulation
public import PacketFormats
import SimulatedTime

/// What a host does with packets of others: it routes them, or sends them on in its own name.
///
/// It stands between a network interface, whose source and destination check is off, and the host
/// behind it. What is for the host itself goes there, what the host sends passes; the rest goes
/// back to the subnet's router, one hop later. A NAT instance masquerades (VPC guide, "NAT instances"), a
/// firewall only forwards.
public struct ApplianceNode: Node, ~Copyable {
  /// What the node calls its ports.
  public enum Label {
    /// Towards the VPC.
    public static let network: Int32 = 0
    /// Towards the host.
    public static let host: Int32 = 1
  }

  /// What an appliance is made of.
  public struct Settings: Sendable {
    public var name: String
    /// The host's addresses; it forwards in the name of the first IPv4 one.
    public var addresses: [IPAddress]
    /// The Ethernet address of the network interface.
    public var linkLayerAddress: MACAddress
    /// The Ethernet address of the subnet's router.
    public var routerLinkLayerAddress: MACAddress
    /// Whose packets it sends on with its own address as their source; the packets of others keep
    /// their own.
    public var masqueraded: [IPv4Prefix]
    /// The longest packet that it sends on, in bytes with its IP header; shorter than the network's if
    /// its other side is a tunnel.
    public var maximumTransmissionUnit: Int

    public init(
      name: String, addresses: [IPAddress], linkLayerAddress: MACAddress,
      routerLinkLayerAddress: MACAddress, masqueraded: [IPv4Prefix] = [],
      maximumTransmissionUnit: Int = PathLimit.vpc.mtu
    ) {
      self.name = name
      self.addresses = addresses
      self.linkLayerAddress = linkLayerAddress
      self.routerLinkLayerAddress = routerLinkLayerAddress
      self.masqueraded = masqueraded
      self.maximumTransmissionUnit = maximumTransmissionUnit
    }
  }

  public let settings: Settings
  private let report: NATGatewayNode.Report
  private var translator: Translator?
  private var network: PortID?
  private var host: PortID?
  private var answers = AnswerBuffer()

  /// An appliance that is not yet connected.
  ///
  /// - Parameters:
  ///   - settings: What it is made of.
  ///   - seed: What its random ports derive from.
  ///   - report: Told of its translations.
  public init(
    _ settings: Settings, seed: UInt64, report: @escaping NATGatewayNode.Report = { _, _ in }
  ) {
    self.settings = settings
    self.report = report
    translator = nil
    if let address = settings.addresses.lazy.compactMap(\.ipv4).first, !settings.masqueraded.isEmpty
    {
      translator = Self.makeTranslator(address, seed: seed)
    }
  }

  /// Masquerading as Linux does it: `nft … masquerade`.
  private static func makeTranslator(_ address: IPv4Address, seed: UInt64) -> Translator {
    do throws(BehaviorError) {
      var translator = try Translator(
        behavior: .workerLegacy, outsideAddresses: [address], seed: seed)
      translator.recordsEvents = true
      return translator
    } catch {
      preconditionFailure("the settings of masquerading are fixed: \(error)")
    }
  }

  /// Sets the ports, whose labels are those of ``Label``.
  public mutating func connect(network: PortID, host: PortID) {
    self.network = network
    self.host = host
  }

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    guard let networkPort = self.network, let hostPort = host else {
      preconditionFailure("the appliance is not connected")
    }
    guard port.label == Label.network else {
      network.send(frame, from: networkPort)
      return
    }
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      network.send(frame, from: hostPort)
      return
    }
    let now = network.now
    if settings.addresses.contains(packet.destination) {
      // What belongs to no translation is the host's own.
      if translator != nil, case .v4 = packet.destination,
        case .translated = network.frames.withBytes(
          of: frame,
          { translator?.translateInbound(&$0, at: EthernetHeader.byteCount, now: now) })
      {
        reportEvents()
        sendOn(frame, from: networkPort, &network)
      } else {
        network.send(frame, from: hostPort)
      }
      return
    }
    if case .v4(let source) = packet.source, translator != nil,
      settings.masqueraded.contains(where: { $0.contains(source) })
    {
      masquerade(frame, packet, through: networkPort, &network)
    } else {
      forward(frame, packet, through: networkPort, &network)
    }
  }

  /// Routes a packet as it is.
  private mutating func forward(
    _ frame: consuming Frame, _ packet: FramePacket, through port: PortID,
    _ network: inout Network
  ) {
    guard packet.timeToLive > 1 else {
      refuse(
        frame, packet, .timeExceeded, code: GatewayRefusal.timeToLiveExceeded.code.rawValue,
        GatewayRefusal.timeToLiveExceeded.sentence, through: port, &network)
      return
    }
    let mtu = settings.maximumTransmissionUnit
    guard packet.byteCount > mtu else {
      network.frames.withBytes(of: frame) { packet.takeHops(1, in: &$0) }
      sendOn(frame, from: port, &network)
      return
    }
    guard packet.mayBeFragmented else {
      let refusal = GatewayRefusal.tooBig(byteCount: packet.byteCount, mtu: mtu)
      refuse(
        frame, packet, .packetTooBig(mtu: UInt16(clamping: mtu)), code: refusal.code.rawValue,
        refusal.sentence, through: port, &network)
      return
    }
    network.frames.withBytes(of: frame) { packet.takeHops(1, in: &$0) }
    var fragments = Fragmentation(of: packet, mtu: mtu)
    while let fragment = fragments.next(of: frame, &network, at: settings.name) {
      sendOn(fragment, from: port, &network)
    }
    network.frames.discard(frame)
  }

  /// Sends a packet on in the host's own name.
  private mutating func masquerade(
    _ frame: consuming Frame, _ packet: FramePacket, through port: PortID,
    _ network: inout Network
  ) {
    let now = network.now
    let verdict = network.frames.withBytes(of: frame) {
      translator?.translateOutbound(&$0, at: EthernetHeader.byteCount, now: now)
    }
    switch verdict {
    case .translated(let isNew):
      reportEvents()
      if isNew { scheduleExpiry(&network) }
      sendOn(frame, from: port, &network)
    case .refused(let reason, let answer):
      refuse(
        frame, packet, answer, code: reason.code, reason.sentence.description, through: port,
        &network)
    case .dropped(let reason):
      drop(frame, packet, code: reason.code, reason.sentence.description, &network)
    case .passed, .hairpinned, .held, .resetSender, nil:
      let reason = DropReason.unsupportedProtocol
      drop(frame, packet, code: reason.code, reason.sentence.description, &network)
    }
  }

  private func sendOn(
    _ frame: consuming Frame, from port: PortID, _ network: inout Network
  ) {
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setDestination(settings.routerLinkLayerAddress, in: &bytes)
      EthernetHeader.setSource(settings.linkLayerAddress, in: &bytes)
    }
    network.send(frame, from: port)
  }

  private mutating func refuse(
    _ frame: consuming Frame, _ packet: FramePacket, _ answer: ICMPAnswer, code: String,
    _ sentence: String, through port: PortID, _ network: inout Network
  ) {
    let address = settings.addresses.first { $0.family == packet.source.family }
    var made: Frame?
    if let address {
      let header = EthernetHeader(
        destination: settings.routerLinkLayerAddress, source: settings.linkLayerAddress,
        etherType: .ipv4)
      made = answers.makeAnswer(
        answer, to: frame, from: address, under: header, at: settings.name, &network)
    }
    drop(frame, packet, code: code, sentence, &network)
    if let answer = made { network.send(answer, from: port) }
  }

  private func drop(
    _ frame: consuming Frame, _ packet: FramePacket, code: String, _ sentence: String,
    _ network: inout Network
  ) {
    network.drop(
      frame, at: settings.name, code: code, detail: sentence, flow: packet.description)
  }

  public mutating func wake(_ token: UInt64, in network: inout Network) {
    translator?.expire(at: network.now)
    reportEvents()
    if let next = translator?.nextExpiry { network.wake(at: next, token: token) }
  }

  private mutating func reportEvents() {
    while let event = translator?.nextEvent() { report(event, settings.name) }
  }

  /// Has the translator woken when its first translation may end.
  private mutating func scheduleExpiry(_ network: inout Network) {
    guard translator?.count == 1, let next = translator?.nextExpiry else { return }
    network.wake(at: next, token: 0)
  }
}
