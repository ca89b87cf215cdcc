import CaptureFiles
import PacketFormats

/// Follows packets from point to point and keeps account of flows, translations and times.
///
/// It is given frames in the order of time, and works without allocation as long as nothing new
/// turns up.
struct Inspector: ~Copyable {
  let settings: InspectionSettings
  /// Whether rules are checked, which takes reading every byte.
  let verifies: Bool
  /// Whether what should not be missing can be missed: not where a capture filter was at work.
  var isComplete = true

  var points: [PointTable.Point] = []
  var taps: [Tap] = []
  var labels: [String] = []
  var counters: [TapCounters] = []
  var fileNames: [String] = []
  var flows = FlowTable()
  var passages = PassageTable()
  var translations = TranslationTable()
  /// Translation in which an address was exchanged last; never read in its own order.
  var exchanges: [ExchangeKey: Int] = [:]
  var hops = LatencyTable()
  var wholePaths = LatencyTable()
  var rules: RuleBook
  /// By flow and direction; never read in its own order.
  var incidents: [FlowTable.Reference: Incident] = [:]
  /// The highest rank at which packets to a remote address were seen.
  var farthest: [NetworkAddress: Int] = [:]
  /// Packets that were on their way when the capture ended.
  var underWayCount: UInt64 = 0
  /// Packets given up because too many were under way.
  var givenUpCount: UInt64 = 0
  /// Dropped packets that belong to no flow, such as ARP requests and later fragments.
  var otherDropCount: UInt64 = 0
  /// Resets and ICMP errors that something on the path made.
  var madeOnTheWayCount: UInt64 = 0
  var firstTime: Int64?
  var lastTime = Int64.min
  var packetCount: UInt64 = 0
  /// Whether a packet of one file was found in another.
  var hasPairedFiles = false
  /// Highest and lowest rank of all points that were captured.
  var outermostRank = Int.min
  var innermostRank = Int.max
  /// When the last tap to begin saw its first frame.
  var completeFrom = Int64.min

  init(settings: InspectionSettings, verifies: Bool) {
    self.settings = settings
    self.verifies = verifies
    rules = RuleBook(findingLimit: settings.findingLimit)
  }

  /// Takes over taps that have turned up.
  mutating func learn(_ merge: borrowing CaptureMerge) {
    points = merge.points.points
    taps = merge.taps
    labels = merge.labels
    fileNames = merge.files.map(\.path)
    while counters.count < taps.count { counters.append(TapCounters()) }
    for tap in taps {
      outermostRank = max(outermostRank, tap.rank)
      innermostRank = min(innermostRank, tap.rank)
      if tap.isFiltered { isComplete = false }
    }
  }

  /// Takes in a frame.
  @inline(__always)
  mutating func take(_ sighting: Sighting, _ bytes: RawSpan) {
    count(sighting)
    giveUpOldPassages(at: sighting.time)
    let tap = taps[sighting.tap]
    let facts: FrameFacts
    do throws(HeaderError) {
      guard let read = try read(bytes, tap, sighting) else {
        counters[sighting.tap].otherCount &+= 1
        if sighting.isDropped { otherDropCount &+= 1 }
        return
      }
      facts = read
    } catch {
      if case .truncated = error, bytes.byteCount < sighting.byteCount {
        // What is missing was cut while capturing: nobody's fault.
        counters[sighting.tap].otherCount &+= 1
        return
      }
      counters[sighting.tap].malformedCount &+= 1
      let text = error.description
      rules.violate(.wellFormed, sighting, found: text, expected: "headers as their RFCs have them")
      return
    }
    follow(sighting, facts, tap)
  }

  @inline(__always)
  private mutating func count(_ sighting: Sighting) {
    packetCount &+= 1
    lastTime = max(lastTime, sighting.time)
    if firstTime == nil { firstTime = sighting.time }
    counters[sighting.tap].packetCount &+= 1
    counters[sighting.tap].byteCount &+= UInt64(truncatingIfNeeded: sighting.byteCount)
    if counters[sighting.tap].firstTime == nil {
      counters[sighting.tap].firstTime = sighting.time
      completeFrom = max(completeFrom, sighting.time)
    }
  }

  // MARK: Reading headers

  /// Reads a frame's innermost headers and checks all of them on the way.
  ///
  /// - Returns: `nil` if it carries no IP.
  @inline(__always)
  private mutating func read(
    _ bytes: RawSpan, _ tap: Tap, _ sighting: Sighting
  ) throws(HeaderError) -> FrameFacts? {
    let dissected: Dissection?
    do throws(HeaderError) {
      dissected = try Self.outer(of: bytes, tap.framing)
    } catch {
      if verifies { rules.check(.wellFormed) }
      throw error
    }
    guard let outer = dissected else { return nil }
    if verifies { rules.check(.wellFormed) }
    guard outer.network == .ipv4 || outer.network == .ipv6 else { return nil }
    if verifies { checkChecksums(outer, bytes, sighting) }
    let wishes = FrameFacts.Wishes(
      payload: verifies, content: sighting.packetID == nil && taps.count > 1)
    guard tap.mayTunnel, let inner = try inner(of: outer, in: bytes, tap) else {
      return FrameFacts(outer, in: bytes, wishes)
    }
    guard inner.network == .ipv4 || inner.network == .ipv6 else { return nil }
    if verifies { checkChecksums(inner, bytes, sighting) }
    return FrameFacts(inner, in: bytes, wishes)
  }

