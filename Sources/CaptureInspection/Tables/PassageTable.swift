/// The packets under way, found by id or by content, and given up when they get too old.
///
/// A finished passage stays a little longer, in case its last frame stands in two files or is
/// followed by a record of its death.
struct PassageTable {
  private(set) var passages: [Passage] = []
  private var index = HashIndex()
  private var firstFree: Int32 = -1
  private var open = List()
  private var finished = List()

  /// Finished passages that are remembered.
  private static let finishedLimit = 1024

  /// Passages threaded together by their position, in the order in which they were added.
  private struct List {
    private(set) var oldest: Int32 = -1
    private(set) var newest: Int32 = -1
    private(set) var count = 0

    mutating func append(_ position: Int, _ passages: inout [Passage]) {
      let number = Int32(truncatingIfNeeded: position)
      passages[position].older = newest
      passages[position].newer = -1
      if newest >= 0 {
        passages[Int(newest)].newer = number
      } else {
        oldest = number
      }
      newest = number
      count += 1
    }

    mutating func remove(_ position: Int, _ passages: inout [Passage]) {
      let older = passages[position].older
      let newer = passages[position].newer
      if older >= 0 { passages[Int(older)].newer = newer } else { oldest = newer }
      if newer >= 0 { passages[Int(newer)].older = older } else { newest = older }
      count -= 1
    }
  }

  var openCount: Int { open.count }

  /// The oldest open passage.
  var oldest: Int? { open.oldest < 0 ? nil : Int(open.oldest) }

  subscript(position: Int) -> Passage {
    @inline(__always) get { passages[position] }
    @inline(__always) _modify { yield &passages[position] }
  }

  private static func hash(_ key: UInt64) -> UInt64 { HashMixing.spread(key) }

  /// The passage of the packet with this id.
  @inline(__always)
  func find(packetID: UInt64) -> Int? {
    index.find(Self.hash(packetID)) { passages[$0].key == packetID && passages[$0].hasPacketID }
  }

  /// Shows the passages with this content to `body`, until it returns `false`.
  @inline(__always)
  func forEach(content: UInt64, _ body: (Int) -> Bool) {
    index.forEach(Self.hash(content)) { position in
      guard passages[position].key == content, !passages[position].hasPacketID else { return true }
      return body(position)
    }
  }

  /// Adds a passage, as the newest.
  mutating func insert(_ passage: Passage) -> Int {
    let position: Int
    if firstFree >= 0 {
      position = Int(firstFree)
      firstFree = passages[position].newer
      passages[position] = passage
    } else {
      position = passages.count
      passages.append(passage)
    }
    index.insert(Self.hash(passage.key), position)
    open.append(position, &passages)
    return position
  }

  /// Moves a passage to those that are only remembered.
  mutating func finish(_ position: Int) {
    open.remove(position, &passages)
    passages[position].isFinished = true
    finished.append(position, &passages)
    if finished.count > Self.finishedLimit { remove(Int(finished.oldest)) }
  }

  /// Forgets a passage.
  mutating func remove(_ position: Int) {
    index.remove(Self.hash(passages[position].key), position)
    if passages[position].isFinished {
      finished.remove(position, &passages)
    } else {
      open.remove(position, &passages)
    }
    passages[position].newer = firstFree
    firstFree = Int32(truncatingIfNeeded: position)
  }
}
