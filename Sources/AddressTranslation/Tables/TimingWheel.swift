/// Says which flow ends next, exact to the nanosecond and in order, without looking at the others.
///
/// A hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7): thirteen levels of 64 lists. A
/// list of level 0 holds flows that end at one nanosecond, one of level `n` flows that end within
/// the same *block* of 32^n nanoseconds. The lists of a level stand for the 64 blocks from the
/// present one on, going round, and a flow is filed at the lowest level that reaches to its end.
/// Before the present comes to a block, its flows are filed anew, further down. So a flow moves at
/// most twelve times, and a bit set for each level says where the next occupied list is.
///
/// Flows that end at about the same time come up together, and there may be millions of them. A
/// level reaches over two blocks of the one above, so that the flows of a block can move as soon
/// as the block before it has begun; each call does a part. Only an owner that lets a whole block
/// pass with fewer calls than there are flows in the next meets a call that has to do the rest.
///
/// A packet that restarts a flow's timer does not touch the wheel. The flow is found in its old
/// place when that comes up, and is filed where it now belongs. It must only be moved at once
/// when its end comes *nearer*.
///
/// The lists are threaded through the flow records.
struct TimingWheel: ~Copyable {
  private static var levelCount: Int { 13 }
  /// A block of a level has two to this power blocks of the level below.
  private static var digitBitCount: Int { 5 }
  /// How many flows a call moves at most before it has to.
  private static var preparationStep: Int { 8 }

  /// First flow of each list, 0 for none; empty until the first flow is filed.
  private var heads: [UInt32] = []
  /// For each level, which lists have flows.
  private var occupied = InlineArray<13, UInt64>(repeating: 0)
  /// For each level, which lists have had several flows since they were empty.
  ///
  /// A flow that is alone in its list need not move before it ends.
  private var crowded = InlineArray<13, UInt64>(repeating: 0)
  /// The levels that have flows.
  private var occupiedLevels: UInt32 = 0
  /// The present, as ``ticks(_:)`` counts.
  private var present: UInt64 = 0
  /// Before this nothing ends and nothing can move.
  private var idleUntil: UInt64 = .max
  /// How often flows have been filed.
  private(set) var filings = 0

  /// Nanoseconds since the earliest instant there is.
  private static func ticks(_ nanoseconds: Int64) -> UInt64 {
    UInt64(bitPattern: nanoseconds) ^ 1 << 63
  }

  /// The present, in nanoseconds since the simulation began.
  var now: Int64 { Int64(bitPattern: present ^ 1 << 63) }

  // MARK: Lists

  /// Files a flow that ends at `end`.
  mutating func file(_ index: UInt32, endingAt end: Int64, in flows: inout Slab<FlowRecord>) {
    if heads.isEmpty { heads = Array(repeating: 0, count: Self.levelCount * 64) }
    filings &+= 1
    let due = max(Self.ticks(end), present)
    let width = 64 - (due &- present).leadingZeroBitCount
    // The lowest level at which the distance, in blocks, has at most six bits. Where the present
    // stands in its block may add one to it.
    var level = max(0, (width &- 2) / Self.digitBitCount)
    var shift = UInt64(Self.digitBitCount &* level)
    if due &>> shift &- present &>> shift > 63 {
      level &+= 1
      shift &+= UInt64(Self.digitBitCount)
    }
    let block = due &>> shift
    let list = level &* 64 &+ Int(block & 63)
    let head = heads[list]
    flows.with(index) { record in
      record.timerList = UInt16(list)
      record.timerPrevious = 0
      record.timerNext = head
    }
    heads[list] = index
    let bit: UInt64 = 1 &<< (block & 63)
    if head == 0 {
      occupied[level] |= bit
      occupiedLevels |= 1 &<< UInt32(level)
      idleUntil = min(idleUntil, block &<< shift)
    } else {
      flows[head].timerPrevious = index
      crowded[level] |= bit
      // Above level 0, the flow is at least two blocks away.
      idleUntil = min(idleUntil, (block &- (level == 0 ? 0 : 1)) &<< shift)
    }
  }

  /// Takes a filed flow out.
  mutating func remove(_ index: UInt32, in flows: inout Slab<FlowRecord>) {
    let list = Int(flows[index].timerList)
    let (previous, next) = (flows[index].timerPrevious, flows[index].timerNext)
    if next != 0 { flows[next].timerPrevious = previous }
    if previous != 0 {
      flows[previous].timerNext = next
    } else {
      heads[list] = next
      if next == 0 { noteEmpty(list) }
    }
  }

  /// Notes that a list has no flows any more.
  private mutating func noteEmpty(_ list: Int) {
    let level = list / 64
    let others: UInt64 = ~(1 << UInt64(list % 64))
    occupied[level] &= others
    crowded[level] &= others
    if occupied[level] == 0 { occupiedLevels &= ~(1 << UInt32(level)) }
  }

