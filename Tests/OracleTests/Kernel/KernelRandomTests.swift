import AddressTranslation
import PacketFormats
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

  /// Rules that are not the kernel's, each in one point.
  static let others: [(String, @Sendable (inout Behavior) -> Void)] = [
    ("hops", { $0.timeToLiveDecrement = 2 }),
    ("hops used up", { $0.answersTimeExceeded = false }),
    ("ports", { $0.portChoice = .random }),
    (
      "filtering",
      {
        $0.filtering = .endpointIndependent
        $0.portOverloading = false
      }
    ),
    ("errors", { $0.translatesErrors = false }),
    ("segments", { $0.checksSegments = false }),
    ("resets", { $0.resetWindow = nil }),
    ("late segments", { $0.latePacketFromInside = .reset }),
    ("queries", { $0.protocols = [.tcp, .udp] }),
    ("fragments", { $0.fragments.udp = .inOrder }),
    ("segment sizes", { $0.maximumSegmentSize = 1000 }),
  ]

  /// A judge that finds nothing proves nothing.
  @Test(arguments: others.indices)
  func `A translator that does otherwise is found out`(number: Int) throws {
    let (name, change) = Self.others[number]
    var behavior = Behavior.workerLegacy
    change(&behavior)
    let pair = try SideBySide(behavior)
    let traffic = RandomTraffic(pair, seed: 9)
    pair.comparesKeeping = name == "ports"
    try withKnownIssue("\(name)") {
      for _ in 0..<600 where !pair.hasDisagreed { try traffic.step() }
      if name == "segment sizes" {
        try pair.outbound(
          RawPacket.tcp(
            TransportAddress(KernelTests.c, 1), TransportAddress(KernelTests.x, 2), .syn,
            sequence: 1, tcpOptions: [2, 4, 5, 0xb4]))
      }
    } matching: {
      $0.error == nil
    }
  }
}
