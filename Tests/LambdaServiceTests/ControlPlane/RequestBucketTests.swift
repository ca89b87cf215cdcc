import LambdaService
import SimulatedTime
import TestSupport
import Testing

struct RequestBucketTests {
  @Test func `A full bucket gives all it holds, then what is refilled`() {
    var bucket = RequestBucket(capacity: 100, refill: 5)
    for _ in 0..<100 { #expect(bucket.take(at: .start) == true) }
    #expect(bucket.take(at: .start) == false)
    #expect(bucket.take(at: Instant(nanoseconds: 199_999_999)) == false)
    #expect(bucket.take(at: Instant(nanoseconds: 200_000_000)) == true)
    #expect(bucket.take(at: Instant(nanoseconds: 200_000_000)) == false)
    #expect(bucket.tokens(at: seconds(20)) == 99)
    #expect(bucket.tokens(at: seconds(21)) == 100)
  }

  @Test func `What does not fit is lost, and time that stands still or is enormous does no harm`() {
    var bucket = RequestBucket(capacity: 2, refill: 1)
    let late = Instant(nanoseconds: .max)
    #expect(bucket.take(at: late) == true)
    #expect(bucket.take(at: .start) == true)
    #expect(bucket.take(at: late) == false)
    #expect(bucket.tokens(at: .start) == 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `It agrees with counting grains of a second`(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let capacity = Int.random(in: 1...5, using: &random)
    let refill = [1, 2, 4, 5][Int.random(in: 0..<4, using: &random)]
    var bucket = RequestBucket(capacity: capacity, refill: refill)
    // Time goes in twentieths of a second, in which a twentieth of the refill comes back.
    var grains = capacity * 20
    var now = 0
    for _ in 0..<500 {
      let step = Int.random(in: 0...12, using: &random)
      now += step
      grains = min(capacity * 20, grains + step * refill)
      let isAllowed = grains >= 20
      if isAllowed { grains -= 20 }
      #expect(bucket.take(at: Instant(nanoseconds: Int64(now) * 50_000_000)) == isAllowed)
      #expect(bucket.tokens(at: Instant(nanoseconds: Int64(now) * 50_000_000)) == grains / 20)
    }
  }
}
