import EventSimulation
import PacketFormats

/// What a look at an arriving frame tells: whom it is for and where its parts are.
struct Arrival {
  /// The protocol that it is handed to.
  enum Layer {
    case none
    case arp
    case icmp
    case udp
    case tcp
    /// IPv6, not looked at yet.
    case ipv6
    case icmpv6
  }

  var disposition: FrameDisposition
  var layer = Layer.none
  var source = HostAddress(numbered: 0)
  var destination = HostAddress(numbered: 0)
  /// Where the header of `layer` starts, counted from the start of the frame.
  var offset = 0
  /// Where the IP packet ends, counted from the start of the frame.
  var end = 0
  /// Whether `destination` could be read.
  var hasDestination = false
  /// Where an IPv6 packet has the number of a protocol that nothing here understands, from its start.
  var unknownField: UInt32 = 0
}

extension Host {
  /// Decides what becomes of `frame` and hands it on.
  @inline(__always)
  mutating func process(_ frame: consuming Frame, in network: inout Network) {
    let hardwareAddress = interface.hardwareAddress
    let speaksIPv6 = speaksIPv6
    var arrival = network.frames.withContents(of: frame) { bytes in
      Self.examine(bytes, for: hardwareAddress, speaksIPv6: speaksIPv6)
    }
    if arrival.hasDestination, !interface.owns(arrival.destination.ipv4) {
      arrival.disposition = .otherAddress
    }
    if arrival.disposition == .fragment {
      receiveFragment(frame, arrival, in: &network)
      return
    }
    if arrival.layer == .ipv6, arrival.disposition == .accepted {
      processIPv6(frame, in: &network)
      return
    }
    accept(frame, arrival, in: &network)
  }

  /// Takes a frame in or refuses it, now that it has been looked at.
  @inline(__always)
  mutating func accept(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    guard arrival.disposition == .accepted else {
      refuse(frame, arrival, in: &network)
      return
    }
    statistics.count(.accepted)
    network.capture(frame, at: interface.capturePoint, direction: .inbound)
    handOn(frame, arrival, in: &network)
  }

  /// Hands a packet that was accepted to its protocol.
  @inline(__always)
  mutating func handOn(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    switch arrival.layer {
    case .none: network.frames.discard(frame)
    case .arp: receiveARP(frame, arrival, in: &network)
    case .icmp: receiveICMP(frame, arrival, in: &network)
    case .udp: receiveDatagram(frame, arrival, in: &network)
    case .tcp: receiveSegment(frame, arrival, in: &network)
    case .icmpv6: receiveICMPv6(frame, arrival, in: &network)
    case .ipv6: preconditionFailure("it has not been looked at")
    }
  }

  /// Checks lengths, checksums and the hardware address of a frame; of one with IPv6 only the last.
  static func examine(
    _ bytes: RawSpan, for hardwareAddress: MACAddress, speaksIPv6: Bool
  ) -> Arrival {
    var arrival = Arrival(disposition: .accepted)
    do throws(HeaderError) {
      let ethernet = try EthernetHeader(parsing: bytes)
      guard
        ethernet.destination == hardwareAddress || ethernet.destination.isBroadcast
          || speaksIPv6 && ethernet.destination.isIPv6Multicast
      else {
        arrival.disposition = .otherHardwareAddress
        return arrival
      }
      switch ethernet.etherType {
      case .ipv4: try examinePacket(bytes, at: EthernetHeader.byteCount, &arrival)
      case .arp:
        arrival.layer = .arp
        arrival.offset = EthernetHeader.byteCount
        arrival.end = bytes.byteCount
      case .ipv6 where speaksIPv6: arrival.layer = .ipv6
      default: arrival.disposition = .unsupported
      }
    } catch {
      arrival.disposition = disposition(of: error)
    }
    return arrival
  }

  static func disposition(of error: HeaderError) -> FrameDisposition {
    if case .unsupported = error { return .unsupported }
    return .malformed
  }

