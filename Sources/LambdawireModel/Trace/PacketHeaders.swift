public import PacketFormats

/// What the headers of one captured frame say, as people read them.
///
/// Of a tunnelled frame these are the headers of the packet inside; ``tunnel`` tells of the ones
/// around it.
public struct PacketHeaders: Hashable, Sendable, Encodable {
  /// The packet that carries another one.
  public struct Tunnel: Hashable, Sendable, Encodable {
    /// `geneve` or `vxlan`.
    public var kind: String
    /// Address and port.
    public var source: String
    /// Address and port.
    public var destination: String
    /// Which virtual network the packet inside belongs to (VNI).
    public var networkIdentifier: UInt32
  }

  /// `tcp`, `udp`, `icmp`, `arp` or a number.
  public var `protocol`: String
  /// An address, with a port if the protocol has ports; empty for what is not IP.
  public var source: String
  /// An address, with a port if the protocol has ports; empty for what is not IP.
  public var destination: String
  /// Hops left; `nil` for what is not IP.
  public var timeToLive: UInt8?
  /// What else there is to say in a few words, such as `[SYN] Seq=1 Win=65535 Len=0`.
  public var detail: String
  public var tunnel: Tunnel?

  /// Reads a frame that begins with an Ethernet header.
  ///
  /// - Throws: which header could not be read, with offsets from the start of the frame.
  public init(ethernet bytes: RawSpan) throws(HeaderError) {
    let outer = try Dissection(ethernet: bytes)
    guard let tunnel = try outer.tunnel(in: bytes) else {
      try self.init(outer, in: bytes)
      return
    }
    try self.init(try tunnel.inner(in: bytes), in: bytes)
    let around = try Self(outer, in: bytes)
    self.tunnel = Tunnel(
      kind: tunnel.kind == .geneve ? "geneve" : "vxlan", source: around.source,
      destination: around.destination, networkIdentifier: tunnel.virtualNetworkIdentifier)
  }

  private init(_ frame: Dissection, in bytes: RawSpan) throws(HeaderError) {
    let base = frame.networkOffset
    var ends = ("", "")
    switch frame.network {
    case .ipv4:
      ends.0 = IPv4Address(rawValue: bytes[IPv4Header.Layout.source, at: base]).description
      ends.1 = IPv4Address(rawValue: bytes[IPv4Header.Layout.destination, at: base]).description
      timeToLive = bytes[IPv4Header.Layout.timeToLive, at: base]
    case .ipv6:
      typealias Layout = IPv6Header.Layout
      let source = (bytes[Layout.sourceHigh, at: base], bytes[Layout.sourceLow, at: base])
      let destination = (
        bytes[Layout.destinationHigh, at: base], bytes[Layout.destinationLow, at: base]
      )
      ends.0 = IPv6Address(high: source.0, low: source.1).description
      ends.1 = IPv6Address(high: destination.0, low: destination.1).description
      timeToLive = bytes[Layout.hopLimit, at: base]
    case .arp:
      `protocol` = "arp"
      (source, destination) = ends
      detail = Self.detail(of: try ARPPacket(parsing: bytes, at: base))
      return
    case .other:
      `protocol` = "0x" + String(frame.etherType.rawValue, radix: 16)
      (source, destination) = ends
      detail = "\(frame.payloadByteCount) bytes"
      return
    }
    `protocol` = frame.protocol.description
    detail = try Self.detail(of: frame, in: bytes)
    if frame.hasPorts, let transport = frame.transportOffset {
      if frame.network == .ipv6 { ends = ("[\(ends.0)]", "[\(ends.1)]") }
      ends.0 += ":\(bytes[UDPHeader.Layout.sourcePort, at: transport])"
      ends.1 += ":\(bytes[UDPHeader.Layout.destinationPort, at: transport])"
    }
    (source, destination) = ends
  }

  private static func detail(of packet: ARPPacket) -> String {
    packet.operation == .request
      ? "who has \(packet.targetProtocolAddress)? tell \(packet.senderProtocolAddress)"
      : "\(packet.senderProtocolAddress) is at \(packet.senderHardwareAddress)"
  }

  private static func detail(
    of frame: Dissection, in bytes: RawSpan
  ) throws(HeaderError) -> String {
    guard let transport = frame.transportOffset, frame.transportHeaderByteCount > 0 else {
      return frame.isFragment
        ? "fragment at \(frame.fragmentOffset)" : "Len=\(frame.payloadByteCount)"
    }
    // By the packet's own account: a capture may hold less of it.
    let length = frame.networkEnd - transport - frame.transportHeaderByteCount
    switch frame.protocol {
    case .tcp:
      let header = try TCPHeader(parsing: bytes, at: transport)
      let acknowledgment =
        header.flags.contains(.ack) ? " Ack=\(header.acknowledgmentNumber)" : ""
      return "[\(names(of: header.flags))] Seq=\(header.sequenceNumber)\(acknowledgment) "
        + "Win=\(header.window) Len=\(length)"
    case .icmp, .icmpv6:
      return "type \(bytes[ICMPv4Header.Layout.type, at: transport]) "
        + "code \(bytes[ICMPv4Header.Layout.code, at: transport]) Len=\(length)"
    default: return "Len=\(length)"
    }
  }

  private static func names(of flags: TCPHeader.Flags) -> String {
    let known: [(TCPHeader.Flags, String)] = [
      (.fin, "FIN"), (.syn, "SYN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"),
      (.ece, "ECE"), (.cwr, "CWR"),
    ]
    return known.filter { flags.contains($0.0) }.map(\.1).joined(separator: ", ")
  }
}

extension PacketHeaders: CustomStringConvertible {
  /// One line in the manner of tshark.
  public var description: String {
    let ends = source.isEmpty ? "" : "\(source) → \(destination) "
    let life = timeToLive.map { " ttl \($0)" } ?? ""
    let around =
      tunnel.map { " in \($0.kind) vni \($0.networkIdentifier) \($0.source) → \($0.destination)" }
      ?? ""
    return "\(`protocol`) \(ends)\(detail)\(life)\(around)"
  }
}
