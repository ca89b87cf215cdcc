import EventSimulation
import PacketFormats
import SimulatedTime

extension Host {
  /// Takes over `frame`, which holds an ICMP message for this host.
  mutating func receiveICMP(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let header = network.frames.withContents(of: frame) { bytes in
      try? ICMPv4Header(parsing: bytes, at: arrival.offset)
    }
    guard let header else {
      condemn(frame, .malformed, in: &network)
      bury(frame, .malformed, layer: .icmp, in: &network)
      return
    }
    switch header.type {
    case .echoRequest: sendEchoReply(to: header.parameter, frame, arrival, in: &network)
    case .echoReply:
      receiveEchoReply(header.parameter, from: arrival.source, in: &network)
    case .destinationUnreachable, .timeExceeded:
      receiveError(ICMPError(header), frame, arrival, in: &network)
    // RFC 1122, section 3.2.2: what is unknown "MUST be silently discarded". It was for the host
    // itself, and has reached it.
    default: break
    }
    network.frames.discard(frame)
  }

  // MARK: Echo

  /// Answers an echo request, whose identifier and sequence number are `parameter`.
  mutating func sendEchoReply(
    to parameter: UInt32, _ frame: borrowing Frame, _ arrival: Arrival,
    in network: inout Network
  ) {
    let payload = arrival.offset + ICMPv4Header.byteCount..<arrival.end
    copyToScratch(frame, payload, in: &network)
    sendMessage(
      .echoReply(parameter), from: arrival.destination, to: arrival.source,
      payloadByteCount: payload.count, in: &network)
  }

  /// Sends an ICMP message whose payload is the beginning of `scratch`.
  ///
  /// It may take `hopLimit` hops, or as many as other packets if that is `nil`.
  mutating func sendMessage(
    _ message: ICMPMessage, from source: HostAddress, to destination: HostAddress,
    payloadByteCount: Int, hopLimit: UInt8? = nil, in network: inout Network
  ) {
    // Both headers are equally long.
    let byteCount = ICMPv4Header.byteCount + payloadByteCount
    let made = makePacket(
      destination.isIPv6 ? .icmpv6 : .icmp, from: source, to: destination,
      payloadByteCount: byteCount, in: &network)
    guard let frame = made else { return }
    if let hopLimit { setHopLimit(hopLimit, of: frame, to: destination, in: &network) }
    let pseudo =
      destination.isIPv6
      ? pseudoHeader(.icmpv6, from: source, to: destination, byteCount: byteCount)
      : InternetChecksum()
    let start = destination.payloadOffset
    let header = message.header(isIPv6: destination.isIPv6)
    network.frames.withBytes(of: frame) { bytes in
      let payload = unsafe scratch.span.bytes.extracting(0..<payloadByteCount)
      bytes.copyBytes(from: payload, at: start + ICMPv4Header.byteCount)
      var sum = pseudo
      sum.add(UInt16(header.type) << 8 | UInt16(header.code))
      sum.add(header.parameter)
      sum.add(payload)
      ICMPv4Header(
        type: ICMPv4Header.MessageType(rawValue: header.type), code: header.code,
        parameter: header.parameter
      ).write(to: &bytes, at: start, checksum: sum.value)
    }
    sendWithinPath(frame, to: destination, in: &network)
  }

  /// Changes how many hops a packet of this host may take.
  mutating func setHopLimit(
    _ limit: UInt8, of frame: borrowing Frame, to destination: HostAddress,
    in network: inout Network
  ) {
    let base = EthernetHeader.byteCount
    network.frames.withBytes(of: frame) { bytes in
      if destination.isIPv6 {
        bytes[IPv6Header.Layout.hopLimit, at: base] = limit
      } else if var header = try? IPv4Header(parsing: bytes.bytes, at: base) {
        header.timeToLive = limit
        header.write(to: &bytes, at: base)
      }
    }
  }

  // MARK: Sending errors

  /// Tells the sender of `frame` that nobody listens at the port (RFC 1122, section 3.2.2.1; RFC
  /// 4443, section 3.1).
  mutating func sendPortUnreachable(
    about frame: borrowing Frame, _ arrival: Arrival, in network: inout Network
  ) {
    sendError(.portUnreachable, about: frame, arrival, in: &network)
  }

  /// Tells the sender of `frame` that nothing here understands its protocol (RFC 1122, section
  /// 3.2.2.1; RFC 4443, section 3.4).
  mutating func sendUnknownProtocol(
    about frame: borrowing Frame, _ arrival: Arrival, in network: inout Network
  ) {
    sendError(.protocolUnknown(at: arrival.unknownField), about: frame, arrival, in: &network)
  }

  private mutating func sendError(
    _ message: ICMPMessage, about frame: borrowing Frame, _ arrival: Arrival,
    in network: inout Network
  ) {
    guard mayReport(frame, arrival, in: &network), allowsUnreachable(at: network.now) else {
      return
    }
    // As much as keeps the message within 576 bytes (RFC 1812, section 4.3.2.3), or within the least
    // MTU of IPv6 (RFC 4443, section 2.4(c)).
    let longest = arrival.source.isIPv6 ? 1280 : 576
    let most = longest - arrival.source.headerByteCount - ICMPv4Header.byteCount
    let start = EthernetHeader.byteCount
    let quoted = start..<min(arrival.end, start + most)
    copyToScratch(frame, quoted, in: &network)
    sendMessage(
      message, from: arrival.destination, to: arrival.source, payloadByteCount: quoted.count,
      in: &network)
  }

