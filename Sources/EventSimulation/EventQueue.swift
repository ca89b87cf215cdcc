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
    /// When, in nanoseconds.
    var time: Int64
    /// Breaks ties: of two events at one instant, the one scheduled first happens first.
    var sequence: UInt64
    /// What the target was told to remember.
    var token: UInt64
    /// A port, or a node with the top bit set.
    var target: UInt32

    @inline(__always)
    func precedes(_ other: Entry) -> Bool {
      time == other.time ? sequence < other.sequence : time < other.time
    }
  }

  private var heap: UnsafeMutablePointer<Entry>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe heap = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe heap.deallocate()
  }

  /// The next event, or `nil` if there is none.
  var first: Entry? { count == 0 ? nil : unsafe heap[0] }

  mutating func insert(_ entry: Entry) {
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

  /// Puts `entry` in the place of the first one.
  ///
  /// - Precondition: the queue is not empty.
  mutating func replaceFirst(with entry: Entry) {
    precondition(count > 0)
    siftDown(entry, count: count)
  }

  /// Takes the first entry out.
  ///
  /// - Precondition: the queue is not empty.
  mutating func removeFirst() {
    precondition(count > 0)
    count -= 1
    if count > 0 { unsafe siftDown(heap[count], count: count) }
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
        if unsafe heap[child].precedes(heap[best]) { best = child }
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
