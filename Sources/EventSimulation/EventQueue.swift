/// A priority queue of things to come, ordered by time and then by the order of scheduling.
///
/// It holds one entry per timer and one per link that has frames on it, not one per frame: a
/// link never reorders, so its frames wait in a list of their own and only the first can be
/// next. With a hundred thousand frames in flight the queue stays as small as the topology.
///
/// What happens within about a millisecond, as nearly everything does, is in a wheel: a ring of
/// short lists, each for a quarter of a microsecond and in order. Everything else is in a heap,
/// and stays there until it happens. Neither is ever scanned.
@safe struct EventQueue: ~Copyable {
  /// Something that will happen.
  struct Entry {
    /// When, in nanoseconds; never negative.
    var time: Int64
    /// Breaks ties: of two events at one instant, the one scheduled first happens first.
    var sequence: UInt64
    /// What the target was told to remember.
    var token: UInt64
    /// A port, or a node with the top bit set.
    var target: UInt32
    /// The entry behind it in a list of the wheel.
    fileprivate var next = EventQueue.none

    init(time: Int64, sequence: UInt64, token: UInt64, target: UInt32) {
      self.time = time
      self.sequence = sequence
      self.token = token
      self.target = target
    }

    /// Compared as one number: branches on times that are close together are hard to predict.
    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      UInt128(UInt64(bitPattern: time)) << 64 | UInt128(sequence)
        < UInt128(UInt64(bitPattern: other.time)) << 64 | UInt128(other.sequence)
    }
  }

  /// The ends of one of the wheel's lists.
  private struct List {
    var head: UInt32
    var tail: UInt32
  }

  /// A list spans 2^8 nanoseconds.
  private static var listShift: Int64 { 8 }
  /// Lists in the ring: a power of two, and as many words of 64 bits as a summary has bits.
  private static var listCount: Int { 64 * 64 }
  /// How far an entry is looked for a place in a list; beyond that it goes into the heap, so that
  /// no number of events at nearly the same time makes inserting slow.
  private static var longestWalk: Int { 24 }
  fileprivate static var none: UInt32 { .max }

  /// Storage of the wheel's entries; those not in use form a list.
  private var entries: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private var firstFree = EventQueue.none
  private var usedCount = 0

  private let lists: UnsafeMutablePointer<List>
  /// A bit for each list that is not empty, and a bit for each of those words.
  private let occupied: UnsafeMutablePointer<UInt64>
  private var summary: UInt64 = 0
  /// The list, counted from the beginning of time, of the event taken last; none before it is used.
  private var base: Int64 = 0
  /// The wheel's earliest entry.
  private var nearest = EventQueue.none
  /// What the wheel has no place for.
  private var later: EventHeap

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe entries = .allocate(capacity: self.capacity)
    unsafe lists = .allocate(capacity: Self.listCount)
    unsafe occupied = .allocate(capacity: Self.listCount / 64)
    unsafe occupied.initialize(repeating: 0, count: Self.listCount / 64)
    later = EventHeap(capacity: 64)
  }

  deinit {
    unsafe entries.deallocate()
    unsafe lists.deallocate()
    unsafe occupied.deallocate()
  }

  /// The next event, or `nil` if there is none.
  var first: Entry? {
    guard nearest != Self.none else { return later.first }
    let near = unsafe entries[Int(nearest)]
    if let far = later.first, far.precedes(near) { return far }
    return near
  }

  /// Whether an entry comes before something due at `time` that was scheduled as number
  /// `sequence`.
  @inline(__always)
  func hasEntry(before time: Int64, _ sequence: UInt64) -> Bool {
    let other = Entry(time: time, sequence: sequence, token: 0, target: 0)
    if nearest != Self.none, unsafe entries[Int(nearest)].precedes(other) { return true }
    return later.first.map { $0.precedes(other) } ?? false
  }

  /// Takes out the next event, unless that is later than `deadline`.
  mutating func takeFirst(notAfter deadline: Int64) -> Entry? {
    guard nearest != Self.none else { return takeLater(notAfter: deadline) }
    let near = unsafe entries[Int(nearest)]
    if let far = later.first, far.precedes(near) { return takeLater(notAfter: deadline) }
    guard near.time <= deadline else { return nil }
    base = near.time >> Self.listShift
    let list = Int(base) & (Self.listCount &- 1)
    unsafe entries[Int(nearest)].next = firstFree
    firstFree = nearest
    if near.next != Self.none {
      unsafe lists[list].head = near.next
      nearest = near.next
    } else {
      clear(list)
      nearest = firstOccupied(from: list).map { unsafe lists[$0].head } ?? Self.none
    }
    return near
  }

  private mutating func takeLater(notAfter deadline: Int64) -> Entry? {
    guard let far = later.first, far.time <= deadline else { return nil }
    base = far.time >> Self.listShift
    later.removeFirst()
    return far
  }

  /// Adds an event.
  ///
  /// - Precondition: it is not before one that was taken out.
  mutating func insert(_ entry: Entry) {
    let number = entry.time >> Self.listShift
    guard number &- base < Self.listCount else { return later.insert(entry) }
    let list = Int(number) & (Self.listCount &- 1)
    if unsafe occupied[list >> 6] & 1 << UInt64(list & 63) == 0 {
      let new = store(entry)
      unsafe lists[list] = List(head: new, tail: new)
      mark(list)
      updateNearest(new, entry)
      return
    }
    let ends = unsafe lists[list]
    if unsafe !entry.precedes(entries[Int(ends.tail)]) {
      let new = store(entry)
      unsafe entries[Int(ends.tail)].next = new
      unsafe lists[list].tail = new
    } else if unsafe entry.precedes(entries[Int(ends.head)]) {
      let new = store(entry)
      unsafe entries[Int(new)].next = ends.head
      unsafe lists[list].head = new
      updateNearest(new, entry)
    } else {
      insert(entry, behind: ends.head)
    }
  }

  /// Finds the place of an entry between the first and the last of its list.
  private mutating func insert(_ entry: Entry, behind head: UInt32) {
    var previous = head
    for _ in 0..<Self.longestWalk {
      let following = unsafe entries[Int(previous)].next
      if unsafe entry.precedes(entries[Int(following)]) {
        let new = store(entry)
        unsafe entries[Int(new)].next = following
        unsafe entries[Int(previous)].next = new
        return
      }
      previous = following
    }
    later.insert(entry)
  }

  @inline(__always)
  private mutating func updateNearest(_ new: UInt32, _ entry: Entry) {
    if nearest == Self.none || (unsafe entry.precedes(entries[Int(nearest)])) { nearest = new }
  }

  // MARK: - Which lists are not empty

  @inline(__always)
  private mutating func mark(_ list: Int) {
    unsafe occupied[list >> 6] |= 1 << UInt64(list & 63)
    summary |= 1 << UInt64(list >> 6)
  }

  @inline(__always)
  private mutating func clear(_ list: Int) {
    unsafe occupied[list >> 6] &= ~(1 << UInt64(list & 63))
    if unsafe occupied[list >> 6] == 0 { summary &= ~(1 << UInt64(list >> 6)) }
  }

  /// The first list that is not empty, going round from `list`, which is the earliest in time.
  @inline(__always)
  private func firstOccupied(from list: Int) -> Int? {
    let word = list >> 6
    let rest = unsafe occupied[word] & (~0 << UInt64(list & 63))
    if rest != 0 { return word << 6 | rest.trailingZeroBitCount }
    guard summary != 0 else { return nil }
    // The words behind this one; last comes this one again, whose earlier lists are the latest.
    let start = UInt64(word &+ 1) & 63
    let rotated = summary >> start | summary << ((64 &- start) & 63)
    let found = (Int(start) &+ rotated.trailingZeroBitCount) & 63
    return unsafe found << 6 | occupied[found].trailingZeroBitCount
  }

  // MARK: - Storage

  /// Keeps an entry, with none behind it.
  @inline(__always)
  private mutating func store(_ entry: Entry) -> UInt32 {
    let slot: UInt32
    if firstFree != Self.none {
      slot = firstFree
      firstFree = unsafe entries[Int(slot)].next
    } else {
      if usedCount == capacity { grow() }
      slot = UInt32(usedCount)
      usedCount += 1
    }
    unsafe (entries + Int(slot)).initialize(to: entry)
    return slot
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: entries, count: capacity)
    unsafe entries.deallocate()
    unsafe entries = larger
    capacity *= 2
  }
}
