import AddressTranslation
import EventSimulation
import PacketFormats

/// The ends of the TCP or UDP flow in an Ethernet frame, read without checking more than that the
/// bytes are there.
struct InnerPacket {
  var `protocol`: IPProtocol
  var source: TransportAddress
  var destination: TransportAddress
  /// Whether more fragments of the packet follow this one.
  var hasMoreFragments = false

  init(_ protocol: IPProtocol, from source: TransportAddress, to destination: TransportAddress) {
    self.protocol = `protocol`
    self.source = source
    self.destination = destination
  }

  /// Reads an Ethernet frame.
  ///
  /// Packets without ports, fragments after the first included, have ports of zero.
  ///
  /// - Returns: `nil` if it holds no IPv4 packet.
  @inline(__always)
  init?(_ bytes: RawSpan) {
    let base = EthernetHeader.byteCount
    guard bytes.byteCount >= base + IPv4Header.byteCount,
      bytes[EthernetHeader.Layout.etherType, at: 0] == EthernetHeader.EtherType.ipv4.rawValue
    else { return nil }
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
      default: "protocol \(self.protocol.rawValue)"
      }
    return "\(name) \(source) > \(destination)"
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

extension CommentText {
  /// Composes the comment of a translated packet: the new value first, since a column shows only
  /// the beginning (design §5).
  @inline(__always)
  mutating func append(translationTo new: TransportAddress, from old: TransportAddress) {
    append("NAT -> ")
    append(end: new)
    append(" (was ")
    append(end: old)
    append(")")
  }

  /// Composes the comment of a packet that will be translated behind the point that sees it.
  @inline(__always)
  mutating func append(translationNextTo new: TransportAddress, from old: TransportAddress) {
    append("NAT next -> ")
    append(end: new)
    append(" (here ")
    append(end: old)
    append(")")
  }

  /// Adds an address and, where the packet has one, a port.
  @inline(__always)
  private mutating func append(end: TransportAddress) {
    if end.port == 0 {
      append(text: end.address.description)
    } else {
      append(address: end.address.rawValue, port: end.port)
    }
  }
}
