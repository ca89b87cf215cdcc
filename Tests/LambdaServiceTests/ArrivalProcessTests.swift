import EventSimulation
import LambdaService
import SimulatedTime
import Testing

@Suite struct ArrivalProcessTests {
  private func arrivals(
    _ arrivals: Arrivals, from first: Duration = .zero, for span: Duration = .seconds(1_000),
    limit: Int = .max, seed: UInt64 = 1
  ) -> [Int64] {
    let start = Instant.start.advanced(by: first)
    var process = ArrivalProcess(
      arrivals, first: start, end: start.advanced(by: span), limit: limit,
      random: RandomStream(seed: seed, name: "test"))
    var times: [Int64] = []
    while let (time, count) = process.next() {
      times += Array(repeating: time.nanoseconds, count: count)
    }
    return times
  }

  @Test func `A burst is all at once and no more than asked for`() {
    #expect(arrivals(.atOnce(3), from: .seconds(2)) == [2, 2, 2].map { $0 * 1_000_000_000 })
    #expect(arrivals(.atOnce(300), limit: 2) == [0, 0])
  }

  @Test func `At a steady pace the first comes at once and none at the end`() {
    let times = arrivals(.every(.seconds(1)), from: .seconds(5), for: .seconds(3))
    #expect(times == [5, 6, 7].map { $0 * 1_000_000_000 })
    #expect(arrivals(.every(.seconds(1)), limit: 2).count == 2)
  }

  @Test func `A list is replayed as it is, within its span`() {
    let list = [0, 1, 1, 2, 3].map { Instant(nanoseconds: $0 * 1_000_000_000) }
    let times = arrivals(.at(list), from: .seconds(1), for: .seconds(2))
    #expect(times == [1, 1, 2].map { $0 * 1_000_000_000 })
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `A ramp has the rate of its line in every part`(seed: UInt64) {
    let rate = 400.0 / 1e9
    let curve = RateCurve.ramp(
      from: 0.25, to: 1, over: .seconds(1_000),
      highest: ExponentialGap(mean: .nanoseconds(Int64(1 / rate))))
    let times = arrivals(.varying(curve), seed: seed)
    #expect(times == times.sorted())
    for part in 0..<10 {
      let bounds = Int64(part) * 100_000_000_000..<Int64(part + 1) * 100_000_000_000
      let count = Double(times.count { bounds.contains($0) })
      let middle = (Double(part) + 0.5) / 10
      let expected = 400 * (0.25 + 0.75 * middle) * 100
      // Four deviations of a Poisson number.
      #expect(abs(count - expected) < 4 * expected.squareRoot(), "\(part): \(count), \(expected)")
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `A wave has its mean over a period, its peak in the middle and its low at the ends`(
    seed: UInt64
  ) {
    // 200/s on average, up to 1.8 times as many.
    let curve = RateCurve.wave(
      peak: 1.8, period: .seconds(100),
      highest: ExponentialGap(mean: .nanoseconds(Int64(1e9 / 360))))
    let times = arrivals(.varying(curve), seed: seed)
    let mean = Double(times.count) / 1_000
    #expect((197...203).contains(mean), "\(mean)")
    func rate(_ part: Int64) -> Double {
      Double(times.count { $0 / 1_000_000_000 % 100 / 10 == part }) / 100
    }
    // The mean of 1 - 0.8 cos over the outermost tenths is 0.252, over the middle ones 1.748.
    #expect(abs(rate(0) - 200 * 0.252) < 3, "\(rate(0))")
    #expect(abs(rate(9) - 200 * 0.252) < 3, "\(rate(9))")
    #expect(abs(rate(4) - 200 * 1.748) < 8, "\(rate(4))")
    #expect(abs(rate(5) - 200 * 1.748) < 8, "\(rate(5))")
  }

  @Test func `The wave is that of the cosine`() {
    let curve = RateCurve.wave(
      peak: 2, period: .seconds(8), highest: ExponentialGap(mean: .seconds(1)))
    // Half of 1 - cos at eighths of a turn.
    let root = 0.5.squareRoot()
    let exact = [0, (1 - root) / 2, 0.5, (1 + root) / 2, 1, (1 + root) / 2, 0.5, (1 - root) / 2, 0]
    for (eighth, share) in exact.enumerated() {
      #expect(abs(curve.share(after: .seconds(Int64(eighth))) - share) < 1e-12)
    }
  }
}
