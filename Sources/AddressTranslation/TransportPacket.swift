import PacketFormats

/// What a translator needs to know of a TCP or UDP packet over IPv4.
///
/// The headers are read with a few wide loads rather than field by field: the two addresses are
/// one 64-bit number and the two ports one of 32 bits, which is also how the tables keep them.
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
  let flags: TCPHeader.Flags
  /// Payload of a TCP segment, in bytes; zero for UDP, where nobody asks.
  let payloadByteCount: Int

  enum Layout {
    /// Source and destination address (RFC 791, section 3.1).
    static let addresses = Field<UInt64>(at: IPv4Header.Layout.source.offset)
    static let timeToLiveAndProtocol = Field<UInt16>(at: IPv4Header.Layout.timeToLive.offset)
    /// Source and destination port, in the same place for TCP and UDP.
    static let ports = Field<UInt32>(at: 0)
    static let sourcePort = Field<UInt16>(at: 0)
    static let destinationPort = Field<UInt16>(at: 2)
    /// Header and data of a UDP datagram, in bytes (RFC 768).
    static let udpLength = Field<UInt16>(at: 4)
    static let udpChecksum = Field<UInt16>(at: 6)
  }

  /// Length of a UDP header, in bytes (RFC 768).
  static let udpByteCount = 8

  var protocolNumber: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol) }
  var timeToLive: UInt8 { UInt8(truncatingIfNeeded: timeToLiveAndProtocol &>> 8) }
  var isTCP: Bool { protocolNumber == IPProtocol.tcp.rawValue }

  /// The flow, as seen from the end that sent the packet.
  @inline(__always)
  var outboundKey: FlowKey {
    FlowKey(addresses: addresses, ports: ports, protocolNumber: protocolNumber)
  }

  /// The flow, as seen from the end that the packet is meant for.
  @inline(__always)
  var inboundKey: FlowKey {
    FlowKey(
      addresses: addresses &<< 32 | addresses &>> 32, ports: ports &<< 16 | ports &>> 16,
      protocolNumber: protocolNumber)
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
    timeToLiveAndProtocol = bytes[Layout.timeToLiveAndProtocol, at: offset]
    addresses = bytes[Layout.addresses, at: offset]
    let isTCP = UInt8(truncatingIfNeeded: timeToLiveAndProtocol) == IPProtocol.tcp.rawValue
    guard isTCP || UInt8(truncatingIfNeeded: timeToLiveAndProtocol) == IPProtocol.udp.rawValue
    else { throw Refusal(reason: .unsupportedProtocol) }
    guard !header.isFragment else { throw Refusal(reason: .fragment) }
    transport = offset + header.byteCount
    let available = header.totalLength - header.byteCount
    if isTCP {
      guard available >= TCPHeader.byteCount else { throw Refusal(reason: .malformed) }
      // The data offset counts words of four bytes in its upper four bits.
      let dataOffset = Int(bytes[TCPHeader.Layout.dataOffset, at: transport] &>> 4) * 4
      guard dataOffset >= TCPHeader.byteCount, dataOffset <= available else {
        throw Refusal(reason: .malformed)
      }
      flags = TCPHeader.Flags(rawValue: bytes[TCPHeader.Layout.flags, at: transport])
      payloadByteCount = available - dataOffset
    } else {
      guard available >= Self.udpByteCount else { throw Refusal(reason: .malformed) }
      let length = Int(bytes[Layout.udpLength, at: transport])
      guard length >= Self.udpByteCount, length <= available else {
        throw Refusal(reason: .malformed)
      }
      flags = []
      payloadByteCount = 0
    }
    ports = bytes[Layout.ports, at: transport]
  }

  /// An IPv4 header that fits into its span and contains itself.
  struct CheckedHeader {
    /// Length of the header with its options, in bytes.
    let byteCount: Int
    /// Length of the packet with its header, in bytes.
    let totalLength: Int
    let isFragment: Bool
    let isFirstFragment: Bool
  }

  /// Checks the lengths in the IPv4 header that starts at `offset` against each other and the
  /// span.
  @inline(__always)
  static func checkedHeader(of bytes: RawSpan, at offset: Int) throws(Refusal) -> CheckedHeader {
    guard offset >= 0, offset <= bytes.byteCount - IPv4Header.byteCount else {
      throw Refusal(reason: .malformed)
    }
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: offset]
    let byteCount = Int(first & 0xf) * 4
    let totalLength = Int(bytes[IPv4Header.Layout.totalLength, at: offset])
    guard first &>> 4 == 4, byteCount >= IPv4Header.byteCount, byteCount <= totalLength,
      totalLength <= bytes.byteCount - offset
    else { throw Refusal(reason: .malformed) }
    // Of the upper three bits the lowest says that more fragments follow.
    let fragment = bytes[IPv4Header.Layout.flagsAndFragmentOffset, at: offset]
    return CheckedHeader(
      byteCount: byteCount, totalLength: totalLength, isFragment: fragment & 0x3fff != 0,
      isFirstFragment: fragment & 0x1fff == 0)
  }
}
