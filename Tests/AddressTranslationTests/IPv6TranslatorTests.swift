import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// NAPT66 (A-24, N-12).
@Suite struct IPv6TranslatorTests {
  let inside: IPv6TransportAddress
  let neighbour: IPv6TransportAddress
  let remote: IPv6TransportAddress
  let outside: IPv6Address
  let router: IPv6Address
  let second: Int64 = 1_000_000_000

  init() throws {
    inside = IPv6TransportAddress(try IPv6Address("fd00::5"), 40000)
    neighbour = IPv6TransportAddress(try IPv6Address("fd00::6"), 40000)
    remote = IPv6TransportAddress(try IPv6Address("2001:db8:1::9"), 443)
    outside = try IPv6Address("2001:db8::7")
    router = try IPv6Address("2001:db8:2::1")
  }

  func makeTranslator(_ behavior: Behavior = .rfc) throws -> IPv6Translator {
    var translator = try IPv6Translator(
      behavior: behavior, outsideAddresses: [outside], seed: 1)
    translator.recordsEvents = true
    return translator
  }

  func send(
    _ packet: inout [UInt8], _ translator: inout IPv6Translator, at now: Int64 = 0,
    out: Bool = true
  ) -> Verdict {
    var span = packet.mutableSpan
    var bytes = unsafe span.mutableBytes
    let instant = Instant(nanoseconds: now)
    return out
      ? translator.translateOutbound(&bytes, at: 0, now: instant)
      : translator.translateInbound(&bytes, at: 0, now: instant)
  }

  func end(of packet: [UInt8]) -> IPv6TransportAddress {
    IPv6TransportAddress(TestPacket.sourceV6(of: packet), TestPacket.word(at: 40, of: packet))
  }

