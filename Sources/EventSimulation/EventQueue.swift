/// A priority queue of things to come, ordered by time and then by the order of scheduling.
///
/// It holds one entry per timer and one per link that has frames on it, not one per frame: a
/// link never reorders, so its frames wait in a list of their own and only the first can be
/// next. With a hundred thousand frames in flight the queue stays as small as the topology.
///
/// The structure is a four-way heap in one block that grows by doubling.
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

    /// Compared as one number: branches on times that are close together are hard to predict.
    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      UInt128(UInt64(bitPattern: time)) << 64 | UInt128(sequence)
        < UInt128(UInt64(bitPattern: other.time)) << 64 | UInt128(other.sequence)
    }
  }

  private var heap: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private(set) var count = 0
  /// Whether the first entry is being handled, so that its place can be given to another.
  ///
  /// Handling an event nearly always schedules one; putting it where the old one was halves the
  /// work.
  private var isFirstTaken = false

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe heap = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe heap.deallocate()
  }

  /// The next event, or `nil` if there is none.
  var first: Entry? {
    mutating get {
      if isFirstTaken { fillFirst() }
      return count == 0 ? nil : unsafe heap[0]
    }
  }

  /// Whether an entry comes before something due at `time` that was scheduled as number
  /// `sequence`.
  ///
  /// Answers without giving the place of a taken entry away.
  @inline(__always)
  func hasEntry(before time: Int64, _ sequence: UInt64) -> Bool {
    let other = Entry(time: time, sequence: sequence, token: 0, target: 0)
    guard isFirstTaken else { return count > 0 && (unsafe heap[0].precedes(other)) }
    var child = 1
    while child < min(count, 5) {
      if unsafe heap[child].precedes(other) { return true }
      child &+= 1
    }
    return false
  }

  /// Gives up the first entry.
  ///
  /// - Precondition: ``first`` was read and is not `nil`.
  mutating func takeFirst() {
    precondition(count > 0 && !isFirstTaken)
    isFirstTaken = true
  }

  /// Moves the last entry to the place of the one that was taken.
  private mutating func fillFirst() {
    isFirstTaken = false
    count -= 1
    if count > 0 { unsafe siftDown(heap[count], count: count) }
  }

  mutating func insert(_ entry: Entry) {
    if isFirstTaken {
      isFirstTaken = false
      siftDown(entry, count: count)
      return
    }
    if count == capacity { grow() }
    var child = count
    count += 1
    while child > 0 {
      let parent = (child &- 1) / 4
      guard unsafe entry.precedes(heap[parent]) else { break }
      unsafe heap[child] = heap[parent]
      child = parent
    }
    unsafe heap[child] = entry
  }

  /// Finds the place of `entry` below the root, whose own entry is given up.
  private func siftDown(_ entry: Entry, count: Int) {
    var hole = 0
    while true {
      let firstChild = 4 &* hole &+ 1
      guard firstChild < count else { break }
      var best = firstChild
      let end = min(firstChild &+ 4, count)
      var child = firstChild &+ 1
      while child < end {
        best = unsafe heap[child].precedes(heap[best]) ? child : best
        child &+= 1
      }
      guard unsafe heap[best].precedes(entry) else { break }
      unsafe heap[hole] = heap[best]
      hole = best
    }
    unsafe heap[hole] = entry
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: heap, count: count)
    unsafe heap.deallocate()
    unsafe heap = larger
    capacity *= 2
  }
}
