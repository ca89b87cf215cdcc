import PacketFormats

/// An IPv6 header with its extension headers (RFC 8200, section 4) that fit into their span.
struct CheckedIPv6Header {
  /// Length of the packet with its header, in bytes.
  let totalLength: Int
  /// Length of what follows the header and the extension headers, in bytes.
  let transportByteCount: Int
  /// Where that starts, counted like the offset handed to the parser.
  let transport: Int
  /// The protocol of what follows the extension headers.
  let protocolNumber: UInt8
  let hopLimit: UInt8
  let source: IPv6Address
  let destination: IPv6Address
  /// What the fragment header says, unless there is none or this is all of the packet (RFC 6946).
  let fragment: IPv6FragmentHeader?
  /// Where the fragment header starts; without meaning if ``fragment`` is `nil`.
  let fragmentHeader: Int

  /// Reads the packet whose IPv6 header starts at `offset`.
  init(of bytes: RawSpan, at offset: Int) throws(Refusal) {
    do {
      let header = try IPv6Header(parsing: bytes, at: offset)
      totalLength = IPv6Header.byteCount + Int(header.payloadLength)
      guard totalLength <= bytes.byteCount - offset else { throw Refusal(reason: .malformed) }
      let end = offset + totalLength
      var extensions = IPv6ExtensionIterator(header, at: offset, end: end)
      var fragment: IPv6FragmentHeader?
      var fragmentHeader = 0
      while let element = try extensions.next(in: bytes) {
        guard element.kind == .ipv6Fragment else { continue }
        let found = try IPv6FragmentHeader(parsing: bytes, at: element.offset)
        guard found.fragmentOffset != 0 || found.moreFragments else { continue }
        fragment = found
        fragmentHeader = element.offset
      }
      self.fragment = fragment
      self.fragmentHeader = fragmentHeader
      transport = extensions.offset
      transportByteCount = end - extensions.offset
      protocolNumber = extensions.nextHeader.rawValue
      hopLimit = header.hopLimit
      source = header.source
      destination = header.destination
    } catch {
      throw Refusal(reason: .malformed)
    }
  }
}
