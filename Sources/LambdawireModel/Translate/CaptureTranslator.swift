import AddressTranslation
import CaptureFiles
import EventSimulation
import PacketFormats
import SimulatedTime

/// Sends packets through a translator and writes what both of its sides saw.
struct CaptureTranslator: ~Copyable {
  /// A link type of the input, and the two interfaces of the output that keep it.
  struct Link: BitwiseCopyable {
    var framing: LinkFraming
    var inside: UInt32
    var outside: UInt32
  }

  /// Packets that the translator makes have ids from here on, far from all frame numbers.
  static let firstMadeID: UInt64 = 1 << 48

  let options: TranslateOptions
  let sides: NetworkSides
  var translator: Translator
  var output: SideWriter
  var frame = FrameBuffer()
  var summary: TranslateSummary
  var clock = TranslateClock()
  var peak = PeakLoad()
  /// What the translator makes itself.
  var made = FrameBuffer()
  var fragments = FragmentMemory()
  /// By the translator's number for them; never read in its own order.
  var held: [UInt32: HeldFrame] = [:]
  /// One for each interface of the input.
  private var links: [Link] = []
  private var pairs: [(linkType: UInt16, link: Link)] = []
  private let log: EventLog?
  var now = Instant.start

  init(
    _ options: TranslateOptions, _ translator: consuming Translator,
    _ writer: consuming PcapngWriter, _ log: EventLog?
  ) {
    self.options = options
    sides = NetworkSides(inside: options.inside, outside: options.outside)
    self.translator = translator
    output = SideWriter(writer, comments: options.comments)
    summary = TranslateSummary(options: options)
    self.log = log
    self.translator.recordsEvents = log != nil
  }

  var linkCount: Int { links.count }
  var packetCount: UInt64 { summary.packetCount }
  var hasFailed: Bool { output.hasFailed || log?.failure != nil }

  /// Takes over interfaces that have turned up in the input.
  mutating func learn(_ interfaces: [InterfaceDescription]) {
    for interface in interfaces[links.count...] {
      let type = interface.linkType
      if let known = pairs.first(where: { $0.linkType == type.rawValue }) {
        links.append(known.link)
        continue
      }
      let framing = LinkFraming(type)
      if case .unknown = framing { summary.unknownLinkTypes.append(type.rawValue) }
      let link = Link(
        framing: framing, inside: output.add(.inside, type, options),
        outside: output.add(.outside, type, options))
      if pairs.isEmpty { output.addNames(options) }
      pairs.append((type.rawValue, link))
      links.append(link)
    }
  }

  // MARK: Packets

  /// Sends a packet through.
  @inline(__always)
  mutating func take(_ record: PacketRecord, _ bytes: RawSpan) {
    now = clock.advance(to: record)
    summary.packetCount &+= 1
    if !held.isEmpty { releaseHeld(by: now) }
    output.begin(record, at: record.hasTime ? record.time : clock.latest)
    let link = links[record.interface]
    guard let offset = link.framing.ipv4Offset(in: bytes),
      let packet = CapturedPacket(bytes, at: offset, of: record)
    else {
      return leaveAlone(bytes, link, \.otherCount, on: .inside, "PASS not IPv4")
    }
    switch sides.journey(packet.addresses) {
    case .outward: takeOutward(bytes, packet, link)
    case .inward: takeInward(bytes, packet, link)
    case .seenInside: takeSeenInside(bytes, packet, link)
    case .staysInside:
      leaveAlone(bytes, link, \.localCount, on: .inside, "PASS stays inside")
    case .elsewhere:
      leaveAlone(
        bytes, link, \.elsewhereCount, on: .outside,
        "PASS neither end is inside or the translator")
    }
  }

  /// Writes a packet that is none of the translator's business.
  @inline(never)
  mutating func leaveAlone(
    _ bytes: RawSpan, _ link: Link, _ count: WritableKeyPath<TranslateSummary, UInt64>,
    on side: SideWriter.Side, _ comment: StaticString
  ) {
    summary[keyPath: count] += 1
    output.write(bytes, link, side, .none, comment: comment)
  }

  // MARK: Between packets

  /// Ends what has timed out and writes down what became of translations.
  mutating func settle() {
    releaseHeld(by: now)
    translator.expire(at: now)
    if !held.isEmpty { takeReleases(at: now) }
    drainEvents()
    // Nothing that the translator tells from now on is earlier.
    log?.flush(before: now)
  }

  private mutating func drainEvents() {
    while let event = translator.nextEvent() {
      log?.add(event)
    }
  }

  mutating func noteInputProblem(_ text: String) {
    summary.inputProblem = text
  }

  /// Completes the output.
  ///
  /// - Returns: What came of it all, and why the output could not be written, if so.
  consuming func finish() -> (summary: TranslateSummary, failure: (any Error)?) {
    settle()
    summary.duration = now.nanoseconds
    summary.counters = translator.counters
    summary.heldCount = UInt64(held.count)
    peak.finish()
    summary.peakBytesPerSecond = peak.bytesPerSecond
    summary.peakPacketsPerSecond = peak.packetsPerSecond
    summary.backwardCount = clock.backwardCount
    summary.largestStepBack = clock.largestStepBack
    summary.timelessCount = clock.timelessCount
    summary.recordCount = output.recordCount
    if let log {
      if let epoch = clock.epoch {
        log.add("capture-begins", at: .start) { $0.add("epoch_ns", Int(epoch)) }
      }
      // What is still alive ends when its timer would have run out had nothing more come, so that
      // the history knows every end. A few at a time: events wait in memory.
      while let next = translator.nextExpiry {
        translator.expire(at: next)
        while let event = translator.nextEvent() { log.add(event) }
        log.flush(before: next)
      }
    }
    return (summary, output.finish(from: clock.epoch ?? 0, to: clock.latest))
  }
}
