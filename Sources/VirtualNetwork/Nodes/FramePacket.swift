package import PacketFormats

/// An IP packet in an Ethernet frame, read in one look: all that gateways and their neighbours ask.
package struct FramePacket {
  package var source: IPAddress
  package var destination: IPAddress
  package var `protocol`: IPProtocol
  /// Ports of TCP and UDP; for ICMP the identifier of a query or reply, and type and code.
  package var sourcePort: UInt16 = 0
  package var destinationPort: UInt16 = 0
  /// Control bits of a TCP segment.
  package var flags: TCPHeader.Flags = []
  /// Where the header behind the IP headers begins in the frame.
  package var transport: Int
  /// Length with the IP header, in bytes, as the IP header states it.
  package var byteCount: Int
  package var timeToLive: UInt8
  /// Whether a router may split it.
  package var mayBeFragmented: Bool
  /// Whether it is a fragment other than the first, which has no header behind the IP headers.
  package var isLaterFragment = false

  /// Reads an Ethernet frame.
  ///
  /// - Returns: `nil` if it holds no IP packet, or one that is cut short.
  @inline(__always)
  package init?(_ bytes: RawSpan) {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base + IPv4Header.byteCount else { return nil }
    switch bytes[EthernetHeader.Layout.etherType, at: 0] {
    case EthernetHeader.EtherType.ipv4.rawValue:
      let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
      transport = base + Int(first & 0xf) * 4
      byteCount = Int(bytes[IPv4Header.Layout.totalLength, at: base])
      guard first >> 4 == 4, first & 0xf >= 5, base + byteCount >= transport,
        bytes.byteCount >= base + byteCount
      else { return nil }
      source = .v4(IPv4Address(rawValue: bytes[IPv4Header.Layout.source, at: base]))
      destination = .v4(IPv4Address(rawValue: bytes[IPv4Header.Layout.destination, at: base]))
      self.protocol = IPProtocol(rawValue: bytes[IPv4Header.Layout.protocol, at: base])
      timeToLive = bytes[IPv4Header.Layout.timeToLive, at: base]
      let fragmentation = bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: base]
      mayBeFragmented = fragmentation & 0x4000 == 0
      isLaterFragment = fragmentation & 0x1fff != 0
    case EthernetHeader.EtherType.ipv6.rawValue:
      guard bytes.byteCount >= base + IPv6Header.byteCount,
        bytes[IPv6Header.Layout.versionTrafficClassAndFlowLabel, at: base] >> 28 == 6
      else { return nil }
      byteCount =
        IPv6Header.byteCount + Int(bytes[IPv6Header.Layout.payloadLength, at: base])
      guard bytes.byteCount >= base + byteCount else { return nil }
      source = .v6(
        IPv6Address(
          high: bytes[IPv6Header.Layout.sourceHigh, at: base],
          low: bytes[IPv6Header.Layout.sourceLow, at: base]))
      destination = .v6(
        IPv6Address(
          high: bytes[IPv6Header.Layout.destinationHigh, at: base],
          low: bytes[IPv6Header.Layout.destinationLow, at: base]))
      self.protocol = IPProtocol(rawValue: bytes[IPv6Header.Layout.nextHeader, at: base])
      timeToLive = bytes[IPv6Header.Layout.hopLimit, at: base]
      mayBeFragmented = false
      transport = base + IPv6Header.byteCount
      switch self.protocol {
      case .tcp, .udp, .icmpv6: break
      default:
        guard skipExtensions(bytes, from: base) else { return nil }
      }
    default: return nil
    }
    if !isLaterFragment { readTransport(bytes) }
  }

  /// Finds what stands behind IPv6's extension headers.
  ///
  /// - Returns: whether they could be read.
  @inline(never)
  private mutating func skipExtensions(_ bytes: RawSpan, from base: Int) -> Bool {
    guard let header = try? IPv6Header(parsing: bytes, at: base) else { return false }
    var extensions = IPv6ExtensionIterator(header, at: base, end: base + byteCount)
    do throws(HeaderError) {
      while let element = try extensions.next(in: bytes) {
        guard element.kind == .ipv6Fragment else { continue }
        isLaterFragment =
          try IPv6FragmentHeader(parsing: bytes, at: element.offset).fragmentOffset != 0
      }
    } catch {
      return false
    }
    self.protocol = extensions.nextHeader
    transport = extensions.offset
    return true
  }

  @inline(__always)
  private mutating func readTransport(_ bytes: RawSpan) {
    let available = EthernetHeader.byteCount + byteCount - transport
    switch self.protocol {
    case .tcp where available >= TCPHeader.byteCount:
      flags = TCPHeader.Flags(rawValue: .init(bytes[TCPHeader.Layout.flags, at: transport]))
      readEnds(bytes)
    case .udp where available >= UDPHeader.byteCount,
      .icmp where available >= ICMPv4Header.byteCount,
      .icmpv6 where available >= ICMPv6Header.byteCount:
      readEnds(bytes)
    default: break
    }
  }

  /// Reads ports, or what ICMP has instead, of which the first 8 bytes are there.
  @inline(__always)
  private mutating func readEnds(_ bytes: RawSpan) {
    switch self.protocol {
    case .tcp, .udp:
      // TCP and UDP begin with the same two fields.
      sourcePort = bytes[UDPHeader.Layout.sourcePort, at: transport]
      destinationPort = bytes[UDPHeader.Layout.destinationPort, at: transport]
    case .icmp, .icmpv6:
      // Type, code and the identifier of an echo stand in the same place in both versions.
      destinationPort = bytes[Field<UInt16>(at: 0), at: transport]
      let isEcho = self.protocol == .icmp ? icmpType & ~8 == 0 : icmpType >> 1 == 64
      if isEcho { sourcePort = bytes[ICMPv6Header.Layout.identifier, at: transport] }
    default: break
    }
  }

  /// The type of an ICMP or ICMPv6 message; meaningless in other protocols.
  package var icmpType: UInt8 { UInt8(destinationPort >> 8) }
  /// The code of an ICMP or ICMPv6 message; meaningless in other protocols.
  package var icmpCode: UInt8 { UInt8(truncatingIfNeeded: destinationPort) }

  /// Length of the IP header without options or extensions, in bytes.
  var headerByteCount: Int {
    source.family == .v4 ? IPv4Header.byteCount : IPv6Header.byteCount
  }

  var isICMP: Bool { self.protocol == .icmp || self.protocol == .icmpv6 }

  /// The packet that an ICMPv6 error quotes (RFC 4443, section 2.4), as far as it can be told.
  ///
  /// - Precondition: the error was read from these bytes.
  /// - Returns: `nil` if this is no ICMPv6 error, or too little is quoted.
  func quotedIPv6Packet(in bytes: RawSpan) -> FramePacket? {
    let base = transport + ICMPv6Header.byteCount
    guard self.protocol == .icmpv6, icmpType < 128, !isLaterFragment,
      let header = try? IPv6Header(parsing: bytes, at: base),
      bytes.byteCount >= base + IPv6Header.byteCount + 8
    else { return nil }
    var quoted = self
    quoted.source = .v6(header.source)
    quoted.destination = .v6(header.destination)
    quoted.protocol = header.nextHeader
    quoted.transport = base + IPv6Header.byteCount
    quoted.sourcePort = 0
    quoted.destinationPort = 0
    quoted.flags = []
    quoted.readEnds(bytes)
    return quoted
  }

  /// The packet as a gateway's rules see it.
  @inline(__always)
  var gatewayPacket: GatewayPacket {
    GatewayPacket(
      self.protocol, source: source, destination: destination,
      icmpType: isICMP && !isLaterFragment ? icmpType : nil, byteCount: byteCount,
      mayBeFragmented: mayBeFragmented)
  }
}

extension FramePacket: CustomStringConvertible {
  /// The flow as the logs of packet tools write it, such as `tcp 10.0.1.5:40110 > 10.0.2.20:5432`.
  package var description: String {
    switch self.protocol {
    case .tcp, .udp:
      "\(self.protocol) \(Self.text(source, sourcePort)) > \(Self.text(destination, destinationPort))"
    case .icmp, .icmpv6:
      "\(self.protocol) \(source) > \(destination) type \(icmpType) code \(icmpCode)"
    default: "protocol \(self.protocol.rawValue) \(source) > \(destination)"
    }
  }

  private static func text(_ address: IPAddress, _ port: UInt16) -> String {
    switch address {
    case .v4(let address): "\(address):\(port)"
    case .v6(let address): "[\(address)]:\(port)"
    }
  }
}
