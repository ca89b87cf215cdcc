import CAllocationCounter
import Testing

/// How often this thread asks for memory.
enum AllocationCount {
  /// Whether allocations can be counted and mean anything.
  ///
  /// An unoptimised build allocates where the real one does not, and sanitizers bring an allocator
  /// of their own.
  static var isMeaningful: Bool {
    #if DEBUG
      false
    #else
      allocation_counting()
    #endif
  }

  /// So far.
  static var now: UInt64 { allocation_count() }

  /// While `body` runs.
  static func during(_ body: () throws -> Void) rethrows -> UInt64 {
    let before = now
    try body()
    return now - before
  }
}
