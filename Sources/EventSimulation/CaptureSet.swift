public import CaptureFiles
public import SimulatedTime

/// The capture files of a run and the points that feed them.
///
/// A point may write to a file of its own, to a merged file, or to both. Frames arrive in time
/// order, so every file is in time order.
@safe public struct CaptureSet: ~Copyable {
  /// What a point saw.
  public struct Statistics: Hashable, Sendable {
    /// Frames that came by.
    public var received: UInt64 = 0
    /// Frames that its filter let through.
    public var accepted: UInt64 = 0
    /// Frames that died here.
    public var dropped: UInt64 = 0
  }

  /// One of the pcapng files of the set.
  public struct FileID: Hashable, Sendable {
    let index: Int32
  }

  /// One of the classic pcap files of the set.
  public struct ClassicFileID: Hashable, Sendable {
    let index: Int32
  }

  /// Which comments are written.
  public let annotations: AnnotationLevel
  /// The capture time of virtual zero, in nanoseconds since the Unix epoch.
  private let epoch: Int64
  private var names: [String] = []
  /// What points are called that write nothing, each name once.
  private var silentNames: [String] = []
  private var points: Slab<CaptureDestinations>
  private var files: Slab<PcapngWriter>
  private var classicFiles: Slab<PcapWriter>
  private var filters: Slab<PacketFilter>
  private var comment = CommentText()
  /// Whether the files have got their last blocks.
  private var isEnded = false
  /// Records written so far, in all files.
  public private(set) var recordCount: UInt64 = 0

  public init(epoch: Int64 = 0, annotations: AnnotationLevel = .changes) {
    self.epoch = epoch
    self.annotations = annotations
    points = Slab()
    files = Slab()
    classicFiles = Slab()
    filters = Slab()
  }

  /// Adds a file, to which the caller has not yet written any packet.
  public mutating func add(_ file: consuming PcapngWriter) -> FileID {
    FileID(index: Int32(files.append(file)))
  }

  /// Adds a classic pcap file.
  public mutating func add(_ file: consuming PcapWriter) -> ClassicFileID {
    ClassicFileID(index: Int32(classicFiles.append(file)))
  }

  /// Adds names to the files that `points` write to, once to each.
  mutating func add(_ names: NameResolution, at points: [CapturePoint]) {
    var named: [Int32] = []
    for point in points where point.index >= 0 {
      let destinations = self.points[Int(point.index)]
      for file in [destinations.file, destinations.mergedFile]
      where file >= 0 && !named.contains(file) {
        named.append(file)
        files[Int(file)].add(names)
      }
    }
  }

  /// Gives `body` a file, to write what is not a packet.
  public mutating func withFile<Result>(
    _ id: FileID, _ body: (inout PcapngWriter) -> Result
  ) -> Result {
    body(&files[Int(id.index)])
  }

  /// Gives `body` a classic file.
  package mutating func withFile<Result>(
    _ id: ClassicFileID, _ body: (inout PcapWriter) -> Result
  ) -> Result {
    body(&classicFiles[Int(id.index)])
  }

  /// Gives `body` the file that was added as number `number`, to take out what it has collected.
  package mutating func withCollected<Result>(
    _ number: Int, _ body: (inout PcapngWriter) -> Result
  ) -> Result {
    body(&files[number])
  }

  /// Counts what a point of another set saw, whose packets were written to a file of this one.
  package mutating func add(_ statistics: Statistics, to point: CapturePoint) {
    let index = Int(point.index)
    points[index].statistics.received += statistics.received
    points[index].statistics.accepted += statistics.accepted
    points[index].statistics.dropped += statistics.dropped
  }

  /// Adds a point that so far writes nowhere.
  public mutating func addPoint(named name: String) -> CapturePoint {
    names.append(name)
    return CapturePoint(index: Int32(points.append(CaptureDestinations())))
  }

