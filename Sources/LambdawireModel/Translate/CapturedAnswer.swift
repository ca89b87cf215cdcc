import AddressTranslation
import PacketFormats

/// An answer that was captured inside, so that it bears the inside address already.
///
/// It is given back the outside address, and port or identifier, that its sender would have used.
struct CapturedAnswer {
  private enum Kind {
    /// TCP or UDP, whole or the first fragment.
    case ports
    /// A reply to an ICMP query (RFC 5508, section 3.1).
    case reply
    /// An ICMP error; where the quoted IPv4 header starts, and where what follows it.
    case error(header: Int, transport: Int)
    /// A later fragment, or something without ports.
    case bare
  }

  let packet: CapturedPacket
  private let kind: Kind
  /// The flow it belongs to, or `nil` if only its addresses tell.
  let flow: Flow?

  /// Reads the packet, all of whose headers are in `bytes`.
  init(_ bytes: RawSpan, _ packet: CapturedPacket) {
    self.packet = packet
    let remote = UInt32(truncatingIfNeeded: packet.addresses &>> 32)
    let inside = UInt32(truncatingIfNeeded: packet.addresses)
    let transport = packet.transport
    if packet.hasPorts {
      kind = .ports
      flow = Self.flow(
        packet.protocolNumber, (inside, bytes[Layout.destinationPort, at: transport]),
        (remote, bytes[Layout.sourcePort, at: transport]))
    } else if packet.protocolNumber == 1, !packet.isLaterFragment,
      bytes.byteCount >= transport + 8
    {
      switch bytes[Layout.type, at: transport] {
      case 0, 14, 16, 18:
        kind = .reply
        flow = Self.flow(1, (inside, bytes[Layout.identifier, at: transport]), (remote, 0))
      case 3, 11, 12:
        let quote = Self.quote(in: bytes, at: transport + 8)
        kind = quote.map { .error(header: transport + 8, transport: $0.transport) } ?? .bare
        flow = quote?.flow
      default: (kind, flow) = (.bare, nil)
      }
    } else {
      (kind, flow) = (.bare, nil)
    }
  }

  private enum Layout {
    static var sourcePort: Field<UInt16> { Field(at: 0) }
    static var destinationPort: Field<UInt16> { Field(at: 2) }
    static var type: Field<UInt8> { Field(at: 0) }
    static var icmpChecksum: Field<UInt16> { Field(at: 2) }
    static var identifier: Field<UInt16> { Field(at: 4) }
    static var hopsAndProtocol: Field<UInt16> { Field(at: 8) }
  }

  private static func flow(
    _ protocolNumber: UInt8, _ inside: (UInt32, UInt16), _ remote: (UInt32, UInt16)
  ) -> Flow {
    Flow(
      protocol: IPProtocol(rawValue: protocolNumber),
      inside: TransportAddress(IPv4Address(rawValue: inside.0), inside.1),
      remote: TransportAddress(IPv4Address(rawValue: remote.0), remote.1))
  }

