import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Sends the same packets through the kernel's translation and through ours, and compares what
/// becomes of each.
///
/// Ports are the only thing each may choose for itself; a packet that comes back is sent to each
/// with the port that it chose.
final class SideBySide {
  /// What becomes of a packet.
  enum Fate: String { case forwarded, answered, dropped }

  /// What came out because of a packet, put together if it was in fragments.
  private struct Outcome {
    var across: [[UInt8]] = []
    var back: [[UInt8]] = []

    var fate: Fate { across.isEmpty ? back.isEmpty ? .dropped : .answered : .forwarded }
  }

  let kernel: KernelRouter
  private var ours: Translator
  private var clock: Instant = .start
  /// The port or identifier that stands for a flow outside.
  private(set) var ports: [Flow: Both<UInt16>] = [:]
  /// How many packets, fragments counted each, were sent, by what became of them.
  private(set) var counts: [Fate: Int] = [:]
  /// Whether something became of a packet that should not have.
  private(set) var hasDisagreed = false
  /// Whether both must keep a port or both change it.
  ///
  /// The kernel forgets a refused connection at once, we do not; so that after some time other
  /// ports may be free.
  var comparesKeeping = true
  /// Said with what goes wrong.
  var note = ""
  /// What was sent lately, for whoever looks for the reason of a disagreement.
  private var history: [String] = []

  /// Sets the kernel's timers so high that none runs out, however long the machine takes.
  ///
  /// - Parameter behavior: Our rules.
  /// - Throws: ``KernelRouter/Failure``.
  init(_ behavior: Behavior = .workerLegacy) throws {
    kernel = try KernelRouter()
    ours = try Translator(
      behavior: behavior, outsideAddresses: [KernelRouter.outside], seed: 1)
    for timer in KernelTimer.allCases { try kernel.set(timer.path, to: 100_000) }
  }

  /// Has time pass for us; the kernel has a clock of its own.
  func pass(_ duration: Duration) { clock = clock.advanced(by: duration) }

  // MARK: Sending

  /// Sends a packet from inside.
  ///
  /// - Parameters:
  ///   - packet: The packet.
  ///   - fate: What the kernel must make of it.
  ///   - difference: What we make of it instead, knowingly.
  ///   - location: Where to complain.
  /// - Returns: what came out of each, if both agree that something did.
  /// - Throws: ``KernelRouter/Failure``.
  @discardableResult
  func outbound(
    _ packet: [UInt8], expecting fate: Fate? = nil, except difference: KnownDifference? = nil,
    at location: SourceLocation = #_sourceLocation
  ) throws -> Both<[UInt8]>? {
    try exchange(Both([packet]), from: .inside, fate, difference, location)
  }

  /// Sends a packet from outside.
  @discardableResult
  func inbound(
    _ packet: Both<[UInt8]>, expecting fate: Fate? = nil,
    except difference: KnownDifference? = nil, at location: SourceLocation = #_sourceLocation
  ) throws -> Both<[UInt8]>? {
    try exchange(packet.map { [$0] }, from: .outside, fate, difference, location)
  }

  /// Sends fragments from inside, and compares what comes out put together.
  func outbound(
    fragments: [[UInt8]], expecting fate: Fate? = nil, except difference: KnownDifference? = nil,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    _ = try exchange(Both(fragments), from: .inside, fate, difference, location)
  }

  /// Sends fragments from outside, and compares what comes out put together.
  func inbound(
    fragments: Both<[[UInt8]]>, expecting fate: Fate? = nil,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    _ = try exchange(fragments, from: .outside, fate, nil, location)
  }

