import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What Linux's own translation does, and `worker-legacy` like it.
///
/// OracleTests asks the kernel itself.
@Suite struct LinuxTests {
  let host = IPv4Address(10, 0, 0, 5)
  let neighbour = IPv4Address(10, 0, 0, 6)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let outside = IPv4Address(203, 0, 113, 7)

  func makeTranslator(_ behavior: Behavior = .workerLegacy) throws -> Translator {
    try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
  }

  @Test func `A low port is kept when free ports have become hard to find`() throws {
    var behavior = Behavior.workerLegacy
    behavior.ports = 1024...1100
    var translator = try makeTranslator(behavior)
    // So many flows that the destination has a pool of ports.
    for last in 1...70 as ClosedRange<UInt8> {
      let inside = TransportAddress(IPv4Address(10, 1, 0, last), 2000)
      var packet = TestPacket.udp(from: inside, to: remote)
      #expect(translator.outbound(&packet, at: 0) == .translated(isNew: true))
    }
    for (address, port): (IPv4Address, UInt16) in [(host, 550), (neighbour, 551)] {
      var packet = TestPacket.udp(from: TransportAddress(address, port), to: remote)
      #expect(translator.outbound(&packet, at: 0) == .translated(isNew: true))
      #expect(TestPacket.source(of: packet).port == port)
    }
    var packet = TestPacket.udp(from: TransportAddress(neighbour, 550), to: remote)
    #expect(translator.outbound(&packet, at: 0) == .translated(isNew: true))
    #expect((600...1023).contains(TestPacket.source(of: packet).port))
  }

  @Test func `Who was asked may not ask back where nobody may come in`() throws {
    func ask(_ behavior: Behavior) throws -> (question: Verdict, answer: Verdict) {
      var translator = try makeTranslator(behavior)
      var request = TestPacket.echo(from: host, to: remote.address, identifier: 7)
      #expect(translator.outbound(&request, at: 0) == .translated(isNew: true))
      let identifier = TestPacket.identifier(of: request)
      var back = TestPacket.echo(from: remote.address, to: outside, identifier: identifier)
      let question = translator.inbound(&back, at: 1)
      var reply = TestPacket.echo(0, from: host, to: remote.address, identifier: 7)
      return (question, translator.outbound(&reply, at: 2))
    }
    #expect(try ask(.workerLegacy) == (.dropped(.filtered), .dropped(.midConnection)))
    #expect(try ask(.awsNATGateway) == (.dropped(.filtered), .dropped(.midConnection)))
    #expect(
      try ask(.rfc) == (.translated(isNew: false), .translated(isNew: false)),
      "endpoint-independent filtering lets anyone ask")
  }

  /// RFC 1812, section 5.3.1.
  @Test func `Hops are looked at only in what is forwarded`() throws {
    var translator = try makeTranslator()
    let inside = TransportAddress(host, 4000)
    var request = TestPacket.udp(from: inside, to: remote)
    #expect(translator.outbound(&request, at: 0) == .translated(isNew: true))
    let mapped = TestPacket.source(of: request)
    let exceeded = Verdict.refused(.timeToLiveExceeded, .timeExceeded)
    func arrive(_ source: TransportAddress, _ destination: TransportAddress) -> Verdict {
      var packet = TestPacket.udp(from: source, to: destination, timeToLive: 1)
      return translator.inbound(&packet, at: 1)
    }
    #expect(arrive(remote, mapped) == exceeded)
    #expect(arrive(remote, TransportAddress(outside, 4001)) == .dropped(.unsolicited))
    #expect(arrive(TransportAddress(neighbour, 1), mapped) == .dropped(.unsolicited))

    // With endpoint-independent filtering a stranger's packet would be forwarded too, as long as
    // there is the mapping.
    var open = try makeTranslator(.rfc)
    var other = TestPacket.udp(from: inside, to: remote)
    #expect(open.outbound(&other, at: 0) == .translated(isNew: true))
    let end = TestPacket.source(of: other)
    var stranger = TestPacket.udp(from: TransportAddress(neighbour, 1), to: end, timeToLive: 1)
    #expect(open.inbound(&stranger, at: 1) == exceeded)
    #expect(open.inbound(&stranger, at: 300_000_000_000) == .dropped(.unsolicited))
    // From inside everything is forwarded.
    var late = TestPacket.tcp(from: inside, to: remote, timeToLive: 1, [.fin, .ack])
    #expect(translator.outbound(&late, at: 2) == exceeded)
  }

  @Test func `Control bits that exclude each other are no segment`() throws {
    let fitting: Set<UInt8> = [0x02, 0x22, 0x12, 0x04, 0x14, 0x11, 0x31, 0x10, 0x30]
    for bits in UInt8.min ... .max {
      let flags = TCPHeader.Flags(rawValue: bits)
      for isEstablished in [false, true] {
        var translator = try makeTranslator()
        let inside = TransportAddress(host, 4000)
        if isEstablished {
          // Picked up.
          var segment = TestPacket.tcp(from: inside, to: remote, .ack, acknowledgment: 5)
          #expect(translator.outbound(&segment, at: 0) == .translated(isNew: true))
        }
        var segment = TestPacket.tcp(from: inside, to: remote, flags, acknowledgment: 5)
        let verdict = translator.outbound(&segment, at: 1)
        // PSH, ECE and CWR go with everything.
        #expect(
          (verdict == .dropped(.malformed)) == !fitting.contains(bits & 0x37),
          "\(String(bits, radix: 2)): \(verdict)")
      }
    }
    // Nobody else looks.
    var translator = try makeTranslator(.rfc)
    var segment = TestPacket.tcp(from: TransportAddress(host, 4000), to: remote, [.syn, .urg])
    #expect(translator.outbound(&segment, at: 0) == .translated(isNew: true))
  }

  @Test func `A segment must fit the state of its connection`() throws {
    var translator = try makeTranslator()
    let inside = TransportAddress(host, 4000)
    let mapped = TransportAddress(outside, 4000)
    var now: Int64 = 0
    func out(_ flags: TCPHeader.Flags) -> Verdict {
      now += 1
      var segment = TestPacket.tcp(from: inside, to: remote, flags, acknowledgment: 1001)
      return translator.outbound(&segment, at: now)
    }
    func back(_ flags: TCPHeader.Flags) -> Verdict {
      now += 1
      var segment = TestPacket.tcp(from: remote, to: mapped, flags, acknowledgment: 1001)
      return translator.inbound(&segment, at: now)
    }
    let passes = Verdict.translated(isNew: false)
    let refused = Verdict.dropped(.midConnection)
    #expect(out(.syn) == .translated(isNew: true))
    #expect(out(.ack) == refused && out([.fin, .ack]) == refused && out([.syn, .ack]) == refused)
    #expect(back([.fin, .ack]) == refused)
    #expect(out(.syn) == passes && back(.ack) == passes && back([.syn, .ack]) == passes)
    #expect(out(.ack) == passes)
    #expect(back(.syn) == refused && out([.syn, .ack]) == refused)
    #expect(out(.syn) == passes && back([.syn, .ack]) == passes && back(.ack) == passes)
    #expect(out([.fin, .ack]) == passes && back(.syn) == refused)
  }
}
