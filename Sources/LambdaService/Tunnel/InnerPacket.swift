import AddressTranslation
import EventSimulation
import PacketFormats

/// The ends of the TCP or UDP flow in an Ethernet frame, read without checking more than that the
/// bytes are there.
struct InnerPacket {
  var `protocol`: IPProtocol
  /// Of an IPv6 packet, 32 bits that stand for the address, by which flows are told apart well enough
  /// to be spread; ``ipv6`` has the address.
  var source: TransportAddress
  var destination: TransportAddress
  /// Whether more fragments of the packet follow this one.
  var hasMoreFragments = false
  /// The addresses of an IPv6 packet.
  var ipv6: IPv6Ends?

  struct IPv6Ends {
    var source: IPv6Address
    var destination: IPv6Address
  }

  init(_ protocol: IPProtocol, from source: TransportAddress, to destination: TransportAddress) {
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
  }

  init(
    _ protocol: IPProtocol, from source: IPv6TransportAddress,
    to destination: IPv6TransportAddress
  ) {
    self.protocol = `protocol`
    self.source = TransportAddress(Self.standIn(source.address), source.port)
    self.destination = TransportAddress(Self.standIn(destination.address), destination.port)
    ipv6 = IPv6Ends(source: source.address, destination: destination.address)
  }

  /// Reads an Ethernet frame.
  ///
  /// Packets without ports, fragments after the first included, have ports of zero.
  ///
  /// - Returns: `nil` if it holds no IP packet.
  @inline(__always)
  init?(_ bytes: RawSpan) {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base + IPv4Header.byteCount,
      bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.ipv4.rawValue
    else {
      guard let packet = Self.readIPv6(bytes) else { return nil }
      self = packet
      return
    }
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    guard first >> 4 == 4, first & 0xf >= 5 else { return nil }
    self.protocol = IPProtocol(rawValue: bytes[IPv4Header.Layout.protocol, at: base])
    var ports: (UInt16, UInt16) = (0, 0)
    let transport = base + Int(first & 0xf) * 4
    let fragmentation = bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: base]
    hasMoreFragments = fragmentation & 0x2000 != 0
    if self.protocol == .tcp || self.protocol == .udp, bytes.byteCount >= transport + 4,
      fragmentation & 0x1fff == 0
    {
      // TCP and UDP begin with the same two fields.
      ports = (
        bytes[UDPHeader.Layout.sourcePort, at: transport],
        bytes[UDPHeader.Layout.destinationPort, at: transport]
      )
    }
    source = TransportAddress(
      IPv4Address(rawValue: bytes[IPv4Header.Layout.source, at: base]), ports.0)
    destination = TransportAddress(
      IPv4Address(rawValue: bytes[IPv4Header.Layout.destination, at: base]), ports.1)
  }

  @inline(never)
  private static func readIPv6(_ bytes: RawSpan) -> InnerPacket? {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base + IPv6Header.byteCount,
      bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.ipv6.rawValue,
      let header = try? IPv6Header(parsing: bytes, at: base)
    else { return nil }
    var extensions = IPv6ExtensionIterator(header, at: base, end: bytes.byteCount)
    var isFirst = true
    var hasMore = false
    while let element = try? extensions.next(in: bytes) {
      guard element.kind == .ipv6Fragment,
        let fragment = try? IPv6FragmentHeader(parsing: bytes, at: element.offset)
      else { continue }
      isFirst = fragment.fragmentOffset == 0
      hasMore = fragment.moreFragments
    }
    var ports: (UInt16, UInt16) = (0, 0)
    let transport = extensions.offset
    let name = extensions.nextHeader
    if name == .tcp || name == .udp, isFirst, bytes.byteCount >= transport + 4 {
      ports = (
        bytes[UDPHeader.Layout.sourcePort, at: transport],
        bytes[UDPHeader.Layout.destinationPort, at: transport]
      )
    }
    var packet = InnerPacket(
      name, from: IPv6TransportAddress(header.source, ports.0),
      to: IPv6TransportAddress(header.destination, ports.1))
    packet.hasMoreFragments = hasMore
    return packet
  }

  /// 32 bits that stand for an address.
  private static func standIn(_ address: IPv6Address) -> IPv4Address {
    var hash = address.high &* 0x9e37_79b9_7f4a_7c15 ^ address.low
    hash = (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93
    return IPv4Address(rawValue: UInt32(truncatingIfNeeded: hash >> 32))
  }

  /// The ends of an IPv6 packet with their ports.
  func ends(of ipv6: IPv6Ends) -> (source: IPv6TransportAddress, destination: IPv6TransportAddress)
  {
    (
      IPv6TransportAddress(ipv6.source, source.port),
      IPv6TransportAddress(ipv6.destination, destination.port)
    )
  }

  /// A number that is the same for all packets of the flow in this direction.
  @inline(__always)
  var fingerprint: UInt64 {
    var hash =
      UInt64(source.address.rawValue) << 32 | UInt64(destination.address.rawValue)
    hash ^=
      (UInt64(source.port) << 40 | UInt64(destination.port) << 16 | UInt64(self.protocol.rawValue))
      &* 0x9e37_79b9_7f4a_7c15
    hash = (hash ^ hash >> 32) &* 0xd6e8_feb8_6659_fd93
    return hash ^ hash >> 32
  }

  /// What the later fragments of this packet are known by, which have no ports.
  var fragmentFingerprint: UInt64 {
    InnerPacket(
      self.protocol, from: TransportAddress(source.address, 0),
      to: TransportAddress(destination.address, 0)
    ).fingerprint
  }

  /// The flow in the words of packet tools.
  var flowDescription: String {
    let name =
      switch self.protocol {
      case .tcp: "tcp"
      case .udp: "udp"
      case .icmp: "icmp"
      case .icmpv6: "icmpv6"
      default: "protocol \(self.protocol.rawValue)"
      }
    guard let ipv6 else { return "\(name) \(source) > \(destination)" }
    guard source.port != 0 || destination.port != 0 else {
      return "\(name) \(ipv6.source) > \(ipv6.destination)"
    }
    let ends = ends(of: ipv6)
    return "\(name) \(ends.source) > \(ends.destination)"
  }
}

extension TransportAddress {
  /// Address and port in 48 bits.
  @inline(__always)
  var packed: UInt64 { UInt64(address.rawValue) << 16 | UInt64(port) }

  @inline(__always)
  init(packed: UInt64) {
    self.init(
      IPv4Address(rawValue: UInt32(truncatingIfNeeded: packed >> 16)),
      UInt16(truncatingIfNeeded: packed))
  }
}
