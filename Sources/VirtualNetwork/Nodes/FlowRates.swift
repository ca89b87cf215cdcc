import SimulatedTime

/// How fast each flow of a VPC is, so that none is faster than one may be: a token bucket for each.
///
/// Documented: 5 Gb/s for a single flow outside a placement group (lambda-vpc §7.3). Assumed: what is
/// too fast is dropped at the sender's interface beyond a burst. Buckets lie in a table of fixed
/// size; a flow that takes another's place begins with a full one.
struct FlowRates {
  private struct Bucket {
    var fingerprint: UInt64 = 0
    /// When what was sent would have been sent at the rate, in nanoseconds.
    var paidUntil: Int64 = 0
  }

  let bitsPerSecond: Int64
  /// How far a flow may be ahead of its rate, in nanoseconds.
  private let burst: Int64
  /// Time of a byte at the rate, in nanoseconds times 2¹⁶.
  private let byteTime: Int64
  private var buckets: [Bucket]

  /// - Precondition: the rate and the burst are above zero.
  init(bitsPerSecond: Int64, burstByteCount: Int) {
    precondition(bitsPerSecond > 0 && burstByteCount > 0, "a rate or burst of nothing")
    self.bitsPerSecond = bitsPerSecond
    byteTime = (8_000_000_000 << 16) / bitsPerSecond
    burst = Int64(clamping: (Int128(burstByteCount) * Int128(byteTime)) >> 16)
    buckets = Array(repeating: Bucket(), count: 4096)
  }

  /// Takes a frame's bytes off what its flow may send, if there is enough left.
  ///
  /// - Returns: whether there was.
  mutating func take(_ byteCount: Int, of key: FlowKey, at now: Instant) -> Bool {
    let fingerprint = FlowEntry.fingerprint(addresses: key.addresses, ends: key.ends) | 1
    let slot = Int(truncatingIfNeeded: fingerprint >> 32) & (buckets.count - 1)
    if buckets[slot].fingerprint != fingerprint {
      buckets[slot] = Bucket(fingerprint: fingerprint, paidUntil: now.nanoseconds)
    }
    let start = max(now.nanoseconds, buckets[slot].paidUntil)
    let end = start + (Int64(byteCount) * byteTime) >> 16
    guard end - now.nanoseconds <= burst else { return false }
    buckets[slot].paidUntil = end
    return true
  }
}

extension VPCNode {
  /// Limits how fast a single flow may be.
  ///
  /// - Parameters:
  ///   - bitsPerSecond: The rate; AWS documents 5,000,000,000.
  ///   - burstByteCount: How much may pass at once beyond it.
  public mutating func limitFlows(bitsPerSecond: Int64, burstByteCount: Int = 1 << 20) {
    flowRates = FlowRates(bitsPerSecond: bitsPerSecond, burstByteCount: burstByteCount)
  }
}
