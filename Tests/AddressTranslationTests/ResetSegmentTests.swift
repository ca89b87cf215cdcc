import AddressTranslation
import PacketFormats
import Testing

/// RFC 9293, section 3.10.7.1, sentence by sentence.
@Suite struct ResetSegmentTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)

  @Test func `If the ACK bit is on, SEQ=SEG.ACK and CTL=RST`() throws {
    let packet = TestPacket.tcp(
      from: inside, to: remote, [.psh, .ack], sequence: 5, acknowledgment: 0xffff_fff0,
      payload: [1, 2, 3])
    let reset = try #require(unsafe ResetSegment(answering: packet.span.bytes, at: 0))
    #expect(reset.source == remote)
    #expect(reset.destination == inside)
    #expect(reset.sequenceNumber == 0xffff_fff0)
    #expect(reset.flags == .rst)
  }

  @Test func `If the ACK bit is off, SEQ=0, ACK=SEG.SEQ+SEG.LEN and CTL=RST,ACK`() throws {
    let packet =
      [UInt8](repeating: 0, count: 14)
      + TestPacket.tcp(
        from: inside, to: remote, [.syn, .fin], sequence: 0xffff_fffe,
        options: [2, 4, 5, 0xb4], payload: [1, 2, 3])
    let reset = try #require(unsafe ResetSegment(answering: packet.span.bytes, at: 14))
    #expect(reset.sequenceNumber == 0)
    // Three bytes, a SYN and a FIN from 2^32 - 2 on.
    #expect(reset.acknowledgmentNumber == 3)
    #expect(reset.flags == [.rst, .ack])
  }

  @Test func `A RST is not answered, and neither is what is no TCP`() {
    let rst = TestPacket.tcp(from: inside, to: remote, .rst)
    #expect(unsafe ResetSegment(answering: rst.span.bytes, at: 0) == nil)
    let udp = TestPacket.udp(from: inside, to: remote)
    #expect(unsafe ResetSegment(answering: udp.span.bytes, at: 0) == nil)
    #expect(unsafe ResetSegment(answering: udp.span.bytes, at: 20) == nil)
  }
}
