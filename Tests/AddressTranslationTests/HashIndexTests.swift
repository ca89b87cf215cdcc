import AddressTranslation
import Testing

/// The index against a dictionary, with tags that crowd together and run round the table's end.
@Suite struct HashIndexTests {
  enum Spread: CaseIterable {
    /// Evenly spread, as a hash should be.
    case even
    /// All in the last sixteenth of the table: runs go round the end.
    case atTheEnd
    /// Three tags in all: nothing but the records tells keys apart.
    case equal
  }

  @Test(arguments: Spread.allCases, 1...4 as ClosedRange<UInt64>)
  func `The index finds what a dictionary finds, while it grows and shrinks`(
    spread: Spread, seed: UInt64
  ) {
    var generator = TestGenerator(seed: seed)
    var index = HashIndex()
    var tags: [UInt32: UInt32] = [:]
    var numbers: [UInt32] = []
    var next: UInt32 = 16
    let limit = spread == .equal ? 300 : 3000
    for step in 0..<12_000 {
      // Waves: mostly insertions, then mostly removals.
      let grows = generator.below(8) < (step / limit % 2 == 0 ? 6 : 2)
      if grows || numbers.isEmpty {
        let random = UInt32(generator.below(1 << 30)) << 2
        let tag: UInt32 =
          switch spread {
          case .even: random
          case .atTheEnd: random | 0xf000_0000
          case .equal: [0, 0x8000_0000, .max][generator.below(3)]
          }
        tags[next] = tag
        numbers.append(next)
        index.insert(tag, next)
        next += 1
      } else {
        let number = numbers.remove(at: generator.below(numbers.count))
        index.remove(tags.removeValue(forKey: number) ?? 0, number)
      }
      if index.count != numbers.count { Issue.record("count at \(step)") }
      if step % 64 == 0 || step > 11_990 {
        for (number, tag) in tags {
          let found = index.first(tag) { $0 == number }
          if found != number { Issue.record("lost \(number) at step \(step)"); return }
        }
      }
      let absent = index.first(UInt32(generator.below(1 << 30))) { $0 == 0 }
      if absent != 0 { Issue.record("found what is not there") }
    }
  }

  @Test func `An empty index holds no memory and finds nothing`() {
    let index = HashIndex()
    #expect(index.byteCount == 0)
    let found = index.first(7) { _ in true }
    #expect(found == 0)
  }

  @Test func `Half a million records take at most 32 bytes each`() {
    var index = HashIndex()
    var generator = TestGenerator(seed: 1)
    for number in 16..<500_016 as Range<UInt32> {
      index.insert(UInt32(generator.below(1 << 30)) << 2, number)
    }
    #expect(index.byteCount <= 32 * index.count)
  }

  /// Large enough that the memory of a table is given back while it is drained.
  @Test(arguments: [Spread.even, .atTheEnd])
  func `A large index finds everything at any time while it doubles`(spread: Spread) {
    var index = HashIndex()
    var generator = TestGenerator(seed: 3)
    #if DEBUG
      let count: UInt32 = 30_000
    #else
      let count: UInt32 = 300_000
    #endif
    // A sixteenth of the tags, or a few, sit where runs go round the end.
    let tags = (0..<count).map { number in
      let random = UInt32(generator.below(1 << 30)) << 2
      return spread == .even || number % 1024 != 0 ? random : random | 0xffff_0000
    }
    for number in 0..<count {
      index.insert(tags[Int(number)], number + 16)
      for _ in 0..<4 {
        let any = UInt32(generator.below(Int(number) + 1))
        let found = index.first(tags[Int(any)]) { $0 == any + 16 }
        if found != any + 16 {
          Issue.record("lost \(any) of \(number)")
          return
        }
      }
    }
    for number in 0..<count { index.remove(tags[Int(number)], number + 16) }
    #expect(index.count == 0)
  }

  @Test func `Reserved room is used, and reserving loses nothing`() {
    var generator = TestGenerator(seed: 4)
    let tags = (0..<2_000).map { _ in UInt32(generator.below(1 << 30)) << 2 }
    // Reserved before the first record, in between, while the index doubles, and for nothing.
    for moment in [0, 1, 700, 1_540, 1_999] {
      var index = HashIndex()
      for (number, tag) in tags.enumerated() {
        if number == moment { index.reserve(moment == 1_999 ? 0 : 4_000) }
        index.insert(tag, UInt32(number + 16))
      }
      for (number, tag) in tags.enumerated() {
        let found = index.first(tag) { $0 == number + 16 }
        #expect(found == number + 16)
      }
      #expect(index.byteCount == (moment == 1_999 ? 32_768 : 65_536))
    }
  }
}
