import PacketFormats

/// What a translator needs to know of a TCP or UDP packet over IPv4.
///
/// The headers are read with a few wide loads rather than field by field: the two addresses are
/// one 64-bit number and the two ports one of 32 bits.
struct TransportPacket {
  /// Where the TCP or UDP header starts, counted like the offset handed to the parser.
  let transport: Int
  /// Source address in the upper half, destination address in the lower.
  let addresses: UInt64
  /// Source port in the upper half, destination port in the lower.
  let ports: UInt32
  /// Hops left in the upper byte, the protocol's number in the lower: one word of the header.
  let timeToLiveAndProtocol: UInt16
  /// TCP's control bits; none for UDP.
  let control: ControlBits
  /// Payload of a TCP segment, in bytes; zero for UDP, where nobody asks.
  let payloadByteCount: Int

  var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol) }
  var timeToLive: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol &>> 8) }
  private var sourceAddress: UInt32 { UInt32(truncatingIfNeeded: addresses &>> 32) }
  private var destinationAddress: UInt32 { UInt32(truncatingIfNeeded: addresses) }
  private var sourcePort: UInt16 { UInt16(truncatingIfNeeded: ports &>> 16) }
  private var destinationPort: UInt16 { UInt16(truncatingIfNeeded: ports) }
  var isTCP: Bool { protocolNumber == HeaderLayout.tcp }

  /// The flow, as seen from the end that sent the packet.
  @inline(__always)
  var outboundKey: FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: sourceAddress, localPort: sourcePort,
      remoteAddress: destinationAddress, remotePort: destinationPort)
  }

  /// The flow, as seen from the end that the packet is meant for.
  @inline(__always)
  var inboundKey: FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: destinationAddress,
      localPort: destinationPort, remoteAddress: sourceAddress, remotePort: sourcePort)
  }

  /// Why a packet cannot be translated.
  struct Refusal: Error {
    let reason: DropReason
  }

  /// Reads the packet whose IPv4 header starts at `offset`.
  ///
  /// Checksums are not verified: they are updated, so that a wrong one stays wrong.
  @inline(__always)
  init(parsing bytes: RawSpan, at offset: Int) throws(Refusal) {
    let header = try Self.checkedHeader(of: bytes, at: offset)
    timeToLiveAndProtocol = header.timeToLiveAndProtocol
    addresses = bytes[HeaderLayout.addresses, at: offset]
    let isTCP = header.protocolNumber == HeaderLayout.tcp
    guard isTCP || header.protocolNumber == HeaderLayout.udp else {
      throw Refusal(reason: .unsupportedProtocol)
    }
    guard !header.isFragment else { throw Refusal(reason: .fragment) }
    transport = offset + header.byteCount
    let available = header.totalLength - header.byteCount
    if isTCP {
      guard available >= HeaderLayout.tcpByteCount else { throw Refusal(reason: .malformed) }
      // The data offset counts words of four bytes in its upper four bits.
      let dataOffset = Int(bytes[HeaderLayout.dataOffset, at: transport] &>> 4) * 4
      guard dataOffset >= HeaderLayout.tcpByteCount, dataOffset <= available else {
        throw Refusal(reason: .malformed)
      }
      control = ControlBits(rawValue: bytes[HeaderLayout.controlBits, at: transport])
      payloadByteCount = available - dataOffset
    } else {
      guard available >= HeaderLayout.udpByteCount else { throw Refusal(reason: .malformed) }
      let length = Int(bytes[HeaderLayout.udpLength, at: transport])
      guard length >= HeaderLayout.udpByteCount, length <= available else {
        throw Refusal(reason: .malformed)
      }
      control = []
      payloadByteCount = 0
    }
    ports = bytes[HeaderLayout.ports, at: transport]
  }

  /// An IPv4 header that fits into its span and contains itself.
  struct CheckedHeader {
    /// Length of the header with its options, in bytes.
    let byteCount: Int
    /// Length of the packet with its header, in bytes.
    let totalLength: Int
    let isFragment: Bool
    let isFirstFragment: Bool
    let timeToLiveAndProtocol: UInt16

    var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol) }
    var timeToLive: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol &>> 8) }
  }

  /// Checks the lengths in the IPv4 header that starts at `offset` against each other and the
  /// span.
  @inline(__always)
  static func checkedHeader(of bytes: RawSpan, at offset: Int) throws(Refusal) -> CheckedHeader {
    guard offset >= 0, offset <= bytes.byteCount - HeaderLayout.ipv4ByteCount else {
      throw Refusal(reason: .malformed)
    }
    let first = bytes[HeaderLayout.versionAndHeaderLength, at: offset]
    let byteCount = Int(first & 0xf) * 4
    let totalLength = Int(bytes[HeaderLayout.totalLength, at: offset])
    guard first &>> 4 == 4, byteCount >= HeaderLayout.ipv4ByteCount, byteCount <= totalLength,
      totalLength <= bytes.byteCount - offset
    else { throw Refusal(reason: .malformed) }
    // Of the upper three bits the lowest says that more fragments follow.
    let fragment = bytes[HeaderLayout.flagsAndFragmentOffset, at: offset]
    return CheckedHeader(
      byteCount: byteCount, totalLength: totalLength, isFragment: fragment & 0x3fff != 0,
      isFirstFragment: fragment & 0x1fff == 0,
      timeToLiveAndProtocol: bytes[HeaderLayout.timeToLiveAndProtocol, at: offset])
  }
}
