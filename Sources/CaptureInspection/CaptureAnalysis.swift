/// What captures show: flows, translations, times, losses.
///
/// It comes from the frames alone, never from comments or from what a program wrote beside them.
/// Packets are followed by their id (`epb_packetid`) where all captures have one, and otherwise by
/// what stays the same about them; see <doc:ScopeAndLimitations> for what that can and cannot find.
///
/// ```swift
/// let analysis = CaptureAnalysis(files: ["inside.pcap", "outside.pcap"])
/// for translation in analysis.translations {
///   print(translation)
/// }
/// ```
///
/// Equal files give equal results, in the same order.
public struct CaptureAnalysis: Sendable, Encodable {
  /// What was read, file by file; errors are here.
  public var files: [FileSummary]
  /// What each interface saw, from the inside out.
  public var points: [PointSummary]
  /// The flows at each interface, from the inside out and then by time.
  public var flows: [Flow]
  /// The translations at each crossing, from the inside out and then by time.
  public var translations: [Translation]
  /// Times between neighbouring points and, after those, over whole paths.
  public var latencies: [Latency]
  /// Packets that got no further, from the inside out and then by time.
  public var drops: [Drop]
  /// Packets in all files, those that stand in two of them counted once.
  public var packetCount: UInt64
  /// The first packet's time, in nanoseconds since the Unix epoch, or `nil` without packets.
  public var firstTime: Int64?
  /// The last packet's time, in nanoseconds since the Unix epoch, or `nil` without packets.
  public var lastTime: Int64?
  /// Packets that were between two points when the captures ended.
  public var underWayCount: UInt64
  /// Packets lost sight of because there were too many at a time.
  public var givenUpCount: UInt64
  /// Dropped packets that belong to no flow, such as ARP requests.
  public var otherDropCount: UInt64
  /// Resets and ICMP errors that began in the middle of the path, as they may.
  public var madeOnTheWayCount: UInt64
  /// Why nothing can be said about what lies between the files, if so.
  public var problem: PairingProblem?

  /// Reads captures and works out what they show.
  ///
  /// A file that cannot be read to its end counts as far as it goes; ``files`` says why it ended.
  ///
  /// - Parameters:
  ///   - paths: Captures of any format, in any number; those without known point names from the
  ///     inside out.
  ///   - settings: What may be assumed.
  public init(files paths: [String], settings: InspectionSettings = InspectionSettings()) {
    self = Inspection.run(paths, settings, verifies: false).analysis
  }

  /// The errors that ended the reading of files early.
  public var failedFiles: [FileSummary] { files.filter { $0.error != nil } }

  /// Whether nothing at all could be read, of any file.
  public var isUnread: Bool { files.allSatisfy { $0.error != nil && $0.packetCount == 0 } }
}

extension CaptureAnalysis {
  init(_ inspector: borrowing Inspector, files: [FileSummary]) {
    let names = inspector.points.map(\.name)
    let order = inspector.tapOrder()
    self.files = files
    points = order.map { tap in
      let counters = inspector.counters[tap]
      return PointSummary(
        point: names[inspector.taps[tap].point], label: inspector.labels[tap],
        packetCount: counters.packetCount, byteCount: counters.byteCount,
        otherCount: counters.otherCount, malformedCount: counters.malformedCount,
        duplicateCount: counters.duplicateCount, unmatchedCount: counters.unmatchedCount,
        unmatched: counters.unmatched.map { FrameReference($0, in: files) })
    }
    flows = inspector.flowResults()
    translations = inspector.translationResults(files)
    let ranks = inspector.points.map(\.rank)
    latencies =
      Self.sorted(inspector.hops.entries, ranks).map {
        $0.latency(names: names, isWholePath: false)
      }
      + Self.sorted(inspector.wholePaths.entries, ranks).map {
        $0.latency(names: names, isWholePath: true)
      }
    drops = inspector.dropResults(files)
    packetCount = inspector.packetCount - inspector.counters.reduce(0) { $0 + $1.duplicateCount }
    firstTime = inspector.firstTime
    lastTime = inspector.firstTime == nil ? nil : inspector.lastTime
    underWayCount = inspector.underWayCount
    givenUpCount = inspector.givenUpCount
    otherDropCount = inspector.otherDropCount
    madeOnTheWayCount = inspector.madeOnTheWayCount
  }

  /// Pairs of points in the order in which a request and its reply pass them.
  private static func sorted(
    _ entries: [LatencyTable.Entry], _ ranks: [Int]
  ) -> [LatencyTable.Entry] {
    entries.sorted { left, right in
      if left.way != right.way { return left.way == .outward }
      let (leftFrom, rightFrom) = (ranks[left.from], ranks[right.from])
      let (leftTo, rightTo) = (ranks[left.to], ranks[right.to])
      if left.way == .outward {
        return leftFrom != rightFrom ? leftFrom < rightFrom : leftTo < rightTo
      }
      return leftFrom != rightFrom ? leftFrom > rightFrom : leftTo > rightTo
    }
  }
}

extension FrameReference {
  init(_ frame: FrameNumber, in files: [FileSummary]) {
    self.init(file: files[frame.file].path, frameNumber: frame.frame)
  }
}
