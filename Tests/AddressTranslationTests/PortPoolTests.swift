import AddressTranslation
import Testing

/// The pool against a set.
@Suite struct PortPoolTests {
  static let ranges: [ClosedRange<UInt16>] = [
    0...65535, 1024...65535, 600...1023, 1...511, 1024...1039, 4096...4096, 63...64,
  ]

  /// The first port that is not in `taken`, found by trying one after the other.
  static func firstFree(
    from start: UInt16, in range: ClosedRange<UInt16>, parity: PortParity, taken: Set<UInt16>
  ) -> UInt16? {
    var port = start
    repeat {
      if !taken.contains(port), parity == .either || parity == PortParity(of: port) {
        return port
      }
      port = port == range.upperBound ? range.lowerBound : port + 1
    } while port != start
    return nil
  }

  @Test(arguments: ranges)
  func `A search finds the first free port of each parity, until none is left`(
    range: ClosedRange<UInt16>
  ) {
    var generator = TestGenerator(seed: UInt64(range.lowerBound))
    var pool = PortPool()
    var taken: Set<UInt16> = []
    for step in 0..<3 * range.count {
      let port = range.lowerBound + UInt16(generator.below(range.count))
      // First mostly taken, in the end all.
      if taken.contains(port), generator.below(4) == 0, step < 2 * range.count {
        taken.remove(port)
        pool.release(port)
      } else if let free = pool.firstFree(from: port, in: range) {
        taken.insert(free)
        pool.take(free)
      }
      guard step % 97 == 0 || range.count < 1000 || step > 3 * range.count - 10 else { continue }
      let start = range.lowerBound + UInt16(generator.below(range.count))
      for parity in PortParity.allCases {
        let found = pool.firstFree(from: start, in: range, parity: parity)
        let wanted = Self.firstFree(from: start, in: range, parity: parity, taken: taken)
        let agree = pool.count == taken.count && pool.isTaken(port) == taken.contains(port)
        if found != wanted || !agree {
          Issue.record("\(found ?? 0) instead of \(wanted ?? 0) at step \(step)")
          return
        }
      }
    }
    #expect(pool.firstFree(from: range.lowerBound, in: range) == nil)
  }

  @Test func `A search for odd ports passes words in which only even ones are free`() {
    var pool = PortPool()
    for port in stride(from: 1, through: 65_533, by: 2) { pool.take(UInt16(port)) }
    #expect(pool.firstFree(from: 1024, in: 1024...65535, parity: .odd) == 65535)
    #expect(pool.firstFree(from: 1025, in: 1024...65535, parity: .even) == 1026)
    #expect(pool.firstFree(from: 1025, in: 1024...65534, parity: .odd) == nil)
    pool.take(65535)
    #expect(pool.firstFree(from: 9999, in: 0...65535, parity: .odd) == nil)
    pool.release(1027)
    #expect(pool.firstFree(from: 9999, in: 1024...65535, parity: .odd) == 1027)
  }

  @Test func `A pool that begins without knowing anything ends up like one that knew`() {
    var generator = TestGenerator(seed: 5)
    var taken: Set<UInt16> = []
    for _ in 0..<60_000 { taken.insert(UInt16(generator.below(65536))) }
    var known = PortPool()
    for port in taken { known.take(port) }
    var pool = PortPool.unexplored
    let range = 1024...65535 as ClosedRange<UInt16>
    for step in 0..<30_000 {
      let start = range.lowerBound + UInt16(generator.below(range.count))
      let wanted = known.firstFree(from: start, in: range)
      var lessons = 0
      var found = pool.search(from: start, in: range)
      while case .unknown(let first) = found {
        var bits: UInt64 = 0
        for place in 0..<64 as Range<UInt16> where known.isTaken(first + place) {
          bits |= 1 << UInt64(place)
        }
        pool.learn(first, taken: bits)
        lessons += 1
        found = pool.search(from: start, in: range)
      }
      guard found == wanted.map(PortPool.Finding.free) ?? .nothing else {
        Issue.record("\(found) at step \(step)")
        return
      }
      // Four of ten ports are free at first, so that the first lesson nearly always does.
      #expect(lessons <= 16)
      if let wanted, generator.below(3) != 0 {
        known.take(wanted)
        pool.take(wanted)
      } else if known.isTaken(start) {
        known.release(start)
        pool.release(start)
      }
    }
    #expect(pool.isKnown(1024))
    #expect(pool.isKnown(65535))
    #expect(!pool.isKnown(1023))
  }

  @Test func `What is not known is neither counted nor changed`() {
    var pool = PortPool.unexplored
    pool.take(2000)
    pool.release(2001)
    #expect(pool.count == 0)
    #expect(pool.search(from: 2000, in: 1024...65535) == .unknown(1984))
    pool.learn(1984, taken: .max)
    #expect(pool.count == 64)
    #expect(pool.isKnown(2000) && !pool.isKnown(2048))
    #expect(pool.search(from: 2000, in: 1024...65535) == .unknown(2048))
    #expect(pool.search(from: 2000, in: 1984...2047) == .nothing)
    pool.release(2001)
    #expect(pool.search(from: 2000, in: 1024...65535) == .free(2001))
  }
}
