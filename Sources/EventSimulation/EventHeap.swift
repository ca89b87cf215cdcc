/// A four-way heap of events, in one block that grows by doubling.
@safe struct EventHeap: ~Copyable {
  private var heap: UnsafeMutablePointer<EventQueue.Entry>
  private var capacity: Int
  private(set) var count = 0

  init(capacity: Int) {
    self.capacity = max(capacity, 16)
    unsafe heap = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe heap.deallocate()
  }

  /// The earliest event, or `nil` if there is none.
  @inline(__always)
  var first: EventQueue.Entry? { count == 0 ? nil : unsafe heap[0] }

  mutating func insert(_ entry: EventQueue.Entry) {
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

  /// Gives up the earliest event.
  ///
  /// - Precondition: There is one.
  mutating func removeFirst() {
    precondition(count > 0)
    count -= 1
    guard count > 0 else { return }
    let entry = unsafe heap[count]
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
    let larger = UnsafeMutablePointer<EventQueue.Entry>.allocate(capacity: capacity * 2)
    unsafe larger.moveInitialize(from: heap, count: count)
    unsafe heap.deallocate()
    unsafe heap = larger
    capacity *= 2
  }
}
