import AddressTranslation
import CaptureFiles
import PacketFormats
import SimulatedTime

/// What becomes of packets, by where they come from.
extension CaptureTranslator {
  /// A packet that arrives on the inside.
  @inline(__always)
  mutating func takeOutward(_ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link) {
    guard arrive(bytes, packet, link, .inside) else { return }
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: true)
    conclude(verdict, bytes, packet, link, from: .inside)
  }

  /// A packet that arrives on the outside.
  @inline(__always)
  mutating func takeInward(_ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link) {
    guard arrive(bytes, packet, link, .outside) else { return }
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: false)
    conclude(verdict, bytes, packet, link, from: .outside)
  }

  /// An answer that somebody captured inside, where it had been turned back already.
  ///
  /// Its sender would have addressed it to the outside end of the flow, so that is what arrives
  /// outside, with the hops that the translator will take off put back on.
  mutating func takeSeenInside(_ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link) {
    guard packet.isReadable else {
      return leaveAlone(bytes, link, \.unreadableCutCount, on: .inside, Self.cutComment)
    }
    let old = PacketEnd(bytes, packet, isSource: false)
    guard let outside = outsideEnd(for: bytes, packet) else {
      summary.unansweredCount += 1
      summary.metrics.noteArrival(
        fromSource: false, byteCount: packet.totalLength, now: now.nanoseconds)
      output.write(
        bytes, link, .outside, .inbound, verdict: .drop,
        comment: "DROP nat captured inside, and no translation has this inside end")
      return
    }
    summary.readdressedCount += 1
    if packet.isCut { summary.cutCount += 1 }
    frame.load(bytes, byteCount: packet.frameByteCount)
    let decrement = options.behavior.timeToLiveDecrement
    frame.edit { $0.readdress(packet, to: outside, addingHops: decrement) }
    summary.metrics.noteArrival(
      fromSource: false, byteCount: packet.totalLength, now: now.nanoseconds)
    var new = old
    new.address = outside.address.rawValue
    new.port = outside.port
    // Written before it is known what becomes of it; a translation was just found, so it passes.
    Self.write(
      frame, packet, &output, link, .outside, .inbound, "ADDRESSED ", new, " (captured as ", old)
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: false)
    switch verdict {
    case .translated:
      summary.metrics.noteDeparture(toSource: true, byteCount: packet.totalLength)
      Self.write(
        frame, packet, &output, link, .inside, .outbound, "NAT -> ",
        PacketEnd(bytes, packet, isSource: false), " (was ", new)
    case .passed, .dropped, .resetSender: break
    }
  }

  // MARK: Parts

  static var cutComment: StaticString { "CUT by the capture, before the end of its headers" }

  /// Counts a packet that reaches the translator, and takes a copy to be rewritten.
  ///
  /// - Returns: `false` if the capture holds too little of it; it has been written then.
  @inline(__always)
  private mutating func arrive(
    _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link, _ side: SideWriter.Side
  ) -> Bool {
    if packet.isCut {
      guard packet.isReadable else {
        leaveAlone(bytes, link, \.unreadableCutCount, on: side, Self.cutComment)
        return false
      }
      summary.cutCount += 1
    }
    summary.metrics.noteArrival(
      fromSource: side == .inside, byteCount: packet.totalLength, now: now.nanoseconds)
    frame.load(bytes, byteCount: packet.frameByteCount)
    return true
  }

  // Static, so that the compiler sees that translator and frame are two things.
  @inline(__always)
  private static func translate(
    _ translator: inout Translator, _ frame: inout FrameBuffer, at offset: Int, now: Instant,
    isOutward: Bool
  ) -> Verdict {
    frame.edit { bytes in
      isOutward
        ? translator.translateOutbound(&bytes, at: offset, now: now)
        : translator.translateInbound(&bytes, at: offset, now: now)
    }
  }

  @inline(__always)
  private static func write(
    _ frame: borrowing FrameBuffer, _ packet: CapturedPacket, _ output: inout SideWriter,
    _ link: Link, _ side: SideWriter.Side, _ flags: PacketFlags, _ first: StaticString,
    _ new: PacketEnd, _ middle: StaticString, _ old: PacketEnd
  ) {
    frame.withBytes(first: packet.capturedByteCount) { bytes in
      output.write(bytes, link, side, flags, first, new, middle, old)
    }
  }

  /// Writes what became of a packet on both sides.
  @inline(__always)
  private mutating func conclude(
    _ verdict: Verdict, _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link,
    from side: SideWriter.Side
  ) {
    guard case .translated = verdict else {
      return concludeRarely(verdict, bytes, packet, link, from: side)
    }
    output.write(bytes, link, side, .inbound)
    summary.metrics.noteDeparture(toSource: side == .outside, byteCount: packet.totalLength)
    let isSource = side == .inside
    let new = frame.withBytes(first: packet.capturedByteCount) {
      PacketEnd($0, packet, isSource: isSource)
    }
    Self.write(
      frame, packet, &output, link, side.other, .outbound, "NAT -> ", new, " (was ",
      PacketEnd(bytes, packet, isSource: isSource))
  }

  @inline(never)
  private mutating func concludeRarely(
    _ verdict: Verdict, _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link,
    from side: SideWriter.Side
  ) {
    switch verdict {
    case .translated: break
    case .passed:
      summary.passedCount += 1
      summary.metrics.noteDeparture(toSource: side == .outside, byteCount: packet.totalLength)
      output.write(bytes, link, side, .inbound)
      output.write(bytes, link, side.other, .outbound)
    case .dropped(let reason): drop(bytes, link, side, reason)
    case .resetSender:
      drop(bytes, link, side, .midConnection)
      sendReset(packet, link, side)
    }
  }

  private mutating func drop(
    _ bytes: RawSpan, _ link: Link, _ side: SideWriter.Side, _ reason: DropReason
  ) {
    output.write(
      bytes, link, side, .inbound, verdict: .drop, comment: "DROP nat ", detail: reason.phrase)
  }

  /// Where the sender of an answer captured inside would have sent it.
  private func outsideEnd(for bytes: RawSpan, _ packet: CapturedPacket) -> TransportAddress? {
    guard packet.hasPorts else { return nil }
    let inside = PacketEnd(bytes, packet, isSource: false)
    if options.behavior.method == .oneToOne {
      return options.outside.first.map { TransportAddress($0, inside.port) }
    }
    let remote = PacketEnd(bytes, packet, isSource: true)
    let flow = Flow(
      protocol: IPProtocol(rawValue: packet.protocolNumber),
      inside: TransportAddress(IPv4Address(rawValue: inside.address), inside.port),
      remote: TransportAddress(IPv4Address(rawValue: remote.address), remote.port))
    return translator.translation(of: flow, at: now)?.outside
  }
}

