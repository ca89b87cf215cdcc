import CaptureInspection
import TestSupport
import Testing

@Suite struct HashIndexTests {
  /// Entries with few different hashes, added and removed at random.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `An index with collisions is a dictionary`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = HashIndex()
    var reference: [Int: UInt64] = [:]
    for _ in 0..<3_000 {
      let position = Int.random(in: 0..<400, using: &random)
      if let hash = reference[position] {
        index.remove(hash, position)
        reference[position] = nil
      } else {
        // Neighbouring homes at the end of the table, so that chains run into each other and wrap.
        let hash = (UInt64(position % 7) &* 0xffff_fff1) << 32
        index.insert(hash, position)
        reference[position] = hash
      }
      #expect(index.count == reference.count)
    }
    for position in 0..<400 {
      let hash = (UInt64(position % 7) &* 0xffff_fff1) << 32
      #expect(
        index.find(hash, where: { $0 == position }) == (reference[position] == nil ? nil : position)
      )
    }
  }
}