  @Test func `TCP, UDP and echoes go out and come back with right checksums`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: remote)
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    var seen = end(of: bytes)
    #expect(seen.address == outside)
    #expect(bytes == TestPacket.udp(from: seen, to: remote, hopLimit: 63))
    bytes = TestPacket.udp(from: remote, to: seen)
    #expect(send(&bytes, &translator, out: false) == .translated(isNew: false))
    #expect(bytes == TestPacket.udp(from: remote, to: inside, hopLimit: 63))

    bytes = TestPacket.tcp(from: inside, to: remote, .syn)
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    seen = end(of: bytes)
    #expect(bytes == TestPacket.tcp(from: seen, to: remote, hopLimit: 63, .syn))

    bytes = TestPacket.echoV6(from: inside.address, to: remote.address, identifier: 77)
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    let identifier = TestPacket.word(at: 44, of: bytes)
    bytes = TestPacket.echoV6(129, from: remote.address, to: outside, identifier: identifier)
    #expect(send(&bytes, &translator, out: false) == .translated(isNew: false))
    #expect(
      bytes
        == TestPacket.echoV6(
          129, from: remote.address, to: inside.address, identifier: 77, hopLimit: 63))
  }

  @Test func `Events and queries speak of addresses, and all end in time`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: remote)
    _ = send(&bytes, &translator)
    let flow = IPv6Flow(protocol: .udp, inside: inside, remote: remote)
    let found = translator.translation(of: flow, at: Instant(nanoseconds: 1))
    let translation = try #require(found)
    #expect(translation.outside == end(of: bytes))
    #expect(translator.translations(at: Instant(nanoseconds: 1)) == [translation])
    #expect(translator.nextEvent()?.translation == translation)
    translator.expire(at: Instant(nanoseconds: 300 * second))
    let event = translator.nextEvent()
    let ended = try #require(event)
    #expect(ended.kind == .ended(.idle))
    #expect(ended.translation.flow == flow)
    #expect(translator.count == 0)
    #expect(translator.translation(of: flow, at: Instant(nanoseconds: 1)) == nil)
    #expect(translator.nextExpiry == nil)
  }

  @Test(arguments: [48, 56, 60, 1000])
  func `An error comes back about the packet that was sent`(quoted: Int) throws {
    var translator = try makeTranslator()
    for packet in [
      TestPacket.udp(from: inside, to: remote, payload: Array(0..<40)),
      TestPacket.tcp(from: inside, to: remote, .syn, payload: Array(0..<40)),
    ] {
      var seen = packet
      _ = send(&seen, &translator)
      var error = TestPacket.errorV6(from: router, about: seen, quoting: quoted)
      #expect(send(&error, &translator, at: 1, out: false) == .translated(isNew: false))
      var quote = packet
      quote[7] = 63
      #expect(
        error
          == TestPacket.errorV6(from: router, about: quote, quoting: quoted, hopLimit: 63))
    }
  }

  @Test func `Damaged and foreign errors are dropped`() throws {
    var translator = try makeTranslator()
    var seen = TestPacket.udp(from: inside, to: remote)
    _ = send(&seen, &translator)
    var error = TestPacket.errorV6(from: router, about: seen)
    error[50] ^= 1
    #expect(send(&error, &translator, out: false) == .dropped(.badChecksum))
    error = TestPacket.errorV6(from: router, about: seen, quoting: 47)
    #expect(send(&error, &translator, out: false) == .dropped(.malformed))
    let foreign = TestPacket.udp(from: neighbour, to: remote)
    error = TestPacket.errorV6(from: router, about: foreign)
    #expect(send(&error, &translator, out: false) == .dropped(.unsolicited))
  }

  @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 0, 2]])
  func `Fragments in any order`(order: [Int]) throws {
    var translator = try makeTranslator()
    let packet = TestPacket.udp(from: inside, to: remote, payload: Array(0..<40))
    let fragments = TestPacket.fragmentsV6(packet, size: 16)
    var held: [UInt32: [UInt8]] = [:]
    var sent: [[UInt8]] = []
    func submit(_ fragment: [UInt8]) {
      var bytes = fragment
      switch send(&bytes, &translator) {
      case .translated: sent.append(bytes)
      case .held(let number): held[number] = bytes
      case let other: Issue.record("\(other)")
      }
    }
    for number in order {
      submit(fragments[number])
      while let release = translator.nextRelease() {
        if let fragment = held.removeValue(forKey: release.number) { submit(fragment) }
      }
    }
    #expect(sent.count == 3)
    sent.sort { TestPacket.word(at: 42, of: $0) < TestPacket.word(at: 42, of: $1) }
    let whole = Array(sent[0][..<6]) + [17, 63] + sent[0][8..<40] + sent.flatMap { $0[48...] }
    var wanted = TestPacket.udp(
      from: IPv6TransportAddress(outside, TestPacket.word(at: 40, of: whole)), to: remote,
      hopLimit: 63, payload: Array(0..<40))
    wanted.replaceSubrange(4..<6, with: whole[4..<6])
    #expect(whole == wanted)
  }

  @Test func `Two neighbours meet outside`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: neighbour, to: remote)
    _ = send(&bytes, &translator)
    let target = end(of: bytes)
    bytes = TestPacket.udp(from: inside, to: target)
    #expect(send(&bytes, &translator) == .hairpinned(isNew: true))
    let seen = end(of: bytes)
    #expect(seen.address == outside)
    #expect(bytes == TestPacket.udp(from: seen, to: neighbour, hopLimit: 63))
  }

  @Test func `Extension headers are stepped over`() throws {
    var translator = try makeTranslator()
    let body = Array(TestPacket.udp(from: inside, to: remote)[40...])
    var bytes = TestPacket.ipv6(
      17, from: inside.address, to: remote.address, hopLimit: 64,
      extensions: [17, 0, 1, 4, 0, 0, 0, 0], firstHeader: 60, body: body, checksumAt: nil)
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    let port = TestPacket.word(at: 48, of: bytes)
    #expect(
      Array(bytes[48...])
        == Array(
          TestPacket.udp(from: IPv6TransportAddress(outside, port), to: remote)[40...]))
  }

  @Test func `A late segment is owed a RST and a long packet an answer`() throws {
    var translator = try makeTranslator(.awsNATGateway)
    var bytes = TestPacket.tcp(from: inside, to: remote, .ack, sequence: 5, acknowledgment: 9)
    #expect(send(&bytes, &translator) == .resetSender)
    let reset = try #require(unsafe IPv6ResetSegment(answering: bytes.span.bytes, at: 0))
    #expect(reset.source == remote)
    #expect(reset.destination == inside)
    #expect(reset.sequenceNumber == 9)

    var behavior = Behavior.awsNATGateway
    behavior.mtu = 1280
    translator = try makeTranslator(behavior)
    bytes = TestPacket.udp(from: inside, to: remote, payload: Array(repeating: 0, count: 1300))
    #expect(send(&bytes, &translator) == .refused(.packetTooBig, .packetTooBig(mtu: 1280)))
    var output = [UInt8](repeating: 0, count: ICMPAnswer.maximumIPv6ByteCount)
    var span = output.mutableSpan
    var raw = unsafe span.mutableBytes
    let byteCount = unsafe ICMPAnswer.packetTooBig(mtu: 1280).write(
      answering: bytes.span.bytes, at: 0, from: router, to: &raw, at: 0)
    #expect(byteCount == 1280)
    var wanted = TestPacket.ipv6(
      58, from: router, to: inside.address, hopLimit: 64,
      body: [2, 0, 0, 0, 0, 0, 5, 0] + bytes.prefix(1232), checksumAt: 2)
    wanted[7] = output[7]
    #expect(output == wanted)
  }

  @Test func `A segment size leaves room for the longer header`() throws {
    var translator = try makeTranslator(.awsNATGateway)
    var bytes = TestPacket.tcp(from: inside, to: remote, .syn, options: [2, 4, 0x23, 0x28])
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    #expect(TestPacket.word(at: 62, of: bytes) == 8440)
    #expect(
      bytes
        == TestPacket.tcp(
          from: end(of: bytes), to: remote, hopLimit: 63, .syn, options: [2, 4, 0x20, 0xf8]))
  }

  @Test func `Numbers for addresses are used again, and never too early`() throws {
    var translator = try makeTranslator()
    for round in 0..<3 as Range<Int64> {
      let now = round * 1000 * second
      for host in 0..<200 as Range<UInt64> {
        let remote = IPv6TransportAddress(
          IPv6Address(high: 0x2001_0db8 << 32, low: host << 8 | UInt64(round)), 53)
        var bytes = TestPacket.udp(from: inside, to: remote)
        #expect(send(&bytes, &translator, at: now) == .translated(isNew: true))
        var answer = TestPacket.udp(from: remote, to: end(of: bytes))
        #expect(send(&answer, &translator, at: now, out: false) == .translated(isNew: false))
        #expect(answer == TestPacket.udp(from: remote, to: inside, hopLimit: 63))
      }
    }
    #expect(translator.count == 200)
  }

  @Test func `Settings that are wrong for IPv6 are refused`() throws {
    func error(_ behavior: Behavior, _ addresses: [IPv6Address]) -> BehaviorError? {
      do throws(BehaviorError) {
        _ = try IPv6Translator(behavior: behavior, outsideAddresses: addresses, seed: 1)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(.rfc, []) == .noOutsideAddress)
    #expect(error(.rfc, [outside, outside]) == .duplicateOutsideIPv6Address(outside))
    #expect(error(.workerEBPF, [outside]) == .oneToOneIsIPv4Only)
  }

  @Test func `No bytes are a trap`() throws {
    var translator = try makeTranslator()
    let packets = [
      TestPacket.udp(from: inside, to: remote), TestPacket.tcp(from: inside, to: remote, .syn),
      TestPacket.errorV6(from: router, about: TestPacket.udp(from: inside, to: remote)),
      TestPacket.fragmentsV6(TestPacket.udp(from: inside, to: remote), size: 8)[0],
    ]
    var generator = TestGenerator(seed: 3)
    for step in 0..<20_000 {
      var bytes = packets[step % packets.count]
      for _ in 0...generator.below(3) {
        bytes[generator.below(bytes.count)] = UInt8(generator.below(256))
      }
      bytes.removeLast(generator.below(4) == 0 ? generator.below(bytes.count) : 0)
      _ = send(&bytes, &translator, at: Int64(step), out: generator.below(2) == 0)
      while translator.nextEvent() != nil {}
      while translator.nextRelease() != nil {}
    }
  }

  @Test func `A translation is found from either side, and gone when it is removed`() throws {
    var translator = try makeTranslator()
    var bytes = TestPacket.udp(from: inside, to: remote)
    #expect(send(&bytes, &translator) == .translated(isNew: true))
    let seen = end(of: bytes)
    let flow = IPv6Flow(protocol: .udp, inside: inside, remote: remote)
    let now = Instant(nanoseconds: second)
    let known = translator.translation(of: flow, at: now)
    #expect(known?.outside == seen)
    #expect(
      translator.translation(protocol: .udp, outside: seen, remote: remote, at: now) == known)
    #expect(
      translator.translation(protocol: .tcp, outside: seen, remote: remote, at: now) == nil)
    #expect(
      translator.translation(protocol: .udp, outside: seen, remote: neighbour, at: now) == nil)
    let place = known.map { translator.stateNode(of: $0) }
    #expect(place == 0)
    let removed = translator.remove(flow, at: now)
    #expect(removed == known)
    #expect(translator.count == 0)
    #expect(translator.translation(of: flow, at: now) == nil)
    let again = translator.remove(flow, at: now)
    #expect(again == nil)
    // The numbers of its addresses are free, and its port is to be had.
    bytes = TestPacket.udp(from: inside, to: remote)
    #expect(send(&bytes, &translator, at: 2 * second) == .translated(isNew: true))
  }
}
