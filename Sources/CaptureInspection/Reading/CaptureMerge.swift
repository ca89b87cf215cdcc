import CaptureFiles

/// Reads several captures as one, in the order of time.
///
/// Frames of one file keep their order, even where that is not the order of time. At one instant,
/// each packet's frames come in the order in which it passes the points, as a merged capture has them
/// (observability-formats §5.3, rule 11): see ``SimultaneousFrames``.
@safe struct CaptureMerge: ~Copyable {
  private(set) var points: PointTable
  private(set) var taps: [Tap] = []
  /// Which of several interfaces of its point each tap is.
  private(set) var labels: [String] = []
  private(set) var files: [FileSummary] = []

  /// One reader per file that could be opened; the pointer is ours from init to deinit.
  let readers: UnsafeMutablePointer<CaptureReader>
  /// File of each reader.
  private(set) var fileOfReader: [Int] = []
  /// Tap of each interface, per reader.
  private(set) var tapsOfReader: [[Int]] = []
  /// The frame that each reader has come to.
  private(set) var heads: [Head] = []
  /// Readers that have a frame, as a binary heap with the first frame on top.
  private var heap: [Int] = []
  /// The reader whose frame was handed out and that has to move on.
  private var pending: Int?
  /// Frames read ahead, because several files have one at the same instant.
  private var simultaneous = SimultaneousFrames()
  /// Whether frames are handed out from there.
  private var isAhead = false
  private var tapIndices: [TapIdentity: Int] = [:]
  /// How many interfaces of each name and description a reader has met.
  private var ordinalsOfReader: [[TapIdentity: Int]] = []
  /// Time of each reader's first frame, or `nil` without one.
  private(set) var firstTimes: [Int64?] = []
  /// Whether some files, but not all, give packets ids.
  private(set) var someHavePacketIDs = false
  /// The runs that the files say they come from, in the order of the files.
  private(set) var runs: [String] = []
  /// Whether an id means the same packet in every file.
  private(set) var keepsPacketIDs = true

  /// What makes two interfaces one tap.
  ///
  /// A capture point writes to a file of its own and to a merged one, and a capture may be cut
  /// into files: the same name and description, in the same place among their like, is the same.
  private struct TapIdentity: Hashable {
    var name: String
    var label: String
    var ordinal: Int
    var linkType: UInt16
  }

  struct Head {
    var sighting: Sighting
    var lastTime: Int64
  }

  /// Taps that are told apart; further interfaces share the last one.
  private static let tapLimit = 0xfffe

  init(paths: [String], settings: InspectionSettings) {
    points = PointTable(path: settings.path)
    unsafe readers = .allocate(capacity: max(1, paths.count))
    files = paths.map { FileSummary(path: $0, packetCount: 0, error: nil) }
    for (file, path) in paths.enumerated() {
      do throws(CaptureFileError) {
        unsafe (readers + fileOfReader.count).initialize(to: try CaptureReader(path: path))
        fileOfReader.append(file)
        tapsOfReader.append([])
        ordinalsOfReader.append([:])
        heads.append(Head(sighting: .none, lastTime: .min))
      } catch {
        files[file].error = error
      }
    }
    // All of them first, so that the interfaces that stand at the beginning of every file are
    // known before any packet is judged.
    for reader in fileOfReader.indices {
      firstTimes.append(advance(reader) ? heads[reader].sighting.time : nil)
      if let run = run(of: reader), !runs.contains(run) { runs.append(run) }
    }
    // A packet with an id is never looked for among those without one, so a single file without
    // ids would be paired with nothing; and two runs give the same ids to different packets.
    let started = firstTimes.indices.filter { firstTimes[$0] != nil }
    let identifiedCount = started.count { heads[$0].sighting.packetID != nil }
    keepsPacketIDs = started.count < 2 || runs.count < 2 && identifiedCount == started.count
    someHavePacketIDs = identifiedCount > 0 && identifiedCount < started.count
    for reader in started {
      if !keepsPacketIDs { heads[reader].sighting.packetID = nil }
      insert(reader)
    }
  }

  deinit {
    unsafe readers.deinitialize(count: fileOfReader.count)
    unsafe readers.deallocate()
  }

  /// What is known of a frame without an id: a number that its packet keeps, and which way it goes.
  typealias Glance = (Sighting, RawSpan) -> (content: UInt64, way: PathDirection?)?

  /// Goes on to the next frame of all.
  ///
  /// - Parameter glance: Is asked about frames without ids that stand at one instant in several
  ///   files.
  /// - Returns: `false` at the end.
  @inline(__always)
  mutating func advance(glancing glance: Glance) -> Bool {
    if isAhead {
      if simultaneous.advance() { return true }
      isAhead = false
    }
    if let reader = pending {
      pending = nil
      if advance(reader) {
        if heap.count > 1 { siftDown() }
      } else {
        removeTop()
      }
    }
    guard let top = heap.first else { return false }
    if fileOfReader.count > 1, isTied(top) {
      readSimultaneous(glance)
      isAhead = true
      return simultaneous.advance()
    }
    pending = top
    return true
  }

