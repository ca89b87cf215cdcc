/// The packets whose fragments are on their way, and what became of their first ones.
///
/// Each is remembered for the same time, so that they are forgotten in the order in which they
/// came.
struct FragmentTable: ~Copyable {
  /// One packet in fragments.
  struct Entry: SlabRecord {
    /// What the fragments have in common as they arrive.
    var key: FragmentKey
    /// What they have in common as they leave, or ``FragmentKey/none``.
    var leaving: FragmentKey = .none
    /// When it is forgotten, in nanoseconds since the simulation began.
    var end: Int64
    /// The fragment that waits and came last, or 0; each knows the one before it.
    var lastWaiting: UInt32 = 0
    var waitingCount: UInt32 = 0
    var next: UInt32 = 0
    var fate = Fate.unknown
    var nextFree: UInt32 {
      get { next }
      set { next = newValue }
    }
  }

  /// What becomes of a packet's fragments.
  enum Fate: UInt8, BitwiseCopyable {
    /// The first has not come.
    case unknown
    case translate
    case hairpin
    case drop
  }

  private var entries = Slab<Entry>()
  private var arriving = HashIndex()
  private var leaving = HashIndex()
  /// Those that are forgotten first and last.
  private var oldest: UInt32 = 0
  private var newest: UInt32 = 0

  var count: Int { entries.count }

  subscript(number: UInt32) -> Entry {
    _read { yield entries[number] }
    _modify { yield &entries[number] }
  }

  /// When the oldest is forgotten, or `nil` if there are none.
  var nextEnd: Int64? { oldest == 0 ? nil : entries[oldest].end }

  /// The packet with this key, or 0.
  func find(_ key: FragmentKey) -> UInt32 {
    arriving.first(key.tag) { entries[$0].key == key }
  }

  /// Adds a packet; its end must not come before that of any other.
  mutating func add(_ key: FragmentKey, endingAt end: Int64) -> UInt32? {
    guard let number = entries.insert(Entry(key: key, end: end)) else { return nil }
    arriving.insert(key.tag, number)
    if newest == 0 { oldest = number } else { entries[newest].next = number }
    newest = number
    return number
  }

  /// Gives a packet a key under which it leaves: this one, or one with the next identification
  /// that is not in use.
  mutating func leave(_ number: UInt32, as wanted: FragmentKey) -> FragmentKey {
    stopLeaving(number)
    var key = wanted
    // There are fewer entries than identifications, so that one is free.
    while leaving.first(key.tag, where: { entries[$0].leaving == key }) != 0 {
      key = key.withNextIdentification
    }
    entries[number].leaving = key
    leaving.insert(key.tag, number)
    return key
  }

  private mutating func stopLeaving(_ number: UInt32) {
    let key = entries[number].leaving
    if key != .none { leaving.remove(key.tag, number) }
    entries[number].leaving = .none
  }

  /// Forgets the oldest packet.
  mutating func removeOldest() -> Entry {
    let number = oldest
    stopLeaving(number)
    let entry = entries[number]
    arriving.remove(entry.key.tag, number)
    oldest = entry.next
    if oldest == 0 { newest = 0 }
    entries.remove(number, leaving: Entry(key: .none, end: 0))
    return entry
  }
}
