/// How many of something there are by key; a key with none takes no room.
struct CountTable: ~Copyable {
  /// One key's count.
  struct Entry: SlabRecord {
    var key: FlowKey
    var count: UInt32 = 0
    var nextFree: UInt32 = 0
  }

  private var entries = Slab<Entry>()
  private var index = HashIndex()

  /// How many there are for `key`.
  func count(_ key: FlowKey) -> Int {
    let found = find(key)
    return found == 0 ? 0 : Int(entries[found].count)
  }

  /// Counts one more.
  mutating func add(_ key: FlowKey) {
    let found = find(key)
    if found != 0 {
      entries[found].count += 1
    } else if let fresh = entries.insert(Entry(key: key, count: 1)) {
      index.insert(key.tag, fresh)
    }
  }

  /// Counts one less of a key that has some.
  ///
  /// - Returns: whether it was the last.
  @discardableResult
  mutating func remove(_ key: FlowKey) -> Bool {
    let found = find(key)
    guard found != 0 else { return false }
    entries[found].count -= 1
    guard entries[found].count == 0 else { return false }
    index.remove(key.tag, found)
    entries.remove(found, leaving: Entry(key: .blank))
    return true
  }

  private func find(_ key: FlowKey) -> UInt32 {
    index.first(key.tag) { entries[$0].key == key }
  }
}
