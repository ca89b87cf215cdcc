import EventSimulation
import Testing

@Suite struct RandomStreamTests {
  @Test func `A stream is decided by seed and name`() {
    func first(_ seed: UInt64, _ name: String) -> [UInt64] {
      var stream = RandomStream(seed: seed, name: name)
      return (0..<4).map { _ in stream.next() }
    }
    #expect(first(1, "a") == first(1, "a"))
    #expect(first(1, "a") != first(1, "b"))
    #expect(first(1, "a") != first(2, "a"))
    // Names whose hashes differ by what seeds differ by must not meet.
    var seen: Set<UInt64> = []
    for seed in 0..<40 as Range<UInt64> {
      for name in 0..<40 { seen.insert(first(seed, "\(name)")[0]) }
    }
    #expect(seen.count == 1600)
  }

  @Test func `Numbers below a bound cover it evenly`() {
    var stream = RandomStream(seed: 3, name: "dice")
    var counts = Array(repeating: 0, count: 6)
    for _ in 0..<60_000 { counts[Int(stream.next(below: 6))] += 1 }
    #expect(counts.allSatisfy { (9_500...10_500).contains($0) })
    #expect((0..<1000).allSatisfy { _ in stream.next(below: 1) == 0 })
  }

  @Test func `Unit numbers stay in their range`() {
    var stream = RandomStream(seed: 4, name: "unit")
    let numbers = (0..<10_000).map { _ in stream.nextUnit() }
    #expect(numbers.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = numbers.reduce(0, +) / 10_000
    #expect((0.49...0.51).contains(mean))
  }
}
