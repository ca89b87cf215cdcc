import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Cases that nobody had thought of before ``SpecifiedTranslator`` met them.
@Suite struct RareCaseTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40_000)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let outside = IPv4Address(203, 0, 113, 7)
  let other = IPv4Address(203, 0, 113, 8)
  let server = IPv4Address(10, 0, 0, 80)
  let second: Int64 = 1_000_000_000

  func makeTranslator(
    _ behavior: Behavior = .rfc, fixed: [FixedMapping] = []
  ) throws -> Translator {
    try Translator(
      behavior: behavior, outsideAddresses: [outside, other], fixedMappings: fixed, seed: 1)
  }

  func end(
    _ packet: [UInt8], _ translator: inout Translator, at now: Int64 = 0
  ) -> TransportAddress? {
    var bytes = packet
    guard case .translated = translator.outbound(&bytes, at: now) else { return nil }
    return TestPacket.source(of: bytes)
  }

  // MARK: Held packets

  @Test func `A number is another packet's only when the owner knows what became of the first`()
    throws
  {
    var translator = try makeTranslator()
    let datagram = TestPacket.udp(from: inside, to: remote, payload: Array(0..<100))
    func hold(_ identification: UInt16, at now: Int64) throws -> UInt32 {
      var bytes = TestPacket.fragments(datagram, size: 64, identification: identification)[1]
      guard case .held(let number) = translator.outbound(&bytes, at: now) else {
        Issue.record("not held")
        return 0
      }
      return number
    }
    let first = try hold(1, at: 0)
    // The first one's time is up, but nobody has asked for decisions yet.
    let next = try hold(2, at: 60 * second)
    #expect(first != next)
    #expect(translator.nextRelease()?.number == first)
    #expect(try hold(3, at: 60 * second) == first)
  }

  @Test func `A packet that was held in vain has come in all the same`() throws {
    var translator = try makeTranslator(.awsNATGateway)
    var bytes = TestPacket.fragments(
      TestPacket.udp(from: inside, to: remote, payload: Array(0..<100)), size: 64)[1]
    let byteCount = UInt64(bytes.count)
    _ = translator.outbound(&bytes, at: 0)
    func metric(_ name: String) -> UInt64? {
      translator.counters.natGatewayMetrics.first { $0.key == name }?.value
    }
    #expect(metric("PacketsInFromSource") == 0)
    translator.expire(at: Instant(nanoseconds: 60 * second))
    #expect(translator.nextRelease()?.decision == .drop(.firstFragmentMissing))
    #expect(metric("PacketsInFromSource") == 1)
    #expect(metric("BytesInFromSource") == byteCount)
    #expect(metric("PacketsDropCount") == 1)
  }

  @Test func `A SYN from another inside host or in fragments is not kept`() throws {
    var translator = try makeTranslator()
    let target = TransportAddress(other, 9)
    var bytes = TestPacket.tcp(from: inside, to: target, .syn)
    #expect(translator.outbound(&bytes, at: 0) == .dropped(.unsolicited))
    bytes =
      TestPacket.fragments(
        TestPacket.tcp(from: remote, to: target, .syn, payload: Array(0..<100)), size: 64)[0]
    #expect(translator.inbound(&bytes, at: 0) == .dropped(.unsolicited))
    translator.expire(at: Instant(nanoseconds: 7 * second))
    #expect(translator.nextRelease() == nil)
  }

  @Test func `A SYN waits for its time and no longer, whether or not anyone tells the time`() throws
  {
    var translator = try makeTranslator()
    let syn = TestPacket.tcp(from: remote, to: TransportAddress(outside, 5000), .syn)
    var numbers: Set<UInt32> = []
    for now in [0, 6 * second] {
      var bytes = syn
      guard case .held(let number) = translator.inbound(&bytes, at: now) else {
        Issue.record("not held")
        return
      }
      numbers.insert(number)
    }
    #expect(numbers.count == 2)
    #expect(translator.nextRelease()?.decision == .refuse(.unsolicited, .portUnreachable))
    #expect(translator.nextRelease() == nil)
  }

  @Test func `A first fragment that comes twice leaves twice with one identification`() throws {
    var translator = try makeTranslator()
    func send(_ host: UInt8, at now: Int64) -> [UInt8] {
      let packet = TestPacket.udp(
        from: TransportAddress(IPv4Address(10, 0, 0, host), 500), to: remote,
        payload: Array(0..<100))
      var bytes = TestPacket.fragments(packet, size: 64)[0]
      guard case .translated = translator.outbound(&bytes, at: now) else { return [] }
      return bytes
    }
    // The hosts have one identification; those that share an outside address must not.
    let first = (1...4 as ClosedRange<UInt8>).map { send($0, at: Int64($0) * second) }
    #expect(Set(first.map { Array($0[4..<6] + $0[12..<16]) }).count == 4)
    // At 61 s the first host's packet is forgotten, and its identification free.
    for host in 2...4 as ClosedRange<UInt8> {
      #expect(send(host, at: 61 * second)[4..<6] == first[Int(host) - 1][4..<6])
    }
  }

  // MARK: Hairpinning

  @Test func `A host that talks to itself by way of the outside begins a translation`() throws {
    var translator = try makeTranslator(
      fixed: [FixedMapping(inside: server, outside: other)])
    for isNew in [true, false] {
      var bytes = TestPacket.udp(
        from: TransportAddress(server, 53), to: TransportAddress(other, 53))
      #expect(translator.outbound(&bytes, at: 0) == .hairpinned(isNew: isNew))
    }
  }

  @Test func `An error about a query between inside hosts comes back`() throws {
    var translator = try makeTranslator(fixed: [FixedMapping(inside: server, outside: other)])
    let request = TestPacket.echo(from: inside.address, to: other, identifier: 77)
    var seen = request
    #expect(translator.outbound(&seen, at: 0) == .hairpinned(isNew: true))
    #expect(TestPacket.destination(of: seen).address == server)
    var error = TestPacket.error(from: server, about: seen)
    #expect(translator.outbound(&error, at: 1) == .hairpinned(isNew: false))
    #expect(TestPacket.destination(of: error).address == inside.address)
    #expect(TestPacket.identifier(of: Array(error[28...])) == 77)
    #expect(TestPacket.hasRightChecksums(error))
  }

  // MARK: Errors

  @Test func `An error from inside goes to nobody but the sender of what it quotes`() throws {
    var translator = try makeTranslator()
    #expect(end(TestPacket.udp(from: inside, to: remote), &translator) != nil)
    let seen = TestPacket.udp(from: remote, to: inside)
    var error = TestPacket.error(
      from: inside.address, about: seen, to: IPv4Address(192, 0, 2, 1))
    #expect(translator.outbound(&error, at: 1) == .dropped(.unsolicited))
  }

  // MARK: TCP

  @Test func `Of several segment sizes none may be too large`() throws {
    var translator = try makeTranslator(.awsNATGateway)
    var bytes = TestPacket.tcp(
      from: inside, to: remote, .syn, options: [2, 4, 0x23, 0x28, 2, 4, 0xff, 0xff])
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    #expect(Array(bytes[40...]) == [2, 4, 0x21, 0x0c, 2, 4, 0x21, 0x0c])
    #expect(TestPacket.hasRightChecksums(bytes))
  }

  @Test func `A connection that goes on after a RST can be reset again, and was never established`()
    throws
  {
    var translator = try makeTranslator()
    let end = try #require(
      end(TestPacket.tcp(from: inside, to: remote, .syn, sequence: 1000), &translator))
    func arrive(_ flags: TCPHeader.Flags, _ sequence: UInt32) -> Verdict {
      var bytes = TestPacket.tcp(
        from: remote, to: end, flags, sequence: sequence, acknowledgment: 1001)
      return translator.inbound(&bytes, at: 1)
    }
    #expect(arrive([.rst, .ack], 0) == .translated(isNew: false))
    // The remote end is heard for the first time here: its numbers begin with these.
    #expect(arrive(.ack, 3_000_000_000) == .translated(isNew: false))
    #expect(translator.counters.connectionsEstablished == 0)
    #expect(arrive(.rst, 1) == .dropped(.resetOutsideWindow))
    #expect(arrive(.rst, 3_000_000_000) == .translated(isNew: false))
  }

  @Test func `Whom a fixed mapping lets in may call again while the port is held`() throws {
    var translator = try makeTranslator(
      .lambdaV2N, fixed: [FixedMapping(inside: server, outside: other)])
    let host = TransportAddress(server, 80)
    #expect(end(TestPacket.tcp(from: host, to: remote, .syn, sequence: 1000), &translator) != nil)
    var bytes = TestPacket.tcp(from: host, to: remote, .rst, sequence: 1001)
    #expect(translator.outbound(&bytes, at: 1) == .translated(isNew: false))
    bytes = TestPacket.tcp(from: remote, to: TransportAddress(other, 80), .syn)
    #expect(translator.inbound(&bytes, at: 2) == .translated(isNew: false))
    let flow = Flow(protocol: .tcp, inside: host, remote: remote)
    #expect(translator.translation(of: flow, at: Instant(nanoseconds: 2))?.state == .opening)
  }

  @Test func `Whoever would have two ways to one host is answered like anyone who may not come in`()
    throws
  {
    var behavior = Behavior.rfc
    behavior.mapping = .addressAndPortDependent
    behavior.unsolicitedPacket = .reset
    var translator = try makeTranslator(behavior)
    let elsewhere = TransportAddress(IPv4Address(198, 51, 100, 10), 443)
    #expect(end(TestPacket.tcp(from: inside, to: remote, .syn), &translator) != nil)
    let end = try #require(end(TestPacket.tcp(from: inside, to: elsewhere, .syn), &translator))
    var bytes = TestPacket.tcp(from: remote, to: end, .syn)
    #expect(translator.inbound(&bytes, at: 1) == .resetSender)
  }

  // MARK: Fixed mappings

  @Test func `An address that is one host's for a protocol is given to nobody else for that`()
    throws
  {
    for overloading in [false, true] {
      var behavior = Behavior.lambdaV2N
      behavior.portOverloading = overloading
      var translator = try Translator(
        behavior: behavior, outsideAddresses: [outside],
        fixedMappings: [FixedMapping(protocol: .udp, inside: server, outside: outside)], seed: 1)
      var bytes = TestPacket.udp(from: inside, to: remote)
      #expect(translator.outbound(&bytes, at: 0) == .dropped(.portsExhausted))
      bytes = TestPacket.tcp(from: inside, to: remote, .syn)
      #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    }
  }

  @Test func `A more particular mapping's outside end is nobody else's`() throws {
    let guest = TransportAddress(inside.address, 700)
    var translator = try makeTranslator(
      .lambdaV2N,
      fixed: [
        FixedMapping(inside: server, outside: other),
        FixedMapping(
          protocol: .udp, inside: guest.address, outside: other,
          ports: .init(inside: guest.port, outside: 53)),
      ])
    #expect(
      end(TestPacket.udp(from: guest, to: remote), &translator) == TransportAddress(other, 53))
    // The server's own port 53 leads to the guest; so its datagrams leave like anybody's.
    let end = end(TestPacket.udp(from: TransportAddress(server, 53), to: remote), &translator)
    #expect(end?.address == outside)
  }
}
