import LambdaService
import SimulatedTime
import Testing

@Suite struct EnvironmentPoolTests {
  private func pool(
    subnets: Int, places: Int
  ) -> (pool: EnvironmentPool, links: [IndexList.Link]) {
    var pool = EnvironmentPool(subnetCount: subnets)
    var links = Array(repeating: IndexList.Link(), count: places)
    for place in 0..<places { pool.addVacant(place, subnet: place % subnets, &links) }
    return (pool, links)
  }

  @Test func `Subnets take turns, and within one the place that was left longest ago`() {
    var (pool, links) = pool(subnets: 2, places: 6)
    var taken = (0..<4).map { _ in pool.takeVacant(&links) }
    #expect(taken == [0, 1, 2, 3])
    pool.addVacant(0, subnet: 0, &links)
    taken = (0..<4).map { _ in pool.takeVacant(&links) }
    #expect(taken == [4, 5, 0, nil])
  }

  @Test func `A subnet without a place is passed over`() {
    var (pool, links) = pool(subnets: 3, places: 3)
    pool.removeVacant(1, subnet: 1, &links)
    #expect(pool.hasVacant)
    let taken = (0..<3).map { _ in pool.takeVacant(&links) }
    #expect(taken == [0, 2, nil])
    #expect(!pool.hasVacant)
  }

  @Test func `The environment that worked last is taken first`() {
    var (pool, links) = pool(subnets: 1, places: 4)
    for environment in [2, 0, 3] { pool.addWarm(environment, &links) }
    #expect(pool.longestIdle == 2)
    pool.removeWarm(0, &links)
    let taken = (0..<3).map { _ in pool.takeWarm(&links) }
    #expect(taken == [3, 2, nil])
    #expect(pool.longestIdle == nil)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Lists through one array agree with arrays`(seed: UInt64) {
    var random = Steps(state: seed)
    var links = Array(repeating: IndexList.Link(), count: 40)
    var lists = [IndexList(), IndexList(), IndexList()]
    var oracle: [[Int]] = [[], [], []]
    var agrees = true
    for _ in 0..<2_000 {
      let index = random.next(below: links.count)
      let list = random.next(below: lists.count)
      if let owner = oracle.firstIndex(where: { $0.contains(index) }) {
        lists[owner].remove(index, &links)
        oracle[owner].removeAll { $0 == index }
      } else if random.next(below: 2) == 0 {
        lists[list].prepend(index, &links)
        oracle[list].insert(index, at: 0)
      } else {
        lists[list].append(index, &links)
        oracle[list].append(index)
      }
      agrees =
        agrees && lists.map(\.first) == oracle.map(\.first)
        && lists.map(\.last) == oracle.map(\.last) && lists.map(\.count) == oracle.map(\.count)
    }
    #expect(agrees)
  }

  /// Numbers at random for a test: a linear congruential generator.
  private struct Steps {
    var state: UInt64

    mutating func next(below bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
  }

  @Test func `A function starts so many at once, and then one for each part of the interval`() {
    var allowance = ScalingAllowance(burst: 1_000, interval: .seconds(10))
    let now = Instant(nanoseconds: 5_000_000_000)
    let started = (0..<1_500).count { _ in allowance.take(at: now) }
    #expect(started == 1_000)
    // 1,000 in 10 s are one in 10 ms, no earlier.
    let next = [9_999_999, 10_000_000, 10_000_000].map {
      allowance.take(at: now.advanced(by: .nanoseconds($0)))
    }
    #expect(next == [false, true, false])
    let later = now.advanced(by: .seconds(5) + .milliseconds(10))
    let half = (0..<1_500).count { _ in allowance.take(at: later) }
    #expect(half == 500)
    // However long nothing starts, the allowance does not grow beyond the burst.
    let muchLater = later.advanced(by: .seconds(30_000_000))
    let full = (0..<1_500).count { _ in allowance.take(at: muchLater) }
    #expect(full == 1_000)
  }
}
