import EventSimulation
import PacketFormats

/// How frames that a host refuses or loses come to be known.
///
/// ## What counts as a drop
///
/// A packet is dropped if something that somebody sent is lost at this host: the host could not read
/// it, had nobody to give it to, or had no room for it. The line is Linux's, between a packet that
/// `kfree_skb` reports as dropped and one that a protocol has consumed; codes are Linux's names for
/// drop reasons (`include/net/dropreason-core.h`) where it has one.
///
/// What a protocol takes in and then has no use for is not a drop, although Linux has names for some
/// of it, because nothing is lost: copies of text that has arrived, segments outside the window or
/// with an old timestamp (`nstat` counts them as `TcpExtTCPDSACKOldSent`, `TcpExtPAWSEstab` and so
/// on), resets, and acknowledgments of connections that are over. Nor are answers that do not match
/// the question of a look-up (RFC 5452), datagrams that nobody reads from an open port, and text
/// beyond a gap that ends with its connection. What a program asks for and is refused before there
/// is a packet is a failure of its exchange.
extension Host {
  /// Where this host's packets die: at its capture point, or in the host if it has none.
  private func place(in network: borrowing Network) -> String {
    let point = network.captures.name(of: interface.capturePoint)
    return point.isEmpty ? name : point
  }

  // MARK: Arriving

  /// Takes over `frame`, which has not been captured, and tells its sender if that is wanted.
  mutating func refuse(_ frame: consuming Frame, _ arrival: Arrival, in network: inout Network) {
    // Whatever is for this host, and legal, but of a protocol that nothing here understands.
    let isReported = arrival.disposition == .unsupported && arrival.hasDestination
    note(frame, arrival.disposition, in: &network)
    if isReported { sendUnknownProtocol(about: frame, arrival, in: &network) }
    bury(frame, arrival.disposition, layer: arrival.layer, in: &network)
  }

  /// Takes over `frame`, which has not been captured, and which this host does not take in.
  mutating func refuse(
    _ frame: consuming Frame, _ disposition: FrameDisposition,
    layer: Arrival.Layer, in network: inout Network
  ) {
    note(frame, disposition, in: &network)
    bury(frame, disposition, layer: layer, in: &network)
  }

  /// Counts a frame that is refused, and captures it.
  private mutating func note(
    _ frame: borrowing Frame, _ disposition: FrameDisposition, in network: inout Network
  ) {
    statistics.count(disposition)
    network.capture(frame, at: interface.capturePoint, direction: .inbound, verdict: .dropped) {
      $0.append("DROP host ")
      $0.append(disposition.detail)
    }
  }

  /// Notes that `frame`, which seemed acceptable and has just been captured, is not.
  ///
  /// To be called before the host sends anything on its account; ``bury(_:_:layer:in:)`` ends it.
  mutating func condemn(
    _ frame: borrowing Frame, _ disposition: FrameDisposition, in network: inout Network
  ) {
    statistics.recount(disposition)
    network.amendCapture(
      of: frame, at: interface.capturePoint, direction: .inbound, verdict: .dropped
    ) {
      $0.append("DROP host ")
      $0.append(disposition.detail)
    }
  }

  /// Takes over a frame that has been counted and captured as dropped.
  mutating func bury(
    _ frame: consuming Frame, _ disposition: FrameDisposition, layer: Arrival.Layer,
    in network: inout Network
  ) {
    let flow = network.frames.withContents(of: frame) { Self.flow(in: $0) }
    network.drop(
      frame, at: place(in: network), code: disposition.code(layer),
      detail: disposition.detail.description, flow: flow)
  }

  // MARK: Leaving

  /// Takes over `frame`, which cannot be sent.
  ///
  /// It is not captured: it never reaches the interface, where a capture would see it.
  mutating func abandon(
    _ frame: consuming Frame, _ refusal: SendRefusal, in network: inout Network
  ) {
    statistics.count(refusal)
    let flow = network.frames.withContents(of: frame) { Self.flow(in: $0) }
    network.drop(
      frame, at: place(in: network), code: refusal.code, detail: refusal.detail, flow: flow)
  }

  /// A frame of `byteCount` bytes, or `nil`, which counts as a packet dropped, if the simulation
  /// has none.
  @inline(__always)
  mutating func makeFrame(byteCount: Int, in network: inout Network) -> Frame? {
    if let frame = network.frames.makeFrame(byteCount: byteCount) { return frame }
    reportExhaustion(in: &network)
    return nil
  }

  private mutating func reportExhaustion(in network: inout Network) {
    statistics.count(.framePoolExhausted)
    network.reportUnmadeFrame(at: place(in: network))
  }

  // MARK: Words

