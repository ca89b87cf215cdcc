import EventSimulation
import SimulatedTime
import Testing

/// Events happen by time and then by the order of scheduling, however far ahead and however many
/// at nearly the same time they are scheduled.
@Suite struct EventOrderTests {
  /// Schedules events of its own, and notes what happens.
  struct Scatterer: Node, ~Copyable {
    var generator: RandomStream
    var remaining: Int
    /// The longest delay of an event, in nanoseconds; picked anew for each.
    var reaches: [Int64]
    /// When each event is due, by its token: tokens count up in the order of scheduling.
    var due: [Int64] = []
    var happened: [(time: Int64, token: UInt64)] = []

    mutating func receive(_ frame: consuming Frame, at port: PortID, in network: inout Network) {
      network.frames.discard(frame)
    }

    mutating func wake(_ token: UInt64, in network: inout Network) {
      happened.append((network.now.nanoseconds, token))
      for _ in 0..<min(remaining, Int.random(in: 0...2, using: &generator)) {
        scatter(from: network.now, in: &network)
      }
    }

    mutating func scatter(from now: Instant, in network: inout Network) {
      remaining -= 1
      let reach = reaches[Int.random(in: reaches.indices, using: &generator)]
      let time = now.advanced(byNanoseconds: Int64.random(in: 0...reach, using: &generator))
      network.wake(at: time, token: UInt64(due.count))
      due.append(time.nanoseconds)
    }
  }

  /// Delays within one list of the wheel, within the wheel, around its end, and far beyond.
  @Test(
    arguments: [
      [0], [1, 200], [255], [100_000], [1_048_576], [1_200_000, 900], [50_000_000_000],
      [0, 3, 250, 4_000, 70_000, 1_048_000, 1_048_577, 3_000_000_000],
    ] as [[Int64]])
  func `Events happen in order`(reaches: [Int64]) {
    var simulation = Simulation(seed: 1, frames: FramePool(capacity: 1))
    let count = 20_000
    let node = simulation.add(
      Scatterer(generator: RandomStream(seed: 5, name: "node"), remaining: count, reaches: reaches))
    // Some thousands at once, then in steps that end between events.
    for token in 0..<3_000 {
      let time = simulation.withNode(node) { node in
        let reach = reaches[token % reaches.count]
        let time = Int64.random(in: 0...reach, using: &node.generator)
        node.remaining -= 1
        node.due.append(time)
        return time
      }
      simulation.wake(node, at: Instant(nanoseconds: time), token: UInt64(token))
    }
    var deadline: Int64 = 0
    var generator = RandomStream(seed: 9, name: "steps")
    while simulation.nextTime != nil {
      deadline += Int64.random(in: 0...1_500_000, using: &generator)
      // Steps that find nothing are skipped.
      deadline = max(deadline, simulation.nextTime.map(\.nanoseconds) ?? 0)
      simulation.run(until: Instant(nanoseconds: deadline))
      #expect(simulation.nextTime.map { $0.nanoseconds > deadline } ?? true)
      // A quiet event scheduled between two steps, when the clock stands between events.
      if generator.next() % 4 == 0, simulation.withNode(node, { $0.remaining }) > 0 {
        let token = simulation.withNode(node) { node in
          node.remaining -= 1
          node.due.append(deadline + 1)
          return node.due.count - 1
        }
        simulation.wake(node, at: Instant(nanoseconds: deadline + 1), token: UInt64(token))
      }
    }
    let (due, happened) = simulation.withNode(node) { ($0.due, $0.happened) }
    let expected = due.enumerated().sorted { ($0.element, $0.offset) < ($1.element, $1.offset) }
    #expect(happened.count >= 3_000)
    #expect(happened.map(\.token) == expected.map { UInt64($0.offset) })
    #expect(happened.map(\.time) == expected.map(\.element))
  }
}
