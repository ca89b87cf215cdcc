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
}
