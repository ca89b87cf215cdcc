/// The busiest ten seconds, as AWS measures a NAT gateway's peaks (VPC guide, "NAT gateway metrics
/// and dimensions").
struct PeakLoad {
  private(set) var bytesPerSecond: UInt64 = 0
  private(set) var packetsPerSecond: UInt64 = 0
  private var windowEnd: Int64 = windowNanoseconds
  private var bytes: UInt64 = 0
  private var packets: UInt64 = 0

  private static var windowNanoseconds: Int64 { 10_000_000_000 }
  private static var windowSeconds: UInt64 { 10 }

  /// Counts a packet that reached the translator at `now`, in nanoseconds.
  @inline(__always)
  mutating func add(_ byteCount: Int, now: Int64) {
    if now >= windowEnd { endWindow(now) }
    packets &+= 1
    bytes &+= UInt64(truncatingIfNeeded: byteCount)
  }

  private mutating func endWindow(_ now: Int64) {
    finish()
    windowEnd = now - now % Self.windowNanoseconds &+ Self.windowNanoseconds
    bytes = 0
    packets = 0
  }

  /// Takes in the ten seconds that have begun.
  mutating func finish() {
    bytesPerSecond = max(bytesPerSecond, bytes / Self.windowSeconds)
    packetsPerSecond = max(packetsPerSecond, packets / Self.windowSeconds)
  }
}
