import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// More flows than any small table holds.
@Suite struct ManyFlowsTests {
  @Test func `Forty thousand flows are told apart, both ways, and all end`() throws {
    let count = 40_000
    let outside = [IPv4Address(203, 0, 113, 7), IPv4Address(203, 0, 113, 8)]
    let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
    var translator = try Translator(behavior: .lambdaV2N, outsideAddresses: outside, seed: 3)
    func packet(_ flow: Int) -> [UInt8] {
      let inside = TransportAddress(
        IPv4Address(rawValue: 0x0a00_0000 + UInt32(flow / 16)), UInt16(5000 + flow % 16))
      return TestPacket.udp(from: inside, to: remote, payload: [])
    }
    var ends: [TransportAddress] = []
    for flow in 0..<count {
      var bytes = packet(flow)
      if translator.outbound(&bytes, at: Int64(flow)) != .translated(isNew: true) {
        Issue.record("flow \(flow) did not begin")
        return
      }
      ends.append(TestPacket.source(of: bytes))
    }
    #expect(Set(ends).count == count)
    var differences = 0
    // Once in each direction by the long way, as the flow becomes two-way, and once by the short.
    for step in 0..<2 * count {
      let flow = step % count
      let original = packet(flow)
      var bytes = original
      if translator.outbound(&bytes, at: Int64(count)) != .translated(isNew: false) {
        differences += 1
      }
      if bytes != TestPacket.rewritten(original, source: ends[flow], decrement: 1) {
        differences += 1
      }
      let answer = TestPacket.udp(from: remote, to: ends[flow], payload: [])
      bytes = answer
      if translator.inbound(&bytes, at: Int64(count)) != .translated(isNew: false) {
        differences += 1
      }
      let inside = TestPacket.source(of: original)
      if bytes != TestPacket.rewritten(answer, destination: inside, decrement: 1) {
        differences += 1
      }
    }
    #expect(differences == 0)
    #expect(translator.count == count)
    translator.expire(at: Instant(nanoseconds: Int64(count) + 120_000_000_000))
    #expect(translator.count == 0)
    #expect(translator.nextExpiry == nil)
  }

  @Test(arguments: [0, 1, 900, 20_000])
  func `Reserving room changes nothing that can be seen`(moment: Int) throws {
    let outside = [IPv4Address(203, 0, 113, 7)]
    let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
    var plain = try Translator(behavior: .lambdaV2N, outsideAddresses: outside, seed: 3)
    var reserved = try Translator(behavior: .lambdaV2N, outsideAddresses: outside, seed: 3)
    for flow in 0..<30_000 {
      if flow == moment { reserved.reserve(flowCount: 50_000) }
      let inside = TransportAddress(IPv4Address(10, 0, 0, 1), UInt16(flow))
      var one = TestPacket.udp(from: inside, to: remote, payload: [])
      var other = one
      let verdict = plain.outbound(&one, at: Int64(flow))
      let otherVerdict = reserved.outbound(&other, at: Int64(flow))
      guard one == other, verdict == otherVerdict else {
        Issue.record("flow \(flow) differs")
        return
      }
    }
    let now = Instant(nanoseconds: 30_000)
    #expect(plain.translations(at: now) == reserved.translations(at: now))
  }
}