extension MutableRawSpan {
  /// Gives a packet another destination, and hops that a translator will take off.
  fileprivate mutating func readdress(
    _ packet: CapturedPacket, to end: TransportAddress, addingHops hops: UInt8
  ) {
    let (base, transport) = (packet.offset, packet.transport)
    typealias Layout = IPv4Header.Layout
    let address = InternetChecksum.Change(
      from: self[Layout.destination, at: base], to: end.address.rawValue)
    let hopsAndProtocol = Field<UInt16>(at: 8)
    let oldWord = self[hopsAndProtocol, at: base]
    let newWord = UInt16(UInt8(clamping: Int(oldWord >> 8) + Int(hops))) << 8 | oldWord & 0xff
    self[hopsAndProtocol, at: base] = newWord
    self[Layout.checksum, at: base] = address.and(from: oldWord, to: newWord)
      .applied(to: self[Layout.checksum, at: base])
    self[Layout.destination, at: base] = end.address.rawValue
    let port = Field<UInt16>(at: 2)
    let both = address.and(from: self[port, at: transport], to: end.port)
    if packet.protocolNumber == IPProtocol.tcp.rawValue {
      let checksum = TCPHeader.Layout.checksum
      guard byteCount >= transport + TCPHeader.byteCount else { return }
      self[checksum, at: transport] = both.applied(to: self[checksum, at: transport])
    } else {
      let checksum = UDPHeader.Layout.checksum
      guard byteCount >= transport + UDPHeader.byteCount else { return }
      self[checksum, at: transport] = both.appliedToUDP(self[checksum, at: transport])
    }
    self[port, at: transport] = end.port
  }
}
