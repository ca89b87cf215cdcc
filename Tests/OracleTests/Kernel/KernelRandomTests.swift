import Testing

/// Random packets through the kernel and through `worker-legacy`.
@Suite(.enabled(if: KernelRouter.isAvailable), .serialized)
struct KernelRandomTests {
  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `The same becomes of random packets`(seed: UInt64) throws {
    let pair = try SideBySide()
    let traffic = RandomTraffic(pair, seed: seed)
    for step in 0..<1500 {
      pair.note = "seed \(seed), step \(step)"
      try traffic.step()
      // The first disagreement may bring others about.
      if pair.hasDisagreed { break }
    }
    // A run that never gets anywhere proves nothing.
    #expect(pair.counts[.forwarded, default: 0] > 600)
    #expect(pair.counts[.dropped, default: 0] > 150)
    #expect(pair.counts[.answered, default: 0] > 50)
  }
}
