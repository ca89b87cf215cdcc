import PacketFormats

/// What an inspection wants to know about a packet, taken from its innermost headers.
struct FrameFacts {
  /// The flow that the packet itself belongs to.
  var tuple = FlowTuple.none
  /// What translators act on: the same, or for an ICMP error the flow it is about, in the direction
  /// in which the error travels.
  var translated = FlowTuple.none
  /// Whether ``translated`` says anything: not for later fragments, nor for an ICMP error whose
  /// quote is too short.
  var hasTranslated = true
  var isICMPError = false
  /// For an ICMP error: whether it goes to the address that sent the packet it quotes.
  var reachesQuotedSource = true
  /// A fragment other than the first, which has no ports.
  var isLaterFragment = false
  var timeToLive: UInt8 = 0
  /// IPv4's identification, or 0.
  var identification: UInt16 = 0
  var isTCP = false
  var segment = TCPSegment()
  var marks: ChecksumMarks = []
  /// Hash of what translators leave alone behind the transport header; 0 if it was not asked for or
  /// not all of it was captured.
  var payloadHash: UInt64 = 0
  /// Hash of all that stays the same from point to point, for packets without an id; 0 if it was
  /// not asked for.
  var content: UInt64 = 0

  /// What to work out beyond flows and tuples.
  struct Wishes {
    var payload = false
    var content = false
  }
}

extension FrameFacts {
  /// Reads what a dissection has found.
  ///
  /// - Precondition: `frame` is an IPv4 or IPv6 packet in `bytes`.
  @inline(__always)
  init(_ frame: Dissection, in bytes: RawSpan, _ wishes: Wishes) {
    readAddresses(frame, in: bytes)
    translated = tuple
    if isICMPError { readQuote(frame, in: bytes) }
    if isLaterFragment { hasTranslated = false }
    guard wishes.payload || wishes.content else { return }
    if !frame.isTruncated {
      payloadHash = Self.payloadHash(frame, in: bytes, isICMPError: isICMPError)
    }
    if wishes.content { content = contentHash(frame, in: bytes) }
  }

  @inline(__always)
  private mutating func readAddresses(_ frame: Dissection, in bytes: RawSpan) {
    let base = frame.networkOffset
    var source = (high: 0 as UInt64, low: 0 as UInt64)
    var destination = (high: 0 as UInt64, low: 0 as UInt64)
    if frame.network == .ipv4 {
      typealias Layout = IPv4Header.Layout
      source.low = NetworkAddress.mappedPrefix | UInt64(bytes[Layout.source, at: base])
      destination.low = NetworkAddress.mappedPrefix | UInt64(bytes[Layout.destination, at: base])
      timeToLive = bytes[Layout.timeToLive, at: base]
      identification = bytes[Layout.identification, at: base]
    } else {
      typealias Layout = IPv6Header.Layout
      source = (bytes[Layout.sourceHigh, at: base], bytes[Layout.sourceLow, at: base])
      destination = (
        bytes[Layout.destinationHigh, at: base], bytes[Layout.destinationLow, at: base]
      )
      timeToLive = bytes[Layout.hopLimit, at: base]
    }
    var sourcePort: UInt16 = 0
    var destinationPort: UInt16 = 0
    if let transport = frame.transportOffset {
      switch frame.protocol {
      case .tcp:
        sourcePort = bytes[TCPHeader.Layout.sourcePort, at: transport]
        destinationPort = bytes[TCPHeader.Layout.destinationPort, at: transport]
        // A quote may end after the ports.
        if frame.transportHeaderByteCount > 0 { readSegment(frame, in: bytes, at: transport) }
      case .udp:
        sourcePort = bytes[UDPHeader.Layout.sourcePort, at: transport]
        destinationPort = bytes[UDPHeader.Layout.destinationPort, at: transport]
        if frame.network == .ipv4, frame.transportHeaderByteCount > 0 {
          marks.insert(.hasUDPField)
          if bytes[UDPHeader.Layout.checksum, at: transport] == 0 {
            marks.insert(.lacksUDPChecksum)
          }
        }
      case .icmp where frame.transportHeaderByteCount > 0:
        let type = ICMPv4Header.MessageType(
          rawValue: bytes[ICMPv4Header.Layout.type, at: transport])
        isICMPError = type.isError
        let identifier = bytes[ICMPv4Header.Layout.identifier, at: transport]
        if type == .echoRequest { sourcePort = identifier }
        if type == .echoReply { destinationPort = identifier }
      case .icmpv6 where frame.transportHeaderByteCount > 0:
        let type = ICMPv6Header.MessageType(
          rawValue: bytes[ICMPv6Header.Layout.type, at: transport])
        isICMPError = type.isError
        let identifier = bytes[ICMPv6Header.Layout.identifier, at: transport]
        if type == .echoRequest { sourcePort = identifier }
        if type == .echoReply { destinationPort = identifier }
      default: break
      }
    } else {
      isLaterFragment = true
    }
    tuple = FlowTuple(
      sourceHigh: source.high, sourceLow: source.low, destinationHigh: destination.high,
      destinationLow: destination.low, protocol: frame.protocol.rawValue, sourcePort: sourcePort,
      destinationPort: destinationPort)
  }

