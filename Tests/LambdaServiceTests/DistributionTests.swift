import EventSimulation
import LambdaService
import Testing

@Suite struct DistributionTests {
  private let draws = 20_000

  /// Nanoseconds, as many as there are draws, sorted.
  private func sample(_ draw: (inout RandomStream) -> Duration, seed: UInt64) -> [Int64] {
    var random = RandomStream(seed: seed, name: "test")
    return (0..<draws).map { _ in Int64(draw(&random) / .nanoseconds(1)) }.sorted()
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `A log-normal duration has the median and the spread it was given`(seed: UInt64) {
    let distribution = LogNormal(
      median: .seconds(75), spread: 0.5, bounds: .zero ... .seconds(100_000))
    let times = sample({ distribution.sample(from: &$0) }, seed: seed)
    let median = Double(times[draws / 2]) / 75e9
    #expect((0.97...1.03).contains(median), "\(median)")
    // One deviation above the middle: 84.1 % lie below e^0.5 times the median.
    let upper = Double(times[draws * 8413 / 10_000]) / 75e9
    #expect((1.58...1.72).contains(upper), "\(upper)")
    let lower = Double(times[draws * 1587 / 10_000]) / 75e9
    #expect((0.58...0.63).contains(lower), "\(lower)")
  }

  @Test func `No log-normal duration is outside its bounds`() {
    let distribution = LogNormal(
      median: .seconds(10), spread: 3, bounds: .seconds(3) ... .seconds(15))
    let times = sample({ distribution.sample(from: &$0) }, seed: 4)
    #expect(times.first == 3_000_000_000)
    #expect(times.last == 15_000_000_000)
  }

  @Test func `Without spread every duration is the median`() {
    let distribution = LogNormal(
      median: .seconds(10), spread: 0, bounds: .zero ... .seconds(20))
    let times = sample({ distribution.sample(from: &$0) }, seed: 5)
    #expect(Set(times) == [10_000_000_000])
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `Gaps between independent events have their mean and are memoryless`(seed: UInt64) {
    let gaps = sample({ ExponentialGap(mean: .milliseconds(25)).sample(from: &$0) }, seed: seed)
    let mean = Double(gaps.reduce(0, +)) / Double(draws) / 25e6
    #expect((0.97...1.03).contains(mean), "\(mean)")
    // Of an exponential distribution, 63.2 % lie below the mean and 86.5 % below twice that.
    for (multiple, share) in [(1.0, 0.632), (2.0, 0.865)] {
      let below = Double(gaps.count { Double($0) < multiple * 25e6 }) / Double(draws)
      #expect(abs(below - share) < 0.012, "\(below)")
    }
    #expect(gaps.allSatisfy { $0 >= 0 })
  }

  @Test func `What is fixed draws nothing`() {
    var random = RandomStream(seed: 1, name: "test")
    var untouched = random
    #expect(Distribution.fixed(.milliseconds(20)).sample(from: &random) == .milliseconds(20))
    #expect(random.next() == untouched.next())
    #expect(Distribution.fixed(.zero).isNothing)
    #expect(!Distribution.fixed(.nanoseconds(1)).isNothing)
  }

  @Test(arguments: [1, 2] as [UInt64])
  func `A uniform duration reaches both ends of its range, evenly`(seed: UInt64) {
    let dice = sample(
      { Distribution.uniform(.nanoseconds(1) ... .nanoseconds(6)).sample(from: &$0) }, seed: seed)
    for face in 1...6 as ClosedRange<Int64> {
      let share = Double(dice.count { $0 == face }) / Double(draws) * 6
      #expect((0.93...1.07).contains(share), "\(face): \(share)")
    }
    #expect(dice.allSatisfy { (1...6).contains($0) })
  }

  @Test func `No exponential duration is outside its bounds`() {
    let distribution = Distribution.exponential(
      ExponentialGap(mean: .milliseconds(20)), bounds: .milliseconds(5) ... .milliseconds(50))
    let times = sample({ distribution.sample(from: &$0) }, seed: 6)
    #expect(times.first == 5_000_000)
    #expect(times.last == 50_000_000)
    #expect(Set(times).count > draws / 2)
  }

  @Test func `A scale stretches every duration, and stops at what no run lasts`() {
    let range = Distribution.uniform(.seconds(2) ... .seconds(3)).scaled(by: 1_769, over: 128)
    #expect(range == .uniform(.nanoseconds(27_640_625_000) ... .nanoseconds(41_460_937_500)))
    let normal = LogNormal(median: .seconds(2), spread: 0.5, bounds: .zero ... .seconds(8))
    let half = LogNormal(median: .seconds(1), spread: 0.5, bounds: .zero ... .seconds(4))
    #expect(Distribution.logNormal(normal).scaled(by: 1, over: 2) == .logNormal(half))
    let long = Distribution.fixed(.seconds(900)).scaled(by: .max, over: 1)
    var random = RandomStream(seed: 1, name: "test")
    #expect(long.sample(from: &random) > .seconds(31_536_000))
  }
}
