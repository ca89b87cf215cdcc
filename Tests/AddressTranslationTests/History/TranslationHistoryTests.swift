import AddressTranslation
import PacketFormats
import SimulatedTime
import TestSupport
import Testing

@Suite struct TranslationHistoryTests {
  static let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)

  static func flow(_ port: UInt16, _ transport: IPProtocol = .tcp) -> Flow {
    Flow(
      protocol: transport, inside: TransportAddress(IPv4Address(10, 0, 0, 5), port),
      remote: remote)
  }

  static func outside(_ port: UInt16) -> TransportAddress {
    TransportAddress(IPv4Address(203, 0, 113, 7), port)
  }

  static func event(
    _ time: Int64, _ kind: TranslationEvent.Kind, _ flow: Flow, _ outsidePort: UInt16,
    _ state: Translation.State
  ) -> TranslationEvent {
    let instant = Instant(nanoseconds: time)
    return TranslationEvent(
      instant: instant, kind: kind,
      translation: Translation(
        flow: flow, outside: outside(outsidePort), state: state, made: instant, lastUsed: instant,
        expiry: instant))
  }

  /// A connection that opens at 10, is established at 20, and ends at 100; its port is given to
  /// another at 150.
  private static func small() throws -> TranslationHistory {
    var history = TranslationHistory()
    for event in [
      event(10, .made, flow(1), 1024, .opening),
      event(20, .changed(from: .opening), flow(1), 1024, .established),
      event(100, .ended(.idle), flow(1), 1024, .established),
      event(150, .made, flow(2), 1024, .opening),
    ] {
      try history.add(event)
    }
    return history
  }

  @Test(
    arguments: [
      (9, nil), (10, .opening), (19, .opening), (20, .established), (99, .established), (100, nil),
      (150, nil),
    ] as [(Int64, Translation.State?)])
  func `A translation is there from its first nanosecond to the one before its end`(
    time: Int64, state: Translation.State?
  ) throws {
    let history = try Self.small()
    let instant = Instant(nanoseconds: time)
    #expect(history.translation(of: Self.flow(1), at: instant)?.state == state)
    let back = history.translation(
      protocol: .tcp, outside: Self.outside(1024), remote: Self.remote, at: instant)
    #expect(back?.flow == (time == 150 ? Self.flow(2) : state == nil ? nil : Self.flow(1)))
  }

  @Test func `The history of a port lists everyone who had it`() throws {
    let history = try Self.small()
    let lives = history.history(protocol: .tcp, outside: Self.outside(1024))
    #expect(lives.map(\.flow) == [Self.flow(1), Self.flow(2)])
    #expect(lives.map(\.ended) == [Instant(nanoseconds: 100), nil])
    #expect(lives[0].endReason == .idle)
    #expect(history.history(protocol: .udp, outside: Self.outside(1024)).isEmpty)
    #expect(
      history.states(of: lives[0]).map { "\($0.since.nanoseconds) \($0.state)" }
        == ["10 opening", "20 established"])
    #expect(history.count == 2)
    #expect(history.lastEvent == Instant(nanoseconds: 150))
  }

  @Test func `An event that contradicts those before changes nothing`() throws {
    var history = try Self.small()
    let flow = Self.flow(2)
    #expect(
      throws: TranslationHistoryError.backwards(
        Instant(nanoseconds: 149), after: Instant(nanoseconds: 150))
    ) { try history.add(Self.event(149, .made, Self.flow(3), 1, .opening)) }
    #expect(throws: TranslationHistoryError.madeTwice(flow, at: Instant(nanoseconds: 160))) {
      try history.add(Self.event(160, .made, flow, 1, .opening))
    }
    for stranger in [Self.flow(1), Self.flow(9)] {
      #expect(
        throws: TranslationHistoryError.unknown(
          stranger, outside: Self.outside(1024), at: Instant(nanoseconds: 160))
      ) { try history.add(Self.event(160, .ended(.idle), stranger, 1024, .opening)) }
    }
    #expect(
      throws: TranslationHistoryError.unknown(
        flow, outside: Self.outside(1), at: Instant(nanoseconds: 160))
    ) { try history.add(Self.event(160, .changed(from: .opening), flow, 1, .established)) }
    #expect(history.translations(at: Instant(nanoseconds: 200)).map(\.flow) == [flow])
    #expect(history.lastEvent == Instant(nanoseconds: 150))
  }

  /// The same questions, answered by looking at everything.
  private struct Slow {
    var events: [TranslationEvent] = []

    func table(at instant: Instant) -> [(Flow, TransportAddress, Translation.State, Instant)] {
      var table: [(Flow, TransportAddress, Translation.State, Instant)] = []
      for event in events where event.instant <= instant {
        let translation = event.translation
        switch event.kind {
        case .made:
          table.append(
            (translation.flow, translation.outside, translation.state, event.instant))
        case .changed:
          for index in table.indices where table[index].0 == translation.flow {
            table[index].2 = translation.state
          }
        case .ended: table.removeAll { $0.0 == translation.flow }
        }
      }
      return table
    }
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `Random histories answer like a scan of all events`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var history = TranslationHistory()
    var slow = Slow()
    var alive: [UInt16: UInt16] = [:]
    var freePorts = Array(1024..<1064 as Range<UInt16>)
    var time: Int64 = 0
    // Few flows, so that each has many lives; now and then several events at one instant.
    for _ in 0..<1500 {
      time += Int64(random.next() % 4) * Int64(random.next() % 3)
      let port = UInt16(random.next() % 60)
      let flow = Self.flow(port, port % 3 == 0 ? .udp : .tcp)
      let event: TranslationEvent
      if let outside = alive[port] {
        if random.next() % 3 == 0 {
          event = Self.event(time, .ended(.closed), flow, outside, .closed)
          alive[port] = nil
          freePorts.append(outside)
        } else {
          let state = Translation.State.allCases[Int(random.next() % 9)]
          event = Self.event(time, .changed(from: .opening), flow, outside, state)
        }
      } else {
        guard !freePorts.isEmpty else { continue }
        let outside = freePorts.remove(at: Int(random.next() % UInt64(freePorts.count)))
        alive[port] = outside
        event = Self.event(time, .made, flow, outside, .opening)
      }
      try history.add(event)
      slow.events.append(event)
    }
    for _ in 0..<200 {
      let instant = Instant(nanoseconds: Int64(random.next() % UInt64(time + 10)))
      let expected = slow.table(at: instant)
      let found = history.translations(at: instant)
      #expect(found.map(\.flow) == expected.map(\.0))
      #expect(found.map(\.outside) == expected.map(\.1))
      #expect(found.map(\.state) == expected.map(\.2))
      #expect(found.map(\.made) == expected.map(\.3))
      for port in 0..<60 as Range<UInt16> {
        let flow = Self.flow(port, port % 3 == 0 ? .udp : .tcp)
        let known = expected.first { $0.0 == flow }
        #expect(history.translation(of: flow, at: instant)?.state == known?.2)
        guard let known else { continue }
        let back = history.translation(
          protocol: flow.protocol, outside: known.1, remote: Self.remote, at: instant)
        #expect(back?.flow == flow)
      }
    }
  }

  @Test func `A million lives are asked about without looking at them all`() throws {
    var history = TranslationHistory()
    // One flow that comes again and again, and others that all live at once for a moment.
    for round in 0..<200_000 as Range<Int64> {
      let flow = Self.flow(7)
      try history.add(Self.event(round * 10, .made, flow, 1024, .opening))
      try history.add(Self.event(round * 10 + 5, .ended(.reset), flow, 1024, .reset))
    }
    for round in stride(from: 0 as Int64, to: 200_000, by: 997) {
      let there = history.translation(of: Self.flow(7), at: Instant(nanoseconds: round * 10 + 4))
      #expect(there?.made == Instant(nanoseconds: round * 10))
      #expect(
        history.translation(of: Self.flow(7), at: Instant(nanoseconds: round * 10 + 5)) == nil)
      #expect(history.translations(at: Instant(nanoseconds: round * 10 + 4)).count == 1)
    }
  }

  @Test func `A translator's own events make a history of its tables`() throws {
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 3)
    translator.recordsEvents = true
    var history = TranslationHistory()
    var random = SplitMix64(seed: 11)
    var seen: [(Instant, [Translation])] = []
    for step in 0..<3000 as Range<Int64> {
      let now = Instant(nanoseconds: step * 500_000_000)
      let inside = TransportAddress(
        IPv4Address(10, 0, 0, UInt8(random.next() % 8)), UInt16(1 + random.next() % 8))
      var packet =
        random.next() % 2 == 0
        ? TestPacket.udp(from: inside, to: Self.remote)
        : TestPacket.tcp(
          from: inside, to: Self.remote,
          [[.syn], [.ack], [.fin, .ack], [.rst]][Int(random.next() % 4)])
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      _ = translator.translateOutbound(&bytes, at: 0, now: now)
      translator.expire(at: now)
      if step % 50 == 0 { seen.append((now, translator.translations(at: now))) }
      while let event = translator.nextEvent() { try history.add(event) }
    }
    for (instant, table) in seen {
      let found = history.translations(at: instant)
      #expect(found.map(\.flow) == table.map(\.flow))
      #expect(found.map(\.outside) == table.map(\.outside))
      #expect(found.map(\.state) == table.map(\.state))
    }
    #expect(seen.contains { !$0.1.isEmpty })
  }
}
