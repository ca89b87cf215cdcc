extension Dissection {
  /// Goes on from ``networkOffset``.
  mutating func readNetwork(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    switch etherType {
    case .ipv4: try readIPv4(bytes, isQuote: isQuote)
    case .ipv6: try readIPv6(bytes, isQuote: isQuote)
    case .arp: network = .arp
    default: break
    }
  }

  private mutating func readIPv4(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    typealias Layout = IPv4Header.Layout
    let base = networkOffset
    try Self.require(IPv4Header.byteCount, of: .ipv4, at: base, end: capturedEnd)
    let first = bytes[Layout.versionAndHeaderLength, at: base]
    guard first &>> 4 == 4, first & 0xf >= 5 else {
      throw .malformed(.ipv4, offset: base, value: UInt64(first))
    }
    network = .ipv4
    networkHeaderByteCount = Int(first & 0xf) &* 4
    try Self.require(networkHeaderByteCount, of: .ipv4, at: base, end: capturedEnd)
    let totalLength = Int(bytes[Layout.totalLength, at: base])
    guard totalLength >= networkHeaderByteCount else {
      throw .malformed(.ipv4, offset: base + Layout.totalLength.offset, value: UInt64(totalLength))
    }
    networkEnd = base + totalLength
    `protocol` = IPProtocol(rawValue: bytes[Layout.protocol, at: base])
    let fragment = bytes[Layout.flagsAndFragmentOffset, at: base]
    moreFragments = fragment & 0x2000 != 0
    fragmentOffset = (fragment & 0x1fff) &<< 3
    try readTransport(bytes, at: base + networkHeaderByteCount, isQuote: isQuote)
  }

  private mutating func readIPv6(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    typealias Layout = IPv6Header.Layout
    let base = networkOffset
    try Self.require(IPv6Header.byteCount, of: .ipv6, at: base, end: capturedEnd)
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    guard first &>> 4 == 6 else { throw .malformed(.ipv6, offset: base, value: UInt64(first)) }
    network = .ipv6
    let payloadLength = bytes[Layout.payloadLength, at: base]
    let nextHeader = IPProtocol(rawValue: bytes[Layout.nextHeader, at: base])
    // A length of zero with hop-by-hop options announces a jumbogram (RFC 2675, section 3).
    guard payloadLength > 0 || nextHeader != .hopByHopOptions else {
      throw .unsupported(.ipv6, offset: base + Layout.payloadLength.offset, value: 0)
    }
    networkEnd = base + IPv6Header.byteCount + Int(payloadLength)
    var extensions = IPv6ExtensionIterator(
      nextHeader, at: base + IPv6Header.byteCount, end: min(networkEnd, capturedEnd))
    while let found = try extensions.next(in: bytes) {
      switch found.kind {
      case .ipv6Fragment:
        let word = bytes[IPv6FragmentHeader.Layout.fragmentOffsetAndMore, at: found.offset]
        fragmentOffset = word & 0xfff8
        moreFragments = word & 1 != 0
      case .ipv6Routing:
        if bytes[IPv6ExtensionIterator.Layout.segmentsLeft, at: found.offset] > 0 {
          isSourceRouted = true
        }
      default: break
      }
    }
    `protocol` = extensions.nextHeader
    networkHeaderByteCount = extensions.offset - base
    try readTransport(bytes, at: extensions.offset, isQuote: isQuote)
  }

  private mutating func readTransport(
    _ bytes: RawSpan, at base: Int, isQuote: Bool
  ) throws(HeaderError) {
    payloadEnd = min(networkEnd, capturedEnd)
    guard fragmentOffset == 0 else { return }
    transportOffset = base
    let minimum: Int
    let layer: HeaderError.Layer
    switch `protocol` {
    case .tcp: (minimum, layer) = (TCPHeader.byteCount, .tcp)
    case .udp: (minimum, layer) = (UDPHeader.byteCount, .udp)
    case .icmp where network == .ipv4: (minimum, layer) = (ICMPv4Header.byteCount, .icmpv4)
    case .icmpv6 where network == .ipv6: (minimum, layer) = (ICMPv6Header.byteCount, .icmpv6)
    default: return
    }
    if isQuote, payloadEnd - base < minimum { return }
    try Self.require(minimum, of: layer, at: base, end: payloadEnd)
    var byteCount = minimum
    if layer == .tcp {
      let dataOffset = bytes[TCPHeader.Layout.dataOffset, at: base]
      byteCount = Int(dataOffset &>> 4) &* 4
      guard byteCount >= minimum else {
        throw .malformed(
          .tcp, offset: base + TCPHeader.Layout.dataOffset.offset, value: UInt64(dataOffset))
      }
      if isQuote, payloadEnd - base < byteCount { return }
      try Self.require(byteCount, of: .tcp, at: base, end: payloadEnd)
    } else if layer == .udp {
      let length = Int(bytes[UDPHeader.Layout.length, at: base])
      // The first fragment of a datagram states the length of all of it.
      guard length >= minimum, isFragment || length <= networkEnd - base else {
        throw .malformed(
          .udp, offset: base + UDPHeader.Layout.length.offset, value: UInt64(length))
      }
      payloadEnd = min(payloadEnd, base + length)
    }
    transportHeaderByteCount = byteCount
  }
}
