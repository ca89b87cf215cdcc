public import PacketFormats

/// The ICMP error that a packet's sender is owed.
///
/// A translator builds no packets. The owner, told ``Verdict/refused(_:_:)`` or
/// ``Release/Decision/refuse(_:_:)``, has this write the one it sends back to where the packet
/// came from.
public enum ICMPAnswer: Hashable, Sendable {
  /// The packet's hops are used up.
  case timeExceeded
  /// The translator would, but may not (RFC 5508, REQ-8).
  case administrativelyProhibited
  case hostUnreachable
  case portUnreachable
  /// The packet is longer than `mtu` bytes and must not be fragmented (RFC 1191, section 4).
  case packetTooBig(mtu: UInt16)

  /// No answer is longer, in bytes (RFC 1812, section 4.3.2.3).
  public static var maximumByteCount: Int { 576 }

  /// What the answer says, without the packet it quotes.
  public var header: ICMPv4Header {
    switch self {
    case .timeExceeded:
      ICMPv4Header(
        type: .timeExceeded, code: ICMPv4Header.TimeExceededCode.timeToLive)
    case .administrativelyProhibited:
      ICMPv4Header(
        type: .destinationUnreachable,
        code: ICMPv4Header.UnreachableCode.administrativelyProhibited)
    case .hostUnreachable:
      ICMPv4Header(
        type: .destinationUnreachable, code: ICMPv4Header.UnreachableCode.host)
    case .portUnreachable:
      ICMPv4Header(
        type: .destinationUnreachable, code: ICMPv4Header.UnreachableCode.port)
    case .packetTooBig(let mtu):
      .fragmentationNeeded(nextHopMTU: mtu)
    }
  }

  /// Writes the answer as an IPv4 packet, which quotes as much of the packet as it may.
  ///
  /// - Parameters:
  ///   - packet: The span that holds the packet that is answered.
  ///   - offset: Where its IPv4 header starts.
  ///   - source: Whose answer it is: an address of the translator on the side the packet came
  ///     from.
  ///   - output: Where to write.
  ///   - outputOffset: Where in `output` the answer's IPv4 header is to start.
  /// - Returns: the answer's length in bytes, or `nil`, with nothing written, if the packet may
  ///   not be answered (RFC 1122, section 3.2.2) or there is no room for the answer.
  public func write(
    answering packet: RawSpan, at offset: Int, from source: IPv4Address,
    to output: inout MutableRawSpan, at outputOffset: Int
  ) -> Int? {
    guard let answered = try? CheckedHeader(of: packet, at: offset),
      Self.mayBeAnswered(packet, at: offset, answered)
    else { return nil }
    let headers = IPv4Header.byteCount + ICMPv4Header.byteCount
    let quoted = min(answered.totalLength, Self.maximumByteCount - headers)
    let byteCount = headers + quoted
    guard outputOffset >= 0, outputOffset <= output.byteCount - byteCount else { return nil }
    let quote = packet.extracting(offset..<offset + quoted)
    IPv4Header(
      totalLength: UInt16(byteCount), protocol: .icmp, source: source,
      destination: IPv4Address(rawValue: packet[HeaderLayout.source, at: offset])
    ).write(to: &output, at: outputOffset)
    header.write(
      to: &output, at: outputOffset + IPv4Header.byteCount,
      checksum: header.checksum(payload: quote))
    output.copyBytes(from: quote, at: outputOffset + headers)
    return byteCount
  }

  /// Whether an address is that of one host (RFC 1122, section 3.2.1.3); the broadcast addresses
  /// of subnets cannot be told from here.
  private static func isUnicast(_ address: IPv4Address) -> Bool {
    address.rawValue != 0 && address.rawValue != .max && !address.isMulticast
  }

  /// Whether anyone may be told about a packet: it is neither an ICMP error nor a later fragment,
  /// and was sent by one host to one host.
  static func mayBeAnswered(_ bytes: RawSpan, at offset: Int, _ header: CheckedHeader) -> Bool {
    let source = IPv4Address(rawValue: bytes[HeaderLayout.source, at: offset])
    let destination = IPv4Address(rawValue: bytes[HeaderLayout.destination, at: offset])
    guard header.fragmentOffset == 0, Self.isUnicast(source), Self.isUnicast(destination) else {
      return false
    }
    guard header.protocolNumber == HeaderLayout.icmp else { return true }
    guard header.totalLength > header.byteCount else { return false }
    switch ICMPKind(
      bytes[HeaderLayout.icmpType, at: offset + header.byteCount], of: HeaderLayout.icmp)
    {
    case .request, .reply: return true
    case .error, .other: return false
    }
  }
}
