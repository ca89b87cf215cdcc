/// The translations found so far, by inside and by outside.
struct TranslationTable {
  /// One life of a translation.
  struct Entry {
    /// Inside to remote as the inner point sees it, with the inner interface.
    let inside: FlowTuple
    /// Outside to remote as the outer point sees it, with the outer interface.
    let outside: FlowTuple
    let pair: PointPair
    let firstFrame: FrameNumber
    let firstTime: Int64
    var lastTime: Int64
    var lastFrame: FrameNumber
    var outwardCount: UInt64 = 0
    var inwardCount: UInt64 = 0
    var environment = Passage.noEnvironment
    /// Whether the outside is still this one's.
    var ownsOutside = true
    var hasOutwardFIN = false
    var hasInwardFIN = false
    var hasRST = false
    /// The translation of the same inside before this one, or -1.
    var previous: Int32 = -1

    /// Whether a TCP connection has ended, so that the outside may go to somebody else.
    var isClosed: Bool { hasRST || hasOutwardFIN && hasInwardFIN }

    init(
      inside: FlowTuple, outside: FlowTuple, pair: PointPair, frame: FrameNumber, time: Int64
    ) {
      self.inside = inside
      self.outside = outside
      self.pair = pair
      firstFrame = frame
      lastFrame = frame
      firstTime = time
      lastTime = time
    }
  }

  /// Two points with a crossing between them.
  struct PointPair: Hashable {
    let inner: Int
    let outer: Int

    var slot: Int { inner &* PointTable.limit &+ outer }
  }

  private(set) var entries: [Entry] = []
  private var byInside = HashIndex()
  private var byOutside = HashIndex()
  /// Whether anything is translated between two points, by ``PointPair/slot``.
  private var translates = [Bool](repeating: false, count: PointTable.limit * PointTable.limit)

  /// How many earlier translations of an inside are considered to be the one that came back.
  private static let memory = 8

  subscript(position: Int) -> Entry {
    @inline(__always) get { entries[position] }
    @inline(__always) _modify { yield &entries[position] }
  }

  func translates(_ pair: PointPair) -> Bool { translates[pair.slot] }

  @inline(__always)
  private static func hash(_ tuple: FlowTuple, _ pair: PointPair) -> UInt64 {
    tuple.hash ^ HashMixing.spread(UInt64(truncatingIfNeeded: pair.slot))
  }

  /// The latest translation of this inside.
  @inline(__always)
  func find(inside: FlowTuple, _ pair: PointPair) -> Int? {
    byInside.find(Self.hash(inside, pair)) {
      entries[$0].inside == inside && entries[$0].pair == pair
    }
  }

  /// The latest translation to this outside.
  @inline(__always)
  func find(outside: FlowTuple, _ pair: PointPair) -> Int? {
    byOutside.find(Self.hash(outside, pair)) {
      entries[$0].outside == outside && entries[$0].pair == pair
    }
  }

  /// Adds a translation, which takes the place of others of its inside and its outside.
  mutating func insert(_ entry: Entry) -> Int {
    let position = entries.count
    entries.append(entry)
    translates[entry.pair.slot] = true
    let insideHash = Self.hash(entry.inside, entry.pair)
    if let earlier = find(inside: entry.inside, entry.pair) {
      entries[position].previous = Int32(truncatingIfNeeded: earlier)
      byInside.replace(insideHash, earlier, with: position)
    } else {
      byInside.insert(insideHash, position)
    }
    takeOutside(position)
    return position
  }

  /// Gives a translation its outside, back from whom it may belong to.
  mutating func takeOutside(_ position: Int) {
    let entry = entries[position]
    let hash = Self.hash(entry.outside, entry.pair)
    if let other = find(outside: entry.outside, entry.pair) {
      guard other != position else { return }
      entries[other].ownsOutside = false
      byOutside.replace(hash, other, with: position)
    } else {
      byOutside.insert(hash, position)
    }
    entries[position].ownsOutside = true
  }

  /// An earlier translation of the same inside to `outside` that `isSame` accepts, made the latest
  /// again.
  mutating func revive(
    latest: Int, outside: FlowTuple, where isSame: (Entry) -> Bool
  ) -> Int? {
    var after = latest
    for _ in 0..<Self.memory {
      let position = Int(entries[after].previous)
      guard position >= 0 else { return nil }
      if entries[position].outside == outside {
        guard isSame(entries[position]) else { return nil }
        entries[after].previous = entries[position].previous
        entries[position].previous = Int32(truncatingIfNeeded: latest)
        let entry = entries[position]
        byInside.replace(Self.hash(entry.inside, entry.pair), latest, with: position)
        return position
      }
      after = position
    }
    return nil
  }
}