  /// The flow that a frame belongs to in the words of packet tools, or nothing if it has none.
  private static func flow(in bytes: RawSpan) -> String {
    let base = EthernetHeader.byteCount
    guard let ethernet = try? EthernetHeader(parsing: bytes) else { return "" }
    switch ethernet.etherType {
    case .ipv4:
      guard let header = try? IPv4Header(parsing: bytes, at: base) else { return "" }
      return flow(
        header.protocol, from: .v4(header.source), to: .v4(header.destination),
        in: bytes, at: header.fragmentOffset == 0 ? base + header.headerByteCount : nil)
    case .ipv6:
      guard let header = try? IPv6Header(parsing: bytes, at: base) else { return "" }
      var extensions = IPv6ExtensionIterator(header, at: base, end: bytes.byteCount)
      var isFirst = true
      while let element = try? extensions.next(in: bytes) {
        guard element.kind == .ipv6Fragment,
          let fragment = try? IPv6FragmentHeader(parsing: bytes, at: element.offset)
        else { continue }
        isFirst = fragment.fragmentOffset == 0
      }
      return flow(
        extensions.nextHeader, from: .v6(header.source), to: .v6(header.destination),
        in: bytes, at: isFirst ? extensions.offset : nil)
    default: return ""
    }
  }

  /// A flow whose transport header starts at `transport`, if it is there.
  private static func flow(
    _ protocol: IPProtocol, from source: IPAddress, to destination: IPAddress, in bytes: RawSpan,
    at transport: Int?
  ) -> String {
    switch `protocol` {
    case .tcp, .udp:
      guard let transport, bytes.byteCount >= transport + 4 else {
        return "\(`protocol`) \(source) > \(destination)"
      }
      // TCP and UDP begin with the same two fields.
      let ports = (
        bytes[UDPHeader.Layout.sourcePort, at: transport],
        bytes[UDPHeader.Layout.destinationPort, at: transport]
      )
      return "\(`protocol`) \(end(source, ports.0)) > \(end(destination, ports.1))"
    case .icmp, .icmpv6: return "\(`protocol`) \(source) > \(destination)"
    default: return "protocol \(`protocol`.rawValue) \(source) > \(destination)"
    }
  }

  private static func end(_ address: IPAddress, _ port: UInt16) -> String {
    switch address {
    case .v4(let address): "\(address):\(port)"
    case .v6(let address): "[\(address)]:\(port)"
    }
  }
}

extension FrameDisposition {
  /// Linux's word for an interface without a carrier, which is what a host sees of it.
  fileprivate static let cutOffCode = "ENETDOWN"

  /// Why the frame was dropped: Linux's name, or one in its style.
  func code(_ layer: Arrival.Layer) -> String {
    switch self {
    case .accepted: ""
    case .otherHardwareAddress: "OTHERHOST"
    case .otherAddress: "IP_INADDRERRORS"
    // What the other nodes of a run say; Linux has a name for each header.
    case .malformed: "UNREADABLE_FRAME"
    case .unsupported: "UNHANDLED_PROTO"
    // Linux counts these as `IpReasmFails`.
    case .fragment: "FRAG_REASM_TIMEOUT"
    case .badChecksum:
      switch layer {
      case .none, .arp, .ipv6: "IP_CSUM"
      case .icmp, .icmpv6: "ICMP_CSUM"
      case .udp: "UDP_CSUM"
      case .tcp: "TCP_CSUM"
      }
    case .closedPort, .unknownConnection: "NO_SOCKET"
    // Counted as `TcpExtListenOverflows`.
    case .connectionTableFull: "LISTEN_OVERFLOW"
    case .outOfOrderQueueFull: "TCP_OFO_DROP"
    // A microVM's interface is a tap device, whose queue is a ring.
    case .frozen: "FULL_RING"
    case .cutOff: Self.cutOffCode
    }
  }

  /// Why the frame was dropped, in a sentence for people.
  var detail: StaticString {
    switch self {
    case .accepted: ""
    case .otherHardwareAddress: "the hardware address is another interface's"
    case .otherAddress: "the IP address is another host's"
    case .malformed: "the headers contradict themselves"
    case .unsupported: "no protocol of this host understands it"
    case .fragment: "the packet could not be put together"
    case .badChecksum: "the checksum is wrong"
    case .closedPort: "nobody listens at the port"
    case .unknownConnection: "the port has no such connection"
    case .connectionTableFull: "the host has as many connections as it can hold"
    case .outOfOrderQueueFull: "the queue of segments beyond a gap is full"
    case .frozen: "the host is frozen and its queue is full"
    case .cutOff: "the network around the host has failed"
    }
  }
}

extension SendRefusal {
  /// Why the packet was dropped: Linux's name.
  var code: String {
    switch self {
    case .noRoute: "IP_OUTNOROUTES"
    case .neighborUnresolved: "NEIGH_FAILED"
    case .neighborQueueFull: "NEIGH_QUEUEFULL"
    case .framePoolExhausted: "NOMEM"
    case .cutOff: FrameDisposition.cutOffCode
    }
  }

  /// Why the packet was dropped, in a sentence for people.
  var detail: String {
    switch self {
    case .noRoute: "the destination is not on the link and there is no gateway"
    case .neighborUnresolved: "nobody answered for the next hop's address"
    case .neighborQueueFull: "too many packets wait for the next hop's address"
    case .framePoolExhausted: "the simulation has no free frame"
    case .cutOff: "the network around the host has failed"
    }
  }
}