  /// Adds a point that writes nothing and counts nothing: a name for where packets die.
  ///
  /// Passing it costs nothing.
  public mutating func addSilentPoint(named name: String) -> CapturePoint {
    let number = silentNames.firstIndex(of: name) ?? silentNames.count
    if number == silentNames.count { silentNames.append(name) }
    return CapturePoint(index: -2 - Int32(number))
  }

  /// What `point` is called; ``CapturePoint/none`` has no name.
  public func name(of point: CapturePoint) -> String {
    switch point.index {
    case 0...: names[Int(point.index)]
    case -1: ""
    default: silentNames[-2 - Int(point.index)]
    }
  }

  /// Has `point` write to `file` as `interface`, beside a merged file if it has one.
  public mutating func attach(_ point: CapturePoint, to file: FileID, interface: UInt32) {
    points[Int(point.index)].file = file.index
    points[Int(point.index)].interface = interface
  }

  /// Has `point` write to the merged `file` as `interface`.
  public mutating func attach(_ point: CapturePoint, toMerged file: FileID, interface: UInt32) {
    points[Int(point.index)].mergedFile = file.index
    points[Int(point.index)].mergedInterface = interface
  }

  /// Has `point` write to a classic pcap `file`.
  public mutating func attach(_ point: CapturePoint, toClassic file: ClassicFileID) {
    points[Int(point.index)].classicFile = file.index
  }

  /// Has `points` write only what passes `filter`.
  public mutating func attach(_ points: [CapturePoint], filter: consuming PacketFilter) {
    let index = Int32(filters.append(filter))
    for point in points { self.points[Int(point.index)].filter = index }
  }

  /// What `point` saw; nothing if it writes nothing.
  public func statistics(of point: CapturePoint) -> Statistics {
    guard point.isOpen else { return Statistics() }
    return points[Int(point.index)].statistics
  }

  /// The first failure to write any file, or `nil` if all is well.
  public var failure: CaptureFileError? {
    for index in 0..<files.count {
      if let failure = files[index].failure { return failure }
    }
    for index in 0..<classicFiles.count {
      if let failure = classicFiles[index].failure { return failure }
    }
    return nil
  }

  @inline(__always)
  mutating func compose(_ describe: (inout CommentText) -> Void) {
    comment.removeAll()
    describe(&comment)
  }

  @inline(__always)
  mutating func write(
    _ bytes: RawSpan, at point: CapturePoint, time: Instant, direction: CaptureDirection,
    packetID: PacketID
  ) {
    guard point.isOpen else { return }
    comment.removeAll()
    writeWithComment(
      bytes, at: point, time: time, direction: direction, packetID: packetID, verdict: .none)
  }

  mutating func writeWithComment(
    _ bytes: RawSpan, at point: CapturePoint, time: Instant, direction: CaptureDirection,
    packetID: PacketID, verdict: CaptureVerdict
  ) {
    guard point.isOpen else { return }
    let index = Int(point.index)
    points[index].statistics.received &+= 1
    if verdict == .dropped { points[index].statistics.dropped &+= 1 }
    let filter = points[index].filter
    if filter >= 0, !filters[Int(filter)].matches(bytes, originalByteCount: bytes.byteCount) {
      return
    }
    points[index].statistics.accepted &+= 1
    let stamp = epoch &+ time.nanoseconds
    let flags = PacketFlags(rawValue: direction.rawValue)
    let packetVerdict: PacketVerdict? = verdict == .dropped ? .drop : nil
    let file = points[index].file
    let interface = points[index].interface
    let merged = points[index].mergedFile
    let mergedInterface = points[index].mergedInterface
    let classic = points[index].classicFile
    if classic >= 0 {
      recordCount &+= 1
      classicFiles[Int(classic)].write(bytes, time: stamp, originalByteCount: bytes.byteCount)
    }
    if file >= 0 {
      recordCount &+= 1
      comment.withBytes { text in
        files[Int(file)].write(
          bytes, interface: interface, time: stamp, originalByteCount: bytes.byteCount,
          flags: flags, packetID: packetID.rawValue, comment: text, verdict: packetVerdict)
      }
    }
    if merged >= 0 {
      recordCount &+= 1
      comment.withBytes { text in
        files[Int(merged)].write(
          bytes, interface: mergedInterface, time: stamp, originalByteCount: bytes.byteCount,
          flags: flags, packetID: packetID.rawValue, comment: text, verdict: packetVerdict)
      }
    }
  }

