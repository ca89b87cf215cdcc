package import PacketFormats

/// What a VPC must know of a frame to judge it, read in one look.
package enum FlowReading {
  /// An IPv4 packet: its flow, and its control bits if it is TCP.
  case ipv4(FlowKey, TCPHeader.Flags)
  /// An IPv6 packet, whose flow only a ``DataPlane`` can name.
  case ipv6(FramePacket)
  case arp
  /// A neighbour discovery message (RFC 4861): what ARP is to IPv4.
  case neighborDiscovery
  /// Neither, or cut short: a VPC carries no such frame.
  case unreadable

  /// Reads an Ethernet frame.
  ///
  /// Later fragments carry no ports and read as a flow without (lambda-vpc §3.5 has AWS's
  /// own limits on fragments).
  @inline(__always)
  package init(_ bytes: RawSpan) {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base else {
      self = .unreadable
      return
    }
    let type = bytes[EthernetHeader.Layout.etherType, at: 0]
    guard type == EthernetHeader.EtherType.ipv4.rawValue else {
      self = Self.readOther(bytes, type)
      return
    }
    guard bytes.byteCount >= base + IPv4Header.byteCount else {
      self = .unreadable
      return
    }
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    let transport = base + Int(first & 0xf) * 4
    guard first >> 4 == 4, first & 0xf >= 5, bytes.byteCount >= transport else {
      self = .unreadable
      return
    }
    let number = IPProtocol(rawValue: bytes[IPv4Header.Layout.protocol, at: base])
    let source = IPv4Address(rawValue: bytes[IPv4Header.Layout.source, at: base])
    let destination = IPv4Address(rawValue: bytes[IPv4Header.Layout.destination, at: base])
    let isFirst = bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: base] & 0x1fff == 0
    switch number {
    case .tcp where isFirst && bytes.byteCount >= transport + TCPHeader.byteCount:
      self = .ipv4(
        FlowKey(
          .tcp, source: source, sourcePort: bytes[TCPHeader.Layout.sourcePort, at: transport],
          destination: destination,
          destinationPort: bytes[TCPHeader.Layout.destinationPort, at: transport]),
        TCPHeader.Flags(rawValue: .init(bytes[TCPHeader.Layout.flags, at: transport])))
    case .udp where isFirst && bytes.byteCount >= transport + UDPHeader.byteCount:
      self = .ipv4(
        FlowKey(
          .udp, source: source, sourcePort: bytes[UDPHeader.Layout.sourcePort, at: transport],
          destination: destination,
          destinationPort: bytes[UDPHeader.Layout.destinationPort, at: transport]), [])
    case .icmp where isFirst && bytes.byteCount >= transport + 8:
      let type = bytes[Field<UInt8>(at: 0), at: transport]
      self = .ipv4(
        FlowKey(
          icmpType: type, code: bytes[Field<UInt8>(at: 1), at: transport],
          identifier: type == 0 || type == 8 ? bytes[Field<UInt16>(at: 4), at: transport] : 0,
          source: source, destination: destination), [])
    default:
      self = .ipv4(FlowKey(number, source: source, destination: destination), [])
    }
  }
  @inline(never)
  private static func readOther(_ bytes: RawSpan, _ type: UInt16) -> FlowReading {
    if type == EthernetHeader.EtherType.arp.rawValue {
      return bytes.byteCount >= EthernetHeader.byteCount + ARPPacket.byteCount ? .arp : .unreadable
    }
    guard let packet = FramePacket(bytes), packet.source.family == .v6 else { return .unreadable }
    // RFC 4861, section 7.1: what has passed no router was sent by a neighbour.
    let isDiscovery =
      packet.protocol == .icmpv6 && packet.timeToLive == 255
      && (133...137).contains(packet.icmpType)
    return isDiscovery ? .neighborDiscovery : .ipv6(packet)
  }
}
