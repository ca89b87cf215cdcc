import EventSimulation
import PacketFormats
import SimulatedTime

/// A packet of which not all fragments have come.
struct Reassembly {
  let source: HostAddress
  let destination: HostAddress
  let `protocol`: IPProtocol
  /// 16 bits in IPv4, 32 in IPv6.
  let identification: UInt32
  /// When it is given up, in nanoseconds.
  let deadline: Int64
  /// The fragments that wait, in the order of their places, none overlapping another.
  var parts: [Part] = []
  /// The length of the whole payload, once the last fragment has come.
  var byteCount: Int?

  struct Part {
    /// Where its payload belongs in the whole one.
    var start: Int
    var end: Int
    var frame: Int32
  }

  /// Whether nothing is missing.
  var isComplete: Bool {
    guard let byteCount else { return false }
    var end = 0
    for part in parts {
      guard part.start == end else { return false }
      end = part.end
    }
    return end == byteCount
  }
}

/// A fragment that has arrived: whose it is and where it belongs.
struct Fragment {
  var `protocol`: IPProtocol
  var identification: UInt32
  /// Where its payload belongs in the whole one.
  var start: Int
  var isLast: Bool
}

/// Packets that are longer than a link takes (RFC 791, section 3.2, "Fragmentation and
/// Reassembly"; RFC 8200, section 4.5).
extension Host {
  /// Packets that a host puts together at a time (assumed; Linux limits memory, `ipfrag_high_thresh`).
  private static var reassemblyLimit: Int { 256 }
  /// Fragments of one packet that may wait (assumed; Linux has no such limit).
  private static var partLimit: Int { 64 }
  /// How long the first fragment that came waits for the others (Linux `ipfrag_time`: 30 s; RFC
  /// 1122, section 3.3.2: 60 to 120 s).
  private static var reassemblyTime: Duration { .seconds(30) }

  // MARK: Sending

  /// Sends a packet that is longer than `limit`, what the path carries, in fragments.
  ///
  /// As Linux does for datagrams of a program that has not forbidden it.
  mutating func sendInFragments(
    _ whole: consuming Frame, to destination: HostAddress, by nextHop: HostAddress, limit: Int,
    in network: inout Network
  ) {
    let base = EthernetHeader.byteCount
    let start = destination.payloadOffset
    let byteCount = whole.byteCount - start
    let (ipv4, ipv6) = network.frames.withContents(of: whole) {
      (try? IPv4Header(parsing: $0, at: base), try? IPv6Header(parsing: $0, at: base))
    }
    copyToScratch(whole, start..<start + byteCount, in: &network)
    network.frames.discard(whole)
    // RFC 6864, section 4.3 and RFC 8200, section 4.5: different for each packet between the same
    // ends that may be split.
    if destination.isIPv6 {
      annex[0].ipv6.nextIdentification &+= 1
    } else {
      nextIdentification &+= 1
    }
    let extra = destination.isIPv6 ? IPv6FragmentHeader.byteCount : 0
    let room = (limit - destination.headerByteCount - extra) / 8 * 8
    var offset = 0
    while offset < byteCount {
      let length = min(room, byteCount - offset)
      let made = makeFrame(byteCount: start + extra + length, in: &network)
      guard let frame = made else { return }
      let isLast = offset + length == byteCount
      let ethernet = EthernetHeader(
        destination: MACAddress(0), source: interface.hardwareAddress,
        etherType: destination.isIPv6 ? .ipv6 : .ipv4)
      let identification = destination.isIPv6 ? annex[0].ipv6.nextIdentification : 0
      let shortIdentification = nextIdentification
      network.frames.withBytes(of: frame) { bytes in
        ethernet.write(to: &bytes, at: 0)
        if var header = ipv6 {
          header.payloadLength = UInt16(extra + length)
          let transport = header.nextHeader
          header.nextHeader = .ipv6Fragment
          header.write(to: &bytes, at: base)
          IPv6FragmentHeader(
            nextHeader: transport, fragmentOffset: UInt16(offset), moreFragments: !isLast,
            identification: identification
          ).write(to: &bytes, at: start)
        } else if var header = ipv4 {
          header.totalLength = UInt16(IPv4Header.byteCount + length)
          header.identification = shortIdentification
          header.dontFragment = false
          header.moreFragments = !isLast
          header.fragmentOffset = UInt16(offset)
          header.write(to: &bytes, at: base)
        }
        let payload = unsafe scratch.span.bytes.extracting(offset..<offset + length)
        bytes.copyBytes(from: payload, at: start + extra)
      }
      launch(frame, to: nextHop, in: &network)
      offset += length
    }
  }

  // MARK: Receiving

  /// Takes over an IPv4 fragment for this host, and the packet it completes, if it does.
  mutating func receiveFragment(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let parsed = network.frames.withContents(of: frame) {
      try? IPv4Header(parsing: $0, at: EthernetHeader.byteCount)
    }
    guard let header = parsed else {
      refuse(frame, .fragment, layer: .none, in: &network)
      return
    }
    receiveFragment(
      frame, arrival,
      Fragment(
        protocol: header.protocol, identification: UInt32(header.identification),
        start: Int(header.fragmentOffset), isLast: !header.moreFragments), in: &network)
  }