  /// The headers of a frame as it was sent, or `nil` if it carries no IP for sure.
  @inline(__always)
  static func outer(
    of bytes: RawSpan, _ framing: Tap.Framing
  ) throws(HeaderError) -> Dissection? {
    switch framing {
    case .ethernet: return try Dissection(ethernet: bytes)
    case .none: return try Dissection(network: bytes)
    case .cooked(let headerByteCount, let typeOffset):
      guard bytes.byteCount > headerByteCount else { return nil }
      let type = EthernetHeader.EtherType(rawValue: bytes[Field<UInt16>(at: 0), at: typeOffset])
      guard type == .ipv4 || type == .ipv6 else { return nil }
      return try Dissection(network: bytes, at: headerByteCount)
    case .unknown: return nil
    }
  }

  /// The packet in the tunnel, if there is one.
  @inline(__always)
  func inner(
    of outer: Dissection, in bytes: RawSpan, _ tap: Tap
  ) throws(HeaderError) -> Dissection? {
    do throws(HeaderError) {
      return try outer.tunnel(in: bytes)?.inner(in: bytes)
    } catch {
      // Elsewhere than in a tunnel, the port may belong to something else altogether.
      guard points[tap.point].mustTunnel else { return nil }
      throw error
    }
  }

  // MARK: Following a packet

  @inline(__always)
  private mutating func follow(_ sighting: Sighting, _ facts: FrameFacts, _ tap: Tap) {
    if verifies, facts.isICMPError, !facts.reachesQuotedSource {
      rules.violate(
        .reversePath, sighting, found: "an ICMP error to \(facts.tuple.destination.address)",
        expected: "one to \(facts.translated.destination.address), whose packet it quotes")
    }
    let tracks = sighting.packetID != nil || taps.count > 1
    let known = tracks ? findPassage(sighting, facts, tap) : nil
    if let known, isDuplicate(sighting, passages[known]) {
      counters[sighting.tap].duplicateCount &+= 1
      hasPairedFiles = true
      return
    }
    var flow: FlowTable.Reference?
    if !facts.isLaterFragment {
      let way = sighting.way ?? known.flatMap { passages[$0].way }
      let counted = flows.count(
        facts, tap: sighting.tap, time: sighting.time, byteCount: sighting.byteCount, way: way)
      flow = counted.flow
      if counted.isNew, let way { noteRemote(facts.tuple, way, tap) }
    }
    guard tracks else {
      if sighting.isDropped { noteDrop(sighting, flow) }
      return
    }
    let position: Int
    if let known {
      position = known
      move(known, sighting, facts, flow, tap)
    } else {
      position = begin(sighting, facts, flow, tap)
    }
    if sighting.isDropped, !passages[position].isDropped {
      passages[position].isDropped = true
      noteDrop(sighting, flow)
    }
    if !passages[position].isFinished, isAtEnd(passages[position], tap) {
      end(position, atEndOfCapture: false)
      passages.finish(position)
    }
  }

  /// Whether a passage has nowhere left to go.
  @inline(__always)
  private func isAtEnd(_ passage: Passage, _ tap: Tap) -> Bool {
    if passage.isDropped { return true }
    switch passage.way {
    case .outward: return tap.rank == outermostRank
    case .inward: return tap.rank == innermostRank
    case nil: return false
    }
  }

  @inline(__always)
  private func findPassage(_ sighting: Sighting, _ facts: FrameFacts, _ tap: Tap) -> Int? {
    if let id = sighting.packetID { return passages.find(packetID: id) }
    return findByContent(facts, sighting, tap)
  }

  /// Whether this is the frame that was seen last, found once more in another file.
  @inline(__always)
  private func isDuplicate(_ sighting: Sighting, _ passage: Passage) -> Bool {
    sighting.tap == Int(passage.lastTap) && sighting.time == passage.lastTime
      && sighting.frame.file != passage.lastFrame.file
      && !(sighting.isDropped && !passage.isDropped)
  }

  /// Notes how far packets to a remote address come.
  private mutating func noteRemote(_ tuple: FlowTuple, _ way: PathDirection, _ tap: Tap) {
    let remote = way == .outward ? tuple.destination.address : tuple.source.address
    farthest[remote] = max(farthest[remote] ?? tap.rank, tap.rank)
  }

  private mutating func noteDrop(_ sighting: Sighting, _ flow: FlowTable.Reference?) {
    guard let flow else {
      otherDropCount &+= 1
      return
    }
    incidents[flow, default: Incident()].dropped.add(
      sighting.frame, time: sighting.time, packetID: sighting.packetID)
  }
}
