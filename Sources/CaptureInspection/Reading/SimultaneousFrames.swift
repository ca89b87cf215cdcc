/// The frames that several files have at one instant, handed out in the order in which they happened.
///
/// A gateway that takes no time is seen inside and outside in the same nanosecond, by two capture
/// points that write to two files. Two things are known about the order. Each file has its own frames
/// in order. And a packet passes the points of the path one after the other, from the inside out or from
/// the outside in. A frame therefore waits for those that its packet has yet to leave at earlier
/// points, even if other packets' frames stand before them in their files. What comes first among
/// packets that do not wait for each other is as good as any: the lowest id, then the first file.
struct SimultaneousFrames {
  /// A frame, and which packet's it is.
  private struct Item {
    let sighting: Sighting
    let rank: Int
    let way: PathDirection?
    /// Where its bytes stand in ``bytes``.
    let start: Int
    let end: Int
    /// Place on its packet's way: it has to wait for smaller ones of the same packet.
    var order = 0
    /// Place in ``byPacket`` of the first frame of the same packet.
    var group = 0
    var isTaken = false
  }

  /// What a frame is sorted by.
  private struct Key {
    /// Whether the packet is known; otherwise, each frame is a packet of its own.
    let hasID: Bool
    /// The packet's id, or another number that it keeps from point to point.
    let id: UInt64
    var order = 0
    /// Position in ``items``.
    let position: Int
  }

  /// Frames that one file still has to give, as positions.
  private struct Queue {
    var next: Int
    var end: Int
  }

  private var items: [Item] = []
  private var bytes: [UInt8] = []
  private var queues: [Queue] = []
  /// The frames of one packet together, and in the order of its way.
  private var byPacket: [Key] = []
  /// Where in ``byPacket`` each packet's first frame is that was not taken, by the group's place.
  private var firstLeft: [Int] = []
  /// The frame that was handed out last.
  private var current = -1

  /// What is read ahead at most, in frames and in bytes: files whose frames all have the same time
  /// are read in portions, each in order.
  private static let itemLimit = 1 << 16
  private static let byteLimit = 1 << 26

  /// Whether no more frames should be added.
  var isFull: Bool { items.count >= Self.itemLimit || bytes.count >= Self.byteLimit }

  /// Forgets all frames, and keeps the memory.
  mutating func removeAll() {
    items.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
    byPacket.removeAll(keepingCapacity: true)
    queues.removeAll(keepingCapacity: true)
    current = -1
  }

  /// What is added from now on comes from another file.
  mutating func beginFile() {
    queues.append(Queue(next: items.count, end: items.count))
  }

  /// Adds a frame of the last file.
  ///
  /// - Precondition: a file has been begun.
  /// - Parameters:
  ///   - sighting: Where and when.
  ///   - rank: Of the point.
  ///   - packet: A number that only frames of one packet share, or `nil` if nothing is known.
  ///   - way: Which way it goes, if known.
  ///   - frame: The bytes.
  mutating func add(
    _ sighting: Sighting, rank: Int, packet: UInt64?, way: PathDirection?, _ frame: RawSpan
  ) {
    let start = bytes.count
    unsafe frame.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    items.append(
      Item(sighting: sighting, rank: rank, way: way, start: start, end: bytes.count))
    byPacket.append(Key(hasID: packet != nil, id: packet ?? 0, position: items.count - 1))
    queues[queues.count - 1].end = items.count
  }

  /// Works out what waits for what, when all frames have been added.
  mutating func arrange() {
    firstLeft.removeAll(keepingCapacity: true)
    firstLeft.append(contentsOf: items.indices)
    sortByPacket()
    var start = 0
    while start < byPacket.count {
      var end = start + 1
      while end < byPacket.count, byPacket[start].hasID, byPacket[end].hasID,
        byPacket[start].id == byPacket[end].id
      {
        end += 1
      }
      arrange(start..<end)
      start = end
    }
    sortByPacket()
  }

  /// Says of each frame of one packet where on the way it is.
  private mutating func arrange(_ group: Range<Int>) {
    // Not every point tells directions apart, but one that does speaks for the packet.
    var way: PathDirection?
    for place in group where way == nil { way = items[byPacket[place].position].way }
    for place in group {
      let position = byPacket[place].position
      let rank = items[position].rank
      let order = way == .inward ? -rank : rank
      items[position].order = order
      items[position].group = group.lowerBound
      byPacket[place].order = order
    }
  }

  private mutating func sortByPacket() {
    byPacket.sort { left, right in
      if left.hasID != right.hasID { return right.hasID }
      if left.id != right.id { return left.id < right.id }
      if left.hasID, left.order != right.order { return left.order < right.order }
      return left.position < right.position
    }
  }

  /// Goes on to the next frame.
  ///
  /// - Returns: `false` if all have been handed out.
  @inline(never)
  mutating func advance() -> Bool {
    guard let queue = nextQueue() else {
      removeAll()
      return false
    }
    current = queues[queue].next
    queues[queue].next += 1
    items[current].isTaken = true
    let group = items[current].group
    var left = firstLeft[group]
    while left < byPacket.count, isTaken(left, of: group) { left += 1 }
    firstLeft[group] = left
    return true
  }

  /// Whether the frame at this place of ``byPacket`` is one of the group and has been handed out.
  private func isTaken(_ place: Int, of group: Int) -> Bool {
    let item = items[byPacket[place].position]
    return item.group == group && item.isTaken
  }

  /// The file whose turn it is.
  ///
  /// Files that contradict each other keep their own order each, and nothing else holds then.
  private func nextQueue() -> Int? {
    var best: (queue: Int, isFree: Bool, id: UInt64, order: Int)?
    for (number, queue) in queues.enumerated() where queue.next < queue.end {
      let item = items[queue.next]
      let isFree = item.order <= byPacket[firstLeft[item.group]].order
      let id = byPacket[item.group].id
      if let best {
        if best.isFree != isFree {
          if best.isFree { continue }
        } else if (best.id, best.order) <= (id, item.order) {
          continue
        }
      }
      best = (number, isFree, id, item.order)
    }
    return best?.queue
  }

  /// Lends the frame that has been come to.
  func withFrame(_ body: (Sighting, RawSpan) -> Void) {
    guard current >= 0 else { return }
    let item = items[current]
    body(item.sighting, unsafe bytes.span.bytes.extracting(item.start..<item.end))
  }
}
