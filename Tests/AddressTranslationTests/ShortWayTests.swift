import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// The short way that packets of known flows take, against the long one, which takes every packet.
@Suite struct ShortWayTests {
  static let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  static let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)

  enum Kind: CaseIterable { case tcp, udp, udpWithoutChecksum }

  /// Two translators that have seen the same and know a flow, and that flow's next packet.
  struct Pair: ~Copyable {
    var short: Translator
    var long: Translator
    var packet: [UInt8]

    init(_ kind: Kind, outbound: Bool) throws {
      self.init(kind, outbound: outbound, try Self.makeTranslator(), try Self.makeTranslator())
    }

    static func makeTranslator() throws -> Translator {
      try Translator(
        behavior: .lambdaV2N, outsideAddresses: [IPv4Address(203, 0, 113, 7)], seed: 1)
    }

    private init(
      _ kind: Kind, outbound: Bool, _ short: consuming Translator, _ long: consuming Translator
    ) {
      var first = Self.make(kind, from: inside, to: remote, .syn)
      var copy = first
      _ = short.outbound(&first, at: 0)
      _ = long.outbound(&copy, at: 0)
      let outside = TestPacket.source(of: first)
      let answer = Self.make(kind, from: remote, to: outside, [.syn, .ack])
      var again = answer
      copy = answer
      _ = short.inbound(&again, at: 1)
      _ = long.inbound(&copy, at: 1)
      let last = Self.make(kind, from: inside, to: remote, .ack)
      again = last
      copy = last
      _ = short.outbound(&again, at: 2)
      _ = long.outbound(&copy, at: 2)
      packet =
        outbound ? last : Self.make(kind, from: remote, to: outside, [.psh, .ack])
      self.short = short
      self.long = long
    }

    static func make(
      _ kind: Kind, from source: TransportAddress, to destination: TransportAddress,
      _ flags: TCPHeader.Flags
    ) -> [UInt8] {
      switch kind {
      case .tcp: TestPacket.tcp(from: source, to: destination, flags, payload: [1, 2, 3])
      case .udp: TestPacket.udp(from: source, to: destination)
      case .udpWithoutChecksum:
        TestPacket.udp(from: source, to: destination, hasChecksum: false)
      }
    }

    /// Sends `packet` both ways and says whether the same came of it.
    mutating func agree(on packet: [UInt8], outbound: Bool) -> Bool {
      var one = packet
      var other = packet
      let verdict = outbound ? short.outbound(&one, at: 9) : short.inbound(&one, at: 9)
      var span = other.mutableSpan
      var bytes = unsafe span.mutableBytes
      let judged =
        outbound
        ? long.judge(&bytes, at: 0, fromInside: true, now: 9)
        : long.judge(&bytes, at: 0, fromInside: false, now: 9)
      let now = Instant(nanoseconds: 9)
      return verdict == judged && one == other && short.counters == long.counters
        && short.translations(at: now) == long.translations(at: now)
    }
  }

  @Test(arguments: Kind.allCases, [true, false])
  func `Both ways agree on a known flow's packet, whole or damaged`(
    kind: Kind, outbound: Bool
  ) throws {
    let count = try Pair(kind, outbound: outbound).packet.count
    for position in 0..<count {
      for change in [0, 1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
        var pair = try Pair(kind, outbound: outbound)
        var packet = pair.packet
        packet[position] ^= change
        let agreed = pair.agree(on: packet, outbound: outbound)
        #expect(agreed, "byte \(position) changed by \(change)")
      }
    }
  }

  @Test(arguments: Kind.allCases, [true, false])
  func `Both ways agree on a known flow's packet that was cut off`(
    kind: Kind, outbound: Bool
  ) throws {
    var pair = try Pair(kind, outbound: outbound)
    let packet = pair.packet
    for count in packet.indices {
      let agreed = pair.agree(on: Array(packet[..<count]), outbound: outbound)
      #expect(agreed, "\(count) bytes left")
    }
  }

  @Test(arguments: [true, false])
  func `Both ways agree on options, and on bytes behind the packet`(outbound: Bool) throws {
    var pair = try Pair(.udp, outbound: outbound)
    let packet = pair.packet
    let withOptions = TestPacket.ipv4(
      17, from: TestPacket.source(of: packet), to: TestPacket.destination(of: packet),
      options: [1, 1, 1, 0], body: Array(packet[20...]))
    let agreedOnOptions = pair.agree(on: withOptions, outbound: outbound)
    #expect(agreedOnOptions)
    let agreedOnPadding = pair.agree(on: packet + [0, 0, 7], outbound: outbound)
    #expect(agreedOnPadding)
  }

  @Test func `Every checksum agrees, those that come out as zero as well`() throws {
    var pair = try Pair(.udp, outbound: true)
    var packet = pair.packet
    var disagreements = 0
    for checksum in 0...UInt16.max {
      packet.replaceSubrange(26..<28, with: TestPacket.word(checksum))
      packet.replaceSubrange(10..<12, with: TestPacket.word(checksum))
      if !pair.agree(on: packet, outbound: true) { disagreements += 1 }
    }
    #expect(disagreements == 0)
  }
}
