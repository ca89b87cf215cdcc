import PacketFormats
import SimulatedTime

/// The flows that the network interfaces of a VPC remember.
///
/// Open addressing with linear probing: one array of 32-byte entries, at most two thirds full. It
/// grows by a third, so that a flow takes 48 to 64 bytes. Entries that have outlived their timer are
/// found by a hand that moves on a few slots with every insertion. Nothing else walks the
/// table, and a quiet table costs nothing.
struct FlowTable: ~Copyable {
  private(set) var entries: [FlowEntry]
  /// Slots in use, including flows that have timed out and have not been swept away yet.
  private(set) var count = 0
  /// The next slot to look at for entries that have timed out.
  private var hand = 0
  /// The timer of each phase, in nanoseconds.
  private let timeouts: [Int64]
  /// How many connections each interface tracks, timed-out ones included until they are swept away;
  /// empty if nobody asks.
  private var tracked: [Int32] = []
  /// When the connections of each interface were last counted one by one, in nanoseconds.
  private var recounted: [Int64] = []
  private let countsTracked: Bool

  /// How many slots the hand passes with every insertion.
  ///
  /// With four, the whole table has been seen once when a quarter as many flows have come, so that
  /// the dead never take up more than that quarter.
  private static var slotsSweptPerInsertion: Int { 4 }

  /// Makes an empty table.
  ///
  /// - Parameters:
  ///   - flows: How many flows it holds before it grows for the first time.
  ///   - timeouts: The timers.
  ///   - countsTracked: Whether to count how many connections each interface tracks.
  init(expecting flows: Int, timeouts: ConnectionTimeouts, countsTracked: Bool = false) {
    self.countsTracked = countsTracked
    let slots = max(64, flows + flows / 2 + 2)
    entries = Array(repeating: .vacant, count: slots)
    self.timeouts = ConnectionPhase.allCases.map {
      // A century stands for never, and unlike longer times it can be counted in nanoseconds.
      min($0.timeout(timeouts), .seconds(100 * 365 * 86_400)).wholeNanoseconds
    }
  }

  /// Bytes that the entries take up.
  var byteCount: Int { entries.count * MemoryLayout<FlowEntry>.stride }

  /// Whether `entry` has been idle for longer than its timer allows.
  @inline(__always)
  func isIdle(_ entry: FlowEntry, at now: Int64) -> Bool {
    now &- entry.lastSeen > timeouts[Int(entry.phase.rawValue)]
  }

  /// The slot of a flow, timed out or not.
  ///
  /// - Parameters:
  ///   - key: The flow with the interface's own end as its source.
  ///   - interface: The interface.
  /// - Returns: `nil` if the table does not have the flow.
  @inline(__always)
  func find(_ key: FlowKey, at interface: InterfaceIndex) -> Int? {
    let ends = FlowEntry.ends(of: key, at: interface)
    var slot = home(FlowEntry.fingerprint(addresses: key.addresses, ends: ends))
    while true {
      let entry = entries[slot]
      if entry.ends == ends, entry.addresses == key.addresses { return slot }
      if entry.isVacant { return nil }
      slot = next(slot)
    }
  }

  subscript(slot: Int) -> FlowEntry {
    @inline(__always) get { entries[slot] }
    @inline(__always) set { entries[slot] = newValue }
  }

  /// Adds a flow that is not in the table.
  mutating func insert(_ entry: FlowEntry, at now: Int64) {
    sweep(at: now)
    if (count + 1) * 3 > entries.count * 2 { grow(at: now) }
    place(entry)
    count += 1
    if countsTracked { change(entry, by: 1) }
  }

  /// Puts another state of the same flow in its slot.
  mutating func replace(_ slot: Int, by entry: FlowEntry) {
    if countsTracked {
      change(entries[slot], by: -1)
      change(entry, by: 1)
    }
    entries[slot] = entry
  }

  // MARK: - Tracked connections

  /// How many connections an interface tracks, timed-out ones included until they are swept away.
  func trackedCount(at interface: InterfaceIndex) -> Int32 {
    interface.position < tracked.count ? tracked[interface.position] : 0
  }

  /// Leaves out what has timed out, at most once in a second of virtual time, because every slot is
  /// looked at.
  mutating func recountTracked(at interface: InterfaceIndex, now: Int64) {
    let position = interface.position
    while recounted.count <= position { recounted.append(.min / 2) }
    guard now - recounted[position] >= 1_000_000_000 else { return }
    recounted[position] = now
    var slot = 0
    while slot < entries.count {
      let entry = entries[slot]
      if !entry.isVacant, entry.interfacePosition == position, isIdle(entry, at: now) {
        // What follows may move into the slot, so it is looked at again.
        remove(slot)
      } else {
        slot += 1
      }
    }
  }

  private mutating func change(_ entry: FlowEntry, by sign: Int32) {
    guard entry.phase.isTracked else { return }
    let position = entry.interfacePosition
    while tracked.count <= position { tracked.append(0) }
    tracked[position] += sign * entry.weight
  }

  /// The slot where the search for a fingerprint begins.
  ///
  /// The upper half of the product instead of a remainder: the size need not be a power of two, and
  /// a multiplication is several times faster than a division.
  @inline(__always)
  private func home(_ fingerprint: UInt64) -> Int {
    Int(truncatingIfNeeded: ((fingerprint >> 32) &* UInt64(entries.count)) >> 32)
  }

  @inline(__always)
  private func next(_ slot: Int) -> Int {
    slot + 1 == entries.count ? 0 : slot + 1
  }

  private mutating func place(_ entry: FlowEntry) {
    var slot = home(entry.fingerprint)
    while !entries[slot].isVacant { slot = next(slot) }
    entries[slot] = entry
  }

  /// Makes room, and leaves behind what has timed out.
  private mutating func grow(at now: Int64) {
    let old = entries
    entries = Array(repeating: .vacant, count: old.count + old.count / 3)
    hand = 0
    count = 0
    for entry in old where !entry.isVacant {
      if isIdle(entry, at: now) {
        if countsTracked { change(entry, by: -1) }
      } else {
        place(entry)
        count += 1
      }
    }
  }

  private mutating func sweep(at now: Int64) {
    for _ in 0..<Self.slotsSweptPerInsertion {
      if !entries[hand].isVacant, isIdle(entries[hand], at: now) {
        // What follows may move into the slot, so the hand stays.
        remove(hand)
      } else {
        hand = next(hand)
      }
    }
  }

  /// Empties a slot and closes the gap, so that every search still ends at the first empty slot
  /// (Knuth, The Art of Computer Programming, volume 3, section 6.4, algorithm R).
  private mutating func remove(_ slot: Int) {
    count -= 1
    if countsTracked { change(entries[slot], by: -1) }
    var gap = slot
    var candidate = next(gap)
    while !entries[candidate].isVacant {
      let home = home(entries[candidate].fingerprint)
      // Distances run forwards and round the end. An entry may move to the gap if the gap lies on
      // its way from home to where it is.
      if distance(from: home, to: candidate) >= distance(from: gap, to: candidate) {
        entries[gap] = entries[candidate]
        gap = candidate
      }
      candidate = next(candidate)
    }
    entries[gap] = .vacant
  }

  private func distance(from start: Int, to end: Int) -> Int {
    end >= start ? end - start : end - start + entries.count
  }
}
