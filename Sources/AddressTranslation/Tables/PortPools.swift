/// The port pools of a translator, found by outside address and protocol and, where ports are
/// shared between destinations, by destination.
struct PortPools: ~Copyable {
  private var pools: [PortPool] = []
  private var keys: [FlowKey] = []
  private var free: [UInt32] = []
  private var index = HashIndex()

  /// Whether there are none.
  var isEmpty: Bool { index.count == 0 }

  /// The number of the pool for `key`, or `nil` if there is none.
  func find(_ key: FlowKey) -> Int? {
    let found = index.first(key.tag) { keys[Int($0) - 1] == key }
    return found == 0 ? nil : Int(found) - 1
  }

  subscript(number: Int) -> PortPool {
    _read { yield pools[number] }
    _modify { yield &pools[number] }
  }

  /// Adds a pool for a key that has none, and returns its number.
  mutating func add(_ pool: PortPool, for key: FlowKey) -> Int {
    let number: Int
    if let reused = free.popLast() {
      number = Int(reused)
      pools[number] = pool
      keys[number] = key
    } else {
      number = pools.count
      pools.append(pool)
      keys.append(key)
    }
    index.insert(key.tag, UInt32(number + 1))
    return number
  }

  mutating func remove(_ number: Int) {
    index.remove(keys[number].tag, UInt32(number + 1))
    pools[number] = .unused
    free.append(UInt32(number))
  }
}
