public import PacketFormats

/// Answers to IPv6 packets.
extension ICMPAnswer {
  /// No answer to an IPv6 packet is longer, in bytes (RFC 4443, section 2.4 (c)).
  public static var maximumIPv6ByteCount: Int { 1280 }

  /// What the answer says to an IPv6 sender, without the packet it quotes.
  public var ipv6Header: ICMPv6Header {
    switch self {
    case .timeExceeded:
      ICMPv6Header(type: .timeExceeded)
    case .administrativelyProhibited:
      ICMPv6Header(
        type: .destinationUnreachable,
        code: ICMPv6Header.UnreachableCode.administrativelyProhibited)
    case .hostUnreachable:
      ICMPv6Header(
        type: .destinationUnreachable, code: ICMPv6Header.UnreachableCode.address)
    case .portUnreachable:
      ICMPv6Header(
        type: .destinationUnreachable, code: ICMPv6Header.UnreachableCode.port)
    case .packetTooBig(let mtu):
      .packetTooBig(nextHopMTU: UInt32(mtu))
    }
  }

  /// Writes the answer as an IPv6 packet, which quotes as much of the packet as it may.
  ///
  /// Parameters and result are those of its counterpart for IPv4; what may not be
  /// answered is in RFC 4443, section 2.4 (e).
  public func write(
    answering packet: RawSpan, at offset: Int, from source: IPv6Address,
    to output: inout MutableRawSpan, at outputOffset: Int
  ) -> Int? {
    guard let answered = try? CheckedIPv6Header(of: packet, at: offset),
      Self.mayBeAnswered(packet, answered)
    else { return nil }
    let headers = IPv6Header.byteCount + ICMPv6Header.byteCount
    let quoted = min(answered.totalLength, Self.maximumIPv6ByteCount - headers)
    let byteCount = headers + quoted
    guard outputOffset >= 0, outputOffset <= output.byteCount - byteCount else { return nil }
    let quote = packet.extracting(offset..<offset + quoted)
    IPv6Header(
      payloadLength: UInt16(byteCount - IPv6Header.byteCount), nextHeader: .icmpv6,
      source: source, destination: answered.source
    ).write(to: &output, at: outputOffset)
    let header = ipv6Header
    header.write(
      to: &output, at: outputOffset + IPv6Header.byteCount,
      checksum: header.checksum(
        source: source, destination: answered.source, payload: quote))
    output.copyBytes(from: quote, at: outputOffset + headers)
    return byteCount
  }

  private static func mayBeAnswered(_ bytes: RawSpan, _ header: CheckedIPv6Header) -> Bool {
    guard (header.fragment?.fragmentOffset ?? 0) == 0, header.source != .unspecified,
      !header.source.isMulticast, !header.destination.isMulticast
    else { return false }
    guard header.protocolNumber == HeaderLayout.icmpv6 else { return true }
    guard header.transportByteCount > 0 else { return false }
    let type = bytes[HeaderLayout.icmpType, at: header.transport]
    switch ICMPKind(type, of: HeaderLayout.icmpv6) {
    case .request, .reply: return true
    case .error, .other: return false
    }
  }
}
