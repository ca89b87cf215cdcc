import CaptureFiles
import SimulatedTime

/// The times of a capture as a translator may be told them: from zero on, never decreasing.
struct TranslateClock {
  /// When the first packet was captured, in nanoseconds since the Unix epoch.
  private(set) var epoch: Int64?
  /// The latest capture time so far.
  private(set) var latest: Int64 = 0
  private(set) var backwardCount: UInt64 = 0
  private(set) var largestStepBack: Int64 = 0
  private(set) var timelessCount: UInt64 = 0

  /// The translator's time for a packet.
  @inline(__always)
  mutating func advance(to record: PacketRecord) -> Instant {
    guard let epoch, record.hasTime, record.time >= latest else { return advanceOddly(record) }
    latest = record.time
    return Instant(nanoseconds: latest &- epoch)
  }

  /// For the first packet, and for those that are earlier or have no time.
  @inline(never)
  private mutating func advanceOddly(_ record: PacketRecord) -> Instant {
    if !record.hasTime {
      timelessCount += 1
    } else if let epoch, record.time < latest {
      backwardCount += 1
      largestStepBack = max(largestStepBack, latest - max(record.time, 0))
      return Instant(nanoseconds: latest - epoch)
    } else {
      if epoch == nil { epoch = record.time }
      latest = record.time
    }
    return Instant(nanoseconds: latest - (epoch ?? latest))
  }

  /// The capture time of a translator's instant.
  func captureTime(of instant: Instant) -> Int64 { (epoch ?? 0) &+ instant.nanoseconds }
}