  @inline(__always)
  private static func examinePacket(
    _ bytes: RawSpan, at base: Int, _ arrival: inout Arrival
  ) throws(HeaderError) {
    let header = try IPv4Header(parsing: bytes, at: base)
    let end = base + Int(header.totalLength)
    // Shorter than the frame is right: Ethernet pads.
    guard end <= bytes.byteCount else {
      arrival.disposition = .malformed
      return
    }
    let offset = base + header.headerByteCount
    var sum = InternetChecksum()
    sum.add(bytes, in: base..<offset)
    guard sum.value == 0 else {
      arrival.disposition = .badChecksum
      return
    }
    arrival.source = HostAddress(header.source)
    arrival.destination = HostAddress(header.destination)
    arrival.hasDestination = true
    arrival.offset = offset
    arrival.end = end
    guard !header.isFragment else {
      arrival.disposition = .fragment
      return
    }
    switch header.protocol {
    case .tcp:
      arrival.layer = .tcp
      let segment = try TCPHeader(parsing: bytes, at: offset)
      guard offset + segment.headerByteCount <= end else { return arrival.disposition = .malformed }
      if !isSumRight(bytes, of: arrival, .tcp) { arrival.disposition = .badChecksum }
    case .udp:
      arrival.layer = .udp
      let datagram = try UDPHeader(parsing: bytes, at: offset)
      guard offset + Int(datagram.length) <= end else { return arrival.disposition = .malformed }
      arrival.end = offset + Int(datagram.length)
      // Zero says that the sender made none (RFC 768).
      if bytes[UDPHeader.Layout.checksum, at: offset] != 0, !isSumRight(bytes, of: arrival, .udp) {
        arrival.disposition = .badChecksum
      }
    case .icmp:
      arrival.layer = .icmp
      guard offset + ICMPv4Header.byteCount <= end else { return arrival.disposition = .malformed }
      var sum = InternetChecksum()
      sum.add(bytes, in: offset..<end)
      if sum.value != 0 { arrival.disposition = .badChecksum }
    default: arrival.disposition = .unsupported
    }
  }

  /// Whether the checksum that covers header, payload and pseudo header is right.
  @inline(__always)
  private static func isSumRight(
    _ bytes: RawSpan, of arrival: Arrival, _ protocol: IPProtocol
  ) -> Bool {
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: arrival.source.ipv4, destination: arrival.destination.ipv4, protocol: `protocol`,
      length: arrival.end &- arrival.offset)
    sum.add(bytes, in: arrival.offset..<arrival.end)
    return sum.value == 0
  }

  /// A frame for an IP packet with `payloadByteCount` bytes behind its header, headers written,
  /// destination hardware address excepted.
  ///
  /// - Returns: `nil` if the simulation has no free frame.
  @inline(__always)
  mutating func makePacket(
    _ protocol: IPProtocol, from source: HostAddress, to destination: HostAddress,
    payloadByteCount: Int, in network: inout Network
  ) -> Frame? {
    guard !destination.isIPv6 else {
      return makeIPv6Packet(
        `protocol`, from: source, to: destination, payloadByteCount: payloadByteCount,
        in: &network)
    }
    let byteCount = EthernetHeader.byteCount + IPv4Header.byteCount + payloadByteCount
    guard let frame = makeFrame(byteCount: byteCount, in: &network) else { return nil }
    let header = IPv4Header(
      totalLength: UInt16(IPv4Header.byteCount + payloadByteCount),
      timeToLive: settings.timeToLive, protocol: `protocol`, source: source.ipv4,
      destination: destination.ipv4)
    let ethernet = EthernetHeader(
      destination: MACAddress(0), source: interface.hardwareAddress, etherType: .ipv4)
    network.frames.withBytes(of: frame) { bytes in
      ethernet.write(to: &bytes, at: 0)
      header.write(to: &bytes, at: EthernetHeader.byteCount)
    }
    return frame
  }

  /// The sum of the pseudo header of UDP, TCP and ICMPv6; `byteCount` is what follows the IP header.
  @inline(__always)
  mutating func pseudoHeader(
    _ protocol: IPProtocol, from source: HostAddress, to destination: HostAddress, byteCount: Int
  ) -> InternetChecksum {
    guard !destination.isIPv6 else {
      return ipv6PseudoHeader(`protocol`, from: source, to: destination, byteCount: byteCount)
    }
    var sum = InternetChecksum()
    sum.addPseudoHeader(
      source: source.ipv4, destination: destination.ipv4, protocol: `protocol`, length: byteCount)
    return sum
  }

  /// Copies a part of `frame` to `scratch`.
  mutating func copyToScratch(
    _ frame: borrowing Frame, _ range: Range<Int>, in network: inout Network
  ) {
    if scratch.count < range.count {
      scratch = [UInt8](repeating: 0, count: FramePool.longestFrame.jumbo)
    }
    network.frames.withContents(of: frame) { bytes in
      var span = scratch.mutableSpan
      var target = unsafe span.mutableBytes
      target.copyBytes(from: bytes.extracting(range), at: 0)
    }
  }
}
