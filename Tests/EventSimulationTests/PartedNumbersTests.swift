import CaptureFiles
import EventSimulation
import Testing

/// What simulations have that run side by side.
@Suite struct PartedNumbersTests {
  @Test func `Pools that take turns never give two packets one number`() {
    var numbers: [UInt64] = []
    for part in 0..<3 as Range<UInt64> {
      var pool = FramePool(capacity: 4, firstPacketID: part + 1, packetIDStep: 3)
      for _ in 0..<5 {
        let made = pool.makeFrame(byteCount: 60)
        guard let frame = made else {
          Issue.record("no frame")
          return
        }
        numbers.append(pool.packetID(of: frame).rawValue)
        pool.discard(frame)
      }
      #expect(pool.madeCount == 5)
    }
    #expect(numbers.prefix(5) == [1, 4, 7, 10, 13])
    #expect(Set(numbers) == Set(1...15))
  }

  @Test func `A silent point has a name and nothing else`() {
    var captures = CaptureSet()
    let silent = captures.addSilentPoint(named: "guest")
    let other = captures.addSilentPoint(named: "slot")
    let open = captures.addPoint(named: "eni")
    #expect(captures.name(of: silent) == "guest")
    #expect(captures.name(of: other) == "slot")
    #expect(captures.name(of: open) == "eni")
    #expect(captures.name(of: .none) == "")
    let again = captures.addSilentPoint(named: "guest")
    #expect(again == silent)
    #expect(captures.statistics(of: silent).received == 0)
  }
}
