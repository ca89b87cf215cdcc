import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Bursts of packets against the same packets one by one.
@Suite struct BatchTests {
  static var burstCount: Int {
    #if DEBUG
      150
    #else
      2_500
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
  private static func narrowed(_ behavior: Behavior) -> Behavior {
    var behavior = behavior
    behavior.ports = 1024...1039
    return behavior
  }

  @Test(arguments: behaviors.indices)
  func `A burst comes out as its packets do one by one`(number: Int) throws {
    let (name, behavior) = Self.behaviors[number]
    let addresses = [IPv4Address(203, 0, 113, 7), IPv4Address(203, 0, 113, 8)]
    var single = try Translator(behavior: behavior, outsideAddresses: addresses, seed: 7)
    var batch = try Translator(behavior: behavior, outsideAddresses: addresses, seed: 7)
    single.recordsEvents = true
    batch.recordsEvents = true
    var traffic = BurstTraffic(outsideAddresses: addresses, seed: UInt64(number))
    var verdictsSeen: Set<Verdict> = []
    for step in 0..<Self.burstCount {
      let burst = traffic.nextBurst(after: single)
      let now = Instant(nanoseconds: traffic.now)
      var one = burst.bytes
      var all = burst.bytes
      var wanted: [Verdict] = []
      for offset in burst.offsets {
        wanted.append(
          burst.isOutbound
            ? single.outbound(&one, at: traffic.now, offset: offset)
            : single.inbound(&one, at: traffic.now, offset: offset))
      }
      var verdicts = [Verdict](repeating: .passed, count: burst.offsets.count + 1)
      var results = verdicts.mutableSpan
      var span = all.mutableSpan
      var bytes = unsafe span.mutableBytes
      if burst.isOutbound {
        batch.translateOutbound(
          &bytes, at: burst.offsets.span, now: now, verdicts: &results)
      } else {
        batch.translateInbound(
          &bytes, at: burst.offsets.span, now: now, verdicts: &results)
      }
      verdictsSeen.formUnion(wanted)
      guard verdicts.dropLast() == wanted[...], verdicts.last == .passed, one == all,
        single.takeEvents() == batch.takeEvents(), single.counters == batch.counters
      else {
        Issue.record("\(name), burst \(step): \(verdicts) instead of \(wanted)")
        return
      }
    }
    let end = Instant(nanoseconds: traffic.now)
    #expect(single.translations(at: end) == batch.translations(at: end))
    #expect(verdictsSeen.count >= 6)
  }

  @Test func `Bursts find established flows among many, both ways`() throws {
    let count = 5_000
    let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 53)
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 1)
    func packet(_ flow: Int) -> [UInt8] {
      TestPacket.udp(
        from: TransportAddress(IPv4Address(10, 0, 0, UInt8(flow % 200)), UInt16(3000 + flow)),
        to: remote)
    }
    var answers: [UInt8] = []
    for flow in 0..<count {
      var bytes = packet(flow)
      _ = translator.outbound(&bytes, at: 0)
      answers += TestPacket.udp(from: remote, to: TestPacket.source(of: bytes))
    }
    let byteCount = answers.count / count
    let offsets = (0..<count).map { $0 * byteCount }
    var verdicts = [Verdict](repeating: .passed, count: count)
    var results = verdicts.mutableSpan
    var span = answers.mutableSpan
    var bytes = unsafe span.mutableBytes
    translator.translateInbound(
      &bytes, at: offsets.span, now: Instant(nanoseconds: 1), verdicts: &results)
    #expect(verdicts.allSatisfy { $0 == .translated(isNew: false) })
    let wrong = (0..<count).count { flow in
      TestPacket.destination(of: Array(answers[offsets[flow]..<offsets[flow] + byteCount]))
        != TestPacket.source(of: packet(flow))
    }
    #expect(wrong == 0)
  }

  @Test func `Fewer verdicts than packets are a mistake of the caller`() async {
    await #expect(processExitsWith: .failure) {
      var translator = try Translator(
        behavior: .lambdaV2N, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 1)
      var packet: [UInt8] = [0]
      var verdicts: [Verdict] = [.passed]
      var results = verdicts.mutableSpan
      var span = packet.mutableSpan
      var bytes = unsafe span.mutableBytes
      let offsets = [0, 0]
      translator.translateOutbound(
        &bytes, at: offsets.span, now: .start, verdicts: &results)
      print(verdicts)
    }
  }
}

/// Random bursts: packets of few hosts and ports, so that a burst has several of one flow, begins
/// flows, ends them and damages some packets.
struct BurstTraffic {
  struct Burst {
    var bytes: [UInt8]
    var offsets: [Int]
    var isOutbound: Bool
  }

  private(set) var now: Int64 = 0
  private var generator: TestGenerator
  private let outsideAddresses: [IPv4Address]

  init(outsideAddresses: [IPv4Address], seed: UInt64) {
    self.outsideAddresses = outsideAddresses
    generator = TestGenerator(seed: seed)
  }

  /// A burst for a translator that may know some flows.
  mutating func nextBurst(after translator: borrowing Translator) -> Burst {
    now += [0, 1, 1000, 5_000_000_000, 61_000_000_000][min(4, generator.below(12))]
    let known = translator.translations(at: Instant(nanoseconds: now))
    var burst = Burst(bytes: [], offsets: [], isOutbound: generator.below(2) == 0)
    for _ in 0..<[0, 1, 3, 31, 32, 33, 70][generator.below(7)] {
      let packet = nextPacket(outbound: burst.isOutbound, known: known)
      burst.bytes += Array(repeating: 0, count: generator.below(4))
      burst.offsets.append(burst.bytes.count)
      burst.bytes += packet
    }
    // Where no packet can be.
    if generator.below(4) == 0 {
      burst.offsets.append(
        [-1, .min, .max, burst.bytes.count, burst.bytes.count - 23][generator.below(5)])
    }
    return burst
  }

  private mutating func nextPacket(outbound: Bool, known: [Translation]) -> [UInt8] {
    var inside = TransportAddress(
      IPv4Address(10, 0, 0, UInt8(generator.below(3))), UInt16(1020 + generator.below(8)))
    var remote = TransportAddress(
      IPv4Address(198, 51, 100, UInt8(generator.below(2))), UInt16(80 + generator.below(2)))
    var outside = TransportAddress(
      outsideAddresses[generator.below(outsideAddresses.count)],
      UInt16(1022 + generator.below(20)))
    var isTCP = generator.below(2) == 0
    if generator.below(4) != 0, let any = generator.element(of: known) {
      inside = any.flow.inside
      remote = any.flow.remote
      outside = any.outside
      isTCP = any.flow.protocol == .tcp
    }
    let source = outbound ? inside : remote
    let destination = outbound ? remote : outside
    var packet =
      isTCP
      ? TestPacket.tcp(
        from: source, to: destination,
        [.syn, .syn, [.syn, .ack], .ack, .ack, [.fin, .ack], .rst][generator.below(7)])
      : TestPacket.udp(from: source, to: destination, hasChecksum: generator.below(4) != 0)
    switch generator.below(20) {
    case 0: packet[generator.below(packet.count)] ^= UInt8(1 << generator.below(8))
    case 1: packet.removeLast(generator.below(packet.count))
    case 2:
      packet = TestPacket.ipv4(
        17, from: source, to: destination, options: [1, 1, 1, 0], body: Array(packet[20...]))
    default: break
    }
    return packet
  }
}
