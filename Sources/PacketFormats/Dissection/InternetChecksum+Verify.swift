extension InternetChecksum {
  /// Checks the header checksum of the IPv4 packet in `frame`.
  ///
  /// IPv6 has none.
  public static func verifyNetwork(of frame: Dissection, in bytes: RawSpan) -> ChecksumVerdict {
    switch frame.network {
    case .ipv4:
      let header = frame.networkOffset..<frame.networkOffset + frame.networkHeaderByteCount
      guard header.upperBound <= bytes.byteCount else { return .notCheckable(.truncated) }
      var sum = InternetChecksum()
      sum.add(bytes, in: header)
      return sum.verdict(on: bytes[IPv4Header.Layout.checksum, at: frame.networkOffset])
    case .ipv6: return .absent
    case .arp, .other: return .notCheckable(.unknownProtocol)
    }
  }

  /// Checks the checksum of the TCP segment, UDP datagram or ICMP message in `frame`.
  public static func verifyTransport(of frame: Dissection, in bytes: RawSpan) -> ChecksumVerdict {
    guard !frame.isFragment else { return .notCheckable(.fragment) }
    guard let base = frame.transportOffset else { return .notCheckable(.unknownProtocol) }
    let field: Field<UInt16>
    switch (frame.network, frame.protocol) {
    case (_, .tcp): field = TCPHeader.Layout.checksum
    case (_, .udp): field = UDPHeader.Layout.checksum
    case (.ipv4, .icmp): field = ICMPv4Header.Layout.checksum
    case (.ipv6, .icmpv6): field = ICMPv6Header.Layout.checksum
    default: return .notCheckable(.unknownProtocol)
    }
    guard frame.transportHeaderByteCount > 0, frame.capturedEnd <= bytes.byteCount else {
      return .notCheckable(.truncated)
    }
    let found = bytes[field, at: base]
    if frame.protocol == .udp, found == 0, frame.mayOmitUDPChecksum(in: bytes, at: base) {
      return .absent
    }
    let end =
      frame.protocol == .udp
      ? base + Int(bytes[UDPHeader.Layout.length, at: base]) : frame.networkEnd
    guard end <= frame.capturedEnd else { return .notCheckable(.truncated) }
    guard !frame.isRouted(in: bytes) else { return .notCheckable(.sourceRoute) }
    var sum = InternetChecksum()
    if frame.protocol != .icmp {
      sum.addPseudoHeader(of: frame, in: bytes, length: end - base)
    }
    sum.add(bytes, in: base..<end)
    let verdict = sum.verdict(on: found)
    guard frame.protocol == .udp else { return verdict }
    // Zero sums up as rightly as 0xffff does, but says something else.
    if found == 0, verdict == .good { return .bad(found: 0, expected: 0xffff) }
    if case .bad(let found, 0) = verdict { return .bad(found: found, expected: 0xffff) }
    return verdict
  }

  /// Adds the pseudo header with the addresses in `frame`.
  private mutating func addPseudoHeader(of frame: Dissection, in bytes: RawSpan, length: Int) {
    let base = frame.networkOffset
    if frame.network == .ipv4 {
      typealias Layout = IPv4Header.Layout
      addPseudoHeader(
        source: IPv4Address(rawValue: bytes[Layout.source, at: base]),
        destination: IPv4Address(rawValue: bytes[Layout.destination, at: base]),
        protocol: frame.protocol, length: length)
    } else {
      typealias Layout = IPv6Header.Layout
      addPseudoHeader(
        source: IPv6Address(
          high: bytes[Layout.sourceHigh, at: base], low: bytes[Layout.sourceLow, at: base]),
        destination: IPv6Address(
          high: bytes[Layout.destinationHigh, at: base],
          low: bytes[Layout.destinationLow, at: base]),
        protocol: frame.protocol, length: length)
    }
  }

  /// The verdict on a field that was itself summed with all it covers.
  private func verdict(on found: UInt16) -> ChecksumVerdict {
    let rest = value
    if rest == 0 { return .good }
    return .bad(found: found, expected: Change(from: found, to: 0 as UInt16).applied(to: rest))
  }
}

extension Dissection {
  /// Whether a UDP checksum of zero says "none".
  ///
  /// Over IPv6 only tunnels may do without (RFC 8200, section 8.1; RFC 6935, section 5).
  fileprivate func mayOmitUDPChecksum(in bytes: RawSpan, at base: Int) -> Bool {
    guard network == .ipv6 else { return true }
    let port = bytes[UDPHeader.Layout.destinationPort, at: base]
    return port == UDPHeader.Port.geneve || port == UDPHeader.Port.vxlan
  }

  /// Whether the packet has a source route that it has not yet followed to the end.
  fileprivate func isRouted(in bytes: RawSpan) -> Bool {
    guard network == .ipv4 else { return isSourceRouted }
    guard networkHeaderByteCount > IPv4Header.byteCount else { return false }
    var options = OptionIterator(
      .ipv4Option, from: networkOffset + IPv4Header.byteCount,
      to: networkOffset + networkHeaderByteCount)
    // A broken list hides whether a route is in it; the plain destination is then as good a guess
    // as any.
    while let option = try? options.next(in: bytes) {
      // Loose and strict source route; past the end, the pointer says that the route is done
      // (RFC 791, section 3.1).
      guard option.kind == 131 || option.kind == 137, option.byteCount >= 3 else { continue }
      return Int(bytes[Field<UInt8>(at: 2), at: option.offset]) <= option.byteCount
    }
    return false
  }
}
