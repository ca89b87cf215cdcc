import SimulatedTime

/// What is to happen when, the earliest first; at one time, in the order of planning.
struct DueQueue<Task: Sendable>: Sendable {
  private struct Entry: Sendable {
    var time: Instant
    var sequence: UInt64
    var task: Task

    func precedes(_ other: Entry) -> Bool {
      (time, sequence) < (other.time, other.sequence)
    }
  }

  private var heap: [Entry] = []
  private var sequence: UInt64 = 0

  /// When the earliest is due.
  var next: Instant? { heap.first?.time }

  mutating func insert(_ task: Task, at time: Instant) {
    sequence += 1
    heap.append(Entry(time: time, sequence: sequence, task: task))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].precedes(heap[parent]) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes out the earliest task if it is due at `now`.
  mutating func take(until now: Instant) -> (time: Instant, task: Task)? {
    guard let first = heap.first, first.time <= now else { return nil }
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var earliest = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].precedes(heap[earliest]) {
        earliest = child
      }
      guard earliest != parent else { break }
      heap.swapAt(parent, earliest)
      parent = earliest
    }
    return (first.time, first.task)
  }
}