  /// Takes over a fragment for this host, and the packet it completes, if it does.
  mutating func receiveFragment(
    _ frame: consuming Frame, _ arrival: Arrival, _ fragment: Fragment,
    in network: inout Network
  ) {
    guard let place = reassembly(for: fragment, arrival, in: &network) else {
      refuse(frame, .fragment, layer: .none, in: &network)
      return
    }
    let start = fragment.start
    let end = start + arrival.end - arrival.offset
    let isLast = fragment.isLast
    let known = reassemblies[place].byteCount
    guard end > start, isLast || (end - start) % 8 == 0, end <= known ?? .max,
      !isLast || known == nil || known == end,
      arrival.destination.payloadOffset + end <= FramePool.longestFrame.jumbo,
      reassemblies[place].parts.count < Self.partLimit,
      // RFC 5722, section 3, forbids overlaps in IPv6; nobody has a use for them here either.
      !reassemblies[place].parts.contains(where: { $0.start < end && start < $0.end })
    else {
      refuse(frame, .fragment, layer: .none, in: &network)
      return
    }
    statistics.count(.accepted)
    network.capture(frame, at: interface.capturePoint, direction: .inbound)
    if isLast { reassemblies[place].byteCount = end }
    let parts = reassemblies[place].parts
    reassemblies[place].parts.insert(
      Reassembly.Part(
        start: start, end: end,
        frame: held.hold(frame, offset: arrival.offset, byteCount: end - start)),
      at: parts.firstIndex { $0.start > start } ?? parts.count)
    if reassemblies[place].isComplete { complete(place, in: &network) }
  }

  /// The place of the packet that a fragment belongs to, or `nil` if there is room for none.
  private mutating func reassembly(
    for fragment: Fragment, _ arrival: Arrival, in network: inout Network
  ) -> Int? {
    let known = reassemblies.firstIndex {
      $0.identification == fragment.identification && $0.source == arrival.source
        && $0.destination == arrival.destination && $0.protocol == fragment.protocol
    }
    if let known { return known }
    guard reassemblies.count < Self.reassemblyLimit else { return nil }
    let deadline = network.now.advanced(by: Self.reassemblyTime)
    reassemblies.append(
      Reassembly(
        source: arrival.source, destination: arrival.destination, protocol: fragment.protocol,
        identification: fragment.identification, deadline: deadline.nanoseconds))
    network.wake(at: deadline, token: WakeToken(.reassembly, .none).rawValue)
    return reassemblies.count - 1
  }

  /// Puts the packet at `place` together and hands it on.
  private mutating func complete(_ place: Int, in network: inout Network) {
    let reassembly = reassemblies.remove(at: place)
    let start = reassembly.destination.payloadOffset
    let byteCount = reassembly.byteCount ?? 0
    if scratch.count < byteCount {
      scratch = [UInt8](repeating: 0, count: FramePool.longestFrame.jumbo)
    }
    for part in reassembly.parts {
      let element = held.release(part.frame)
      let offset = Int(element.offset)
      let frame = element.takeFrame()
      network.frames.withContents(of: frame) { bytes in
        var span = scratch.mutableSpan
        var target = unsafe span.mutableBytes
        target.copyBytes(
          from: bytes.extracting(offset..<offset + part.end - part.start), at: part.start)
      }
      network.frames.discard(frame)
    }
    let made = makePacket(
      reassembly.protocol, from: reassembly.source, to: reassembly.destination,
      payloadByteCount: byteCount, in: &network)
    guard let whole = made else { return }
    let hardwareAddress = interface.hardwareAddress
    network.frames.withBytes(of: whole) { bytes in
      EthernetHeader.setDestination(hardwareAddress, in: &bytes)
      if !reassembly.destination.isIPv6 {
        // What an ICMP error quotes is to look like what came.
        IPv4Header(
          totalLength: UInt16(IPv4Header.byteCount + byteCount),
          identification: UInt16(truncatingIfNeeded: reassembly.identification),
          dontFragment: false, protocol: reassembly.protocol, source: reassembly.source.ipv4,
          destination: reassembly.destination.ipv4
        ).write(to: &bytes, at: EthernetHeader.byteCount)
      }
      bytes.copyBytes(
        from: unsafe scratch.span.bytes.extracting(0..<byteCount), at: start)
    }
    let arrival = examineWhole(whole, reassembly, in: &network)
    guard arrival.disposition == .accepted else {
      statistics.recount(arrival.disposition)
      bury(whole, arrival.disposition, layer: arrival.layer, in: &network)
      return
    }
    handOn(whole, arrival, in: &network)
  }

  /// Checks the lengths and checksums of a packet that was put together.
  private mutating func examineWhole(
    _ whole: borrowing Frame, _ reassembly: Reassembly, in network: inout Network
  ) -> Arrival {
    let hardwareAddress = interface.hardwareAddress
    guard reassembly.destination.isIPv6 else {
      return network.frames.withContents(of: whole) {
        Self.examine($0, for: hardwareAddress, speaksIPv6: false)
      }
    }
    let packet = network.frames.withContents(of: whole) { Self.examineIPv6($0) }
    var arrival = Arrival(disposition: packet.disposition)
    arrival.layer = packet.layer
    arrival.source = reassembly.source
    arrival.destination = reassembly.destination
    arrival.offset = packet.offset
    arrival.end = packet.end
    return arrival
  }

  /// Gives up the packets whose time is over.
  mutating func reassemblyTimerFired(in network: inout Network) {
    while let place = reassemblies.firstIndex(where: { $0.deadline <= network.now.nanoseconds }) {
      for part in reassemblies.remove(at: place).parts {
        let frame = held.release(part.frame).takeFrame()
        statistics.recount(.fragment)
        bury(frame, .fragment, layer: .none, in: &network)
      }
    }
  }
}
