import PacketFormats

/// What a translator needs to know of a TCP or UDP packet or an ICMP query.
///
/// The headers are read with a few wide loads rather than field by field: the two addresses are
/// one 64-bit number and the two ports one of 32 bits. For IPv6 numbers from an ``AddressBook``
/// stand for the addresses.
struct TransportPacket {
  /// Where the TCP, UDP or ICMP header starts, counted like the offset handed to the parser.
  let transport: Int
  /// Source address in the upper half, destination address in the lower.
  private let addresses: UInt64
  /// Source port in the upper half, destination port in the lower; a query's identifier in both.
  private let ports: UInt32
  let protocolNumber: UInt8
  /// Whether this is the first fragment of a longer packet.
  let isFragment: Bool
  /// TCP's control bits; none for others.
  let control: ControlBits
  /// Whether this is a reply to an ICMP query.
  let isReply: Bool
  /// Payload of a TCP segment, in bytes; zero for others, where nobody asks.
  let payloadByteCount: Int
  /// TCP's sequence number; zero for others.
  let sequenceNumber: UInt32
  /// What TCP's acknowledgement says, whether or not it counts; zero for others.
  let acknowledgmentNumber: UInt32

  private var sourceAddress: UInt32 { UInt32(truncatingIfNeeded: addresses &>> 32) }
  private var destinationAddress: UInt32 { UInt32(truncatingIfNeeded: addresses) }
  private var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ports &>> 16) }
  private var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ports) }
  var isTCP: Bool { protocolNumber == HeaderLayout.tcp }
  var isQuery: Bool { HeaderLayout.isICMP(protocolNumber) }

  /// The sequence number after this segment; SYN and FIN take one each (RFC 9293, section 3.4).
  var sequenceEnd: UInt32 {
    sequenceNumber &+ UInt32(truncatingIfNeeded: payloadByteCount)
      &+ (control.contains(.syn) ? 1 : 0) &+ (control.contains(.fin) ? 1 : 0)
  }

  /// The flow, as seen from the end that sent the packet.
  @inline(__always)
  var outboundKey: FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: sourceAddress, localPort: sourcePort,
      remoteAddress: destinationAddress, remotePort: isQuery ? 0 : destinationPort)
  }

  /// The flow, as seen from the end that the packet is meant for.
  @inline(__always)
  var inboundKey: FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: destinationAddress,
      localPort: destinationPort, remoteAddress: sourceAddress,
      remotePort: isQuery ? 0 : sourcePort)
  }

  /// What was found in a usual packet, TCP or UDP, whose IPv4 header starts at `offset`.
  @inline(__always)
  init(_ packet: borrowing UsualPacket, _ control: ControlBits, at offset: Int) {
    transport = offset + HeaderLayout.ipv4ByteCount
    addresses = packet.addresses
    ports = packet.ports
    protocolNumber = packet.protocolNumber
    isFragment = false
    self.control = control
    isReply = false
    (payloadByteCount, sequenceNumber, acknowledgmentNumber) =
      packet.isTCP ? packet.segment : (0, 0, 0)
  }

  /// Reads the packet whose IPv4 header starts at `offset`, or the first fragment of one.
  ///
  /// Checksums are not verified: they are updated, so that a wrong one stays wrong.
  @inline(__always)
  init(
    parsing bytes: RawSpan, at offset: Int, under header: CheckedHeader
  ) throws(Refusal) {
    try self.init(
      parsing: bytes, at: offset + header.byteCount,
      byteCount: header.totalLength - header.byteCount, protocolNumber: header.protocolNumber,
      addresses: bytes[HeaderLayout.addresses, at: offset], isFragment: header.isFragment)
  }

  /// Reads what follows the IP header, `available` bytes from `transport` on.
  @inline(__always)
  init(
    parsing bytes: RawSpan, at transport: Int, byteCount available: Int, protocolNumber: UInt8,
    addresses: UInt64, isFragment: Bool
  ) throws(Refusal) {
    self.transport = transport
    self.protocolNumber = protocolNumber
    self.addresses = addresses
    self.isFragment = isFragment
    switch protocolNumber {
    case HeaderLayout.tcp:
      guard available >= HeaderLayout.tcpByteCount else { throw Refusal(reason: .malformed) }
      // The data offset counts words of four bytes in its upper four bits.
      let dataOffset = Int(bytes[HeaderLayout.dataOffset, at: transport] &>> 4) * 4
      guard dataOffset >= HeaderLayout.tcpByteCount, dataOffset <= available else {
        throw Refusal(reason: .malformed)
      }
      control = ControlBits(rawValue: bytes[HeaderLayout.controlBits, at: transport])
      payloadByteCount = available - dataOffset
      ports = bytes[HeaderLayout.ports, at: transport]
      sequenceNumber = bytes[HeaderLayout.sequenceNumber, at: transport]
      acknowledgmentNumber = bytes[HeaderLayout.acknowledgmentNumber, at: transport]
      isReply = false
    case HeaderLayout.udp:
      guard available >= HeaderLayout.udpByteCount else { throw Refusal(reason: .malformed) }
      let length = Int(bytes[HeaderLayout.udpLength, at: transport])
      // A fragment is shorter than its packet says of itself.
      guard length >= HeaderLayout.udpByteCount, length <= available || isFragment else {
        throw Refusal(reason: .malformed)
      }
      control = []
      payloadByteCount = 0
      ports = bytes[HeaderLayout.ports, at: transport]
      (sequenceNumber, acknowledgmentNumber) = (0, 0)
      isReply = false
    case HeaderLayout.icmp, HeaderLayout.icmpv6:
      guard available >= HeaderLayout.icmpByteCount else { throw Refusal(reason: .malformed) }
      switch ICMPKind(bytes[HeaderLayout.icmpType, at: transport], of: protocolNumber) {
      case .request: isReply = false
      case .reply: isReply = true
      case .error, .other: throw Refusal(reason: .unsupportedProtocol)
      }
      control = []
      payloadByteCount = 0
      ports = UInt32(bytes[HeaderLayout.icmpIdentifier, at: transport]) &* 0x1_0001
      (sequenceNumber, acknowledgmentNumber) = (0, 0)
    default:
      throw Refusal(reason: .unsupportedProtocol)
    }
  }
}
