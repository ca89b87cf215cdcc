import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// When many flows end.
@Suite struct TimerTests {
  static let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)

  static func inside(_ number: Int) -> TransportAddress {
    TransportAddress(
      IPv4Address(rawValue: 0x0a00_0000 + UInt32(number / 50_000)),
      UInt16(5000 + number % 50_000))
  }

  static func makeTranslator(_ behavior: Behavior = .lambdaV2N) throws -> Translator {
    try Translator(
      behavior: behavior,
      outsideAddresses: (0..<4).map { IPv4Address(203, 0, 113, UInt8($0)) }, seed: 1)
  }

  /// Nanoseconds between packets, from far more flows at one instant than any level of the wheel
  /// tells apart to one flow at a time.
  @Test(arguments: [1, 40, 1_000, 33_000, 1_100_000, 35_000_000] as [Int64])
  func `No packet of a steady stream moves many timers`(interval: Int64) throws {
    #if DEBUG
      let count = 4_000
    #else
      let count = 40_000
    #endif
    var behavior = Behavior.lambdaV2N
    behavior.timers.udpOneWay = .nanoseconds(Int64(count) * interval)
    var translator = try Self.makeTranslator(behavior)
    var most = 0
    for number in 0..<5 * count {
      let before = translator.timerFilings
      var bytes = TestPacket.udp(from: Self.inside(number), to: Self.remote, hasChecksum: false)
      let verdict = translator.outbound(&bytes, at: Int64(number) * interval)
      guard verdict == .translated(isNew: true) else {
        Issue.record("\(verdict) for flow \(number)")
        return
      }
      most = max(most, translator.timerFilings - before)
    }
    #expect(translator.count <= count + 1)
    // One for the new flow, eight ahead of time, and what comes up level by level.
    #expect(most <= 16)
    #expect(translator.timerFilings <= 13 * 5 * count)
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `Thousands of flows with many timers end at their nanosecond, in order`(
    seed: UInt64
  ) throws {
    var generator = TestGenerator(seed: seed)
    var behavior = Behavior.lambdaV2N
    behavior.timers.udpOneWay = .nanoseconds(1 + generator.below(1 << 30))
    behavior.timers.tcpHalfOpen = .microseconds(1 + generator.below(1 << 24))
    behavior.latePacketFromInside = .pickUp
    behavior.timers.tcpEstablished = .milliseconds(1 + generator.below(1 << 22))
    var translator = try Self.makeTranslator(behavior)
    translator.recordsEvents = true
    // Each flow's end, moved by packets that refresh it.
    var ends: [Flow: Int64] = [:]
    var now: Int64 = 0
    var told = 0
    var last: Int64 = 0
    for number in 0..<6_000 {
      // Often nothing, sometimes a leap.
      now += Int64(generator.below(1 << (generator.below(5) * 7 + generator.below(3))))
      var source = Self.inside(number)
      if generator.below(3) == 0, number > 0 { source = Self.inside(generator.below(number)) }
      let kind = Int(source.port) % 3
      var bytes =
        kind == 0
        ? TestPacket.udp(from: source, to: Self.remote)
        : TestPacket.tcp(from: source, to: Self.remote, kind == 1 ? .syn : .ack)
      guard case .translated = translator.outbound(&bytes, at: now) else { continue }
      translator.expire(at: Instant(nanoseconds: now))
      for event in translator.takeEvents() {
        guard case .ended = event.kind else { continue }
        let nanoseconds = event.instant.nanoseconds
        if ends.removeValue(forKey: event.translation.flow) != nanoseconds || nanoseconds < last
          || nanoseconds > now
        {
          Issue.record("\(event) at \(now)")
          return
        }
        last = nanoseconds
        told += 1
      }
      let flow = Flow(protocol: kind == 0 ? .udp : .tcp, inside: source, remote: Self.remote)
      let timer = [
        behavior.timers.udpOneWay, behavior.timers.tcpHalfOpen,
        behavior.timers.tcpEstablished,
      ][kind]
      ends[flow] = now + Int64(timer / .nanoseconds(1))
      if ends.values.contains(where: { $0 <= now }) {
        Issue.record("flows still there at \(now)")
        return
      }
      if let next = translator.nextExpiry?.nanoseconds,
        next <= now || next > ends.values.min() ?? next
      {
        Issue.record("next expiry \(next) at \(now)")
        return
      }
    }
    translator.expire(at: Instant(nanoseconds: .max))
    told += translator.takeEvents().count
    #expect(translator.count == 0)
    #expect(translator.nextExpiry == nil)
    #expect(told > 1000)
  }

  @Test func `Flows begin and end at either end of time`() throws {
    var translator = try Self.makeTranslator()
    translator.recordsEvents = true
    for (number, now) in [Int64.min, .min + 1, -1, 0, .max - 130_000_000_000, .max].enumerated() {
      var bytes = TestPacket.udp(from: Self.inside(number), to: Self.remote)
      let verdict = translator.outbound(&bytes, at: now)
      #expect(verdict == .translated(isNew: true))
    }
    let ends = translator.takeEvents().filter { $0.kind == .ended(.idle) }
      .map(\.instant.nanoseconds)
    let timer: Int64 = 120_000_000_000
    #expect(
      ends == [.min + timer, .min + 1 + timer, -1 + timer, timer, .max - 10_000_000_000])
    #expect(translator.count == 1)
  }
}