  /// The flow of the packet that an ICMP error quotes, which went the other way.
  private static func quote(
    in bytes: RawSpan, at header: Int
  ) -> (transport: Int, flow: Flow)? {
    guard bytes.byteCount >= header + 20 else { return nil }
    let first = bytes[Field<UInt8>(at: 0), at: header]
    let transport = header + Int(first & 0xf) * 4
    guard first >> 4 == 4, transport >= header + 20, bytes.byteCount >= transport + 8,
      bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: header] & 0x1fff == 0
    else { return nil }
    let number = bytes[IPv4Header.Layout.protocol, at: header]
    let inside = bytes[IPv4Header.Layout.source, at: header]
    let remote = bytes[IPv4Header.Layout.destination, at: header]
    switch number {
    case 6, 17:
      return (
        transport,
        flow(
          number, (inside, bytes[Layout.sourcePort, at: transport]),
          (remote, bytes[Layout.destinationPort, at: transport]))
      )
    case 1:
      return (
        transport, flow(1, (inside, bytes[Layout.identifier, at: transport]), (remote, 0))
      )
    default: return nil
    }
  }

  /// Addresses the packet to `end`, and puts hops on that a translator will take off.
  func readdress(_ bytes: inout MutableRawSpan, to end: TransportAddress, addingHops hops: UInt8) {
    let (base, transport) = (packet.offset, packet.transport)
    let oldAddress = bytes[IPv4Header.Layout.destination, at: base]
    let address = InternetChecksum.Change(from: oldAddress, to: end.address.rawValue)
    let oldWord = bytes[Layout.hopsAndProtocol, at: base]
    let newWord = UInt16(UInt8(clamping: Int(oldWord >> 8) + Int(hops))) << 8 | oldWord & 0xff
    bytes[Layout.hopsAndProtocol, at: base] = newWord
    bytes[IPv4Header.Layout.checksum, at: base] = address.and(from: oldWord, to: newWord)
      .applied(to: bytes[IPv4Header.Layout.checksum, at: base])
    bytes[IPv4Header.Layout.destination, at: base] = end.address.rawValue
    switch kind {
    case .ports:
      let change = address.and(
        from: bytes[Layout.destinationPort, at: transport], to: end.port)
      bytes[Layout.destinationPort, at: transport] = end.port
      _ = Self.update(&bytes, packet.protocolNumber, at: transport, change)
    case .reply:
      let change = InternetChecksum.Change(
        from: bytes[Layout.identifier, at: transport], to: end.port)
      bytes[Layout.identifier, at: transport] = end.port
      _ = Self.update(&bytes, 1, at: transport, change)
    case .error(let header, let quoted):
      turnOut(&bytes, header, quoted, to: end, address)
    case .bare: break
    }
  }

  /// Replaces the source of the packet that an ICMP error quotes, and brings every checksum up to
  /// date that covers it.
  private func turnOut(
    _ bytes: inout MutableRawSpan, _ header: Int, _ transport: Int, to end: TransportAddress,
    _ address: InternetChecksum.Change
  ) {
    let number = bytes[IPv4Header.Layout.protocol, at: header]
    let port = number == 1 ? Layout.identifier : Layout.sourcePort
    let portChange = InternetChecksum.Change(from: bytes[port, at: transport], to: end.port)
    bytes[IPv4Header.Layout.source, at: header] = end.address.rawValue
    bytes[port, at: transport] = end.port
    let oldChecksum = bytes[IPv4Header.Layout.checksum, at: header]
    let newChecksum = address.applied(to: oldChecksum)
    bytes[IPv4Header.Layout.checksum, at: header] = newChecksum
    let inner = Self.update(
      &bytes, number, at: transport, number == 1 ? portChange : address.and(portChange))
    var all = address.and(portChange).and(from: oldChecksum, to: newChecksum)
    if let inner { all = all.and(inner) }
    _ = Self.update(&bytes, 1, at: packet.transport, all)
  }

  /// Brings the checksum of a transport header up to date, as far as it is there.
  ///
  /// - Returns: How the checksum itself has changed.
  private static func update(
    _ bytes: inout MutableRawSpan, _ protocolNumber: UInt8, at transport: Int,
    _ change: InternetChecksum.Change
  ) -> InternetChecksum.Change? {
    let field =
      switch protocolNumber {
      case 6: TCPHeader.Layout.checksum
      case 17: UDPHeader.Layout.checksum
      default: Layout.icmpChecksum
      }
    guard bytes.byteCount >= transport + field.offset + 2 else { return nil }
    let old = bytes[field, at: transport]
    let new = protocolNumber == 17 ? change.appliedToUDP(old) : change.applied(to: old)
    bytes[field, at: transport] = new
    return InternetChecksum.Change(from: old, to: new)
  }
}
