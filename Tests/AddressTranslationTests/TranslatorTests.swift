import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// What each profile does, one rule at a time.
@Suite struct TranslatorTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let outside = IPv4Address(203, 0, 113, 7)
  let second: Int64 = 1_000_000_000

  func makeTranslator(
    _ behavior: Behavior = .lambdaV2N, addresses: [IPv4Address]? = nil, seed: UInt64 = 1
  ) throws -> Translator {
    var translator = try Translator(
      behavior: behavior, outsideAddresses: addresses ?? [outside], seed: seed)
    translator.recordsEvents = true
    return translator
  }

  /// Sends a packet out and returns its new source, or `nil` if it was not translated.
  func send(
    _ packet: [UInt8], through translator: inout Translator, at now: Int64
  ) -> TransportAddress? {
    var bytes = packet
    guard case .translated = translator.outbound(&bytes, at: now) else { return nil }
    return TestPacket.source(of: bytes)
  }

  /// Opens a connection with the usual three segments, one nanosecond apart, from `now` on.
  func connect(through translator: inout Translator, at now: Int64) throws -> TransportAddress {
    let end = try #require(
      send(TestPacket.tcp(from: inside, to: remote, .syn), through: &translator, at: now))
    var answer = TestPacket.tcp(from: remote, to: end, [.syn, .ack], acknowledgment: 1001)
    #expect(translator.inbound(&answer, at: now + 1) == .translated(isNew: false))
    let last = TestPacket.tcp(from: inside, to: remote, .ack, acknowledgment: 1001)
    #expect(send(last, through: &translator, at: now + 2) == end)
    return end
  }

  func state(_ translator: borrowing Translator, at now: Int64) -> Translation.State? {
    let flow = Flow(protocol: .tcp, inside: inside, remote: remote)
    return translator.translation(of: flow, at: Instant(nanoseconds: now))?.state
  }

  // MARK: Headers

  @Test func `A packet and its answer are rewritten with right checksums and one hop less`() throws
  {
    var translator = try makeTranslator()
    let packet = TestPacket.tcp(
      from: inside, to: remote, .syn, options: [2, 4, 5, 0xb4], payload: [])
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    let end = TestPacket.source(of: bytes)
    #expect(end.address == outside)
    #expect(end.port >= 1024)
    #expect(bytes == TestPacket.rewritten(packet, source: end, decrement: 1))

    let answer = TestPacket.tcp(from: remote, to: end, [.syn, .ack], acknowledgment: 1001)
    bytes = answer
    #expect(translator.inbound(&bytes, at: 1) == .translated(isNew: false))
    #expect(bytes == TestPacket.rewritten(answer, destination: inside, decrement: 1))
  }

  @Test func `The header may start anywhere and bytes around the packet stay`() throws {
    var translator = try makeTranslator()
    let packet = TestPacket.udp(from: inside, to: remote)
    var bytes = [UInt8](repeating: 0xa5, count: 14) + packet + [0xa5, 0xa5]
    #expect(translator.outbound(&bytes, at: 0, offset: 14) == .translated(isNew: true))
    let end = TestPacket.source(of: Array(bytes[14...]))
    let wanted = TestPacket.rewritten(packet, source: end, decrement: 1)
    #expect(bytes == [UInt8](repeating: 0xa5, count: 14) + wanted + [0xa5, 0xa5])
  }

  @Test func `IPv4 options are stepped over`() throws {
    var translator = try makeTranslator()
    let udp = TestPacket.udp(from: inside, to: remote)
    let packet = TestPacket.ipv4(
      17, from: inside, to: remote, options: [1, 1, 1, 0], body: Array(udp[20...]))
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    let end = TestPacket.source(of: bytes)
    #expect(bytes == TestPacket.rewritten(packet, source: end, decrement: 1))
  }

  @Test func `A UDP checksum of zero stays zero and a computed zero is sent as all ones`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: remote, hasChecksum: false)
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    #expect(TestPacket.word(at: 26, of: bytes) == 0)

    // Some payload makes the sum of the translated packet zero: try them all.
    var allOnes = 0
    for value in 0...UInt16.max {
      bytes = TestPacket.udp(from: inside, to: remote, payload: TestPacket.word(value))
      let packet = bytes
      guard case .translated = translator.outbound(&bytes, at: 1) else {
        Issue.record("not translated")
        return
      }
      let end = TestPacket.source(of: bytes)
      if bytes != TestPacket.rewritten(packet, source: end, decrement: 1) {
        Issue.record("wrong bytes for \(value)")
        return
      }
      if TestPacket.word(at: 26, of: bytes) == 0xffff { allOnes += 1 }
    }
    #expect(allOnes >= 1)
  }

  @Test func `A wrong checksum stays wrong`() throws {
    var translator = try makeTranslator()
    var packet = TestPacket.tcp(from: inside, to: remote, .syn)
    packet[36] ^= 0x40
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    #expect(
      bytes != TestPacket.rewritten(packet, source: TestPacket.source(of: bytes), decrement: 1))
  }

  @Test(arguments: [UInt8(0), 1])
  func `A packet without a hop to spare is dropped unchanged`(timeToLive: UInt8) throws {
    var translator = try makeTranslator()
    let packet = TestPacket.tcp(from: inside, to: remote, timeToLive: timeToLive, .syn)
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.timeToLiveExceeded))
    #expect(bytes == packet)
    #expect(translator.count == 0)
    #expect(translator.counters[.timeToLiveExceeded] == 1)
  }

  // MARK: Filtering

  @Test func `Nobody gets in uninvited, and the reason says how close they came`() throws {
    var translator = try makeTranslator()
    let end = try connect(through: &translator, at: 0)
    let stranger = TransportAddress(IPv4Address(192, 0, 2, 1), 443)
    var bytes = TestPacket.tcp(from: stranger, to: end, .syn)
    #expect(translator.inbound(&bytes, at: 5) == .dropped(.filtered))
    let other = TransportAddress(end.address, end.port == 1024 ? 1025 : end.port - 1)
    bytes = TestPacket.tcp(from: remote, to: other, .syn)
    #expect(translator.inbound(&bytes, at: 5) == .dropped(.unsolicited))
  }

  @Test func `A function cannot reach its own outside address`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: TransportAddress(outside, 5000))
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.hairpin))
  }

  @Test func `ICMP and fragments are dropped by name`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.ipv4(1, from: inside, to: remote, body: [8, 0, 0, 0, 0, 0, 0, 0])
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.unsupportedProtocol))
    bytes = TestPacket.tcp(from: inside, to: remote, .syn)
    bytes[6] = 0x20
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.fragment))
  }

  // MARK: Time

  @Test func `An idle connection ends at the nanosecond its timer runs out`() throws {
    for late in [false, true] {
      var translator = try makeTranslator()
      let end = try connect(through: &translator, at: 0)
      let limit = 2 + 350 * second
      let data = TestPacket.tcp(from: inside, to: remote, [.ack, .psh], payload: [1])
      var bytes = data
      let verdict = translator.outbound(&bytes, at: late ? limit : limit - 1)
      #expect(verdict == (late ? .resetSender : .translated(isNew: false)))
      if late {
        #expect(bytes == data)
        var answer = TestPacket.tcp(from: remote, to: end, .ack)
        #expect(translator.inbound(&answer, at: limit) == .dropped(.unsolicited))
        let last = translator.takeEvents().last
        #expect(last?.kind == .ended(.idle))
        #expect(last?.instant == Instant(nanoseconds: limit))
      }
    }
  }

  @Test func `An end is told with its own instant, however late it is noticed`() throws {
    var translator = try makeTranslator()
    _ = send(TestPacket.udp(from: inside, to: remote), through: &translator, at: 5)
    _ = send(TestPacket.udp(from: remote, to: inside), through: &translator, at: 500 * second)
    let events = translator.takeEvents()
    #expect(events.map(\.instant.nanoseconds) == [5, 5 + 120 * second, 500 * second])
    #expect(events.map(\.kind) == [.made, .ended(.idle), .made])
    #expect(translator.translations(at: Instant(nanoseconds: 500 * second)).count == 1)
  }

  @Test func `Waking at nextExpiry tells each end on time, in few steps and in order`() throws {
    var translator = try makeTranslator()
    for port in 0..<200 as Range<UInt16> {
      let source = TransportAddress(inside.address, 2000 + port)
      // Seven is prime to 200: the order of ends is not the order of beginnings.
      let now = Int64(port) * 7 % 200 * second / 10 + Int64(port)
      _ = send(TestPacket.udp(from: source, to: remote), through: &translator, at: max(now, 0))
    }
    _ = translator.takeEvents()
    var wakes = 0
    var ends: [Int64] = []
    while let next = translator.nextExpiry {
      translator.expire(at: next)
      wakes += 1
      for event in translator.takeEvents() {
        #expect(event.instant == next)
        ends.append(event.instant.nanoseconds)
      }
    }
    #expect(ends.count == 200)
    #expect(ends == ends.sorted())
    #expect(wakes <= 200 * 11)
  }

  @Test func `Time that runs backwards harms nothing`() throws {
    var translator = try makeTranslator()
    var generator = TestGenerator(seed: 3)
    for step in 0..<3000 {
      let port = UInt16(2000 + generator.below(50))
      let now = Int64(generator.below(1000)) * second - 500 * second
      var bytes = TestPacket.udp(from: TransportAddress(inside.address, port), to: remote)
      #expect(translator.outbound(&bytes, at: now) != .dropped(.portsExhausted), "step \(step)")
    }
    translator.expire(at: Instant(nanoseconds: .max))
    #expect(translator.count == 0)
    #expect(translator.nextExpiry == nil)
  }

  @Test(arguments: [Int64.min, Int64.max - 1])
  func `The ends of time are no trap`(now: Int64) throws {
    var translator = try makeTranslator()
    #expect(send(TestPacket.udp(from: inside, to: remote), through: &translator, at: now) != nil)
    translator.expire(at: Instant(nanoseconds: .max))
    #expect(translator.count == 0)
  }

  // MARK: TCP

  @Test func `A connection is followed from its first SYN to the end of the hold on its port`()
    throws
  {
    var translator = try makeTranslator()
    let end = try connect(through: &translator, at: 0)
    #expect(state(translator, at: 3) == .established)
    var bytes = TestPacket.tcp(
      from: inside, to: remote, [.fin, .ack], sequence: 1001, acknowledgment: 1001)
    _ = translator.outbound(&bytes, at: 10)
    #expect(state(translator, at: 10) == .halfClosed)
    bytes = TestPacket.tcp(
      from: remote, to: end, [.fin, .ack], sequence: 1001, acknowledgment: 1002)
    _ = translator.inbound(&bytes, at: 11)
    #expect(state(translator, at: 11) == .closing)
    bytes = TestPacket.tcp(from: inside, to: remote, .ack, sequence: 1002, acknowledgment: 1002)
    _ = translator.outbound(&bytes, at: 12)
    #expect(state(translator, at: 12) == .closed)

    // A repeated FIN still passes but does not prolong the hold.
    bytes = TestPacket.tcp(
      from: remote, to: end, [.fin, .ack], sequence: 1001, acknowledgment: 1002)
    #expect(translator.inbound(&bytes, at: 60 * second) == .translated(isNew: false))
    #expect(state(translator, at: 12 + 120 * second - 1) == .closed)
    #expect(state(translator, at: 12 + 120 * second) == nil)
    translator.expire(at: Instant(nanoseconds: 200 * second))
    let kinds = translator.takeEvents().map(\.kind)
    #expect(
      kinds == [
        .made, .changed(from: .opening), .changed(from: .openingAnswered),
        .changed(from: .established), .changed(from: .halfClosed), .changed(from: .closing),
        .ended(.closed),
      ])
  }

  @Test func `A reset holds the port, and a new SYN takes it over`() throws {
    var translator = try makeTranslator()
    let end = try connect(through: &translator, at: 0)
    var bytes = TestPacket.tcp(from: remote, to: end, .rst)
    #expect(translator.inbound(&bytes, at: second) == .translated(isNew: false))
    #expect(state(translator, at: 121 * second - 1) == .reset)
    #expect(state(translator, at: 121 * second) == nil)
    let again = send(
      TestPacket.tcp(from: inside, to: remote, .syn), through: &translator, at: 100 * second)
    #expect(again == end)
    #expect(state(translator, at: 160 * second - 1) == .opening)
    #expect(state(translator, at: 160 * second) == nil)
  }

  @Test func `A late segment from inside is reset, dropped or picked up`() throws {
    for (treatment, wanted): (Behavior.LatePacketTreatment, Verdict) in [
      (.reset, .resetSender), (.drop, .dropped(.midConnection)),
      (.pickUp, .translated(isNew: true)),
    ] {
      var behavior = Behavior.lambdaV2N
      behavior.latePacketFromInside = treatment
      var translator = try makeTranslator(behavior)
      var bytes = TestPacket.tcp(from: inside, to: remote, .ack, acknowledgment: 77)
      #expect(translator.outbound(&bytes, at: 0) == wanted)
      bytes = TestPacket.tcp(from: inside, to: TransportAddress(remote.address, 80), .rst)
      #expect(translator.outbound(&bytes, at: 0) == .dropped(.midConnection))
    }
  }

  @Test func `Simultaneous open is followed`() throws {
    var translator = try makeTranslator()
    let end = try #require(
      send(TestPacket.tcp(from: inside, to: remote, .syn), through: &translator, at: 0))
    var bytes = TestPacket.tcp(from: remote, to: end, .syn)
    #expect(translator.inbound(&bytes, at: 1) == .translated(isNew: false))
    #expect(state(translator, at: 1) == .openingAnswered)
    _ = send(TestPacket.tcp(from: inside, to: remote, [.syn, .ack]), through: &translator, at: 2)
    bytes = TestPacket.tcp(from: remote, to: end, [.syn, .ack])
    #expect(translator.inbound(&bytes, at: 3) == .translated(isNew: false))
    _ = send(TestPacket.tcp(from: inside, to: remote, .ack), through: &translator, at: 4)
    #expect(state(translator, at: 4) == .established)
  }

  // MARK: One-to-one

  @Test func `The worker's rewriting changes one address and nothing else`() throws {
    var translator = try Translator(
      behavior: .workerEBPF, outsideAddresses: [outside], insideAddresses: [inside.address], seed: 1
    )
    let packet = TestPacket.tcp(from: inside, to: remote, .ack, payload: [1, 2, 3])
    var bytes = packet
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: false))
    let moved = TransportAddress(outside, inside.port)
    #expect(bytes == TestPacket.rewritten(packet, source: moved, decrement: 0))

    let answer = TestPacket.udp(from: remote, to: moved)
    bytes = answer
    #expect(translator.inbound(&bytes, at: 0) == .translated(isNew: false))
    #expect(bytes == TestPacket.rewritten(answer, destination: inside, decrement: 0))

    let foreign = TestPacket.udp(from: remote, to: remote)
    bytes = foreign
    #expect(translator.outbound(&bytes, at: 0) == .passed)
    #expect(bytes == foreign)
    #expect(translator.nextExpiry == nil)
  }

  @Test func `The worker's rewriting takes ICMP and fragments along`() throws {
    var translator = try Translator(
      behavior: .workerEBPF, outsideAddresses: [outside], insideAddresses: [inside.address], seed: 1
    )
    let echo = TestPacket.ipv4(1, from: inside, to: remote, body: [8, 0, 0xf7, 0xff, 0, 0, 0, 0])
    var bytes = echo
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: false))
    #expect(TestPacket.checksum(Array(bytes[..<20])) == 0)
    #expect(bytes[20...] == echo[20...])

    var later = TestPacket.udp(from: inside, to: remote)
    later[7] = 3
    TestPacket.fixHeaderChecksum(&later)
    bytes = later
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: false))
    #expect(TestPacket.checksum(Array(bytes[..<20])) == 0)
    #expect(bytes[20...] == later[20...])
  }

  // MARK: Settings

  @Test func `Settings that contradict each other are refused`() {
    #expect(throws: BehaviorError.noOutsideAddress) {
      _ = try Translator(behavior: .lambdaV2N, outsideAddresses: [], seed: 1)
    }
    #expect(throws: BehaviorError.duplicateOutsideAddress(outside)) {
      _ = try Translator(behavior: .lambdaV2N, outsideAddresses: [outside, outside], seed: 1)
    }
    #expect(throws: BehaviorError.notOneToOne(insideAddresses: 0, outsideAddresses: 1)) {
      _ = try Translator(behavior: .workerEBPF, outsideAddresses: [outside], seed: 1)
    }
    for timer in [Duration.zero, .seconds(-1), .seconds(Int64.max)] {
      var behavior = Behavior.lambdaV2N
      behavior.timers.udp = timer
      #expect(throws: BehaviorError.timerOutOfRange(.udpTwoWay, timer)) {
        _ = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
      }
    }
  }
}
