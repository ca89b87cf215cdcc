/// Says which flow ends next, exact to the nanosecond and in order, without looking at the others.
///
/// A hierarchical timing wheel (Varghese and Lauck, 1987, scheme 7): eleven levels of 64 lists. A
/// list of level 0 holds flows that end at one nanosecond, one of level `n` flows that end within
/// the same 64^n nanoseconds. A flow is filed at the level of the highest six-bit digit in which
/// its end and the present differ; when the present reaches its list, it is filed anew, further
/// down. So a flow moves at most ten times, and eleven bit sets say where the next occupied list
/// is.
///
/// A packet that restarts a flow's timer does not touch the wheel. The flow is found in its old
/// place when that comes up, and is filed where it now belongs. It must only be moved at once
/// when its end comes *nearer*.
///
/// The lists are threaded through the flow records.
struct TimingWheel: ~Copyable {
  private static var levelCount: Int { 11 }

  /// First flow of each list, 0 for none; empty until the first flow is filed.
  private var heads: [UInt32] = []
  /// For each level, which lists have flows.
  private var occupied = InlineArray<11, UInt64>(repeating: 0)
  /// The levels that have flows.
  private var occupiedLevels: UInt32 = 0
  /// The present, as ``ticks(_:)`` counts.
  private var present: UInt64 = 0

  /// Nanoseconds since the earliest instant there is.
  private static func ticks(_ nanoseconds: Int64) -> UInt64 {
    UInt64(bitPattern: nanoseconds) ^ 1 << 63
  }

  /// The present, in nanoseconds since the simulation began.
  var now: Int64 { Int64(bitPattern: present ^ 1 << 63) }

  /// Files a flow that ends at `end`.
  mutating func file(_ index: UInt32, endingAt end: Int64, in flows: inout Slab<FlowRecord>) {
    if heads.isEmpty { heads = Array(repeating: 0, count: Self.levelCount * 64) }
    let due = max(Self.ticks(end), present)
    let level = (63 - ((due ^ present) | 1).leadingZeroBitCount) / 6
    let digit = due >> UInt64(6 * level) & 63
    let list = level * 64 + Int(digit)
    let head = heads[list]
    flows[index].timerList = UInt16(list)
    flows[index].timerPrevious = 0
    flows[index].timerNext = head
    if head != 0 { flows[head].timerPrevious = index }
    heads[list] = index
    occupied[level] |= 1 << digit
    occupiedLevels |= 1 << UInt32(level)
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
    occupied[level] &= ~(1 << UInt64(list % 64))
    if occupied[level] == 0 { occupiedLevels &= ~(1 << UInt32(level)) }
  }

  /// The first instant at which a list comes up, or `nil` if no flow is filed.
  var nextInstant: Int64? {
    guard let (_, start) = nextList() else { return nil }
    return Int64(bitPattern: start ^ 1 << 63)
  }

  /// The occupied list that comes up first, and when it begins.
  private func nextList() -> (list: Int, start: UInt64)? {
    // Whatever is filed on a low level ends before everything on the levels above.
    guard occupiedLevels != 0 else { return nil }
    let level = occupiedLevels.trailingZeroBitCount
    let digit = UInt64(occupied[level].trailingZeroBitCount)
    let shift = UInt64(6 * level)
    let above = level == 10 ? 0 : (present >> (shift + 6)) << (shift + 6)
    return (level * 64 + Int(digit), above | digit << shift)
  }

  /// Moves the present towards `limit` and takes out the next flow that ends on the way.
  ///
  /// - Returns: the flow, or `nil` when none is left that ends by `limit`, which then is the
  ///   present. An earlier `limit` than the present changes nothing.
  mutating func nextEnded(
    by limit: Int64, in flows: inout Slab<FlowRecord>, timeouts: IdleTimeouts
  ) -> UInt32? {
    let limit = Self.ticks(limit)
    while let (list, start) = nextList(), start <= limit {
      present = max(present, start)
      var index = heads[list]
      let level = list / 64
      let width = UInt64(1) << UInt64(6 * level)
      let end = Self.ticks(timeouts.end(of: flows[index]))
      // A flow that is alone in its list comes before all others if it still ends there.
      let isAlone = flows[index].timerNext == 0
      if level == 0 || isAlone, end <= limit, end - min(end, start) < width {
        remove(index, in: &flows)
        present = max(present, end)
        return index
      }
      heads[list] = 0
      noteEmpty(list)
      while index != 0 {
        let next = flows[index].timerNext
        file(index, endingAt: timeouts.end(of: flows[index]), in: &flows)
        index = next
      }
    }
    present = max(present, limit)
    return nil
  }
}
