import LambdaService
import SimulatedTime
import Testing

@Suite struct FlowMasterPairTests {
  private let detection = Duration.milliseconds(100)
  private func instant(_ milliseconds: Int64) -> Instant {
    Instant(nanoseconds: milliseconds * 1_000_000)
  }

  @Test func `When the primary dies questions are lost until the secondary takes over`() {
    var pair = FlowMasterPair()
    #expect(pair.answers(at: .start) && pair.answering == .primary)
    #expect(pair.fail(.primary, at: instant(1_000), detection: detection) == false)
    #expect(!pair.answers(at: instant(1_000)) && !pair.answers(at: instant(1_099)))
    #expect(pair.answers(at: instant(1_100)))
    #expect(pair.answering == .secondary)
    // Dead is dead.
    #expect(pair.fail(.primary, at: instant(2_000), detection: detection) == false)
    #expect(pair.answers(at: instant(2_000)))
  }

  @Test func `When the secondary dies nobody notices`() {
    var pair = FlowMasterPair()
    #expect(pair.fail(.secondary, at: instant(1_000), detection: detection) == false)
    #expect(pair.answers(at: instant(1_000)) && pair.answering == .primary)
  }

  @Test(arguments: [FlowMasterPair.Member.primary, .secondary])
  func `When both die the flows are lost, and a new pair begins`(first: FlowMasterPair.Member) {
    let second: FlowMasterPair.Member = first == .primary ? .secondary : .primary
    var pair = FlowMasterPair()
    #expect(pair.fail(first, at: instant(1_000), detection: detection) == false)
    #expect(pair.fail(second, at: instant(5_000), detection: detection) == true)
    #expect(!pair.answers(at: instant(5_050)))
    #expect(pair.answers(at: instant(5_100)) && pair.answering == .primary)
  }

  @Test func `A node that was mended in time saves the flows`() {
    var pair = FlowMasterPair()
    #expect(pair.fail(.primary, at: instant(1_000), detection: detection) == false)
    pair.repair(.primary)
    #expect(pair.answering == .primary)
    #expect(pair.fail(.secondary, at: instant(5_000), detection: detection) == false)
    #expect(pair.answers(at: instant(5_000)))
  }
}
