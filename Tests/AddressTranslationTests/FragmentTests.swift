import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Fragments (RFC 4787, REQ-14; RFC 6864).
@Suite struct FragmentTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let outside = IPv4Address(203, 0, 113, 7)
  let second: Int64 = 1_000_000_000

  func makeTranslator(_ behavior: Behavior = .rfc) throws -> Translator {
    try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
  }

  var datagram: [UInt8] {
    TestPacket.udp(from: inside, to: remote, payload: Array(0..<100))
  }

  /// Sends fragments in an order, keeps those that are held, and returns all that come out.
  func send(
    _ fragments: [[UInt8]], through translator: inout Translator, at now: Int64 = 0
  ) -> [[UInt8]] {
    var held: [UInt32: [UInt8]] = [:]
    var translated: [[UInt8]] = []
    func submit(_ fragment: [UInt8]) {
      var bytes = fragment
      switch translator.outbound(&bytes, at: now) {
      case .translated: translated.append(bytes)
      case .held(let number):
        #expect(bytes == fragment)
        #expect(held.updateValue(bytes, forKey: number) == nil)
      case let other: Issue.record("\(other)")
      }
    }
    for fragment in fragments {
      submit(fragment)
      while let release = translator.nextRelease() {
        #expect(release.decision == .submitAgain)
        if let fragment = held.removeValue(forKey: release.number) { submit(fragment) }
      }
    }
    #expect(held.isEmpty)
    return translated
  }

  @Test(arguments: [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 3, 0, 1]])
  func `Fragments in any order are those of the translated packet`(order: [Int]) throws {
    var translator = try makeTranslator()
    let fragments = TestPacket.fragments(datagram, size: 32)
    #expect(fragments.count == 4)
    let sent = send(order.map { fragments[$0] }, through: &translator)
    #expect(sent.count == 4)
    let whole = TestPacket.reassembled(sent)
    #expect(TestPacket.source(of: whole).address == outside)
    #expect(TestPacket.hasRightChecksums(whole))
    #expect(
      whole
        == TestPacket.rewritten(
          TestPacket.reassembled(fragments), source: TestPacket.source(of: whole), decrement: 1))
    #expect(translator.count == 1)
  }

  @Test func `The answer's fragments come back`() throws {
    var translator = try makeTranslator()
    var request = datagram
    _ = translator.outbound(&request, at: 0)
    let answer = TestPacket.udp(
      from: remote, to: TestPacket.source(of: request), payload: Array(0..<100))
    var arrived: [[UInt8]] = []
    for fragment in TestPacket.fragments(answer, size: 40) {
      var bytes = fragment
      #expect(translator.inbound(&bytes, at: 1) == .translated(isNew: false))
      arrived.append(bytes)
    }
    #expect(TestPacket.destination(of: TestPacket.reassembled(arrived)) == inside)
    #expect(TestPacket.hasRightChecksums(TestPacket.reassembled(arrived)))
  }

  @Test func `Where nothing waits, what comes before the first is lost`() throws {
    var translator = try makeTranslator(.lambdaV2N)
    let fragments = TestPacket.fragments(datagram, size: 64)
    var bytes = fragments[1]
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.firstFragmentMissing))
    for fragment in fragments {
      bytes = fragment
      guard case .translated = translator.outbound(&bytes, at: 1) else {
        Issue.record("not translated")
        return
      }
    }
    let segment = TestPacket.tcp(from: inside, to: remote, .syn, payload: Array(0..<100))
    for fragment in TestPacket.fragments(segment, size: 64) {
      bytes = fragment
      #expect(translator.outbound(&bytes, at: 2) == .dropped(.fragment))
    }
  }

  @Test func `Fragments whose first never comes are let go in time`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.fragments(datagram, size: 64)[1]
    guard case .held(let number) = translator.outbound(&bytes, at: 5) else {
      Issue.record("not held")
      return
    }
    let end = 5 + 60 * second
    #expect(translator.nextExpiry == Instant(nanoseconds: end))
    translator.expire(at: Instant(nanoseconds: end - 1))
    #expect(translator.nextRelease() == nil)
    translator.expire(at: Instant(nanoseconds: end))
    #expect(
      translator.nextRelease()
        == Release(number: number, decision: .drop(.firstFragmentMissing)))
    #expect(translator.counters[.firstFragmentMissing] == 1)
    #expect(translator.nextExpiry == nil)
  }

  @Test func `No more wait than may`() throws {
    var behavior = Behavior.rfc
    behavior.fragments.maximumPackets = 2
    behavior.fragments.maximumWaiting = 2
    var translator = try makeTranslator(behavior)
    func verdict(_ identification: UInt16, _ number: Int) -> Verdict {
      var bytes = TestPacket.fragments(datagram, size: 16, identification: identification)[number]
      return translator.outbound(&bytes, at: 0)
    }
    for number in [1, 2] {
      guard case .held = verdict(1, number) else {
        Issue.record("not held")
        return
      }
    }
    #expect(verdict(1, 3) == .dropped(.fragmentLimit))
    guard case .held = verdict(2, 1) else {
      Issue.record("not held")
      return
    }
    #expect(verdict(3, 1) == .dropped(.fragmentLimit))
    #expect(verdict(3, 0) == .dropped(.fragmentLimit))
  }

  @Test func `Two hosts with one identification leave with two`() throws {
    var translator = try makeTranslator()
    var identifications: [UInt16] = []
    var arrived: [[[UInt8]]] = []
    for host in 1...2 as ClosedRange<UInt8> {
      let packet = TestPacket.udp(
        from: TransportAddress(IPv4Address(10, 0, 0, host), 500), to: remote,
        payload: Array(0..<100))
      arrived.append(send(TestPacket.fragments(packet, size: 64), through: &translator))
    }
    for fragments in arrived {
      let all = Set(fragments.map { TestPacket.word(at: 4, of: $0) })
      #expect(all.count == 1)
      identifications += all
      #expect(TestPacket.hasRightChecksums(TestPacket.reassembled(fragments)))
      for fragment in fragments {
        var anew = fragment
        TestPacket.fixHeaderChecksum(&anew)
        #expect(anew == fragment)
      }
    }
    #expect(Set(identifications).count == 2)
  }

  @Test func `Fragments of a refused packet are refused with it`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.fragments(
      TestPacket.tcp(from: inside, to: remote, .ack, payload: Array(0..<100)), size: 64)[0]
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.midConnection))
    bytes =
      TestPacket.fragments(
        TestPacket.tcp(from: inside, to: remote, .ack, payload: Array(0..<100)), size: 64)[1]
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.firstFragmentMissing))
    // RFC 1858: a fragment that would overwrite TCP's flags.
    bytes[7] = 1
    TestPacket.fixHeaderChecksum(&bytes)
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.malformed))
  }

  @Test func `The first fragment must hold the whole transport header`() throws {
    var translator = try makeTranslator()
    let segment = TestPacket.tcp(from: inside, to: remote, .syn, payload: Array(0..<100))
    var bytes = TestPacket.fragments(segment, size: 16)[0]
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.malformed))
  }
}
