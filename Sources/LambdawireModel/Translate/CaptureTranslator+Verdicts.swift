import AddressTranslation
import CaptureFiles
import PacketFormats
import SimulatedTime

/// What is written, by what the translator decided.
extension CaptureTranslator {
  /// Writes what became of a packet on both sides.
  ///
  /// - Parameters:
  ///   - verdict: What the translator said; ``frame`` holds what it made of the packet.
  ///   - bytes: The packet as it arrived.
  ///   - packet: What is known of it.
  ///   - link: The interfaces it belongs to.
  ///   - side: Where it arrived.
  @inline(__always)
  mutating func conclude(
    _ verdict: Verdict, _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link,
    from side: SideWriter.Side
  ) {
    if case .translated(let isNew) = verdict {
      if isNew { noteActive() }
      output.write(bytes, link, side, .inbound)
      writeTranslated(
        packet, link, from: side, old: PacketEnd(bytes, packet, isSource: side == .inside))
    } else {
      concludeRarely(verdict, bytes, packet, link, from: side)
    }
    if !held.isEmpty { takeReleases(at: now) }
  }

  /// Writes an answer captured inside, as it arrives outside in ``frame``.
  mutating func writeAddressed(
    _ packet: CapturedPacket, _ link: Link, _ new: PacketEnd, _ old: PacketEnd
  ) {
    Self.withFrame(frame, packet, &output) { bytes, output in
      output.write(
        bytes, link, .outside, .inbound, "ADDRESSED ", new, " (captured as ", old)
    }
  }

  /// Writes what became of an answer captured inside that did not go on, instead of its arrival.
  ///
  /// Unless it went on, ``frame`` still holds what arrived.
  @inline(never)
  mutating func concludeReaddressed(_ verdict: Verdict, _ packet: CapturedPacket, _ link: Link) {
    guard output.withdraw(link, .outside) else { return }
    let bytes = frame.withBytes(first: packet.capturedByteCount) { bytes in
      (0..<bytes.byteCount).map { bytes[Field<UInt8>(at: 0), at: $0] }
    }
    unsafe conclude(verdict, bytes.span.bytes, packet, link, from: .outside)
  }

  /// Writes the packet in ``frame`` on its other side.
  ///
  /// - Parameters:
  ///   - packet: What is known of it.
  ///   - link: The interfaces it belongs to.
  ///   - side: Where it arrived.
  ///   - old: The end that was replaced.
  @inline(__always)
  mutating func writeTranslated(
    _ packet: CapturedPacket, _ link: Link, from side: SideWriter.Side, old: PacketEnd
  ) {
    let isSource = side == .inside
    Self.withFrame(frame, packet, &output) { bytes, output in
      output.write(
        bytes, link, side.other, .outbound, "NAT -> ",
        PacketEnd(bytes, packet, isSource: isSource), " (was ", old)
    }
  }

  @inline(__always)
  private static func withFrame(
    _ frame: borrowing FrameBuffer, _ packet: CapturedPacket, _ output: inout SideWriter,
    _ body: (RawSpan, inout SideWriter) -> Void
  ) {
    frame.withBytes(first: packet.capturedByteCount) { body($0, &output) }
  }

  private mutating func noteActive() {
    let counters = translator.counters
    summary.mostActive = max(summary.mostActive, counters.made - counters.ended)
  }

  @inline(never)
  private mutating func concludeRarely(
    _ verdict: Verdict, _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link,
    from side: SideWriter.Side
  ) {
    switch verdict {
    case .translated: break
    case .hairpinned(let isNew):
      if isNew { noteActive() }
      output.write(bytes, link, side, .inbound)
      writeHairpinned(bytes, packet, link)
    case .passed:
      output.write(bytes, link, side, .inbound)
      output.write(bytes, link, side.other, .outbound)
    case .held(let number):
      output.write(
        bytes, link, side, .inbound, comment: "HOLD nat until it is known what becomes of it")
      hold(number, packet, link, side)
    case .dropped(let reason): drop(bytes, link, side, reason)
    case .refused(let reason, let answer):
      drop(bytes, link, side, reason)
      sendError(answer, reason, packet, link, side)
    case .resetSender:
      drop(bytes, link, side, .midConnection)
      sendReset(packet, link, side)
    }
  }

