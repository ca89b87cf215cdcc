import EventSimulation
import PacketFormats
import SimulatedTime

/// A packet of which not all fragments have come.
struct Reassembly {
  let source: IPv4Address
  let destination: IPv4Address
  let `protocol`: IPProtocol
  let identification: UInt16
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

/// Packets that are longer than a link takes (RFC 791, section 3.2, "Fragmentation and
/// Reassembly").
extension Host {
  /// Packets that a host puts together at a time (assumed; Linux limits memory, `ipfrag_high_thresh`).
  private static var reassemblyLimit: Int { 256 }
  /// Fragments of one packet that may wait (assumed; Linux has no such limit).
  private static var partLimit: Int { 64 }
  /// How long the first fragment that came waits for the others (Linux `ipfrag_time`: 30 s; RFC
  /// 1122, section 3.3.2: 60 to 120 s).
  private static var reassemblyTime: Duration { .seconds(30) }

  // MARK: Sending

  /// Sends a packet that is longer than the interface takes, in fragments.
  ///
  /// As Linux does for datagrams of a program that has not forbidden it.
  mutating func sendInFragments(
    _ whole: consuming Frame, to nextHop: IPv4Address, in network: inout Network
  ) {
    let base = EthernetHeader.byteCount
    let start = Self.packetPayloadOffset
    let byteCount = whole.byteCount - start
    let parsed = network.frames.withContents(of: whole) { try? IPv4Header(parsing: $0, at: base) }
    copyToScratch(whole, start..<start + byteCount, in: &network)
    network.frames.discard(whole)
    guard let header = parsed else { preconditionFailure("a packet of our own is IPv4") }
    // RFC 6864, section 4.3: different for each packet between the same ends that may be split.
    nextIdentification &+= 1
    let limit = (interface.maximumTransmissionUnit - IPv4Header.byteCount) / 8 * 8
    var offset = 0
    while offset < byteCount {
      let length = min(limit, byteCount - offset)
      guard let frame = makeFrame(byteCount: start + length, in: &network) else { return }
      let fragment = IPv4Header(
        totalLength: UInt16(IPv4Header.byteCount + length), identification: nextIdentification,
        dontFragment: false, timeToLive: header.timeToLive, protocol: header.protocol,
        source: header.source, destination: header.destination,
        moreFragments: offset + length < byteCount, fragmentOffset: UInt16(offset))
      let ethernet = EthernetHeader(
        destination: MACAddress(0), source: interface.hardwareAddress, etherType: .ipv4)
      network.frames.withBytes(of: frame) { bytes in
        ethernet.write(to: &bytes, at: 0)
        fragment.write(to: &bytes, at: base)
        let payload = unsafe scratch.span.bytes.extracting(offset..<offset + length)
        bytes.copyBytes(from: payload, at: start)
      }
      launch(frame, to: nextHop, in: &network)
      offset += length
    }
  }

  // MARK: Receiving

  /// Takes over a fragment for this host, and the packet it completes, if it does.
  mutating func receiveFragment(
    _ frame: consuming Frame, _ arrival: Arrival, in network: inout Network
  ) {
    let parsed = network.frames.withContents(of: frame) {
      try? IPv4Header(parsing: $0, at: EthernetHeader.byteCount)
    }
    guard let header = parsed, let place = reassembly(for: header, in: &network) else {
      refuse(frame, .fragment, layer: .none, in: &network)
      return
    }
    let start = Int(header.fragmentOffset)
    let end = start + arrival.end - arrival.offset
    let isLast = !header.moreFragments
    let known = reassemblies[place].byteCount
    guard end > start, isLast || (end - start) % 8 == 0, end <= known ?? .max,
      !isLast || known == nil || known == end,
      EthernetHeader.byteCount + IPv4Header.byteCount + end <= FramePool.longestFrame.jumbo,
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
    for header: IPv4Header, in network: inout Network
  ) -> Int? {
    let known = reassemblies.firstIndex {
      $0.identification == header.identification && $0.source == header.source
        && $0.destination == header.destination && $0.protocol == header.protocol
    }
    if let known { return known }
    guard reassemblies.count < Self.reassemblyLimit else { return nil }
    let deadline = network.now.advanced(by: Self.reassemblyTime)
    reassemblies.append(
      Reassembly(
        source: header.source, destination: header.destination, protocol: header.protocol,
        identification: header.identification, deadline: deadline.nanoseconds))
    network.wake(at: deadline, token: WakeToken(.reassembly, .none).rawValue)
    return reassemblies.count - 1
  }

  /// Puts the packet at `place` together and hands it on.
  private mutating func complete(_ place: Int, in network: inout Network) {
    let reassembly = reassemblies.remove(at: place)
    let start = Self.packetPayloadOffset
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
    let hardwareAddress = interface.hardwareAddress
    guard let whole = makeFrame(byteCount: start + byteCount, in: &network) else { return }
    network.frames.withBytes(of: whole) { bytes in
      EthernetHeader(
        destination: hardwareAddress, source: hardwareAddress, etherType: .ipv4
      ).write(to: &bytes, at: 0)
      IPv4Header(
        totalLength: UInt16(IPv4Header.byteCount + byteCount),
        identification: reassembly.identification, dontFragment: false,
        protocol: reassembly.protocol, source: reassembly.source,
        destination: reassembly.destination
      ).write(to: &bytes, at: EthernetHeader.byteCount)
      bytes.copyBytes(
        from: unsafe scratch.span.bytes.extracting(0..<byteCount), at: start)
    }
    let arrival = network.frames.withContents(of: whole) {
      Self.examine($0, for: hardwareAddress)
    }
    guard arrival.disposition == .accepted else {
      statistics.recount(arrival.disposition)
      bury(whole, arrival.disposition, layer: arrival.layer, in: &network)
      return
    }
    handOn(whole, arrival, in: &network)
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