  /// Whether anybody may be told about `frame`: never of a link-layer broadcast or of what came from
  /// an impossible source (RFC 1122, section 3.2.2; RFC 4443, section 2.4(e)).
  private mutating func mayReport(
    _ frame: borrowing Frame, _ arrival: Arrival, in network: inout Network
  ) -> Bool {
    let isToGroup = network.frames.withContents(of: frame) { bytes in
      bytes[EthernetHeader.Layout.destinationHigh, at: 0] >> 24 & 0x01 != 0
    }
    guard !isToGroup else { return false }
    if arrival.source.isIPv6 {
      let source = annex[0].ipv6.book[arrival.source]
      return source != .unspecified && source != .loopback
    }
    let source = arrival.source.ipv4.rawValue
    return source != 0 && source >> 28 < 0xe && source >> 24 != 127
  }

  /// Whether another ICMP error may be sent now (RFC 1812, section 4.3.2.8: a token bucket).
  private mutating func allowsUnreachable(at now: Instant) -> Bool {
    guard settings.unreachableRate > 0 else { return false }
    let cost = 1_000_000_000 / Int64(settings.unreachableRate)
    let elapsed = now.nanoseconds - unreachableTime
    unreachableTime = now.nanoseconds
    unreachableDebt = max(0, unreachableDebt - elapsed)
    guard unreachableDebt + cost <= cost * Int64(settings.unreachableBurst) else { return false }
    unreachableDebt += cost
    return true
  }

  // MARK: Receiving errors

  /// Acts on an ICMP error that has come in `frame`.
  mutating func receiveError(
    _ error: ICMPError, _ frame: borrowing Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let headers = network.frames.withContents(of: frame) { bytes in
      QuotedHeaders(bytes, at: arrival.offset + ICMPv4Header.byteCount, end: arrival.end)
    }
    guard let headers, let quoted = quotedPacket(headers), owns(quoted.source),
      quoted.source.isIPv6 == arrival.source.isIPv6
    else { return }
    if traceAnswered(by: error, from: arrival.source, about: quoted, in: &network) { return }
    switch error.kind {
    case .refused: report(.refused, about: quoted, in: &network)
    case .unreachable: report(.unreachable, about: quoted, in: &network)
    case .tooBig(let limit): pathShrank(quoted, to: limit, in: &network)
    // RFC 1122, section 4.2.3.9: "TCP MUST NOT abort the connection"; Linux tells UDP programs only
    // if they ask. A route that loops may be mended.
    case .expired: break
    }
  }

  /// Tells whoever sent the packet in `frame` that nobody answers for its next hop.
  mutating func reportUnsendable(_ frame: borrowing Frame, in network: inout Network) {
    let headers = network.frames.withContents(of: frame) { bytes in
      QuotedHeaders(bytes, at: EthernetHeader.byteCount, end: bytes.byteCount)
    }
    guard let headers, let quoted = quotedPacket(headers) else { return }
    report(.unreachable, about: quoted, in: &network)
  }

  private mutating func report(
    _ failure: ExchangeFailure, about quoted: QuotedPacket, in network: inout Network
  ) {
    switch quoted.protocol {
    case .udp:
      guard let index = findSocket(quoted.sourcePort) else { return }
      switch sockets[index].owner {
      case .lookup(let id):
        lookupFailed(id, failure, asking: quoted.destination, in: &network)
      case .request(let id):
        requestFailed(id, failure, asking: quoted.destination, in: &network)
      case .forward(let id):
        forwardFailed(id, asking: quoted.destination, in: &network)
      case .server, .train, .trace, .kept: break
      }
    case .tcp: segmentFailed(quoted, failure, in: &network)
    default: break
    }
  }

  // MARK: Path MTU

  /// The least that a path is believed to carry: in IPv4 what every host takes (RFC 1191, section 5;
  /// Linux `min_pmtu` is 552), in IPv6 what every link has to carry (RFC 8201, section 4).
  private static var leastPathMTU: (ipv4: Int, ipv6: Int) { (576, 1280) }
  /// How long a path's MTU is remembered (Linux `mtu_expires`: 600 s; RFC 1191, section 6.3).
  private static var pathMTULifetime: Duration { .seconds(600) }

  /// A packet that this host sent is too long for the path (RFC 1191, RFC 8201).
  private mutating func pathShrank(
    _ quoted: QuotedPacket, to limit: Int, in network: inout Network
  ) {
    let least = Self.leastPathMTU
    let believed = max(limit, quoted.destination.isIPv6 ? least.ipv6 : least.ipv4)
    // RFC 5927, section 7.2: it must be about something that is under way.
    guard believed < interface.maximumTransmissionUnit, isUnderWay(quoted) else { return }
    let now = network.now.nanoseconds
    openAnnex()
    annex[0].paths.remember(
      min(believed, pathMTU(to: quoted.destination, at: now)), to: quoted.destination,
      until: network.now.advanced(by: Self.pathMTULifetime).nanoseconds)
    if quoted.protocol == .udp { datagramTooLong(quoted, limit: believed, in: &network) }
    connectionsShrink(to: believed, about: quoted, in: &network)
  }

  /// Whether this host has sent something like `quoted` that may not have arrived.
  private mutating func isUnderWay(_ quoted: QuotedPacket) -> Bool {
    switch quoted.protocol {
    case .tcp: return isSegmentUnderWay(quoted)
    case .udp: return findSocket(quoted.sourcePort) != nil
    // Pings, and the later fragments of datagrams, which say nothing of their socket.
    default: return true
    }
  }
}
