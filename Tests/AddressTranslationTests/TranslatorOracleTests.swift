import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Random traffic through the fast translator and through ``SpecifiedTranslator``, packet by packet.
@Suite struct TranslatorOracleTests {
  /// Packets for each behaviour and seed: over a million in all in optimised builds.
  static var packetCount: Int {
    #if DEBUG
      2_000
    #else
      30_000
    #endif
  }

  static let behaviors: [(String, Behavior)] = {
    var all: [(String, Behavior)] = [
      ("lambda-v2n", narrowed(.lambdaV2N)), ("worker-legacy", narrowed(.workerLegacy)),
    ]
    for mapping in Behavior.Dependence.allCases {
      for filtering in Behavior.Dependence.allCases {
        for overloading in [false, true] {
          var behavior = narrowed(.lambdaV2N)
          behavior.mapping = mapping
          behavior.filtering = filtering
          behavior.portOverloading = overloading
          behavior.portChoice = overloading ? .sequential : .random
          behavior.inboundRefresh = filtering != .addressDependent
          behavior.latePacketFromInside = overloading ? .drop : .pickUp
          all.append(("\(mapping) \(filtering) \(overloading)", behavior))
        }
      }
    }
    return all
  }()

  /// Few ports, so that they run out.
  static func narrowed(_ behavior: Behavior) -> Behavior {
    var behavior = behavior
    behavior.ports = 1024...1039
    behavior.resetWindow = nil
    behavior.checksSegments = false
    behavior.answersTimeExceeded = false
    behavior.fragments.tcp = .drop
    behavior.fragments.udp = .drop
    return behavior
  }

  @Test(arguments: behaviors.indices, 1...2 as ClosedRange<UInt64>)
  func `Random traffic never breaks the specification`(number: Int, seed: UInt64) throws {
    let (name, behavior) = Self.behaviors[number]
    let addresses = [IPv4Address(203, 0, 113, 7), IPv4Address(203, 0, 113, 8)]
    var run = OracleRun(
      behavior: behavior, outsideAddresses: Array(addresses.prefix(Int(seed))), seed: seed)
    var translator = try Translator(
      behavior: behavior, outsideAddresses: run.model.outsideAddresses, seed: seed)
    translator.recordsEvents = true
    for step in 0..<Self.packetCount {
      if let difference = run.step(&translator) {
        Issue.record("\(name), packet \(step): \(difference)")
        return
      }
    }
    // A run that never gets anywhere proves nothing.
    #expect(run.verdicts.count >= 6)
    #expect(run.statesSeen.isSuperset(of: [.udpTwoWay, .established, .halfClosed]))
    #if !DEBUG
      #expect(run.statesSeen == Set(Translation.State.allCases).subtracting([.icmpQuery]))
    #endif
  }
}

/// One run of random traffic.
struct OracleRun {
  var model: SpecifiedTranslator
  var generator: TestGenerator
  var now: Int64 = 0
  var verdicts: Set<Verdict> = []
  var statesSeen: Set<Translation.State> = []
  private var lastEvent = Instant(nanoseconds: .min)

  init(behavior: Behavior, outsideAddresses: [IPv4Address], seed: UInt64) {
    model = SpecifiedTranslator(behavior: behavior, outsideAddresses: outsideAddresses)
    generator = TestGenerator(seed: seed)
  }

  /// Sends one random packet through both.
  ///
  /// - Returns: how they differ, or `nil` if they agree.
  mutating func step(_ translator: inout Translator) -> String? {
    advance()
    let isOutbound = generator.below(2) == 0
    let packet = randomPacket(outbound: isOutbound)
    var fast = packet
    var slow = packet
    let got =
      isOutbound ? translator.outbound(&fast, at: now) : translator.inbound(&fast, at: now)
    let wanted: Verdict
    if isOutbound {
      switch model.outbound(&slow, at: now) {
      case .verdict(let verdict): wanted = verdict
      case .newOutsideEnd(let allowed):
        let chosen = TestPacket.source(of: fast)
        guard got == .translated(isNew: true), allowed.contains(chosen) else {
          return "\(got) with \(chosen), allowed were \(allowed)"
        }
        model.begin(&slow, outside: chosen, at: now)
        wanted = got
      }
    } else {
      wanted = model.inbound(&slow, at: now)
    }
    verdicts.insert(got)
    guard got == wanted else { return "verdict \(got) instead of \(wanted) for \(packet)" }
    guard fast == slow else { return "bytes \(fast) instead of \(slow)" }
    if generator.below(8) == 0 { return compareAll(&translator) }
    return nil
  }

