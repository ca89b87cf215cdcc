import EventSimulation
import SimulatedTime
import Testing

@Suite struct SimulationTests {
  @Test func `A 1250-byte frame takes 10 µs on a 1 Gbit/s line plus the latency`() {
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 4))
    let a = simulation.add(Recorder())
    let b = simulation.add(Recorder())
    let link = simulation.connect(
      a, b, name: "a-b",
      LinkBehavior(bitsPerSecond: 1_000_000_000, propagation: .microseconds(5)))
    for _ in 0..<2 { simulation.send(byteCount: 1250, from: link.a) }
    simulation.run(until: Instant(nanoseconds: 1_000_000))
    #expect(simulation.withNode(b) { $0.arrivals.map(\.time.nanoseconds) } == [15_000, 25_000])
    #expect(simulation.network.frames.inUse == 0)
    #expect(simulation.network.now.nanoseconds == 1_000_000)
  }

  @Test(arguments: 0..<8 as Range<Int64>)
  func `Arrivals come in time order, and ties in sending order`(salt: Int64) {
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 400))
    let sink = simulation.add(Recorder())
    var expected: [(time: Int64, size: Int)] = []
    for i in 0..<200 as Range<Int64> {
      let latency = (i * 7919 + salt * 104_729) % 50
      let source = simulation.add(Recorder())
      let link = simulation.connect(
        source, sink, name: "\(i)", LinkBehavior(propagation: .nanoseconds(latency)))
      let size = 60 + Int(i)
      simulation.send(byteCount: size, from: link.a)
      expected.append((latency, size))
    }
    expected.sort { $0.time < $1.time }  // stable
    simulation.run(until: Instant(nanoseconds: 100))
    #expect(simulation.withNode(sink) { $0.arrivals.map(\.byteCount) } == expected.map(\.size))
    #expect(
      simulation.withNode(sink) { $0.arrivals.map(\.time.nanoseconds) } == expected.map(\.time))
  }

  @Test func `A frame without delay arrives after what was due at that instant before it`() {
    var simulation = Simulation(seed: 1)
    let sink = simulation.add(Recorder())
    let slow = simulation.add(Talker())
    let fast = simulation.add(Talker())
    let late = simulation.connect(
      slow, sink, name: "late", LinkBehavior(propagation: .nanoseconds(10)), labels: (0, 1))
    let now = simulation.connect(
      fast, sink, name: "now", LinkBehavior(propagation: .zero), labels: (0, 2))
    simulation.withNode(slow) {
      $0.port = late.a
      $0.byteCounts = [100, 101]
    }
    simulation.withNode(fast) {
      $0.port = now.a
      $0.byteCounts = [200]
    }
    simulation.wake(slow, at: Instant(nanoseconds: 0), token: 0)
    // At 10 ns: the first slow frame was sent first, then the fast one is sent and arrives.
    simulation.wake(fast, at: Instant(nanoseconds: 10), token: 0)
    simulation.wake(slow, at: Instant(nanoseconds: 5), token: 1)
    simulation.run(until: Instant(nanoseconds: 100))
    #expect(simulation.withNode(sink) { $0.arrivals.map(\.byteCount) } == [100, 200, 101])
    #expect(simulation.withNode(sink) { $0.arrivals.map(\.label) } == [1, 2, 1])
  }

  @Test func `A limit stops in the middle of an instant, and the next call goes on`() {
    func arrivals(limit: Int) -> [Int] {
      var simulation = Simulation(seed: 1)
      let a = simulation.add(Recorder())
      let b = simulation.add(Recorder())
      let link = simulation.connect(a, b, name: "a-b", LinkBehavior(propagation: .zero))
      simulation.withNode(b) { $0.answers = 50 }
      for size in 60..<110 { simulation.send(byteCount: size, from: link.a) }
      while simulation.nextTime != nil { simulation.run(until: .start, limit: limit) }
      return simulation.withNode(a) { $0.arrivals.map(\.byteCount) }
    }
    #expect(arrivals(limit: 1) == arrivals(limit: .max))
    #expect(arrivals(limit: .max) == Array(60..<110))
  }

  @Test func `A node is woken at the times it asked for, in order`() {
    var simulation = Simulation(seed: 1)
    let node = simulation.add(Recorder())
    for (time, token) in [(30, 3), (10, 1), (20, 2), (10, 4)] as [(Int64, UInt64)] {
      simulation.wake(node, at: Instant(nanoseconds: time), token: token)
    }
    simulation.run(until: Instant(nanoseconds: 20))
    #expect(simulation.withNode(node) { $0.wakes.map(\.token) } == [1, 4, 2])
    #expect(simulation.nextTime?.nanoseconds == 30)
    simulation.run(until: Instant(nanoseconds: 40))
    #expect(simulation.withNode(node) { $0.wakes.map(\.time.nanoseconds) } == [10, 10, 20, 30])
  }

  @Test func `Held frames come back in order of time`() {
    var simulation = Simulation(seed: 1)
    let source = simulation.add(Recorder())
    let holder = simulation.add(Holder())
    let link = simulation.connect(
      source, holder, name: "link", LinkBehavior(propagation: .nanoseconds(1)))
    for size in [900, 100, 500, 100] { simulation.send(byteCount: size, from: link.a) }
    simulation.run(until: Instant(nanoseconds: 2_000))
    #expect(simulation.withNode(holder) { $0.released.map(\.byteCount) } == [100, 100, 500, 900])
    #expect(simulation.withNode(holder) { $0.released.map(\.time) } == [101, 101, 501, 901])
    #expect(simulation.network.frames.inUse == 0)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `The queue agrees with sorting, whatever is scheduled meanwhile`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "queue")
    var simulation = Simulation(seed: seed)
    let node = simulation.add(Recorder())
    var expected: [(time: Int64, token: UInt64)] = []
    var token: UInt64 = 0
    for _ in 0..<200 {
      for _ in 0..<random.next(below: 6) {
        let time = simulation.network.now.nanoseconds + Int64(random.next(below: 40))
        simulation.wake(node, at: Instant(nanoseconds: time), token: token)
        expected.append((time, token))
        token += 1
      }
      let step = Int64(random.next(below: 12))
      simulation.run(until: Instant(nanoseconds: simulation.network.now.nanoseconds + step))
    }
    simulation.run(until: Instant(nanoseconds: 1 << 40))
    expected.sort { ($0.time, $0.token) < ($1.time, $1.token) }
    #expect(simulation.withNode(node) { $0.wakes.map(\.token) } == expected.map(\.token))
  }

  @Test func `Losing a frame traps`() async {
    await #expect(processExitsWith: .failure) {
      var simulation = Simulation(seed: 1)
      let a = simulation.add(Recorder())
      let b = simulation.add(Careless())
      let link = simulation.connect(a, b, name: "a-b", LinkBehavior(propagation: .nanoseconds(1)))
      simulation.send(byteCount: 60, from: link.a)
      simulation.run(until: Instant(nanoseconds: 10))
    }
  }
}
