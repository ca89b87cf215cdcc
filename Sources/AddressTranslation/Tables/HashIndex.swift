/// Finds the number of a record by the hash of its key.
///
/// Open addressing with linear probing. A slot is eight bytes: a 32-bit tag, which is the hash,
/// above the 32-bit number of the record; an empty slot is zero. The top bits of the tag say where
/// a slot belongs, the rest tell keys apart without a look at the record, so that a successful
/// search costs one cache miss here and one there.
///
/// The table doubles at three quarters. It does so piece by piece, a few slots with each
/// insertion: `draining` is then the smaller table, of which the part from `drainStart` on, up to
/// `drained` slots, has moved. The moved part ends behind an empty slot and therefore never cuts
/// through a run of occupied ones: every key that belongs before the cut has moved, every other
/// has not, and one table is searched, never two.
///
/// It is safe because every position is masked to the capacity of the table it is used with.
@safe package struct HashIndex: ~Copyable {
  private typealias Slots = UnsafeMutablePointer<UInt64>

  private static var smallestBitCount: UInt32 { 4 }
  /// Old slots that move with each insertion; three would do, more end the doubling sooner.
  private static var drainStep: Int { 8 }
  /// Old slots whose memory is given back at a time, 64 kilobytes, as memory is made for twice as
  /// many new ones.
  private static var vacancy: Int { 1 << 13 }

  private var slots: Slots?
  /// The capacity of `slots` is two to this power.
  private var bitCount: UInt32 = 0 {
    didSet {
      shift = 32 - bitCount
      limit = 3 << Int(bitCount) / 4
    }
  }
  /// How many records `slots` may have before the table doubles.
  private var limit = 0
  /// How far a tag has to be shifted to become a position in `slots`.
  private var shift: UInt32 = 32
  private var draining: Slots?
  private var drainStart = 0
  private var drained = 0
  /// Records in the index.
  package private(set) var count = 0

  package init() {
    unsafe slots = nil
    unsafe draining = nil
  }

  deinit {
    if let slots = unsafe slots { unsafe Self.free(slots, bitCount: bitCount) }
    if let draining = unsafe draining { unsafe Self.free(draining, bitCount: bitCount - 1) }
  }

  /// Bytes reserved for slots.
  package var byteCount: Int {
    unsafe (slots == nil ? 0 : 8 << Int(bitCount)) + (draining == nil ? 0 : 4 << Int(bitCount))
  }

  /// The number of the record with this tag that `matches`, or 0.
  @inline(__always)
  package func first(_ tag: UInt32, where matches: (UInt32) -> Bool) -> UInt32 {
    guard var table = unsafe slots else { return 0 }
    var shift = shift
    if let draining = unsafe draining, !hasMoved(tag) {
      unsafe table = draining
      shift &+= 1
    }
    var position = Int(tag &>> shift)
    while true {
      let slot = unsafe table[position]
      if slot == 0 { return 0 }
      if UInt32(truncatingIfNeeded: slot &>> 32) == tag {
        let index = UInt32(truncatingIfNeeded: slot)
        if matches(index) { return index }
      }
      position = (position &+ 1) & Int(UInt32.max &>> shift)
    }
  }

  /// The slot at which a search for `tag` begins.
  ///
  /// Most searches that find anything find it there.
  @inline(__always)
  func home(of tag: UInt32) -> Slot {
    guard var table = unsafe slots else { return .empty }
    var shift = shift
    if let draining = unsafe draining, !hasMoved(tag) {
      unsafe table = draining
      shift &+= 1
    }
    return unsafe Slot(bits: table[Int(tag &>> shift)])
  }

  /// A tag and the number of a record.
  struct Slot: BitwiseCopyable {
    fileprivate let bits: UInt64

    static var empty: Slot { Slot(bits: 0) }

    /// The number of the record if it has this tag, or 0.
    @inline(__always)
    func index(for tag: UInt32) -> UInt32 {
      UInt32(truncatingIfNeeded: bits &>> 32) == tag ? UInt32(truncatingIfNeeded: bits) : 0
    }
  }

  /// Adds a record that is not in the index.
  package mutating func insert(_ tag: UInt32, _ index: UInt32) {
    if unsafe count >= limit || draining != nil { reserveOneMore() }
    count += 1
    let slot = UInt64(tag) << 32 | UInt64(index)
    if let draining = unsafe draining, !hasMoved(tag) {
      unsafe Self.insert(slot, into: draining, bitCount: bitCount - 1)
    } else if let slots = unsafe slots {
      unsafe Self.insert(slot, into: slots, bitCount: bitCount)
    }
  }

  /// Takes out a record that is in the index.
  package mutating func remove(_ tag: UInt32, _ index: UInt32) {
    count -= 1
    let slot = UInt64(tag) << 32 | UInt64(index)
    if let draining = unsafe draining, !hasMoved(tag) {
      unsafe Self.remove(slot, from: draining, bitCount: bitCount - 1)
    } else if let slots = unsafe slots {
      unsafe Self.remove(slot, from: slots, bitCount: bitCount)
    }
  }

  private static func insert(_ slot: UInt64, into slots: Slots, bitCount: UInt32) {
    let mask = 1 << Int(bitCount) - 1
    var position = Int(slot >> 32) >> Int(32 - bitCount)
    while unsafe slots[position] != 0 { position = (position + 1) & mask }
    unsafe slots[position] = slot
  }

  /// Empties a slot and moves the ones behind it up, so that no run has a hole.
  private static func remove(_ slot: UInt64, from slots: Slots, bitCount: UInt32) {
    let mask = 1 << Int(bitCount) - 1
    var hole = Int(slot >> 32) >> Int(32 - bitCount)
    while unsafe slots[hole] != slot {
      precondition(unsafe slots[hole] != 0, "not in the index")
      hole = (hole + 1) & mask
    }
    var position = hole
    while true {
      position = (position + 1) & mask
      let next = unsafe slots[position]
      if next == 0 { break }
      let home = Int(next >> 32) >> Int(32 - bitCount)
      if (position - home) & mask >= (position - hole) & mask {
        unsafe slots[hole] = next
        hole = position
      }
    }
    unsafe slots[hole] = 0
  }

  // MARK: Growth

  /// Whether keys with this tag have moved out of the table being drained.
  @inline(__always)
  private func hasMoved(_ tag: UInt32) -> Bool {
    let home = Int(tag &>> (33 &- bitCount))
    return (home &- drainStart) & (1 &<< Int(bitCount &- 1) &- 1) < drained
  }

  @inline(never)
  private mutating func reserveOneMore() {
    guard unsafe slots != nil else {
      bitCount = Self.smallestBitCount
      unsafe slots = Self.allocate(bitCount: bitCount)
      return
    }
    if unsafe draining != nil { drain() }
    if unsafe draining == nil, count >= limit { double() }
  }

  private mutating func double() {
    guard let full = unsafe slots else { return }
    unsafe draining = full
    bitCount += 1
    unsafe slots = Self.allocate(bitCount: bitCount)
    drained = 0
    // Begin behind an empty slot: no run crosses the start, and there is one at this load.
    drainStart = 0
    while unsafe full[drainStart] != 0 { drainStart += 1 }
    drainStart += 1
    drain()
  }

  private mutating func drain() {
    guard let full = unsafe draining, let slots = unsafe slots else { return }
    let capacity = 1 << Int(bitCount - 1)
    var left = Self.drainStep
    let before = (drainStart + drained) / Self.vacancy
    defer { leave(before, of: capacity) }
    while true {
      let position = (drainStart + drained) & (capacity - 1)
      let slot = unsafe full[position]
      drained += 1
      left -= 1
      if slot != 0 {
        unsafe full[position] = 0
        unsafe Self.insert(slot, into: slots, bitCount: bitCount)
        continue
      }
      // Only behind an empty slot is it safe to stop. A run may have grown round the end of the
      // table since, so the end too must be an empty slot.
      if drained >= capacity {
        unsafe Self.free(full, bitCount: bitCount - 1)
        unsafe draining = nil
        return
      }
      if left <= 0 { return }
    }
  }

  /// Gives back the memory of the slots that have moved since the one being drained was in the
  /// stretch with number `stretch`, and makes memory for those that move next.
  @inline(__always)
  private func leave(_ stretch: Int, of capacity: Int) {
    // What comes round the end, and shares a stretch with the start, is given back with the rest.
    let end = min(drainStart + drained, capacity) / Self.vacancy
    if end > stretch { leave(stretch..<end, of: capacity) }
  }

  @inline(never)
  private func leave(_ stretches: Range<Int>, of capacity: Int) {
    guard let full = unsafe draining, let slots = unsafe slots else { return }
    for stretch in stretches where stretch * Self.vacancy >= drainStart {
      let start = 8 * stretch * Self.vacancy
      unsafe ZeroedMemory.vacate(
        start..<start + 8 * Self.vacancy, of: full, byteCount: 8 * capacity)
    }
    let start = 16 * stretches.upperBound * Self.vacancy
    unsafe ZeroedMemory.prepare(
      start..<start + 16 * Self.vacancy, of: slots, byteCount: 16 * capacity)
  }

  // MARK: Memory

  /// Makes room for `count` records in all, at once.
  package mutating func reserve(_ count: Int) {
    var needed = max(bitCount, Self.smallestBitCount)
    while count * 4 > 3 << Int(needed) { needed += 1 }
    while unsafe draining != nil { drain() }
    guard let old = unsafe slots else {
      bitCount = needed
      unsafe slots = Self.allocate(bitCount: needed, .immediate)
      return
    }
    guard needed > bitCount else { return }
    let larger = unsafe Self.allocate(bitCount: needed, .immediate)
    for position in 0..<1 << Int(bitCount) {
      let slot = unsafe old[position]
      if slot != 0 { unsafe Self.insert(slot, into: larger, bitCount: needed) }
    }
    unsafe Self.free(old, bitCount: bitCount)
    unsafe slots = larger
    bitCount = needed
  }

  private static func allocate(
    bitCount: UInt32, _ readiness: ZeroedMemory.Readiness = .gradual
  ) -> Slots {
    precondition(bitCount < 32, "more records than numbers for them")
    let capacity = 1 << Int(bitCount)
    return unsafe ZeroedMemory.allocate(byteCount: 8 * capacity, readiness)
      .bindMemory(to: UInt64.self, capacity: capacity)
  }

  private static func free(_ slots: Slots, bitCount: UInt32) {
    unsafe ZeroedMemory.deallocate(slots, byteCount: 8 << Int(bitCount))
  }
}
