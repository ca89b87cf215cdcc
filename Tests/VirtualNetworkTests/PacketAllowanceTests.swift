import SimulatedTime
import Testing
import VirtualNetwork

@Suite struct PacketAllowanceTests {
  @Test func `So many pass at once, and one more whenever its share of a second has passed`() {
    var allowance = PacketAllowance(packetsPerSecond: 1024)
    func taken(_ count: Int, at nanoseconds: Int64) -> Int {
      (0..<count).count { _ in allowance.take(at: Instant(nanoseconds: nanoseconds)) }
    }
    #expect(taken(2000, at: 0) == 1024)
    #expect(taken(1, at: 900_000) == 0)
    #expect(taken(2, at: 976_563) == 1)
    #expect(taken(2000, at: 10_000_000_000) == 1024)
    #expect(taken(2000, at: 10_500_000_000) == 512)
  }
}
