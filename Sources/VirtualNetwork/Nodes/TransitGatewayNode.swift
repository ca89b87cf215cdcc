import AddressTranslation
public import EventSimulation
public import PacketFormats

/// A transit gateway: it hands packets from one attachment to another.
///
/// What is decided is decided by ``TransitGateway``. Segment sizes in SYNs are clamped (Transit Gateway
/// guide, "Quotas": documented). Assumed: the hop count stays.
public struct TransitGatewayNode: Node, ~Copyable {
  /// The way to what is attached.
  private struct Attachment {
    var port: PortID?
    /// The zone of each subnet behind it, by the subnet's number.
    var zones: [String] = []
  }

  public let gateway: TransitGateway
  private let linkLayerAddress: MACAddress
  private let point: CapturePoint
  private var attachments: [Attachment]

  /// A transit gateway that nothing is connected to yet.
  ///
  /// - Parameters:
  ///   - gateway: What it lets through.
  ///   - linkLayerAddress: Its Ethernet address.
  ///   - point: Where its packets are captured.
  public init(
    _ gateway: TransitGateway, linkLayerAddress: MACAddress, capturing point: CapturePoint = .none
  ) {
    self.gateway = gateway
    self.linkLayerAddress = linkLayerAddress
    self.point = point
    attachments = Array(repeating: Attachment(), count: gateway.attachments.count)
  }

  /// Sets the way to an attachment; the port's label is the attachment's number.
  ///
  /// - Parameters:
  ///   - attachment: Which one.
  ///   - port: The way to it.
  ///   - zones: The zone of each of the VPC's subnets, by number. Frames from the VPC have the
  ///     number of the sender's subnet as their note.
  public mutating func connect(
    _ attachment: TransitAttachmentIndex, to port: PortID, zonesOfSubnets zones: [String]
  ) {
    attachments[attachment.position] = Attachment(port: port, zones: zones)
  }

  public mutating func receive(
    _ frame: consuming Frame, at port: PortID, in network: inout Network
  ) {
    let origin = Int(port.label)
    guard let packet = network.frames.withContents(of: frame, { FramePacket($0) }) else {
      network.drop(
        frame, at: gateway.name, code: "UNREADABLE_FRAME", detail: "no IP packet", flow: "")
      return
    }
    let subnet = network.frames.note(of: frame)
    let zone =
      subnet < UInt64(attachments[origin].zones.count)
      ? attachments[origin].zones[Int(subnet)] : ""
    let outcome = gateway.outcome(
      of: packet.gatewayPacket, from: TransitAttachmentIndex(origin), zone: zone)
    switch outcome {
    case .drop(let refusal):
      drop(frame, packet, refusal, &network)
    case .pass(let target):
      guard let exit = attachments[target.position].port else {
        drop(frame, packet, .noHost(packet.destination), &network)
        return
      }
      // The note says in which zone the packet may stay: a subnet there plus one, or 0.
      let subnet = attachments[target.position].zones.firstIndex(of: zone).map { $0 + 1 } ?? 0
      network.frames.setNote(UInt64(subnet), on: frame)
      let limit = gateway.limit.mtu
      network.frames.withBytes(of: frame) { bytes in
        packet.clampSegmentSize(in: &bytes, mtu: limit)
        EthernetHeader.setSource(linkLayerAddress, in: &bytes)
      }
      network.capture(frame, at: point, direction: .outbound)
      network.send(frame, from: exit)
    }
  }

  private mutating func drop(
    _ frame: consuming Frame, _ packet: FramePacket, _ refusal: GatewayRefusal,
    _ network: inout Network
  ) {
    let sentence = refusal.sentence
    network.capture(frame, at: point, direction: .inbound, verdict: .dropped) { text in
      text.append("DROP transit-gateway ")
      text.append(text: sentence)
    }
    let place = network.captures.name(of: point)
    network.drop(
      frame, at: place.isEmpty ? gateway.name : place, code: refusal.code.rawValue,
      detail: sentence, flow: packet.description)
  }
}

extension FramePacket {
  /// Reduces the maximum segment size in a SYN to what fits into `mtu` bytes.
  ///
  /// - Precondition: the packet was read from these bytes.
  @inline(__always)
  func clampSegmentSize(in bytes: inout MutableRawSpan, mtu: Int) {
    guard self.protocol == .tcp, flags.contains(.syn), !isLaterFragment else { return }
    let header = Int(bytes[TCPHeader.Layout.dataOffset, at: transport] >> 4) * 4
    guard transport + header <= EthernetHeader.byteCount + byteCount else { return }
    // Less the headers of IP and TCP (nat-behaviour §2).
    let headers = (source.family == .v4 ? 20 : 40) + 20
    MaximumSegmentSize.clamp(&bytes, at: transport, to: UInt16(mtu - headers))
  }
}
