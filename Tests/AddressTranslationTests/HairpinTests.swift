import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Packets between two inside hosts by way of the outside (RFC 4787, section 6; RFC 5508, REQ-7).
@Suite struct HairpinTests {
  let first = TransportAddress(IPv4Address(10, 0, 0, 1), 4001)
  let second = TransportAddress(IPv4Address(10, 0, 0, 2), 4002)
  let elsewhere = TransportAddress(IPv4Address(198, 51, 100, 9), 53)
  let outside = IPv4Address(203, 0, 113, 7)

  /// Gives both hosts a port, by sending something elsewhere.
  func open(_ translator: inout Translator, _ host: TransportAddress) -> TransportAddress {
    var bytes = TestPacket.udp(from: host, to: elsewhere)
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    return TestPacket.source(of: bytes)
  }

  @Test func `The other host sees the first one's outside end`() throws {
    var translator = try Translator(behavior: .rfc, outsideAddresses: [outside], seed: 1)
    let (firstEnd, secondEnd) = (open(&translator, first), open(&translator, second))
    let packet = TestPacket.udp(from: first, to: secondEnd)
    for isNew in [true, false, false] {
      var bytes = packet
      #expect(translator.outbound(&bytes, at: 1) == .hairpinned(isNew: isNew))
      let wanted = TestPacket.rewritten(
        packet, source: firstEnd, destination: second, decrement: 1)
      #expect(bytes == wanted)
    }
    var answer = TestPacket.udp(from: second, to: firstEnd)
    #expect(translator.outbound(&answer, at: 2) == .hairpinned(isNew: false))
    #expect(
      answer
        == TestPacket.rewritten(
          TestPacket.udp(from: second, to: firstEnd), source: secondEnd, destination: first,
          decrement: 1))
    #expect(translator.counters.hairpinned == 4)

    // The second host refuses the datagram; the first must recognise its own.
    var seen = packet
    _ = translator.outbound(&seen, at: 3)
    var error = TestPacket.error(from: second.address, about: seen)
    #expect(translator.outbound(&error, at: 4) == .hairpinned(isNew: false))
    var quote = packet
    quote[8] = 63
    TestPacket.fixHeaderChecksum(&quote)
    #expect(
      error
        == TestPacket.icmp(
          from: outside, to: first.address, type: 3, code: 3, body: quote, timeToLive: 63))
  }

  @Test func `Fragments take the same way`() throws {
    var translator = try Translator(behavior: .rfc, outsideAddresses: [outside], seed: 1)
    let (firstEnd, secondEnd) = (open(&translator, first), open(&translator, second))
    let packet = TestPacket.udp(from: first, to: secondEnd, payload: Array(0..<100))
    var arrived: [[UInt8]] = []
    for fragment in TestPacket.fragments(packet, size: 64) {
      var bytes = fragment
      guard case .hairpinned = translator.outbound(&bytes, at: 1) else {
        Issue.record("not hairpinned")
        return
      }
      arrived.append(bytes)
    }
    let whole = TestPacket.reassembled(arrived)
    #expect(TestPacket.source(of: whole) == firstEnd)
    #expect(TestPacket.destination(of: whole) == second)
    #expect(TestPacket.hasRightChecksums(whole))
  }

  @Test func `Filtering holds for neighbours as for anyone`() throws {
    var behavior = Behavior.rfc
    behavior.filtering = .addressDependent
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    _ = open(&translator, first)
    let secondEnd = open(&translator, second)
    let packet = TestPacket.udp(from: first, to: secondEnd)
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 1) == .dropped(.filtered))
    #expect(bytes == packet)
  }
}