  /// What stands for a flow outside.
  func outside(
    of flow: Flow, at location: SourceLocation = #_sourceLocation
  ) throws -> Both<TransportAddress> {
    try #require(ports[flow], sourceLocation: location).map {
      TransportAddress(KernelRouter.outside, $0)
    }
  }

  private func exchange(
    _ packets: Both<[[UInt8]]>, from side: KernelRouter.Side, _ expected: Fate?,
    _ difference: KnownDifference?, _ location: SourceLocation
  ) throws -> Both<[UInt8]>? {
    clock = clock.advanced(by: .microseconds(10))
    let outcome = Both(
      kernel: try sendToKernel(packets.kernel, from: side),
      ours: sendToUs(packets.ours, from: side))
    counts[outcome.kernel.fate, default: 0] += packets.kernel.count
    history.append(
      "\(side.rawValue) \(packets.ours.map(RawPacket.hexadecimal)): \(outcome.kernel.fate)")
    if history.count > 100 { history.removeFirst(50) }
    let disagreement = disagreement(outcome, about: packets, from: side)
    if let difference {
      // An exemption must be true, or it would hide the day on which it is needed no longer.
      #expect(
        disagreement != nil && outcome.map(\.fate) == difference.fates,
        "\(difference) \(note): the kernel: \(outcome.kernel.fate), we: \(outcome.ours.fate)",
        sourceLocation: location)
    } else if let disagreement {
      hasDisagreed = true
      Issue.record(
        """
        \(disagreement)
        \(note)
        the kernel: \(outcome.kernel.fate), we: \(outcome.ours.fate)
        \(history.joined(separator: "\n"))
        \(try kernel.table())
        """, sourceLocation: location)
    }
    if let expected {
      #expect(outcome.kernel.fate == expected, sourceLocation: location)
    }
    guard disagreement == nil, outcome.kernel.across.count == 1 else { return nil }
    return outcome.map { $0.across[0] }
  }

  private func sendToKernel(
    _ packets: [[UInt8]], from side: KernelRouter.Side
  ) throws -> Outcome {
    var outcome = Outcome()
    for packet in packets {
      for (end, packet) in try kernel.send(packet, from: side) {
        if end == side { outcome.back.append(packet) } else { outcome.across.append(packet) }
      }
    }
    outcome.across = RawPacket.reassembled(outcome.across)
    return outcome
  }

  private func sendToUs(_ packets: [[UInt8]], from side: KernelRouter.Side) -> Outcome {
    var outcome = Outcome()
    var held: [UInt32: [UInt8]] = [:]
    var waiting = packets
    while !waiting.isEmpty {
      var packet = waiting.removeFirst()
      switch translate(&packet, from: side) {
      case .translated: outcome.across.append(packet)
      case .held(let number): held[number] = packet
      case .refused(_, let answer):
        let source = side == .inside ? KernelRouter.inside : KernelRouter.outside
        if let packet = TranslatedCapture.packet(answer, about: packet, from: source) {
          outcome.back.append(packet)
        }
      case .dropped, .passed, .resetSender, .hairpinned: break
      }
      while let release = ours.nextRelease() {
        if case .submitAgain = release.decision, let packet = held[release.number] {
          waiting.append(packet)
        }
      }
    }
    outcome.across = RawPacket.reassembled(outcome.across)
    return outcome
  }

  private func translate(_ packet: inout [UInt8], from side: KernelRouter.Side) -> Verdict {
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    return side == .inside
      ? ours.translateOutbound(&bytes, at: 0, now: clock)
      : ours.translateInbound(&bytes, at: 0, now: clock)
  }

  // MARK: Comparing

  /// How what the kernel did differs from what we did, or `nil`.
  private func disagreement(
    _ outcome: Both<Outcome>, about packets: Both<[[UInt8]]>, from side: KernelRouter.Side
  ) -> String? {
    let (kernel, ours) = (outcome.kernel, outcome.ours)
    guard kernel.fate == ours.fate, kernel.across.count == ours.across.count,
      kernel.back.count == ours.back.count
    else { return "not the same became of it" }
    for (kernel, ours) in zip(kernel.back, ours.back) {
      for (answer, sent) in [(kernel, packets.kernel), (ours, packets.ours)] {
        if let fault = fault(of: answer, answering: sent) { return fault }
      }
      // What the two headers say, without what each stack chooses: service, length, identification,
      // hops and the checksums that follow from them and from the length of the quote.
      let said = [kernel, ours].map { Array($0[12..<22] + $0[24..<28]) }
      if said[0] != said[1] { return "other answers: \(said)" }
    }
    for (sent, (kernel, ours)) in zip(
      RawPacket.reassembled(packets.ours), zip(kernel.across, ours.across))
    {
      if let fault = compare(Both(kernel: kernel, ours: ours), sent, from: side) { return fault }
    }
    return nil
  }

  /// What is wrong with an ICMP error that the router itself sent.
  private func fault(of answer: [UInt8], answering sent: [[UInt8]]) -> String? {
    guard RawPacket.hasRightChecksums(answer) else { return "an answer's checksum is wrong" }
    let quote = Array(answer[(RawPacket.headerByteCount(answer) + 8)...])
    guard quote.count >= 28, sent.contains(where: { $0.starts(with: quote) }) else {
      return "an answer quotes \(RawPacket.hexadecimal(quote))"
    }
    return nil
  }

  /// How two packets that came through differ, apart from ports that differ as they should.
  private func compare(
    _ packets: Both<[UInt8]>, _ sent: [UInt8], from side: KernelRouter.Side
  ) -> String? {
    for packet in [packets.kernel, packets.ours] where !RawPacket.hasRightChecksums(packet) {
      return "a wrong checksum: \(RawPacket.hexadecimal(packet))"
    }
    let places = Places(in: sent, from: side)
    var blanks: [Int] = []
    if let place = places.localPort, side == .inside, place + 2 <= packets.ours.count,
      place + 2 <= packets.kernel.count
    {
      let chosen = packets.map { RawPacket.word(at: place, of: $0) }
      if let fault = note(chosen, of: places, in: sent) { return fault }
      // Where ports differ so do the checksums that cover them, which were found to be right.
      if chosen.kernel != chosen.ours { blanks = [place] + places.checksums }
    }
    let masked = packets.map { packet in
      var packet = packet
      for place in blanks where place + 2 <= packet.count {
        packet.replaceSubrange(place..<place + 2, with: [0, 0])
      }
      return packet
    }
    guard masked.kernel == masked.ours else {
      return """
        kernel \(RawPacket.hexadecimal(packets.kernel))
        ours   \(RawPacket.hexadecimal(packets.ours))
        """
    }
    return nil
  }

  /// Takes note of the ports chosen for a flow, which stay the same while it lasts.
  private func note(_ chosen: Both<UInt16>, of places: Places, in sent: [UInt8]) -> String? {
    guard let flow = places.flow else { return nil }
    if let known = ports[flow], !places.mayBegin {
      return known == chosen ? nil : "ports were \(known) and are \(chosen)"
    }
    guard !places.isError else { return nil }
    let isKept = chosen.map { $0 == flow.inside.port }
    ports[flow] = chosen
    guard comparesKeeping else { return nil }
    return isKept.kernel == isKept.ours ? nil : "ports \(chosen) for \(flow.inside.port)"
  }
}
