import EventSimulation
import SimulatedTime
import Testing

@Suite struct LinkTests {
  /// Arrival times of `count` frames of 1,000 bytes sent at once.
  private func arrivals(_ behavior: LinkBehavior, count: Int, seed: UInt64 = 1) -> [Int64] {
    var simulation = Simulation(seed: seed)
    let a = simulation.add(Recorder())
    let b = simulation.add(Recorder())
    let link = simulation.connect(a, b, name: "link", behavior)
    for _ in 0..<count { simulation.send(byteCount: 1000, from: link.a) }
    simulation.run(until: Instant(nanoseconds: 1 << 50))
    return simulation.withNode(b) { $0.arrivals.map(\.time.nanoseconds) }
  }

  @Test func `Jitter spreads arrivals within its bound and never reorders`() {
    let behavior = LinkBehavior(propagation: .nanoseconds(1000), jitter: .nanoseconds(500))
    let times = arrivals(behavior, count: 500)
    #expect(times == times.sorted())
    #expect(times.allSatisfy { (1000...1500).contains($0) })
    var single: Set<Int64> = []
    for seed in 0..<100 as Range<UInt64> {
      single.formUnion(arrivals(behavior, count: 1, seed: seed))
    }
    #expect(single.count > 50)
  }

  @Test func `However late jitter makes a frame, the next takes its time on the line`() {
    // 1,000 bytes take 1 µs.
    let times = arrivals(
      LinkBehavior(
        bitsPerSecond: 8_000_000_000, propagation: .nanoseconds(1000),
        jitter: .nanoseconds(50_000)), count: 500)
    #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 1_000 })
    #expect(times.last.map { $0 >= 501_000 && $0 <= 552_000 } == true)
  }

  @Test func `A frame that finds the queue full is dropped and says so`() {
    var simulation = Simulation(seed: 1)
    let a = simulation.add(Recorder())
    let b = simulation.add(Recorder())
    // 1,000 bytes take 1 ms; two wait behind the one being sent, the others find no room.
    let link = simulation.connect(
      a, b, name: "narrow",
      LinkBehavior(bitsPerSecond: 8_000_000, propagation: .zero, queueByteLimit: 2000))
    for _ in 0..<5 { simulation.send(byteCount: 1000, from: link.a) }
    simulation.run(until: Instant(nanoseconds: 1 << 40))
    #expect(
      simulation.withNode(b) { $0.arrivals.map(\.time.nanoseconds) }
        == [1_000_000, 2_000_000, 3_000_000])
    let drops = simulation.network.takeDrops()
    #expect(drops.map(\.packetID.rawValue) == [4, 5])
    #expect(drops.allSatisfy { $0.code == "LINK_QUEUE_FULL" && $0.place == "narrow" })
    #expect(simulation.network.takeDrops().isEmpty)
    #expect(simulation.network.frames.inUse == 0)
  }

  @Test func `A token bucket lets its depth pass at once, then the rate`() {
    // 8 Mbit/s is a byte each microsecond; 3,000 bytes of burst.
    let times = arrivals(
      LinkBehavior(bitsPerSecond: 8_000_000, burstByteCount: 3000, propagation: .zero), count: 6)
    #expect(times == [0, 0, 0, 1_000_000, 2_000_000, 3_000_000])
  }

  @Test func `Loss takes about its share, and the same frames for a seed`() {
    let behavior = LinkBehavior(propagation: .nanoseconds(10), lossPerMillion: 100_000)
    let kept = arrivals(behavior, count: 10_000).count
    #expect((8_800...9_200).contains(kept))
    #expect(arrivals(behavior, count: 10_000).count == kept)
    #expect(
      arrivals(LinkBehavior(propagation: .zero, lossPerMillion: 1_000_000), count: 100).isEmpty)
  }

  @Test func `Adding a link does not disturb the jitter of another`() {
    func times(extra: Int) -> [Int64] {
      var simulation = Simulation(seed: 9)
      let a = simulation.add(Recorder())
      let b = simulation.add(Recorder())
      let behavior = LinkBehavior(propagation: .zero, jitter: .nanoseconds(1_000_000))
      for number in 0..<extra { _ = simulation.connect(a, b, name: "extra \(number)", behavior) }
      let link = simulation.connect(a, b, name: "the link", behavior)
      simulation.send(byteCount: 60, from: link.a)
      simulation.run(until: Instant(nanoseconds: 1 << 40))
      return simulation.withNode(b) { $0.arrivals.map(\.time.nanoseconds) }
    }
    #expect(times(extra: 0) == times(extra: 3))
  }
}
