import EventSimulation
import PacketFormats

/// An IPv6 packet that has arrived, as far as its header and extension headers tell.
struct IPv6Arrival {
  var disposition = FrameDisposition.accepted
  var layer = Arrival.Layer.none
  var source = IPv6Address.unspecified
  var destination = IPv6Address.unspecified
  var hopLimit: UInt8 = 0
  /// Where the transport header, or the payload of a fragment, starts, from the start of the frame.
  var offset = 0
  var end = 0
  /// Set if the packet is a fragment of a larger one.
  var fragment: IPv6FragmentHeader?
  /// Where the number of a protocol stands that nothing here understands, from the start of the
  /// packet.
  var unknownField: UInt32 = 0
}

/// IPv6 packets as a whole (RFC 8200).
extension Host {
  // MARK: Receiving

  /// Decides what becomes of `frame`, which came to this host's hardware address or to a group, and
  /// hands it on.
  mutating func processIPv6(_ frame: consuming Frame, in network: inout Network) {
    let packet = network.frames.withContents(of: frame) { Self.examineIPv6($0) }
    var arrival = Arrival(disposition: packet.disposition)
    arrival.layer = packet.layer
    arrival.offset = packet.offset
    arrival.end = packet.end
    guard isForThisHost(packet) else {
      arrival.disposition = arrival.disposition == .accepted ? .otherAddress : arrival.disposition
      accept(frame, arrival, in: &network)
      return
    }
    arrival.source = annex[0].ipv6.book.number(of: packet.source)
    // A solicitation comes to a group; what is answered comes from an address of the host all the
    // same.
    arrival.destination =
      packet.destination.isMulticast
      ? HostAddress(numbered: 0) : annex[0].ipv6.book.number(of: packet.destination)
    if arrival.disposition == .accepted, let fragment = packet.fragment {
      receiveFragment(
        frame, arrival,
        Fragment(
          protocol: fragment.nextHeader, identification: fragment.identification,
          start: Int(fragment.fragmentOffset), isLast: !fragment.moreFragments), in: &network)
      return
    }
    arrival.hasDestination = true
    arrival.unknownField = packet.unknownField
    accept(frame, arrival, in: &network)
  }

  /// Whether a packet has an address of this host, or of a group that it belongs to and that it
  /// listens to: all nodes, and those that neighbours ask at (RFC 4291, section 2.8).
  private mutating func isForThisHost(_ packet: IPv6Arrival) -> Bool {
    let destination = packet.destination
    // RFC 4291, section 2.7: "must not be used as source addresses".
    guard !packet.source.isMulticast else { return false }
    guard destination.isMulticast else {
      guard let known = annex[0].ipv6.book.find(destination) else { return false }
      return known.number < annex[0].ipv6.ownCount
    }
    guard packet.layer == .icmpv6 else { return false }
    if destination == .allNodes { return true }
    for number in 0..<Int(annex[0].ipv6.ownCount) {
      let own = annex[0].ipv6.book[HostAddress(numbered: number)]
      if own.solicitedNodeMulticast == destination { return true }
    }
    return false
  }

  /// Checks lengths and checksums of the IPv6 packet in a frame.
  static func examineIPv6(_ bytes: RawSpan) -> IPv6Arrival {
    var arrival = IPv6Arrival()
    do throws(HeaderError) {
      let base = EthernetHeader.byteCount
      let header = try IPv6Header(parsing: bytes, at: base)
      arrival.source = header.source
      arrival.destination = header.destination
      arrival.hopLimit = header.hopLimit
      arrival.end = base + IPv6Header.byteCount + Int(header.payloadLength)
      guard arrival.end <= bytes.byteCount else {
        arrival.disposition = .malformed
        return arrival
      }
      var extensions = IPv6ExtensionIterator(header, at: base, end: arrival.end)
      var nextHeaderField = IPv6Header.Layout.nextHeader.offset
      while let element = try extensions.next(in: bytes) {
        nextHeaderField = element.offset - base
        guard element.kind == .ipv6Fragment else { continue }
        let fragment = try IPv6FragmentHeader(parsing: bytes, at: element.offset)
        // RFC 8200, section 4.5 and RFC 6946: alone and whole, it is no fragment.
        guard fragment.fragmentOffset != 0 || fragment.moreFragments else { continue }
        arrival.fragment = fragment
        arrival.offset = element.offset + element.byteCount
        return arrival
      }
      arrival.offset = extensions.offset
      try examineTransport(bytes, extensions.nextHeader, &arrival)
      if arrival.disposition == .unsupported {
        arrival.unknownField = UInt32(truncatingIfNeeded: nextHeaderField)
      }
    } catch {
      arrival.disposition = disposition(of: error)
    }
    return arrival
  }