  /// Lends the frame that has been come to.
  @inline(__always)
  func withFrame(_ body: (Sighting, RawSpan) -> Void) {
    if isAhead {
      simultaneous.withFrame(body)
    } else if let pending {
      let sighting = heads[pending].sighting
      unsafe readers[pending].withPacketBytes { body(sighting, $0) }
    }
  }

  /// Whether another file has a frame at the same instant as the one on top.
  @inline(__always)
  private func isTied(_ top: Int) -> Bool {
    let count = heap.count
    guard count > 1 else { return false }
    let time = heads[top].sighting.time
    return heads[heap[1]].sighting.time == time
      || count > 2 && heads[heap[2]].sighting.time == time
  }

  /// Reads what all files have at the instant of the first frame.
  @inline(never)
  private mutating func readSimultaneous(_ glance: Glance) {
    let time = heads[heap[0]].sighting.time
    while let reader = heap.first, heads[reader].sighting.time == time, !simultaneous.isFull {
      removeTop()
      simultaneous.beginFile()
      var hasMore = true
      repeat {
        let sighting = heads[reader].sighting
        let rank = taps[sighting.tap].rank
        unsafe readers[reader].withPacketBytes { bytes in
          let seen = sighting.packetID == nil ? glance(sighting, bytes) : nil
          simultaneous.add(
            sighting, rank: rank, packet: sighting.packetID ?? seen?.content,
            way: sighting.way ?? seen?.way, bytes)
        }
        hasMore = advance(reader)
      } while hasMore && heads[reader].sighting.time == time && !simultaneous.isFull
      if hasMore { insert(reader) }
    }
    simultaneous.arrange()
  }

  // MARK: One file

  /// Has a reader go on to its next frame.
  ///
  /// - Returns: `false` if there is none.
  private mutating func advance(_ reader: Int) -> Bool {
    let file = fileOfReader[reader]
    let record: PacketRecord
    do throws(CaptureFileError) {
      guard let next = try unsafe readers[reader].next() else {
        addTaps(of: reader)
        return false
      }
      record = next
    } catch {
      files[file].error = error
      addTaps(of: reader)
      return false
    }
    files[file].packetCount &+= 1
    if record.interface >= tapsOfReader[reader].count { addTaps(of: reader) }
    let tap = tapsOfReader[reader][record.interface]
    // A frame without a time is taken for no later than the one before it.
    let time = record.hasTime ? record.time : max(heads[reader].lastTime, 0)
    var sighting = Sighting(
      record, file: file, tap: tap, outwardFlag: taps[tap].outwardFlag, time: time)
    if !keepsPacketIDs { sighting.packetID = nil }
    heads[reader] = Head(sighting: sighting, lastTime: time)
    return true
  }

  /// Makes taps of the interfaces that a reader has met since.
  private mutating func addTaps(of reader: Int) {
    let file = fileOfReader[reader]
    let count = unsafe readers[reader].interfaces.count
    for number in tapsOfReader[reader].count..<count {
      let interface = unsafe readers[reader].interfaces[number]
      let (name, label) = naming(of: interface, number, in: Self.baseName(of: files[file].path))
      var identity = TapIdentity(
        name: name, label: label, ordinal: 0, linkType: interface.linkType.rawValue)
      let ordinal = ordinalsOfReader[reader][identity, default: 0]
      ordinalsOfReader[reader][identity] = ordinal + 1
      identity.ordinal = ordinal
      if let known = tapIndices[identity] {
        tapsOfReader[reader].append(known)
        if interface.filter != nil { taps[known].isFiltered = true }
        continue
      }
      guard taps.count < Self.tapLimit else {
        tapsOfReader[reader].append(taps.count - 1)
        continue
      }
      let index = points.index(of: name)
      let point = points.points[index]
      tapIndices[identity] = taps.count
      tapsOfReader[reader].append(taps.count)
      labels.append(ordinal == 0 ? label : "\(label)#\(ordinal + 1)")
      taps.append(
        Tap(
          point: index, rank: point.rank, outwardFlag: point.outwardFlag,
          mayTunnel: point.mayTunnel, isFiltered: interface.filter != nil,
          framing: Tap.Framing(interface.linkType)))
    }
  }

  /// What to call the point and the interface.
  ///
  /// Only names of the path mean the same in every file: two machines both have an `eth0`.
  private func naming(
    of interface: InterfaceDescription, _ number: Int, in base: String
  ) -> (point: String, label: String) {
    guard let name = interface.name else { return (number == 0 ? base : "\(base):\(number)", "") }
    guard points.isOnPath(name) else {
      return (files.count > 1 ? "\(base):\(name)" : name, interface.description ?? "")
    }
    // Environments all look alike, so without a description only the file tells them apart.
    return (name, interface.description ?? (points.isInnermost(name) ? base : ""))
  }

  /// The last part of a path without its extension.
  private static func baseName(of path: String) -> String {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = last.lastIndex(of: "."), dot != last.startIndex else { return last }
    return String(last[..<dot])
  }

  // MARK: The heap

  private func isBefore(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (heads[left].sighting.time, heads[right].sighting.time)
    return a != b ? a < b : left < right
  }

  private mutating func insert(_ reader: Int) {
    heap.append(reader)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(heap[child], heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func removeTop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    siftDown()
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && isBefore(heap[child], heap[least]) {
        least = child
      }
      if least == parent { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
