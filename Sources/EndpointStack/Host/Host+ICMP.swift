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
    case .echoRequest: sendEchoReply(to: header, frame, arrival, in: &network)
    case .echoReply: receiveEchoReply(header, from: arrival.source, in: &network)
    case .destinationUnreachable: receiveUnreachable(header, frame, arrival, in: &network)
    // RFC 1122, section 3.2.2: what is unknown "MUST be silently discarded". It was for the host
    // itself, and has reached it.
    default: break
    }
    network.frames.discard(frame)
  }

  // MARK: Echo

  private mutating func sendEchoReply(
    to request: ICMPv4Header, _ frame: borrowing Frame, _ arrival: Arrival,
    in network: inout Network
  ) {
    let payload = arrival.offset + ICMPv4Header.byteCount..<arrival.end
    copyToScratch(frame, payload, in: &network)
    let reply = ICMPv4Header(type: .echoReply, parameter: request.parameter)
    sendMessage(
      reply, from: arrival.destination, to: arrival.source, payloadByteCount: payload.count,
      in: &network)
  }

  /// Sends an ICMP message whose payload is the beginning of `scratch`.
  mutating func sendMessage(
    _ header: ICMPv4Header, from source: IPv4Address, to destination: IPv4Address,
    payloadByteCount: Int, in network: inout Network
  ) {
    let frame = makePacket(
      .icmp, from: source, to: destination,
      payloadByteCount: ICMPv4Header.byteCount + payloadByteCount, in: &network)
    guard let frame else { return }
    network.frames.withBytes(of: frame) { bytes in
      let payload = unsafe scratch.span.bytes.extracting(0..<payloadByteCount)
      bytes.copyBytes(from: payload, at: Self.packetPayloadOffset + ICMPv4Header.byteCount)
      header.write(
        to: &bytes, at: Self.packetPayloadOffset, checksum: header.checksum(payload: payload))
    }
    launch(frame, toward: destination, in: &network)
  }

  // MARK: Destination unreachable

  /// Tells the sender of `frame` that it could not be delivered (RFC 792; RFC 1122, section 3.2.2).
  mutating func sendUnreachable(
    _ code: UInt8, about frame: borrowing Frame, _ arrival: Arrival, in network: inout Network
  ) {
    // RFC 1122, section 3.2.2: never about a link-layer broadcast or an impossible source.
    let isBroadcast = network.frames.withContents(of: frame) { bytes in
      bytes[EthernetHeader.Layout.destinationHigh, at: 0] == .max
    }
    let source = arrival.source.rawValue
    guard !isBroadcast, source != 0, source >> 28 < 0xe, source >> 24 != 127,
      allowsUnreachable(at: network.now)
    else { return }
    // As much as keeps the message within 576 bytes (RFC 1812, section 4.3.2.3).
    let most = 576 - IPv4Header.byteCount - ICMPv4Header.byteCount
    let start = EthernetHeader.byteCount
    let quoted = start..<min(arrival.end, start + most)
    copyToScratch(frame, quoted, in: &network)
    sendMessage(
      ICMPv4Header(type: .destinationUnreachable, code: code), from: arrival.destination,
      to: arrival.source, payloadByteCount: quoted.count, in: &network)
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

  private mutating func receiveUnreachable(
    _ header: ICMPv4Header, _ frame: borrowing Frame, _ arrival: Arrival,
    in network: inout Network
  ) {
    let quoted = network.frames.withContents(of: frame) { bytes in
      QuotedPacket(bytes, at: arrival.offset + ICMPv4Header.byteCount, end: arrival.end)
    }
    guard let quoted, interface.owns(quoted.source) else { return }
    switch header.code {
    case ICMPv4Header.UnreachableCode.port, ICMPv4Header.UnreachableCode.protocol:
      report(.refused, about: quoted, in: &network)
    case ICMPv4Header.UnreachableCode.fragmentationNeeded:
      if quoted.protocol == .tcp {
        pathShrank(quoted, to: Int(header.nextHopMTU ?? 0), in: &network)
      }
    default: report(.unreachable, about: quoted, in: &network)
    }
  }

  /// Tells whoever sent the packet in `frame` that nobody answers for its next hop.
  mutating func reportUnsendable(_ frame: borrowing Frame, in network: inout Network) {
    let quoted = network.frames.withContents(of: frame) { bytes in
      QuotedPacket(bytes, at: EthernetHeader.byteCount, end: bytes.byteCount)
    }
    if let quoted { report(.unreachable, about: quoted, in: &network) }
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
      case .server, .train, .kept: break
      }
    case .tcp: segmentFailed(quoted, failure, in: &network)
    default: break
    }
  }
}

/// The beginning of a packet that this host sent, as an ICMP error quotes it (RFC 792).
struct QuotedPacket {
  var `protocol`: IPProtocol
  var source: IPv4Address
  var destination: IPv4Address
  var sourcePort: UInt16
  var destinationPort: UInt16
  /// The sequence number, if it is TCP.
  var sequenceNumber: UInt32

  /// Reads the packet that starts at `base`, or returns `nil` if there is too little of it.
  init?(_ bytes: RawSpan, at base: Int, end: Int) {
    guard let header = try? IPv4Header(parsing: bytes, at: base), header.fragmentOffset == 0,
      base + header.headerByteCount + 8 <= min(end, bytes.byteCount)
    else { return nil }
    let transport = base + header.headerByteCount
    `protocol` = header.protocol
    source = header.source
    destination = header.destination
    // Ports are the same in UDP and TCP; both are in the eight bytes that RFC 792 promises.
    sourcePort = bytes[UDPHeader.Layout.sourcePort, at: transport]
    destinationPort = bytes[UDPHeader.Layout.destinationPort, at: transport]
    sequenceNumber = bytes[TCPHeader.Layout.sequenceNumber, at: transport]
  }
}