  private static func examineTransport(
    _ bytes: RawSpan, _ protocol: IPProtocol, _ arrival: inout IPv6Arrival
  ) throws(HeaderError) {
    let offset = arrival.offset
    switch `protocol` {
    case .tcp:
      arrival.layer = .tcp
      let segment = try TCPHeader(parsing: bytes, at: offset)
      guard offset + segment.headerByteCount <= arrival.end else {
        return arrival.disposition = .malformed
      }
    case .udp:
      arrival.layer = .udp
      let datagram = try UDPHeader(parsing: bytes, at: offset)
      guard offset + Int(datagram.length) <= arrival.end else {
        return arrival.disposition = .malformed
      }
      arrival.end = offset + Int(datagram.length)
    case .icmpv6:
      arrival.layer = .icmpv6
      guard offset + ICMPv6Header.byteCount <= arrival.end else {
        return arrival.disposition = .malformed
      }
    case .ipv6NoNextHeader:
      return
    default:
      arrival.disposition = .unsupported
      return
    }
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: arrival.source, destination: arrival.destination, protocol: `protocol`,
      length: arrival.end - offset)
    sum.add(bytes, in: offset..<arrival.end)
    // RFC 8200, section 8.1: in IPv6 a UDP checksum of zero is no checksum but an error.
    let isMissing = `protocol` == .udp && bytes[UDPHeader.Layout.checksum, at: offset] == 0
    if sum.value != 0 || isMissing { arrival.disposition = .badChecksum }
  }

  // MARK: Sending

  /// What ``makePacket(_:from:to:payloadByteCount:in:)`` makes for an IPv6 destination.
  mutating func makeIPv6Packet(
    _ protocol: IPProtocol, from source: HostAddress, to destination: HostAddress,
    payloadByteCount: Int, hopLimit: UInt8? = nil, in network: inout Network
  ) -> Frame? {
    let byteCount = EthernetHeader.byteCount + IPv6Header.byteCount + payloadByteCount
    guard let frame = makeFrame(byteCount: byteCount, in: &network) else { return nil }
    let header = IPv6Header(
      payloadLength: UInt16(payloadByteCount), nextHeader: `protocol`,
      hopLimit: hopLimit ?? settings.timeToLive, source: annex[0].ipv6.book[source],
      destination: annex[0].ipv6.book[destination])
    let ethernet = EthernetHeader(
      destination: MACAddress(0), source: interface.hardwareAddress, etherType: .ipv6)
    network.frames.withBytes(of: frame) { bytes in
      ethernet.write(to: &bytes, at: 0)
      header.write(to: &bytes, at: EthernetHeader.byteCount)
    }
    return frame
  }

  mutating func ipv6PseudoHeader(
    _ protocol: IPProtocol, from source: HostAddress, to destination: HostAddress, byteCount: Int
  ) -> InternetChecksum {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: annex[0].ipv6.book[source], destination: annex[0].ipv6.book[destination],
      protocol: `protocol`, length: byteCount)
    return sum
  }
}

extension IPv6Address {
  /// ff02::1, every node on the link (RFC 4291, section 2.7.1).
  static var allNodes: IPv6Address { IPv6Address(high: 0xff02 << 48, low: 1) }
}
