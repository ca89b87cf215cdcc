/// Links whose first frame arrives at the current instant, in the order of sending.
///
/// A frame on a link without delay arrives before the clock moves on, so it waits in this short
/// line instead of the event queue.
struct ArrivalsNow {
  private var ports: [(port: UInt32, sequence: UInt64)] = []
  private var next = 0

  var first: (port: UInt32, sequence: UInt64)? { next < ports.count ? ports[next] : nil }

  mutating func append(_ arrival: (port: UInt32, sequence: UInt64)) {
    ports.append(arrival)
  }

  mutating func removeFirst() {
    next += 1
    if next == ports.count {
      ports.removeAll(keepingCapacity: true)
      next = 0
    }
  }
}
