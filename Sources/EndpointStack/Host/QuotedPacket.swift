import PacketFormats

/// The beginning of a packet that this host sent, as an ICMP error quotes it (RFC 792; RFC 4443,
/// section 2.4(c)).
struct QuotedPacket {
  var `protocol`: IPProtocol
  var source: HostAddress
  var destination: HostAddress
  var sourcePort: UInt16
  var destinationPort: UInt16
  /// The four bytes behind the ports: the sequence number of TCP, identifier and number of an echo.
  var word: UInt32
}

/// What a quotation says of itself, before it is known whether its addresses mean anything here.
struct QuotedHeaders {
  let `protocol`: IPProtocol
  let source: IPAddress
  let destination: IPAddress
  let sourcePort: UInt16
  let destinationPort: UInt16
  let word: UInt32

  /// Reads the packet that starts at `base`, or returns `nil` if there is too little of it.
  init?(_ bytes: RawSpan, at base: Int, end: Int) {
    let end = min(end, bytes.byteCount)
    let transport: Int
    if let header = try? IPv4Header(parsing: bytes, at: base) {
      guard header.fragmentOffset == 0 else { return nil }
      `protocol` = header.protocol
      source = .v4(header.source)
      destination = .v4(header.destination)
      transport = base + header.headerByteCount
    } else if let header = try? IPv6Header(parsing: bytes, at: base) {
      var extensions = IPv6ExtensionIterator(header, at: base, end: end)
      while let element = try? extensions.next(in: bytes) {
        guard element.kind == .ipv6Fragment else { continue }
        let fragment = try? IPv6FragmentHeader(parsing: bytes, at: element.offset)
        guard fragment?.fragmentOffset == 0 else { return nil }
      }
      `protocol` = extensions.nextHeader
      source = .v6(header.source)
      destination = .v6(header.destination)
      transport = extensions.offset
    } else {
      return nil
    }
    guard transport + 8 <= end else { return nil }
    // Ports are the same in UDP and TCP; both are in the eight bytes that RFC 792 promises.
    sourcePort = bytes[UDPHeader.Layout.sourcePort, at: transport]
    destinationPort = bytes[UDPHeader.Layout.destinationPort, at: transport]
    word = bytes[TCPHeader.Layout.sequenceNumber, at: transport]
  }
}

extension Host {
  /// The packet with these headers, or `nil` if this host has never dealt with its ends.
  func quotedPacket(_ headers: QuotedHeaders) -> QuotedPacket? {
    guard let source = known(headers.source), let destination = known(headers.destination) else {
      return nil
    }
    return QuotedPacket(
      protocol: headers.protocol, source: source, destination: destination,
      sourcePort: headers.sourcePort, destinationPort: headers.destinationPort,
      word: headers.word)
  }

  private func known(_ address: IPAddress) -> HostAddress? {
    switch address {
    case .v4(let address): HostAddress(address)
    case .v6(let address): speaksIPv6 ? annex[0].ipv6.book.find(address) : nil
    }
  }
}