  /// Writes the last record of `point` again, with the comment composed last and a verdict.
  ///
  /// Classic files, which hold neither, keep the record they have.
  mutating func amendLast(
    _ bytes: RawSpan, at point: CapturePoint, time: Instant, direction: CaptureDirection,
    packetID: PacketID, verdict: CaptureVerdict
  ) {
    guard point.isOpen else { return }
    let index = Int(point.index)
    var isWithdrawn = points[index].classicFile >= 0
    for file in [points[index].file, points[index].mergedFile] where file >= 0 {
      guard files[Int(file)].withdrawLastPacket() else { continue }
      recordCount &-= 1
      isWithdrawn = true
    }
    points[index].statistics.received &-= 1
    // What a filter kept out was not counted, and is not written now either.
    guard isWithdrawn else {
      points[index].statistics.received &+= 1
      points[index].statistics.dropped &+= 1
      return
    }
    points[index].statistics.accepted &-= 1
    let classicFile = points[index].classicFile
    points[index].classicFile = -1
    writeWithComment(
      bytes, at: point, time: time, direction: direction, packetID: packetID, verdict: verdict)
    points[index].classicFile = classicFile
  }

  /// Writes each interface's counts, behind which no packet comes any more, and hands everything to
  /// the files, so that those who write them behind the run have all of it at once.
  mutating func end(at time: Instant) {
    guard !isEnded else { return }
    isEnded = true
    let stamp = epoch &+ time.nanoseconds
    for index in 0..<points.count {
      let point = points[index]
      for (file, interface) in [
        (point.file, point.interface), (point.mergedFile, point.mergedInterface),
      ] where file >= 0 {
        files[Int(file)].add(
          InterfaceStatistics(
            interface: Int(interface), time: stamp, startTime: epoch, endTime: stamp,
            receivedCount: point.statistics.received, droppedCount: point.statistics.dropped,
            acceptedByFilterCount: point.statistics.accepted))
      }
    }
    for index in 0..<files.count { files[index].flush() }
  }

  /// Completes every file and closes it.
  ///
  /// All files are closed even if one fails.
  ///
  /// - Throws: the first failure.
  public mutating func finish(at time: Instant) throws(CaptureFileError) {
    end(at: time)
    var firstFailure: CaptureFileError?
    while files.count > 0 {
      if let failure = Self.finish(files.removeLast()) { firstFailure = failure }
    }
    while classicFiles.count > 0 {
      if let failure = Self.finish(classicFiles.removeLast()) { firstFailure = failure }
    }
    points.removeAll()
    if let firstFailure { throw firstFailure }
  }

  private static func finish(_ file: consuming PcapWriter) -> CaptureFileError? {
    do throws(CaptureFileError) {
      try file.finish()
      return nil
    } catch {
      return error
    }
  }

  private static func finish(_ file: consuming PcapngWriter) -> CaptureFileError? {
    do throws(CaptureFileError) {
      try file.finish()
      return nil
    } catch {
      return error
    }
  }
}

/// Where the frames of one capture point go.
struct CaptureDestinations {
  /// Where the point's own copy goes, or -1.
  var file: Int32 = -1
  var interface: UInt32 = 0
  /// The classic pcap file it writes to, or -1.
  var classicFile: Int32 = -1
  /// Where the merged copy goes, or -1.
  var mergedFile: Int32 = -1
  var mergedInterface: UInt32 = 0
  /// Which filter frames must pass, or -1.
  var filter: Int32 = -1
  var statistics = CaptureSet.Statistics()
}
