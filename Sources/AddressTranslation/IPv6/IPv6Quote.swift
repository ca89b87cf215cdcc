import PacketFormats

/// The packet that an ICMPv6 error is about, as far as the error quotes it (RFC 4443,
/// section 2.4).
///
/// It went the other way: an error on its way in quotes a packet on its way out, as it looked
/// outside.
struct IPv6Quote {
  /// Where the quoted IPv6 header starts.
  let header: Int
  /// Where the quoted TCP, UDP or ICMPv6 header starts.
  private let transport: Int
  /// Behind the last quoted byte.
  private let end: Int
  private let error: Int
  let protocolNumber: UInt8
  let source: IPv6Address
  let destination: IPv6Address
  private let sourcePort: UInt16
  private let destinationPort: UInt16

  /// Reads the ICMPv6 error under `outer`.
  init(in bytes: RawSpan, under outer: CheckedIPv6Header) throws(Refusal) {
    error = outer.transport
    end = outer.transport + outer.transportByteCount
    guard outer.fragment == nil else { throw Refusal(reason: .fragment) }
    guard outer.transportByteCount >= HeaderLayout.icmpByteCount else {
      throw Refusal(reason: .malformed)
    }
    let type = bytes[HeaderLayout.icmpType, at: error]
    guard ICMPKind(type, of: HeaderLayout.icmpv6) == .error else {
      throw Refusal(reason: .unsupportedProtocol)
    }
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: outer.source, destination: outer.destination, protocol: .icmpv6,
      length: outer.transportByteCount)
    sum.add(bytes, in: error..<end)
    guard sum.value == 0 else { throw Refusal(reason: .badChecksum) }
    header = error + HeaderLayout.icmpByteCount
    do {
      // The quote may end anywhere, so its own length says nothing.
      let quoted = try IPv6Header(parsing: bytes.extracting(0..<end), at: header)
      source = quoted.source
      destination = quoted.destination
      var extensions = IPv6ExtensionIterator(quoted, at: header, end: end)
      var isFirst = true
      while let element = try extensions.next(in: bytes) {
        guard element.kind == .ipv6Fragment else { continue }
        isFirst = try IPv6FragmentHeader(parsing: bytes, at: element.offset).fragmentOffset == 0
      }
      // Only a first fragment says which flow it is of.
      guard isFirst else { throw Refusal(reason: .unsolicited) }
      transport = extensions.offset
      protocolNumber = extensions.nextHeader.rawValue
    } catch let refusal as Refusal {
      throw refusal
    } catch {
      throw Refusal(reason: .malformed)
    }
    guard end - transport >= 8 else { throw Refusal(reason: .malformed) }
    switch protocolNumber {
    case HeaderLayout.tcp, HeaderLayout.udp:
      sourcePort = bytes[HeaderLayout.sourcePort, at: transport]
      destinationPort = bytes[HeaderLayout.destinationPort, at: transport]
    case HeaderLayout.icmpv6:
      let quotedType = bytes[HeaderLayout.icmpType, at: transport]
      // RFC 4443, section 2.4 (e.1): no error is about an error.
      switch ICMPKind(quotedType, of: HeaderLayout.icmpv6) {
      case .request, .reply: break
      case .error, .other: throw Refusal(reason: .unsupportedProtocol)
      }
      sourcePort = bytes[HeaderLayout.icmpIdentifier, at: transport]
      destinationPort = sourcePort
    default:
      throw Refusal(reason: .unsupportedProtocol)
    }
  }

  /// The quoted flow, as the translator's tables have it for packets that go the error's way.
  ///
  /// `source` and `destination` are the numbers that stand for the addresses of that name.
  func key(source: UInt32, destination: UInt32, fromInside: Bool) -> FlowKey {
    FlowKey(
      protocolNumber: protocolNumber, localAddress: fromInside ? destination : source,
      localPort: fromInside ? destinationPort : sourcePort,
      remoteAddress: fromInside ? source : destination,
      remotePort: HeaderLayout.isICMP(protocolNumber)
        ? 0 : remotePort(fromInside: fromInside))
  }

  /// The quoted port or identifier at the end that stays as it is.
  func remotePort(fromInside: Bool) -> UInt16 { fromInside ? sourcePort : destinationPort }

  /// Replaces the quoted address and port, and brings up to date the quoted checksum, if it is
  /// quoted, and the error's, which covers `outerChange` as well.
  func turnBack(
    in bytes: inout MutableRawSpan, fromInside: Bool, to new: (address: IPv6Address, port: UInt16),
    with outerChange: InternetChecksum.Change
  ) {
    let quoted: IPv6Rewriting = fromInside ? .destination : .source
    let change = quoted.replaceAddress(in: &bytes, at: header, by: new.address)
      .and(quoted.replacePort(in: &bytes, at: transport, of: protocolNumber, by: new.port))
    let checksumChange = IPv6Rewriting.updateChecksum(
      in: &bytes, at: transport, of: protocolNumber, end: end, with: change)
    IPv6Rewriting.updateChecksum(
      in: &bytes, at: error, of: HeaderLayout.icmpv6, end: end,
      with: outerChange.and(change).and(checksumChange))
  }
}