  /// An occupied list.
  private struct Place {
    var level: Int
    /// The block that the list stands for, numbered from the earliest instant there is.
    var block: UInt64

    var list: Int { level &* 64 &+ Int(block & 63) }
    var start: UInt64 { block &<< UInt64(TimingWheel.digitBitCount &* level) }
  }

  /// The first of some lists of a level, of which there must be one.
  @inline(__always)
  private func firstPlace(at level: Int, of lists: UInt64) -> Place {
    let block = present &>> UInt64(Self.digitBitCount &* level)
    let turn = block & 63
    let turned = lists &>> turn | lists &<< (64 &- turn)
    return Place(level: level, block: block &+ UInt64(turned.trailingZeroBitCount))
  }

  /// The occupied list that comes up first; of several that begin together the widest, so that
  /// what ends first is sure to be found.
  private func nextPlace() -> Place? {
    var next: Place?
    var start = UInt64.max
    var levels = occupiedLevels
    while levels != 0 {
      let level = levels.trailingZeroBitCount
      levels &= levels &- 1
      let place = firstPlace(at: level, of: occupied[level])
      if place.start <= start {
        next = place
        start = place.start
      }
    }
    return next
  }

  /// The first instant at which a list comes up, or `nil` if no flow is filed.
  var nextInstant: Int64? {
    nextPlace().map { Int64(bitPattern: $0.start ^ 1 << 63) }
  }

  // MARK: Time

  /// Moves the present towards `limit` and takes out the next flow that ends on the way.
  ///
  /// - Returns: the flow, or `nil` when none is left that ends by `limit`, which then is the
  ///   present. An earlier `limit` than the present changes nothing.
  @inline(__always)
  mutating func nextEnded(
    by limit: Int64, in flows: inout Slab<FlowRecord>, timeouts: IdleTimeouts
  ) -> UInt32? {
    let limit = Self.ticks(limit)
    guard limit >= idleUntil else {
      present = max(present, limit)
      return nil
    }
    return search(to: limit, in: &flows, timeouts: timeouts)
  }

  @inline(never)
  private mutating func search(
    to limit: UInt64, in flows: inout Slab<FlowRecord>, timeouts: IdleTimeouts
  ) -> UInt32? {
    while let place = nextPlace(), place.start <= limit {
      present = max(present, place.start)
      let index = heads[place.list]
      let isAlone = flows[index].timerNext == 0
      if place.level > 0, !isAlone {
        move(.max, from: place, in: &flows, timeouts: timeouts)
        continue
      }
      remove(index, in: &flows)
      let end = timeouts.end(of: flows[index])
      let due = Self.ticks(end)
      // A flow that is alone in its list comes before all others if they begin no sooner.
      if due <= limit, place.level == 0 ? due <= present : due <= nextPlace()?.start ?? .max {
        present = max(present, due)
        return index
      }
      file(index, endingAt: end, in: &flows)
    }
    present = max(present, limit)
    prepare(in: &flows, timeouts: timeouts)
    return nil
  }

  /// Files up to `count` flows of a list anew, and returns how many.
  @discardableResult
  private mutating func move(
    _ count: Int, from place: Place, in flows: inout Slab<FlowRecord>, timeouts: IdleTimeouts
  ) -> Int {
    var index = heads[place.list]
    var moved = 0
    while index != 0, moved < count {
      let next = flows[index].timerNext
      file(index, endingAt: timeouts.end(of: flows[index]), in: &flows)
      index = next
      moved += 1
    }
    heads[place.list] = index
    if index == 0 {
      noteEmpty(place.list)
    } else {
      flows[index].timerPrevious = 0
    }
    return moved
  }

  /// Moves some of the flows that soon have to move, and finds out when there is more to do.
  private mutating func prepare(in flows: inout Slab<FlowRecord>, timeouts: IdleTimeouts) {
    var left = Self.preparationStep
    while true {
      idleUntil = .max
      var soonest: Place?
      var levels = occupiedLevels
      while levels != 0 {
        let level = levels.trailingZeroBitCount
        levels &= levels &- 1
        idleUntil = min(idleUntil, firstPlace(at: level, of: occupied[level]).start)
        guard level > 0, crowded[level] != 0 else { continue }
        let place = firstPlace(at: level, of: crowded[level])
        let shift = UInt64(Self.digitBitCount &* level)
        idleUntil = min(idleUntil, (place.block &- 1) &<< shift)
        // Lists of the block after the present one can move.
        if place.block &- present &>> shift <= 1, place.start < soonest?.start ?? .max {
          soonest = place
        }
      }
      guard let soonest, left > 0 else { return }
      left -= move(left, from: soonest, in: &flows, timeouts: timeouts)
    }
  }
}
