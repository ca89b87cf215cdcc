import PacketFormats

/// The packet that an ICMP error is about, as far as the error quotes it (RFC 792; RFC 1812,
/// section 4.3.2.3).
///
/// It went the other way: an error on its way in quotes a packet on its way out, as it looked
/// outside.
struct Quote {
  /// Where the error's ICMP header starts, counted like the offset handed to the parser.
  private let error: Int
  /// Where the quoted IPv4 header starts.
  private let header: Int
  /// Where the quoted TCP, UDP or ICMP header starts.
  private let transport: Int
  /// Behind the last quoted byte.
  private let end: Int
  private let protocolNumber: UInt8
  private let source: UInt32
  private let destination: UInt32
  private let sourcePort: UInt16
  private let destinationPort: UInt16

  /// Reads the ICMP error whose IPv4 header starts at `offset`.
  ///
  /// The quoted packet may be cut off anywhere behind the first eight bytes that follow its IPv4
  /// header, and its checksums beyond the IPv4 header are not looked at (RFC 5508, REQ-3).
  init(in bytes: RawSpan, at offset: Int, under outer: CheckedHeader) throws(Refusal) {
    error = offset + outer.byteCount
    end = offset + outer.totalLength
    guard !outer.isFragment else { throw Refusal(reason: .fragment) }
    guard end - error >= HeaderLayout.icmpByteCount else { throw Refusal(reason: .malformed) }
    guard ICMPKind(bytes[HeaderLayout.icmpType, at: error], of: HeaderLayout.icmp) == .error else {
      throw Refusal(reason: .unsupportedProtocol)
    }
    guard InternetChecksum.isRight(of: bytes, in: error..<end) else {
      throw Refusal(reason: .badChecksum)
    }
    header = error + HeaderLayout.icmpByteCount
    guard end - header >= HeaderLayout.ipv4ByteCount else { throw Refusal(reason: .malformed) }
    let first = bytes[HeaderLayout.versionAndHeaderLength, at: header]
    transport = header + Int(first & 0xf) * 4
    guard first &>> 4 == 4, transport - header >= HeaderLayout.ipv4ByteCount,
      end - transport >= 8
    else { throw Refusal(reason: .malformed) }
    guard InternetChecksum.isRight(of: bytes, in: header..<transport) else {
      throw Refusal(reason: .badChecksum)
    }
    // Only a first fragment says which flow it is of.
    guard bytes[HeaderLayout.flagsAndFragmentOffset, at: header] & 0x1fff == 0 else {
      throw Refusal(reason: .unsolicited)
    }
    protocolNumber = UInt8(
      truncatingIfNeeded: bytes[HeaderLayout.timeToLiveAndProtocol, at: header])
    source = bytes[HeaderLayout.source, at: header]
    destination = bytes[HeaderLayout.destination, at: header]
    switch protocolNumber {
    case HeaderLayout.tcp, HeaderLayout.udp:
      sourcePort = bytes[HeaderLayout.sourcePort, at: transport]
      destinationPort = bytes[HeaderLayout.destinationPort, at: transport]
    case HeaderLayout.icmp:
      // RFC 1122, section 3.2.2: no error is about an error.
      switch ICMPKind(bytes[HeaderLayout.icmpType, at: transport], of: HeaderLayout.icmp) {
      case .request, .reply: break
      case .error, .other: throw Refusal(reason: .unsupportedProtocol)
      }
      sourcePort = bytes[HeaderLayout.icmpIdentifier, at: transport]
      destinationPort = sourcePort
    default:
      throw Refusal(reason: .unsupportedProtocol)
    }
  }

  private var isQuery: Bool { HeaderLayout.isICMP(protocolNumber) }

  /// The quoted flow, as the translator's tables have it for packets that go the error's way.
  func key(_ rewriting: Rewriting) -> FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: localAddress(rewriting),
      localPort: localPort(rewriting), remoteAddress: rewriting.isOutbound ? source : destination,
      remotePort: isQuery ? 0 : remotePort(rewriting))
  }

  /// The quoted port or identifier at the end that stays as it is.
  func remotePort(_ rewriting: Rewriting) -> UInt16 {
    rewriting.isOutbound ? sourcePort : destinationPort
  }

  /// The quoted address that is to be turned back.
  func localAddress(_ rewriting: Rewriting) -> UInt32 {
    rewriting.isOutbound ? destination : source
  }

  /// The quoted port or identifier that is to be turned back.
  func localPort(_ rewriting: Rewriting) -> UInt16 {
    rewriting.isOutbound ? destinationPort : sourcePort
  }

  /// Replaces the quoted address and port, and brings up to date the checksums of the quoted
  /// headers, as far as they are quoted, and then that of the error (RFC 5508, REQ-4).
  func turnBack(
    in bytes: inout MutableRawSpan, _ rewriting: Rewriting,
    to new: (address: UInt32, port: UInt16)
  ) {
    let quoted: Rewriting = rewriting.isOutbound ? .destination : .source
    let addressChange = InternetChecksum.Change(
      from: bytes[quoted.address, at: header], to: new.address)
    let port = isQuery ? HeaderLayout.icmpIdentifier : quoted.port
    let portChange = InternetChecksum.Change(from: bytes[port, at: transport], to: new.port)
    var all = addressChange.and(portChange)
    bytes[quoted.address, at: header] = new.address
    bytes[port, at: transport] = new.port

    all = all.and(
      Self.update(HeaderLayout.ipv4Checksum, in: &bytes, at: header) {
        addressChange.applied(to: $0)
      })
    switch protocolNumber {
    case HeaderLayout.tcp where end - transport >= HeaderLayout.tcpChecksum.offset + 2:
      all = all.and(
        Self.update(HeaderLayout.tcpChecksum, in: &bytes, at: transport) {
          addressChange.and(portChange).applied(to: $0)
        })
    case HeaderLayout.udp:
      all = all.and(
        Self.update(HeaderLayout.udpChecksum, in: &bytes, at: transport) {
          addressChange.and(portChange).appliedToUDP($0)
        })
    case HeaderLayout.icmp:
      all = all.and(
        Self.update(HeaderLayout.icmpChecksum, in: &bytes, at: transport) {
          portChange.applied(to: $0)
        })
    default: break
    }
    _ = Self.update(HeaderLayout.icmpChecksum, in: &bytes, at: error) { all.applied(to: $0) }
  }

  private static func update(
    _ field: Field<UInt16>, in bytes: inout MutableRawSpan, at base: Int,
    _ newValue: (UInt16) -> UInt16
  ) -> InternetChecksum.Change {
    let old = bytes[field, at: base]
    let new = newValue(old)
    bytes[field, at: base] = new
    return InternetChecksum.Change(from: old, to: new)
  }
}

extension InternetChecksum {
  /// Whether the words in `range`, their checksum among them, add up (RFC 1071).
  fileprivate static func isRight(of bytes: RawSpan, in range: Range<Int>) -> Bool {
    var sum = InternetChecksum()
    sum.add(bytes, in: range)
    return sum.value == 0
  }
}
