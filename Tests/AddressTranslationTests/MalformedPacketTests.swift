import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Bytes that are no packet, or nearly one.
@Suite struct MalformedPacketTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)

  static var behaviors: [Behavior] { [.lambdaV2N, .workerEBPF, .workerLegacy] }

  func makeTranslator(_ behavior: Behavior) throws -> Translator {
    try Translator(
      behavior: behavior, outsideAddresses: [IPv4Address(203, 0, 113, 7)],
      insideAddresses: [inside.address], seed: 1)
  }

  @Test(arguments: behaviors)
  func `Every truncation is refused and left alone`(behavior: Behavior) throws {
    var translator = try makeTranslator(behavior)
    for whole in [
      TestPacket.tcp(from: inside, to: remote, .syn, payload: [1, 2]),
      TestPacket.udp(from: inside, to: remote),
    ] {
      for count in 0..<whole.count {
        let cut = Array(whole[..<count])
        var bytes = cut
        #expect(translator.outbound(&bytes, at: 0) == .dropped(.malformed))
        #expect(translator.inbound(&bytes, at: 0) == .dropped(.malformed))
        #expect(bytes == cut)
      }
    }
  }

  @Test(arguments: [-1, -1000, Int.min, Int.max, 41, 1 << 40])
  func `An offset outside the span is refused`(offset: Int) throws {
    var translator = try makeTranslator(.lambdaV2N)
    var bytes = TestPacket.tcp(from: inside, to: remote, .syn)
    #expect(translator.outbound(&bytes, at: 0, offset: offset) == .dropped(.malformed))
    #expect(translator.inbound(&bytes, at: 0, offset: offset) == .dropped(.malformed))
  }

  @Test func `Lengths that contradict each other are refused`() throws {
    var translator = try makeTranslator(.lambdaV2N)
    func verdict(_ change: (inout [UInt8]) -> Void, tcp: Bool) -> Verdict {
      var bytes =
        tcp
        ? TestPacket.tcp(from: inside, to: remote, .syn) : TestPacket.udp(from: inside, to: remote)
      change(&bytes)
      return translator.outbound(&bytes, at: 0)
    }
    #expect(verdict({ $0[0] = 0x65 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[0] = 0x44 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[0] = 0x4f }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[3] = 19 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[3] = 41 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[32] = 0x40 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[32] = 0x60 }, tcp: true) == .dropped(.malformed))
    #expect(verdict({ $0[25] = 7 }, tcp: false) == .dropped(.malformed))
    #expect(verdict({ $0[25] = 12 }, tcp: false) == .dropped(.malformed))
    #expect(translator.count == 0)
  }

  @Test(arguments: behaviors, [true, false])
  func `Mutated packets never trap, and what is refused is left alone`(
    behavior: Behavior, outbound: Bool
  ) throws {
    #if DEBUG
      let count = 5_000
    #else
      let count = 100_000
    #endif
    var translator = try makeTranslator(behavior)
    var generator = TestGenerator(seed: 11)
    let seeds = [
      TestPacket.tcp(from: inside, to: remote, .syn, options: [2, 4, 5, 0xb4], payload: [1, 2]),
      TestPacket.udp(from: inside, to: remote),
      TestPacket.ipv4(1, from: inside, to: remote, options: [1, 1, 1, 0], body: [8, 0, 1, 2]),
    ]
    var now: Int64 = 0
    for _ in 0..<count {
      now += Int64(generator.below(1_000_000_000))
      var packet = seeds[generator.below(seeds.count)]
      for _ in 0..<generator.below(4) {
        packet[generator.below(packet.count)] = UInt8(generator.below(256))
      }
      if generator.below(4) == 0 { packet.removeLast(generator.below(packet.count)) }
      var bytes = packet
      let verdict =
        outbound ? translator.outbound(&bytes, at: now) : translator.inbound(&bytes, at: now)
      _ = unsafe ResetSegment(answering: packet.span.bytes, at: 0)
      switch verdict {
      case .translated: break
      default: if bytes != packet { Issue.record("\(verdict) changed \(packet)") }
      }
    }
  }
}
