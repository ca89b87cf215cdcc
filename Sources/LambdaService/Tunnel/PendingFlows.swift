package import SimulatedTime

/// The flows whose first packet is still being dealt with, so that the next ones do not overtake
/// it.
///
/// One entry to a bucket, newest wins: a flow that loses its entry to another is only let through
/// early, and entries live for a fraction of a millisecond.
package struct PendingFlows {
  private struct Entry {
    var fingerprint: UInt64 = 0
    var ready: Int64 = .min
  }

  private static let bucketCount = 4096
  private var entries: [Entry] = []
  /// When the last of them is ready: after that there is nothing to look up.
  private var lastReady: Int64 = .min

  package init() {}

  /// Notes that packets of a flow must wait until `time`.
  package mutating func add(_ fingerprint: UInt64, until time: Instant) {
    if entries.isEmpty { entries = Array(repeating: Entry(), count: Self.bucketCount) }
    entries[Int(truncatingIfNeeded: fingerprint) & (Self.bucketCount - 1)] = Entry(
      fingerprint: fingerprint, ready: time.nanoseconds)
    lastReady = max(lastReady, time.nanoseconds)
  }

  /// Until when a packet that would be through by `exit` must wait, if it must.
  @inline(__always)
  package func delay(_ fingerprint: UInt64, past exit: Instant) -> Instant? {
    if exit.nanoseconds >= lastReady { return nil }
    let entry = entries[Int(truncatingIfNeeded: fingerprint) & (Self.bucketCount - 1)]
    guard entry.fingerprint == fingerprint, entry.ready > exit.nanoseconds else { return nil }
    return Instant(nanoseconds: entry.ready)
  }
}
