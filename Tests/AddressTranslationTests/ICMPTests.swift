import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// ICMP queries and errors (RFC 5508).
@Suite struct ICMPTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let router = IPv4Address(192, 0, 2, 1)
  let outside = IPv4Address(203, 0, 113, 7)
  let second: Int64 = 1_000_000_000

  func makeTranslator(_ behavior: Behavior = .rfc) throws -> Translator {
    try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
  }

  @Test func `An echo request gets another identifier and its reply comes back`() throws {
    var translator = try makeTranslator()
    var request = TestPacket.echo(from: inside.address, to: remote.address, identifier: 77)
    #expect(translator.outbound(&request, at: 0) == .translated(isNew: true))
    #expect(TestPacket.source(of: request).address == outside)
    #expect(TestPacket.hasRightChecksums(request))
    let identifier = TestPacket.identifier(of: request)
    #expect(identifier != 77)

    var reply = TestPacket.echo(0, from: remote.address, to: outside, identifier: identifier)
    #expect(translator.inbound(&reply, at: 59 * second) == .translated(isNew: false))
    #expect(
      reply
        == TestPacket.echo(
          0, from: remote.address, to: inside.address, identifier: 77, timeToLive: 63))
    // The reply has restarted the timer of 60 s.
    var late = TestPacket.echo(0, from: remote.address, to: outside, identifier: identifier)
    #expect(translator.inbound(&late, at: 119 * second) == .dropped(.unsolicited))
  }

  @Test func `A reply that answers nothing and a protocol that is off are dropped`() throws {
    var translator = try makeTranslator()
    var reply = TestPacket.echo(0, from: inside.address, to: remote.address, identifier: 1)
    #expect(translator.outbound(&reply, at: 0) == .dropped(.midConnection))
    var v2n = try makeTranslator(.lambdaV2N)
    var request = TestPacket.echo(from: inside.address, to: remote.address, identifier: 1)
    #expect(v2n.outbound(&request, at: 0) == .dropped(.unsupportedProtocol))
  }

  enum Quoted: CaseIterable { case tcp, udp, udpWithoutChecksum, echo }

  func packet(_ quoted: Quoted, payload: [UInt8] = Array(0..<40)) -> [UInt8] {
    switch quoted {
    case .tcp: TestPacket.tcp(from: inside, to: remote, .syn, payload: payload)
    case .udp: TestPacket.udp(from: inside, to: remote, payload: payload)
    case .udpWithoutChecksum:
      TestPacket.udp(from: inside, to: remote, payload: payload, hasChecksum: false)
    case .echo:
      TestPacket.echo(
        from: inside.address, to: remote.address, identifier: 77, payload: payload)
    }
  }

  /// 28 is the least that RFC 792 asks for; 36 cuts off TCP's checksum, 38 keeps it.
  @Test(arguments: Quoted.allCases, [28, 36, 38, 576])
  func `An error from outside comes back about the packet that the inside host sent`(
    quoted: Quoted, byteCount: Int
  ) throws {
    var translator = try makeTranslator()
    let sent = packet(quoted)
    var seen = sent
    #expect(translator.outbound(&seen, at: 0) == .translated(isNew: true))

    var error = TestPacket.error(11, code: 0, from: router, about: seen, quoting: byteCount)
    #expect(translator.inbound(&error, at: 1) == .translated(isNew: false))
    // What the host sent, with the hop that the translator took.
    var quote = sent
    quote[8] = 63
    TestPacket.fixHeaderChecksum(&quote)
    var wanted = TestPacket.icmp(
      from: router, to: inside.address, type: 11, body: Array(quote.prefix(byteCount)),
      timeToLive: 63)
    TestPacket.fixHeaderChecksum(&wanted)
    #expect(error == wanted)
    #expect(TestPacket.hasRightChecksums(error))
  }

  @Test func `An error from inside goes out about the packet that the remote host sent`() throws {
    var translator = try makeTranslator()
    var request = packet(.udp)
    _ = translator.outbound(&request, at: 0)
    let end = TestPacket.source(of: request)
    let answer = TestPacket.udp(from: remote, to: end)
    var seen = answer
    #expect(translator.inbound(&seen, at: 1) == .translated(isNew: false))

    // Once by the host itself, once by a router on its side: outside both are the translator.
    for source in [inside.address, IPv4Address(10, 0, 0, 1)] {
      var error = TestPacket.error(from: source, about: seen)
      #expect(translator.outbound(&error, at: 2) == .translated(isNew: false))
      var quote = answer
      quote[8] = 63
      TestPacket.fixHeaderChecksum(&quote)
      #expect(
        error
          == TestPacket.icmp(
            from: outside, to: remote.address, type: 3, code: 3, body: quote, timeToLive: 63))
    }
  }

  @Test func `Errors neither prolong nor end a translation`() throws {
    var translator = try makeTranslator()
    translator.recordsEvents = true
    var seen = packet(.tcp)
    _ = translator.outbound(&seen, at: 0)
    _ = translator.takeEvents()
    var error = TestPacket.error(from: router, about: seen)
    #expect(translator.inbound(&error, at: 100 * second) == .translated(isNew: false))
    #expect(translator.takeEvents().isEmpty)
    error = TestPacket.error(from: router, about: seen)
    #expect(translator.inbound(&error, at: 240 * second) == .dropped(.unsolicited))
  }

  @Test func `Errors that are wrong or about nobody's packet are dropped, each by its reason`()
    throws
  {
    var translator = try makeTranslator()
    var seen = packet(.udp)
    _ = translator.outbound(&seen, at: 0)
    func verdict(_ error: [UInt8]) -> Verdict {
      var bytes = error
      let verdict = translator.inbound(&bytes, at: 1)
      #expect(bytes == error)
      return verdict
    }
    var damaged = TestPacket.error(from: router, about: seen)
    damaged[22] ^= 1
    #expect(verdict(damaged) == .dropped(.badChecksum))
    var badQuote = seen
    badQuote[10] ^= 1
    #expect(verdict(TestPacket.error(from: router, about: badQuote)) == .dropped(.badChecksum))
    #expect(
      verdict(TestPacket.error(from: router, about: seen, quoting: 27)) == .dropped(.malformed))
    #expect(
      verdict(TestPacket.error(from: router, about: seen, quoting: 0)) == .dropped(.malformed))
    let other = TestPacket.udp(from: TransportAddress(outside, 9), to: remote)
    #expect(verdict(TestPacket.error(from: router, about: other)) == .dropped(.unsolicited))
    // Addressed to somebody else than the sender of what it quotes.
    let misdirected = TestPacket.error(
      from: router, about: seen, to: IPv4Address(203, 0, 113, 8))
    #expect(verdict(misdirected) == .dropped(.unsolicited))
    #expect(
      verdict(TestPacket.error(5, code: 1, from: router, about: seen))
        == .dropped(.unsupportedProtocol))
    let aboutError = TestPacket.error(from: outside, about: seen, to: remote.address)
    #expect(
      verdict(TestPacket.error(from: router, about: aboutError)) == .dropped(.unsupportedProtocol))
  }

  @Test func `The worker's rewriting turns quotes back too`() throws {
    var translator = try Translator(
      behavior: .workerEBPF, outsideAddresses: [outside], insideAddresses: [inside.address],
      seed: 1)
    let sent = packet(.tcp)
    var seen = sent
    #expect(translator.outbound(&seen, at: 0) == .translated(isNew: false))
    var error = TestPacket.error(from: router, about: seen, quoting: 28)
    #expect(translator.inbound(&error, at: 1) == .translated(isNew: false))
    #expect(
      error
        == TestPacket.icmp(
          from: router, to: inside.address, type: 3, code: 3, body: Array(sent.prefix(28))))
  }

  // MARK: Answers

  @Test func `A packet whose hops are used up is answered with a quote of itself`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: remote, timeToLive: 1)
    let packet = bytes
    guard case .refused(.timeToLiveExceeded, let answer) = translator.outbound(&bytes, at: 0)
    else {
      Issue.record("not refused")
      return
    }
    #expect(bytes == packet)
    var output = [UInt8](repeating: 0, count: ICMPAnswer.maximumByteCount)
    var span = output.mutableSpan
    var raw = unsafe span.mutableBytes
    let byteCount = try #require(
      unsafe answer.write(answering: packet.span.bytes, at: 0, from: outside, to: &raw, at: 0))
    #expect(
      Array(output.prefix(byteCount)).replacing(identification: 7)
        == TestPacket.icmp(from: outside, to: inside.address, type: 11, body: packet))
  }

  @Test func `No answer is written to errors, later fragments and broadcasts`() throws {
    let udp = TestPacket.udp(from: inside, to: remote, payload: Array(repeating: 0, count: 40))
    let unanswerable = [
      TestPacket.error(from: router, about: udp), TestPacket.fragments(udp, size: 16)[1],
      TestPacket.udp(from: TransportAddress(IPv4Address(rawValue: 0), 1), to: remote),
      TestPacket.udp(from: inside, to: TransportAddress(IPv4Address(224, 0, 0, 1), 1)),
      Array(udp.prefix(19)),
    ]
    for packet in unanswerable {
      var output = [UInt8](repeating: 0, count: ICMPAnswer.maximumByteCount)
      var span = output.mutableSpan
      var raw = unsafe span.mutableBytes
      #expect(
        unsafe ICMPAnswer.hostUnreachable.write(
          answering: packet.span.bytes, at: 0, from: outside, to: &raw, at: 0) == nil)
      #expect(output.allSatisfy { $0 == 0 })
    }
  }

  @Test func `A packet too long for the next link is answered if it may not be cut`() throws {
    var behavior = Behavior.awsNATGateway
    behavior.mtu = 100
    var translator = try makeTranslator(behavior)
    var bytes = TestPacket.udp(from: inside, to: remote, payload: Array(repeating: 0, count: 73))
    #expect(
      translator.outbound(&bytes, at: 0) == .refused(.packetTooBig, .packetTooBig(mtu: 100)))
    bytes[6] = 0
    TestPacket.fixHeaderChecksum(&bytes)
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    // The flow is known now, and the shortcut for such must look at the length as well.
    bytes = TestPacket.udp(from: inside, to: remote, payload: Array(repeating: 0, count: 73))
    #expect(
      translator.outbound(&bytes, at: 0) == .refused(.packetTooBig, .packetTooBig(mtu: 100)))
  }
}

extension [UInt8] {
  /// The packet with this identification in its header.
  fileprivate func replacing(identification: UInt16) -> [UInt8] {
    var packet = self
    packet.replaceSubrange(4..<6, with: TestPacket.word(identification))
    TestPacket.fixHeaderChecksum(&packet)
    return packet
  }
}
