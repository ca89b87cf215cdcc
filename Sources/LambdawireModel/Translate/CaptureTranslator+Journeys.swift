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
    frame.load(bytes, byteCount: packet.frameByteCount)
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: true)
    conclude(verdict, bytes, packet, link, from: .inside)
  }

  /// A packet that arrives on the outside.
  @inline(__always)
  mutating func takeInward(_ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link) {
    guard arrive(bytes, packet, link, .outside) else { return }
    frame.load(bytes, byteCount: packet.frameByteCount)
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: false)
    conclude(verdict, bytes, packet, link, from: .outside)
  }

  /// An answer that somebody captured inside, where it had been turned back already.
  ///
  /// Its sender would have addressed it to the outside end of the flow, so that is what arrives
  /// outside, with the hops that the translator will take off put back on.
  mutating func takeSeenInside(_ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link) {
    guard arrive(bytes, packet, link, .outside) else { return }
    let answer = CapturedAnswer(bytes, packet)
    frame.load(bytes, byteCount: packet.frameByteCount)
    guard let end = outsideEnd(for: answer, bytes) else {
      summary.unansweredCount += 1
      let verdict = Self.translate(
        &translator, &frame, at: packet.offset, now: now, isOutward: false)
      return conclude(verdict, bytes, packet, link, from: .outside)
    }
    summary.readdressedCount += 1
    let decrement = options.behavior.timeToLiveDecrement
    frame.edit { answer.readdress(&$0, to: end, addingHops: decrement) }
    let captured = PacketEnd(bytes, packet, isSource: false)
    let outside = frame.withBytes(first: packet.capturedByteCount) {
      PacketEnd($0, packet, isSource: false)
    }
    // Nearly always it goes on: a translation was just found. Where it does not, this is taken back.
    writeAddressed(packet, link, outside, captured)
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: now, isOutward: false)
    if case .translated = verdict {
      writeTranslated(packet, link, from: .outside, old: outside)
      if !held.isEmpty { takeReleases(at: now) }
    } else {
      concludeReaddressed(verdict, packet, link)
    }
  }

  // MARK: Parts

  /// Counts a packet that reaches the translator.
  ///
  /// - Returns: `false` if the capture holds too little of it; it has been written then.
  @inline(__always)
  private mutating func arrive(
    _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link, _ side: SideWriter.Side
  ) -> Bool {
    if packet.isCut {
      guard packet.isReadable(bytes) else {
        leaveAlone(
          bytes, link, \.unreadableCutCount, on: side,
          "CUT by the capture, before the end of its headers")
        return false
      }
      summary.cutCount += 1
    }
    peak.add(packet.totalLength, now: now.nanoseconds)
    return true
  }

  // Static, so that the compiler sees that translator and frame are two things.
  @inline(__always)
  static func translate(
    _ translator: inout Translator, _ frame: inout FrameBuffer, at offset: Int, now: Instant,
    isOutward: Bool
  ) -> Verdict {
    frame.edit { bytes in
      isOutward
        ? translator.translateOutbound(&bytes, at: offset, now: now)
        : translator.translateInbound(&bytes, at: offset, now: now)
    }
  }

  /// Where the sender of an answer captured inside would have sent it.
  private mutating func outsideEnd(
    for answer: CapturedAnswer, _ bytes: RawSpan
  ) -> TransportAddress? {
    let packet = answer.packet
    let inside = PacketEnd(bytes, packet, isSource: false)
    if options.behavior.method == .oneToOne {
      for (own, outside) in zip(options.inside, options.outside)
      where own.address.rawValue == inside.address {
        return TransportAddress(outside, inside.port)
      }
      return nil
    }
    if let flow = answer.flow {
      let end = translator.outsideEnd(of: flow, at: now)
      if let end, packet.isFragment { fragments.note(bytes, packet, end.address) }
      return end
    }
    guard packet.isLaterFragment else { return nil }
    let address = fragments.address(bytes, packet) ?? onlyOutsideAddress
    return address.map { TransportAddress($0, 0) }
  }

  private var onlyOutsideAddress: IPv4Address? {
    options.outside.count == 1 ? options.outside.first : nil
  }
}
