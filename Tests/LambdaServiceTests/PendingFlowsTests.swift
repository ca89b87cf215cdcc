import LambdaService
import SimulatedTime
import Testing

@Suite struct PendingFlowsTests {
  private func time(_ nanoseconds: Int64) -> Instant { Instant(nanoseconds: nanoseconds) }

  @Test func `A later packet of a waiting flow comes out no earlier than the first`() {
    var pending = PendingFlows()
    pending.add(42, until: time(500))
    #expect(pending.delay(42, past: time(100)) == time(500))
    #expect(pending.delay(42, past: time(499)) == time(500))
  }

  @Test func `Nobody waits for a flow that is through`() {
    var pending = PendingFlows()
    pending.add(42, until: time(500))
    #expect(pending.delay(42, past: time(500)) == nil)
    #expect(pending.delay(42, past: time(501)) == nil)
  }

  @Test func `Flows do not wait for each other`() {
    var pending = PendingFlows()
    #expect(pending.delay(42, past: time(0)) == nil)
    pending.add(42, until: time(500))
    // One that shares its bucket and one that does not.
    #expect(pending.delay(42 + 4096, past: time(100)) == nil)
    #expect(pending.delay(43, past: time(100)) == nil)
  }

  @Test func `The newer of two flows in one bucket keeps its order`() {
    var pending = PendingFlows()
    pending.add(42, until: time(500))
    pending.add(42 + 4096, until: time(400))
    #expect(pending.delay(42, past: time(100)) == nil)
    #expect(pending.delay(42 + 4096, past: time(100)) == time(400))
  }
}
