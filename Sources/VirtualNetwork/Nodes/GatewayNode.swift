import AddressTranslation
public import EventSimulation
public import PacketFormats
import SimulatedTime

/// A gateway between a VPC and what is outside: it hands packets on, with other addresses if it is an
/// internet gateway, or ends them.
///
/// What is decided is decided by ``EdgeGateway``. The hop count stays as it is. How long a
/// packet may be is judged where it leaves the VPC, and by routers outside.
public struct GatewayNode: Node, ~Copyable {
  public let gateway: EdgeGateway
  private let linkLayerAddress: MACAddress
  private let point: CapturePoint
  private var inside: PortID?
  private var outside: PortID?
  /// Exchanges addresses; only an internet gateway that has any to exchange has one.
  private var translator: Translator?
  /// The flows that were begun inside; only an egress-only internet gateway keeps any.
  private var flows = OutboundFlows()
  private let keepsFlows: Bool
  private let clampsSegmentSize: Bool

  /// A gateway that is not yet connected.
  ///
  /// - Parameters:
  ///   - gateway: What it lets through.
  ///   - linkLayerAddress: Its Ethernet address outside.
  ///   - point: Where its packets are captured: as they are outside, or as they came if they end
  ///     here.
  public init(
    _ gateway: EdgeGateway, linkLayerAddress: MACAddress, capturing point: CapturePoint = .none
  ) {
    self.gateway = gateway
    self.linkLayerAddress = linkLayerAddress
    self.point = point
    translator = nil
    if case .egressOnlyInternet = gateway { keepsFlows = true } else { keepsFlows = false }
    if case .gatewayEndpoint = gateway {
      clampsSegmentSize = true
    } else {
      clampsSegmentSize = false
    }
    if case .internet(let gateway) = gateway, !gateway.associations.isEmpty {
      translator = Self.makeTranslator(gateway.associations)
    }
  }

  private static func makeTranslator(_ pairs: [PublicAddressAssociation]) -> Translator {
    do throws(BehaviorError) {
      return try Translator(
        behavior: .awsInternetGateway, outsideAddresses: pairs.map(\.publicAddress),
        insideAddresses: pairs.map(\.privateAddress), seed: 0)
    } catch {
      preconditionFailure("associations are pairs of single addresses: \(error)")
    }
  }

  /// Sets the ports, whose labels are those of ``GatewayLabel``.
  public mutating func connect(inside: PortID, outside: PortID) {
    self.inside = inside
    self.outside = outside
  }

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      network.drop(
        frame, at: place(network), code: "UNREADABLE_FRAME", detail: "no IP packet", flow: "")
      return
    }
    let isOutbound = port.label == GatewayLabel.inside
    let now = network.now
    let outcome = gateway.outcome(
      of: packet.gatewayPacket, isOutbound: isOutbound,
      isAnswer: keepsFlows && !isOutbound && isExpected(frame, packet, &network))
    if case .drop(let refusal) = outcome {
      drop(frame, packet, refusal, isOutbound, &network)
      return
    }
    if isOutbound {
      if keepsFlows { flows.note(packet, at: now) }
    } else {
      network.capture(frame, at: point, direction: .inbound)
    }
    if translator != nil, case .v4 = packet.source, !translate(frame, isOutbound, &network) {
      network.drop(
        frame, at: place(network), code: "UNREADABLE_FRAME",
        detail: "the headers contradict themselves", flow: packet.description)
      return
    }
    network.frames.withBytes(of: frame) { bytes in
      EthernetHeader.setSource(linkLayerAddress, in: &bytes)
      // PrivateLink guide, "AWS PrivateLink quotas": endpoints clamp.
      if clampsSegmentSize { packet.clampSegmentSize(in: &bytes, mtu: PathLimit.endpoint.mtu) }
    }
    if isOutbound { network.capture(frame, at: point, direction: .outbound) }
    guard let exit = isOutbound ? outside : inside else {
      drop(
        frame, packet, .noHost(isOutbound ? packet.destination : packet.source), isOutbound,
        &network)
      return
    }
    network.send(frame, from: exit)
  }

  /// Whether a packet from outside belongs to a flow that was begun inside, or is an ICMPv6 error about
  /// a packet of such a flow.
  private mutating func isExpected(
    _ frame: borrowing Frame, _ packet: FramePacket, _ network: inout Network
  ) -> Bool {
    guard packet.protocol == .icmpv6, packet.icmpType < 128 else {
      return flows.expects(packet, at: network.now)
    }
    let quoted = network.frames.withContents(of: frame) { packet.quotedIPv6Packet(in: $0) }
    return quoted.map { flows.holds($0, at: network.now) } ?? false
  }

  /// Exchanges the address of an IPv4 packet.
  ///
  /// - Returns: whether the packet is well-formed.
  @inline(__always)
  private mutating func translate(
    _ frame: borrowing Frame, _ isOutbound: Bool, _ network: inout Network
  ) -> Bool {
    let now = network.now
    let base = EthernetHeader.byteCount
    let verdict = network.frames.withBytes(of: frame) { bytes in
      isOutbound
        ? translator?.translateOutbound(&bytes, at: base, now: now)
        : translator?.translateInbound(&bytes, at: base, now: now)
    }
    if case .translated = verdict { return true }
    return false
  }

  private func place(_ network: borrowing Network) -> String {
    let name = network.captures.name(of: point)
    return name.isEmpty ? gateway.name : name
  }

  private mutating func drop(
    _ frame: consuming Frame, _ packet: FramePacket, _ refusal: GatewayRefusal, _ isOutbound: Bool,
    _ network: inout Network
  ) {
    let sentence = refusal.sentence
    network.capture(
      frame, at: point, direction: isOutbound ? .outbound : .inbound, verdict: .dropped
    ) { text in
      text.append("DROP ")
      text.append(text: gateway.kind)
      text.append(" ")
      text.append(text: sentence)
    }
    network.drop(
      frame, at: place(network), code: refusal.code.rawValue, detail: sentence,
      flow: packet.description)
  }
}
