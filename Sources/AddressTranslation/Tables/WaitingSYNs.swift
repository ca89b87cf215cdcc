/// The SYNs from outside that wait for one from inside (RFC 5382, REQ-4).
///
/// Each waits for the same time, so that their time is up in the order in which they came.
struct WaitingSYNs: ~Copyable {
  /// One SYN.
  struct Entry: SlabRecord {
    /// The flow as packets on their way in show it.
    var key: FlowKey
    /// When its time is up, in nanoseconds since the simulation began.
    var end: Int64
    /// The number under which the owner keeps it, or 0 if it was let go before its time.
    var held: UInt32
    var next: UInt32 = 0
    var nextFree: UInt32 {
      get { next }
      set { next = newValue }
    }
  }

  /// No more wait at a time, so that nobody outside can fill the translator's memory.
  static var limit: Int { 1024 }

  private var entries = Slab<Entry>()
  private var index = HashIndex()
  private var oldest: UInt32 = 0
  private var newest: UInt32 = 0

  var isFull: Bool { entries.count >= Self.limit }

  /// When the time of the oldest is up, or `nil` if there are none.
  var nextEnd: Int64? { oldest == 0 ? nil : entries[oldest].end }

  /// Whether a SYN with this key waits.
  func contains(_ key: FlowKey) -> Bool { find(key) != 0 }

  private func find(_ key: FlowKey) -> UInt32 {
    index.first(key.tag) { entries[$0].key == key }
  }

  mutating func add(_ key: FlowKey, held: UInt32, endingAt end: Int64) {
    guard let number = entries.insert(Entry(key: key, end: end, held: held)) else { return }
    index.insert(key.tag, number)
    if newest == 0 { oldest = number } else { entries[newest].next = number }
    newest = number
  }

  /// Lets the SYN with this key go before its time.
  ///
  /// - Returns: the number under which the owner keeps it, or `nil` if there is none.
  mutating func take(_ key: FlowKey) -> UInt32? {
    let number = find(key)
    guard number != 0 else { return nil }
    let held = entries[number].held
    index.remove(key.tag, number)
    // Its place in the order of time stays until that is reached.
    entries[number].held = 0
    return held
  }

  /// Takes out the oldest.
  ///
  /// - Returns: the number under which the owner keeps it, or `nil` if it was let go before.
  mutating func removeOldest() -> UInt32? {
    let entry = entries[oldest]
    if entry.held != 0 { index.remove(entry.key.tag, oldest) }
    entries.remove(oldest, leaving: Entry(key: .blank, end: 0, held: 0))
    oldest = entry.next
    if oldest == 0 { newest = 0 }
    return entry.held == 0 ? nil : entry.held
  }
}
