/// Finds the indices of records by the hash of their keys: open addressing with linear probing.
///
/// The table holds no keys. It remembers 32 bits of each hash, and who looks something up says
/// whether the record at an index is the one meant; that record is about to be read anyway. The
/// hash is the caller's own, because the standard library's changes with every process.
struct IndexTable {
  /// Hash in the upper half, index plus one in the lower; zero while free.
  private var slots: [UInt64] = []
  private(set) var count = 0

  /// A look-up under way.
  struct Probe {
    let hash: UInt32
    fileprivate var position: Int
  }

  /// Begins to look for what was added under `hash`; ``next(_:)`` gives one candidate after the
  /// other.
  ///
  /// Not a closure that says which one is meant: it would capture whoever holds the records, and a
  /// noncopyable value of that size is moved to the stack and back for it.
  @inline(__always)
  func probe(_ hash: UInt32) -> Probe {
    Probe(hash: hash, position: slots.isEmpty ? 0 : Int(hash) & (slots.count &- 1))
  }

  /// The next index that was added under the same hash, or `nil` if there is none.
  @inline(__always)
  func next(_ probe: inout Probe) -> Int? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count &- 1
    while true {
      let slot = slots[probe.position]
      if slot == 0 { return nil }
      probe.position = (probe.position &+ 1) & mask
      if UInt32(truncatingIfNeeded: slot &>> 32) == probe.hash {
        return Int(UInt32(truncatingIfNeeded: slot)) &- 1
      }
    }
  }

  /// Adds `index` under `hash`.
  ///
  /// - Precondition: it is not there yet.
  mutating func insert(_ index: Int, hash: UInt32) {
    // At most half full, so that a look-up that fails ends soon.
    if count * 2 >= slots.count { grow() }
    place(UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: index) &+ 1))
    count += 1
  }

  private mutating func place(_ slot: UInt64) {
    let mask = slots.count &- 1
    var position = Int(slot &>> 32) & mask
    while slots[position] != 0 { position = (position &+ 1) & mask }
    slots[position] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: max(8, old.count * 2))
    for slot in old where slot != 0 { place(slot) }
  }

  /// Takes out `index`, which was added under `hash`.
  mutating func remove(_ index: Int, hash: UInt32) {
    guard !slots.isEmpty else { return }
    let mask = slots.count &- 1
    let wanted = UInt64(hash) << 32 | UInt64(UInt32(truncatingIfNeeded: index) &+ 1)
    var hole = Int(hash) & mask
    while slots[hole] != wanted {
      if slots[hole] == 0 { return }
      hole = (hole &+ 1) & mask
    }
    // Later entries of the run move up, so that no look-up stops at the hole; marking it as
    // deleted instead would make a table with much coming and going ever slower.
    var position = hole
    while true {
      position = (position &+ 1) & mask
      let slot = slots[position]
      if slot == 0 { break }
      let home = Int(slot &>> 32) & mask
      if (position &- home) & mask >= (position &- hole) & mask {
        slots[hole] = slot
        hole = position
      }
    }
    slots[hole] = 0
    count -= 1
  }

  /// Spreads the bits of `key` over a hash.
  @inline(__always)
  static func hash(_ key: UInt64) -> UInt32 {
    var z = key &* 0x9e37_79b9_7f4a_7c15
    z ^= z &>> 32
    z = z &* 0xd6e8_feb8_6659_fd93
    return UInt32(truncatingIfNeeded: z &>> 32)
  }
}
