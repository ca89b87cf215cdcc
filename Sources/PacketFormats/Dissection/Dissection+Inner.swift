extension Dissection {
  /// The tunnel header that the payload begins with, judged by the UDP destination port.
  ///
  /// - Returns: `nil` if this is no Geneve or VXLAN, or only a part of a packet.
  public func tunnel(in bytes: RawSpan) throws(HeaderError) -> Tunnel? {
    guard `protocol` == .udp, let transportOffset, transportHeaderByteCount > 0, !isFragment
    else { return nil }
    let offset = payloadOffset
    switch bytes[UDPHeader.Layout.destinationPort, at: transportOffset] {
    case UDPHeader.Port.geneve:
      try Self.require(GeneveHeader.byteCount, of: .geneve, at: offset, end: payloadEnd)
      let header = try GeneveHeader(parsing: bytes, at: offset)
      try Self.require(header.headerByteCount, of: .geneve, at: offset, end: payloadEnd)
      return Tunnel(
        kind: .geneve, virtualNetworkIdentifier: header.virtualNetworkIdentifier,
        headerOffset: offset, innerOffset: offset + header.headerByteCount, innerEnd: payloadEnd,
        innerType: header.protocolType)
    case UDPHeader.Port.vxlan:
      try Self.require(VXLANHeader.byteCount, of: .vxlan, at: offset, end: payloadEnd)
      let header = try VXLANHeader(parsing: bytes, at: offset)
      return Tunnel(
        kind: .vxlan, virtualNetworkIdentifier: header.virtualNetworkIdentifier,
        headerOffset: offset, innerOffset: offset + VXLANHeader.byteCount, innerEnd: payloadEnd,
        innerType: .transparentEthernetBridging)
    default: return nil
    }
  }

  /// The packet that an ICMP error is about, as far as it is quoted.
  ///
  /// - Returns: `nil` if this is no ICMP error.
  public func quotedPacket(in bytes: RawSpan) throws(HeaderError) -> Dissection? {
    guard let transportOffset, transportHeaderByteCount > 0 else { return nil }
    let type = bytes[ICMPv4Header.Layout.type, at: transportOffset]
    let length: Int
    switch (network, `protocol`) {
    case (.ipv4, .icmp):
      guard ICMPv4Header.MessageType(rawValue: type).isError else { return nil }
      length = 4 * Int(bytes[ICMPv4Header.Layout.quoteLength, at: transportOffset])
    case (.ipv6, .icmpv6):
      guard ICMPv6Header.MessageType(rawValue: type).isError else { return nil }
      // A "packet too big" has its MTU where other errors have the length.
      length =
        type == ICMPv6Header.MessageType.packetTooBig.rawValue
          || type == ICMPv6Header.MessageType.parameterProblem.rawValue
        ? 0 : 8 * Int(bytes[ICMPv6Header.Layout.quoteLength, at: transportOffset])
    default: return nil
    }
    // A length is given only if extensions stand behind the quote (RFC 4884, section 4).
    let end = length == 0 ? payloadEnd : min(payloadEnd, payloadOffset + length)
    return try Dissection(quoted: bytes, at: payloadOffset, end: end)
  }
}