  @inline(__always)
  private mutating func readSegment(
    _ frame: Dissection, in bytes: RawSpan, at transport: Int
  ) {
    isTCP = true
    segment.sequence = bytes[TCPHeader.Layout.sequenceNumber, at: transport]
    segment.acknowledgment = bytes[TCPHeader.Layout.acknowledgmentNumber, at: transport]
    segment.flags = bytes[TCPHeader.Layout.flags, at: transport]
    let payload = max(0, frame.networkEnd - transport - frame.transportHeaderByteCount)
    segment.sequenceLength = UInt32(truncatingIfNeeded: payload)
    if segment.flags & TCPSegment.syn != 0 { segment.sequenceLength &+= 1 }
    if segment.flags & TCPSegment.fin != 0 { segment.sequenceLength &+= 1 }
  }

  /// Takes the flow that an ICMP error is about from the packet it quotes.
  private mutating func readQuote(_ frame: Dissection, in bytes: RawSpan) {
    hasTranslated = false
    // A quote that cannot be read says nothing, and nobody promised that it can be.
    guard let quoted = (try? frame.quotedPacket(in: bytes)) ?? nil,
      quoted.network == .ipv4 || quoted.network == .ipv6, quoted.transportOffset != nil
    else { return }
    let isEcho = quoted.protocol == .icmp || quoted.protocol == .icmpv6
    guard quoted.hasPorts || isEcho && quoted.transportHeaderByteCount > 0 else { return }
    if quoted.network == .ipv4 {
      marks.insert(.quotesHeader)
      if case .good = InternetChecksum.verifyNetwork(of: quoted, in: bytes) {
        marks.insert(.quoteIsRight)
      }
    }
    var inner = FrameFacts()
    inner.readAddresses(quoted, in: bytes)
    translated = inner.tuple.reversed
    hasTranslated = true
    reachesQuotedSource =
      translated.destinationHigh == tuple.destinationHigh
      && translated.destinationLow == tuple.destinationLow
  }

  /// Hashes the transport's payload; of an ICMP error, only what no translator touches.
  @inline(__always)
  private static func payloadHash(
    _ frame: Dissection, in bytes: RawSpan, isICMPError: Bool
  ) -> UInt64 {
    let start = min(frame.payloadOffset, frame.payloadEnd)
    guard isICMPError else { return bytes.payloadHash(start..<frame.payloadEnd) }
    // The quote's addresses, ports and checksums are turned back
    // (nat-behaviour §2), so only type, code and length are sure to stay.
    let transport = frame.transportOffset ?? start
    return HashMixing.mix(
      UInt64(bytes[ICMPv4Header.Layout.type, at: transport]) << 8
        | UInt64(bytes[ICMPv4Header.Layout.code, at: transport]) ^ HashMixing.first,
      UInt64(frame.payloadEnd - start) ^ HashMixing.second)
  }

  /// Hashes what a packet keeps from point to point: all but addresses, ports, time to live and
  /// checksums.
  private func contentHash(_ frame: Dissection, in bytes: RawSpan) -> UInt64 {
    let length = frame.networkEnd - frame.networkOffset - frame.networkHeaderByteCount
    var hash = HashMixing.mix(
      UInt64(frame.protocol.rawValue) << 32 | UInt64(truncatingIfNeeded: length)
        ^ HashMixing.first, payloadHash ^ HashMixing.second)
    if isTCP {
      hash = HashMixing.mix(
        hash ^ UInt64(segment.sequence) << 32 ^ UInt64(segment.acknowledgment),
        UInt64(segment.flags) ^ HashMixing.third)
    } else if isLaterFragment {
      hash = HashMixing.mix(hash ^ UInt64(frame.fragmentOffset), HashMixing.third)
    } else if let transport = frame.transportOffset, frame.transportHeaderByteCount > 0,
      frame.protocol == .icmp || frame.protocol == .icmpv6, !isICMPError
    {
      let type = UInt64(bytes[ICMPv4Header.Layout.type, at: transport])
      let sequence = UInt64(bytes[ICMPv4Header.Layout.sequenceNumber, at: transport])
      hash = HashMixing.mix(hash ^ type << 16 ^ sequence, HashMixing.third)
    }
    return hash
  }
}
