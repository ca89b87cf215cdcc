extension Dissection {
  /// Goes on from ``networkOffset``; `bytes` ends at ``capturedEnd``.
  @inline(__always)
  mutating func readNetwork(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    switch etherType {
    case .ipv4: try readIPv4(bytes, isQuote: isQuote)
    case .ipv6:
      // A copy, so that only it has an address and the original can stay in registers.
      var copy = self
      try copy.readIPv6(bytes, isQuote: isQuote)
      self = copy
    case .arp: network = .arp
    default: break
    }
  }

  @inline(__always)
  private mutating func readIPv4(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    typealias Layout = IPv4Header.Layout
    let base = networkOffset
    try bytes.require(IPv4Header.byteCount, of: .ipv4, at: base)
    let first = bytes[Layout.versionAndHeaderLength, at: base]
    guard first &>> 4 == 4, first & 0xf >= 5 else {
      throw .malformed(.ipv4, offset: base, value: UInt64(first))
    }
    network = .ipv4
    let headerByteCount = Int(first & 0xf) &* 4
    try bytes.require(headerByteCount, of: .ipv4, at: base)
    networkHeader = UInt16(truncatingIfNeeded: headerByteCount)
    let totalLength = Int(bytes[Layout.totalLength, at: base])
    guard totalLength >= headerByteCount else {
      throw .malformed(.ipv4, offset: base + Layout.totalLength.offset, value: UInt64(totalLength))
    }
    networkLimit = Int32(truncatingIfNeeded: base &+ totalLength)
    `protocol` = IPProtocol(rawValue: bytes[Layout.protocol, at: base])
    let fragment = bytes[Layout.flagsAndFragmentOffset, at: base]
    moreFragments = fragment & 0x2000 != 0
    fragmentOffset = (fragment & 0x1fff) &<< 3
    try readTransport(bytes, at: base &+ headerByteCount, isQuote: isQuote)
  }

  private mutating func readIPv6(_ bytes: RawSpan, isQuote: Bool) throws(HeaderError) {
    typealias Layout = IPv6Header.Layout
    let base = networkOffset
    try bytes.require(IPv6Header.byteCount, of: .ipv6, at: base)
    let first = bytes[IPv4Header.Layout.versionAndHeaderLength, at: base]
    guard first &>> 4 == 6 else { throw .malformed(.ipv6, offset: base, value: UInt64(first)) }
    network = .ipv6
    let payloadLength = bytes[Layout.payloadLength, at: base]
    let nextHeader = IPProtocol(rawValue: bytes[Layout.nextHeader, at: base])
    // A length of zero with hop-by-hop options announces a jumbogram (RFC 2675, section 3).
    guard payloadLength > 0 || nextHeader != .hopByHopOptions else {
      throw .unsupported(.ipv6, offset: base + Layout.payloadLength.offset, value: 0)
    }
    networkLimit = Int32(
      truncatingIfNeeded: base &+ IPv6Header.byteCount &+ Int(payloadLength))
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
    networkHeader = UInt16(truncatingIfNeeded: extensions.offset - base)
    try readTransport(bytes, at: extensions.offset, isQuote: isQuote)
  }

  @inline(__always)
  private mutating func readTransport(
    _ bytes: RawSpan, at base: Int, isQuote: Bool
  ) throws(HeaderError) {
    let bytes = bytes.extracting(first: min(networkEnd, bytes.byteCount))
    let end = bytes.byteCount
    payloadLimit = Int32(truncatingIfNeeded: end)
    guard fragmentOffset == 0 else { return }
    hasTransport = true
    switch `protocol` {
    case .tcp:
      guard try Self.require(TCPHeader.byteCount, of: .tcp, at: base, in: bytes, isQuote: isQuote)
      else { return }
      let dataOffset = bytes[TCPHeader.Layout.dataOffset, at: base]
      let byteCount = Int(dataOffset &>> 4) &* 4
      guard byteCount >= TCPHeader.byteCount else {
        throw .malformed(
          .tcp, offset: base + TCPHeader.Layout.dataOffset.offset, value: UInt64(dataOffset))
      }
      guard try Self.require(byteCount, of: .tcp, at: base, in: bytes, isQuote: isQuote)
      else { return }
      transportHeader = UInt8(truncatingIfNeeded: byteCount)
    case .udp:
      guard try Self.require(UDPHeader.byteCount, of: .udp, at: base, in: bytes, isQuote: isQuote)
      else { return }
      let length = Int(bytes[UDPHeader.Layout.length, at: base])
      // The first fragment of a datagram states the length of all of it.
      guard length >= UDPHeader.byteCount, isFragment || length <= networkEnd &- base else {
        throw .malformed(
          .udp, offset: base + UDPHeader.Layout.length.offset, value: UInt64(length))
      }
      payloadLimit = Int32(truncatingIfNeeded: min(end, base &+ length))
      transportHeader = UInt8(UDPHeader.byteCount)
    case .icmp where network == .ipv4:
      guard
        try Self.require(ICMPv4Header.byteCount, of: .icmpv4, at: base, in: bytes, isQuote: isQuote)
      else { return }
      transportHeader = UInt8(ICMPv4Header.byteCount)
    case .icmpv6 where network == .ipv6:
      guard
        try Self.require(ICMPv6Header.byteCount, of: .icmpv6, at: base, in: bytes, isQuote: isQuote)
      else { return }
      transportHeader = UInt8(ICMPv6Header.byteCount)
    default: break
    }
  }

  /// Whether `count` bytes stand at `base`, which only a quote may answer in the negative.
  @inline(__always)
  private static func require(
    _ count: Int, of layer: HeaderError.Layer, at base: Int, in bytes: RawSpan, isQuote: Bool
  ) throws(HeaderError) -> Bool {
    if isQuote, bytes.byteCount &- base < count { return false }
    try bytes.require(count, of: layer, at: base)
    return true
  }
}