  /// Compares what both know and what they told since the last time.
  private mutating func compareAll(_ translator: inout Translator) -> String? {
    let live = translator.translations(at: Instant(nanoseconds: now))
    let expected = model.sessions.map(model.translation)
    guard live == expected else { return "translations \(live) instead of \(expected)" }
    if let any = generator.element(of: expected) {
      guard translator.translation(of: any.flow, at: Instant(nanoseconds: now)) == any,
        translator.translation(
          protocol: any.flow.protocol, outside: any.outside, remote: any.flow.remote,
          at: Instant(nanoseconds: now)) == any
      else { return "no way to \(any)" }
    }
    translator.expire(at: Instant(nanoseconds: now))
    if let next = translator.nextExpiry {
      guard next > Instant(nanoseconds: now), next <= expected.map(\.expiry).min() ?? next else {
        return "next expiry \(next) at \(now)"
      }
    }
    guard translator.count == expected.count, (translator.nextExpiry == nil) == expected.isEmpty
    else { return "\(translator.count) held instead of \(expected.count)" }
    var told = translator.takeEvents()
    for event in told {
      guard event.instant >= lastEvent else { return "event out of order: \(event)" }
      lastEvent = event.instant
      statesSeen.insert(event.translation.state)
    }
    // Ends at one instant may be told in any order, before whatever a packet does then.
    told.sort(by: Self.precedes)
    let wanted = model.events.sorted(by: Self.precedes)
    model.events = []
    guard told == wanted else { return "events \(told) instead of \(wanted)" }
    return nil
  }

  private static func precedes(_ a: TranslationEvent, _ b: TranslationEvent) -> Bool {
    guard a.instant == b.instant else { return a.instant < b.instant }
    return "\(a.kind) \(a.translation.flow)" < "\(b.kind) \(b.translation.flow)"
  }

  // MARK: Chance

  /// Moves time on: mostly a little, sometimes to the very nanosecond a session ends, or just
  /// before it, or past everything.
  private mutating func advance() {
    switch generator.below(16) {
    case 0, 1:
      if let session = generator.element(of: model.sessions) {
        now = max(now, model.end(of: session) - Int64(generator.below(2)))
      }
    case 2 where generator.below(40) == 0: now += 500_000 * 1_000_000_000
    case 3...8: now += Int64(generator.below(20)) * 1_000_000_000 + Int64(generator.below(1000))
    default: now += Int64(generator.below(3))
    }
  }

  private mutating func randomPacket(outbound: Bool) -> [UInt8] {
    let insidePorts: [UInt16] = [500, 700, 1024, 1030, 1041, 40000]
    let inside = TransportAddress(
      IPv4Address(10, 0, 0, UInt8(1 + generator.below(3))), insidePorts[generator.below(6)])
    var remote = TransportAddress(
      IPv4Address(198, 51, 100, UInt8(1 + generator.below(3))), UInt16(80 + generator.below(2)))
    var outside = TransportAddress(
      model.outsideAddresses[generator.below(model.outsideAddresses.count)],
      UInt16(1022 + generator.below(20)))
    var flow = Flow(
      protocol: generator.below(2) == 0 ? .tcp : .udp, inside: inside, remote: remote)
    // Mostly packets of flows that exist, or nearly so.
    if generator.below(4) != 0, let session = generator.element(of: model.sessions) {
      flow = session.flow
      outside = session.outside
      switch generator.below(8) {
      case 0: break
      case 1: remote.port = flow.remote.port
      case 2: remote.address = flow.remote.address
      default: remote = flow.remote
      }
    }
    if outbound, generator.below(200) == 0 { remote = outside }
    let source = outbound ? flow.inside : remote
    let destination = outbound ? remote : outside
    let timeToLive = generator.below(50) == 0 ? UInt8(generator.below(3)) : 64
    let payload = (0..<generator.below(4)).map { _ in UInt8(generator.below(256)) }
    var packet: [UInt8]
    if flow.protocol == .udp {
      packet = TestPacket.udp(
        from: source, to: destination, timeToLive: timeToLive, payload: payload,
        hasChecksum: generator.below(8) != 0)
    } else {
      let usual: [TCPHeader.Flags] = [
        .syn, .syn, [.syn, .ack], [.syn, .ack], .ack, .ack, [.psh, .ack], [.fin, .ack],
        [.fin, .ack], [.fin, .ack],
      ]
      let flags =
        generator.below(24) == 0
        ? TCPHeader.Flags(rawValue: UInt8(generator.below(64))) : usual[generator.below(10)]
      // Few numbers, round the wrap, so that FINs are acknowledged about every other time.
      packet = TestPacket.tcp(
        from: source, to: destination, timeToLive: timeToLive, flags,
        sequence: 0xffff_fffc &+ UInt32(generator.below(8)),
        acknowledgment: UInt32(truncatingIfNeeded: generator.below(12) - 4), payload: payload)
    }
    switch generator.below(200) {
    case 0:
      packet[6] |= 0x20
      TestPacket.fixHeaderChecksum(&packet)
    case 1:
      packet[7] = 1
      TestPacket.fixHeaderChecksum(&packet)
    case 2: packet = TestPacket.ipv4(47, from: source, to: destination, body: [8, 0, 0, 0])
    default: break
    }
    return packet
  }
}

/// Random numbers for tests: a linear congruential generator (Knuth's MMIX), upper bits only.
struct TestGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9e37_79b9_7f4a_7c15
  }

  mutating func below(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }

  mutating func element<Element>(of array: [Element]) -> Element? {
    array.isEmpty ? nil : array[below(array.count)]
  }
}
