/// Says where in an array the entry for a key is: open addressing with linear probing.
///
/// A slot holds 32 bits of the key's hash, so entries are looked at almost only when they match.
package struct HashIndex {
  /// Per slot: the upper 32 bits of the hash, and the entry's position plus one; 0 is free.
  private var slots: [UInt64]
  private var mask: Int
  package private(set) var count = 0

  package init(minimumCapacity: Int = 64) {
    var size = 64
    while size < minimumCapacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
  }

  @inline(__always)
  private func home(_ slot: UInt64) -> Int {
    Int(truncatingIfNeeded: slot &>> 32) & mask
  }

  @inline(__always)
  private static func slot(_ hash: UInt64, _ position: Int) -> UInt64 {
    hash & 0xffff_ffff_0000_0000 | UInt64(truncatingIfNeeded: position &+ 1) & 0xffff_ffff
  }

  /// The first entry with this hash that `matches` accepts.
  @inline(__always)
  package func find(_ hash: UInt64, where matches: (Int) -> Bool) -> Int? {
    var at = home(hash)
    while true {
      let slot = slots[at]
      if slot == 0 { return nil }
      if slot &>> 32 == hash &>> 32 {
        let position = Int(truncatingIfNeeded: slot & 0xffff_ffff) &- 1
        if matches(position) { return position }
      }
      at = (at &+ 1) & mask
    }
  }

  /// Shows every entry with this hash to `body`, until it returns `false`.
  @inline(__always)
  func forEach(_ hash: UInt64, _ body: (Int) -> Bool) {
    _ = find(hash) { !body($0) }
  }

  /// Adds an entry, beside others with the same key if there are any.
  @inline(__always)
  package mutating func insert(_ hash: UInt64, _ position: Int) {
    if count &* 2 >= slots.count { grow() }
    place(Self.slot(hash, position))
    count &+= 1
  }

  @inline(__always)
  private mutating func place(_ slot: UInt64) {
    var at = home(slot)
    while slots[at] != 0 { at = (at &+ 1) & mask }
    slots[at] = slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    mask = slots.count - 1
    for slot in old where slot != 0 { place(slot) }
  }

  /// Has the entry stand for another position.
  ///
  /// - Precondition: `old` is there under this hash.
  mutating func replace(_ hash: UInt64, _ old: Int, with new: Int) {
    slots[slotNumber(hash, old)] = Self.slot(hash, new)
  }

  /// Removes the entry and closes the gap, so that no search ends early.
  ///
  /// - Precondition: `position` is there under this hash.
  package mutating func remove(_ hash: UInt64, _ position: Int) {
    var gap = slotNumber(hash, position)
    var at = gap
    while true {
      at = (at &+ 1) & mask
      let slot = slots[at]
      if slot == 0 { break }
      // An entry may move back only if the gap is not before its home.
      if (at &- home(slot)) & mask >= (at &- gap) & mask {
        slots[gap] = slot
        gap = at
      }
    }
    slots[gap] = 0
    count &-= 1
  }

  private func slotNumber(_ hash: UInt64, _ position: Int) -> Int {
    let wanted = Self.slot(hash, position)
    var at = home(hash)
    while slots[at] != wanted {
      precondition(slots[at] != 0, "no such entry")
      at = (at &+ 1) & mask
    }
    return at
  }
}