  private mutating func drop(
    _ bytes: RawSpan, _ link: Link, _ side: SideWriter.Side, _ reason: DropReason
  ) {
    output.write(
      bytes, link, side, .inbound, verdict: .drop, comment: "DROP nat ", detail: reason.sentence)
  }

  /// Writes a packet that goes back inside, with both of its ends changed.
  private mutating func writeHairpinned(
    _ bytes: RawSpan, _ packet: CapturedPacket, _ link: Link
  ) {
    let old = (
      PacketEnd(bytes, packet, isSource: true), PacketEnd(bytes, packet, isSource: false)
    )
    Self.withFrame(frame, packet, &output) { bytes, output in
      output.write(
        bytes, link, .inside, .outbound,
        from: PacketEnd(bytes, packet, isSource: true),
        to: PacketEnd(bytes, packet, isSource: false), was: old)
    }
  }

  // MARK: Held packets

  private mutating func hold(
    _ number: UInt32, _ packet: CapturedPacket, _ link: Link, _ side: SideWriter.Side
  ) {
    let bytes = frame.withBytes(first: frame.byteCount) { bytes in
      (0..<bytes.byteCount).map { bytes[Field<UInt8>(at: 0), at: $0] }
    }
    held[number] = HeldFrame(
      bytes: bytes, packet: packet, link: link, side: side, packetID: output.packetID,
      originalByteCount: output.originalByteCount)
  }

  /// Lets the translator decide about held packets whose time is up by `now`, each at its instant.
  mutating func releaseHeld(by now: Instant) {
    while !held.isEmpty, let next = translator.nextExpiry, next <= now {
      translator.expire(at: next)
      takeReleases(at: next)
    }
  }

  /// Does what the translator has decided about held packets.
  @inline(never)
  mutating func takeReleases(at instant: Instant) {
    while let release = translator.nextRelease() {
      guard let waiting = held.removeValue(forKey: release.number) else { continue }
      output.begin(
        at: clock.captureTime(of: instant), packetID: waiting.packetID,
        originalByteCount: waiting.originalByteCount)
      unsafe frame.load(waiting.bytes.span.bytes, byteCount: waiting.bytes.count)
      switch release.decision {
      case .submitAgain: submitAgain(waiting, at: instant)
      // It has been written where it arrived, and cannot be given a verdict any more.
      case .drop: output.noteDrop(waiting.link, waiting.side)
      case .refuse(let reason, let answer):
        output.noteDrop(waiting.link, waiting.side)
        sendError(answer, reason, waiting.packet, waiting.link, waiting.side)
      }
    }
  }

  private mutating func submitAgain(_ waiting: HeldFrame, at instant: Instant) {
    let (packet, link, side) = (waiting.packet, waiting.link, waiting.side)
    let verdict = Self.translate(
      &translator, &frame, at: packet.offset, now: instant, isOutward: side == .inside)
    let bytes = waiting.bytes.span
    switch verdict {
    case .translated:
      let old = unsafe PacketEnd(bytes.bytes, packet, isSource: side == .inside)
      writeTranslated(packet, link, from: side, old: old)
    case .hairpinned:
      unsafe writeHairpinned(bytes.bytes, packet, link)
    case .passed:
      unsafe output.write(
        bytes.bytes.extracting(0..<packet.capturedByteCount), link, side.other, .outbound)
    case .held(let number): held[number] = waiting
    case .dropped: output.noteDrop(link, side)
    case .refused(let reason, let answer):
      output.noteDrop(link, side)
      sendError(answer, reason, packet, link, side)
    case .resetSender:
      output.noteDrop(link, side)
      sendReset(packet, link, side)
    }
  }
}
