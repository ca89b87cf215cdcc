/// Which of a customer's Tops takes a packet: an ECMP-like hash over the ordered tuple, so that the
/// two directions of a flow meet different Tops (lambda-vpc §6.1, reported).
///
/// The hash picks one of 256 buckets, and each bucket ranks the Tops by a hash of both; the first
/// that is in service has it. When one goes, only its buckets move, and they come back with it.
/// That a Top's end leaves the flows of the others where they are is assumed.
package struct TopRing: Sendable {
  private static let bucketCount = 256

  /// The Tops of the hand, in service or not, in ascending order.
  package let hand: [Int]
  private var isInService: [Bool]
  /// The Top of each bucket, or -1 if none is in service.
  private var buckets: [Int32]

  package init(hand: [Int]) {
    self.hand = hand
    isInService = hand.map { _ in true }
    buckets = Array(repeating: -1, count: Self.bucketCount)
    assignBuckets()
  }

  /// The Top that takes packets of a tuple with this fingerprint, or `nil` if none is left.
  package func top(for fingerprint: UInt64) -> Int? {
    let top = buckets[Int(truncatingIfNeeded: fingerprint >> 48) & (Self.bucketCount - 1)]
    return top < 0 ? nil : Int(top)
  }

  /// Takes a Top out of service or puts it back; one of another hand is nothing to this one.
  package mutating func set(_ top: Int, inService: Bool) {
    guard let place = hand.firstIndex(of: top) else { return }
    isInService[place] = inService
    assignBuckets()
  }

  private mutating func assignBuckets() {
    for bucket in buckets.indices {
      var best: (weight: UInt64, top: Int32) = (0, -1)
      for (place, top) in hand.enumerated() where isInService[place] {
        let weight = Self.weight(of: top, in: bucket)
        if best.top < 0 || weight > best.weight { best = (weight, Int32(top)) }
      }
      buckets[bucket] = best.top
    }
  }

  /// How much a bucket likes a Top (rendezvous hashing; the output function of SplitMix64).
  private static func weight(of top: Int, in bucket: Int) -> UInt64 {
    var z = (UInt64(top) &+ 1) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(bucket) &* 0xd6e8_feb8_6659_fd93
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
