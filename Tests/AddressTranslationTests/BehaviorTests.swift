import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Settings of a behaviour, one at a time: what each does, and how each can be wrong.
@Suite struct BehaviorTests {
  let inside = TransportAddress(IPv4Address(10, 0, 0, 5), 40001)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 443)
  let outside = IPv4Address(203, 0, 113, 7)
  let other = IPv4Address(203, 0, 113, 8)
  let second: Int64 = 1_000_000_000

  func end(
    _ packet: [UInt8], _ translator: inout Translator, at now: Int64 = 0
  ) -> TransportAddress? {
    var bytes = packet
    guard case .translated = translator.outbound(&bytes, at: now) else { return nil }
    return TestPacket.source(of: bytes)
  }

  // MARK: Ports and addresses

  @Test func `Parity is kept until there is no port of it left`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.portChoice = .parity
    behavior.ports = 2001...2010
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    var ports: [UInt16] = []
    for number in 0..<10 as Range<UInt16> {
      let packet = TestPacket.udp(from: inside, to: TransportAddress(remote.address, number))
      ports.append(try #require(end(packet, &translator)).port)
    }
    #expect(ports.prefix(5).allSatisfy { $0 % 2 == 1 })
    #expect(ports.suffix(5).allSatisfy { $0 % 2 == 0 })
    #expect(Set(ports) == Set(2001...2010))
  }

  @Test func `A hash gives a flow the same port each time and another with another seed`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.portChoice = .hash
    func ports(_ seed: UInt64, _ destinations: [UInt16]) throws -> [UInt16: UInt16] {
      var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: seed)
      var ports: [UInt16: UInt16] = [:]
      for number in destinations {
        let packet = TestPacket.udp(from: inside, to: TransportAddress(remote.address, number))
        ports[number] = end(packet, &translator)?.port
      }
      return ports
    }
    let ordered = try ports(1, [1, 2, 3, 4, 5])
    #expect(try ports(1, [5, 3, 4, 1, 2]) == ordered)
    #expect(try ports(2, [1, 2, 3, 4, 5]) != ordered)
    #expect(Set(ordered.values).count == 5)
  }

  @Test func `Paired pooling keeps a host's address, arbitrary pooling does not`() throws {
    for pooling in Behavior.AddressPooling.allCases {
      var behavior = Behavior.lambdaV2N
      behavior.addressPooling = pooling
      var translator = try Translator(
        behavior: behavior, outsideAddresses: [outside, other], seed: 1)
      var mixed = 0
      var all: Set<IPv4Address> = []
      for host in 1...20 as ClosedRange<UInt8> {
        let ends = (1...10 as ClosedRange<UInt16>).map { port in
          end(
            TestPacket.udp(
              from: TransportAddress(IPv4Address(10, 0, 0, host), port), to: remote), &translator
          )?.address
        }
        if Set(ends).count > 1 { mixed += 1 }
        all.formUnion(ends.compactMap { $0 })
      }
      #expect(all == [outside, other])
      #expect(pooling == .paired ? mixed == 0 : mixed > 15)
    }
  }

  @Test func `A quota stops one host and no other, and counts down again`() throws {
    var behavior = Behavior.rfc
    behavior.mapping = .addressAndPortDependent
    behavior.filtering = .addressAndPortDependent
    behavior.portQuota = 2
    behavior.whenFull = .hostUnreachable
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    func verdict(_ host: UInt8, _ port: UInt16, at now: Int64) -> Verdict {
      var bytes = TestPacket.udp(
        from: TransportAddress(IPv4Address(10, 0, 0, host), port), to: remote)
      return translator.outbound(&bytes, at: now)
    }
    #expect(verdict(1, 1, at: 0) == .translated(isNew: true))
    #expect(verdict(1, 2, at: 0) == .translated(isNew: true))
    #expect(verdict(1, 3, at: 0) == .refused(.quotaExhausted, .hostUnreachable))
    #expect(verdict(2, 1, at: 0) == .translated(isNew: true))
    #expect(verdict(1, 3, at: 300 * second) == .translated(isNew: true))
    #expect(translator.counters[.quotaExhausted] == 1)
  }

  @Test func `A destination has a limit of its own for each address`() throws {
    var behavior = Behavior.awsNATGateway
    behavior.portsPerDestination = 3
    var translator = try Translator(
      behavior: behavior, outsideAddresses: [outside, other], seed: 1)
    func verdict(_ port: UInt16, to remote: TransportAddress) -> Verdict {
      var bytes = TestPacket.tcp(from: TransportAddress(inside.address, port), to: remote, .syn)
      return translator.outbound(&bytes, at: 0)
    }
    for port in 1...6 as ClosedRange<UInt16> {
      #expect(verdict(port, to: remote) == .translated(isNew: true))
    }
    #expect(verdict(7, to: remote) == .dropped(.portsExhausted))
    #expect(
      verdict(7, to: TransportAddress(remote.address, 444)) == .translated(isNew: true))
    let metrics = Dictionary(
      uniqueKeysWithValues: translator.counters.natGatewayMetrics.map { ($0.key, $0.value) })
    #expect(metrics["ErrorPortAllocation"] == 1)
    #expect(metrics["ConnectionAttemptCount"] == 7)
    #expect(metrics["ActiveConnectionCount"] == 7)
    #expect(metrics["PacketsInFromSource"] == 8)
    #expect(metrics["BytesInFromSource"] == 8 * 40)
    #expect(metrics["BytesOutToDestination"] == 7 * 40)
  }

  // MARK: Time

  @Test func `UDP to a port with a timer of its own ends by that`() throws {
    var behavior = Behavior.rfc
    behavior.timers.udpByRemotePort = [53: .seconds(10), 123: .seconds(20)]
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    for (port, seconds) in [(53, 10), (54, 300), (123, 20)] as [(UInt16, Int64)] {
      let flow = Flow(
        protocol: .udp, inside: inside, remote: TransportAddress(remote.address, port))
      let sent = try #require(
        end(TestPacket.udp(from: inside, to: flow.remote), &translator, at: 0))
      var answer = TestPacket.udp(from: flow.remote, to: sent)
      #expect(translator.inbound(&answer, at: second) == .translated(isNew: false))
      #expect(
        translator.translation(of: flow, at: Instant(nanoseconds: second))?.expiry
          == Instant(nanoseconds: (1 + seconds) * second))
    }
  }

  // MARK: TCP

  @Test func `A RST from where nobody sees the connection kills nothing`() throws {
    var translator = try Translator(behavior: .lambdaV2N, outsideAddresses: [outside], seed: 1)
    let flow = Flow(protocol: .tcp, inside: inside, remote: remote)
    let end = try #require(
      end(TestPacket.tcp(from: inside, to: remote, .syn, sequence: 1000), &translator))
    func arrive(_ flags: TCPHeader.Flags, _ sequence: UInt32, _ acknowledgment: UInt32) -> Verdict {
      var bytes = TestPacket.tcp(
        from: remote, to: end, flags, sequence: sequence, acknowledgment: acknowledgment)
      return translator.inbound(&bytes, at: 1)
    }
    func state() -> Translation.State? {
      translator.translation(of: flow, at: Instant(nanoseconds: 1))?.state
    }
    // To a SYN only a RST that acknowledges it counts (RFC 9293, section 3.10.7.3).
    #expect(arrive([.rst, .ack], 0, 1000) == .dropped(.resetOutsideWindow))
    #expect(arrive(.rst, 1001, 0) == .dropped(.resetOutsideWindow))
    #expect(arrive([.syn, .ack], 5000, 1001) == .translated(isNew: false))
    let far: UInt32 = 5001 + (1 << 20) + 1
    #expect(arrive(.rst, far, 0) == .dropped(.resetOutsideWindow))
    // A guessed segment must not move the window to where the guesser wants it.
    #expect(arrive(.ack, far, 1001) == .translated(isNew: false))
    #expect(arrive(.rst, far, 0) == .dropped(.resetOutsideWindow))
    #expect(arrive([.fin, .ack], far, 1001) == .translated(isNew: false))
    #expect(state() == .openingAnswered)
    #expect(arrive(.rst, 5001, 0) == .translated(isNew: false))
    #expect(state() == .reset)
  }

  @Test func `A connection that goes on after a RST is established again where RFC 6146 holds`()
    throws
  {
    for behavior in [Behavior.rfc, .lambdaV2N] {
      var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
      let end = try #require(
        end(TestPacket.tcp(from: inside, to: remote, .syn), &translator))
      var bytes = TestPacket.tcp(from: remote, to: end, [.rst, .ack], acknowledgment: 1001)
      #expect(translator.inbound(&bytes, at: 1) == .translated(isNew: false))
      _ = self.end(TestPacket.tcp(from: inside, to: remote, .ack), &translator, at: 2)
      let flow = Flow(protocol: .tcp, inside: inside, remote: remote)
      #expect(
        translator.translation(of: flow, at: Instant(nanoseconds: 2))?.state
          == (behavior == .rfc ? .established : .reset))
    }
  }

  @Test func `A SYN nobody waits for is refused after six seconds, unless one goes out`() throws {
    var translator = try Translator(behavior: .rfc, outsideAddresses: [outside], seed: 1)
    let target = TransportAddress(outside, 5000)
    var syn = TestPacket.tcp(from: remote, to: target, .syn)
    guard case .held(let number) = translator.inbound(&syn, at: 0) else {
      Issue.record("not held")
      return
    }
    #expect(translator.inbound(&syn, at: 1) == .dropped(.unsolicited))
    #expect(translator.nextExpiry == Instant(nanoseconds: 6 * second))
    translator.expire(at: Instant(nanoseconds: 6 * second))
    #expect(
      translator.nextRelease()
        == Release(number: number, decision: .refuse(.unsolicited, .portUnreachable)))
    #expect(translator.nextRelease() == nil)

    // A simultaneous open: the host inside has its port already and calls back in time.
    let end = try #require(
      end(TestPacket.tcp(from: inside, to: TransportAddress(remote.address, 1), .syn), &translator))
    var behavior = Behavior.rfc
    behavior.filtering = .addressAndPortDependent
    var strict = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    #expect(
      self.end(
        TestPacket.tcp(from: inside, to: TransportAddress(remote.address, 1), .syn), &strict)
        == end)
    syn = TestPacket.tcp(from: remote, to: end, .syn)
    guard case .held(let waiting) = strict.inbound(&syn, at: 0) else {
      Issue.record("not held")
      return
    }
    #expect(self.end(TestPacket.tcp(from: inside, to: remote, .syn), &strict, at: second) == end)
    #expect(
      strict.nextRelease() == Release(number: waiting, decision: .drop(.unsolicited)))
    strict.expire(at: Instant(nanoseconds: 6 * second))
    #expect(strict.nextRelease() == nil)
  }

  @Test func `Outside, whoever is unknown can be reset`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.unsolicitedPacket = .reset
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    var bytes = TestPacket.tcp(from: remote, to: TransportAddress(outside, 5000), .ack)
    #expect(translator.inbound(&bytes, at: 0) == .resetSender)
    bytes = TestPacket.tcp(from: remote, to: TransportAddress(outside, 5000), .rst)
    #expect(translator.inbound(&bytes, at: 0) == .dropped(.unsolicited))
    bytes = TestPacket.udp(from: remote, to: TransportAddress(outside, 5000))
    #expect(translator.inbound(&bytes, at: 0) == .dropped(.unsolicited))
  }

  /// The option at an even and at an odd place, behind others, alone, and not there at all.
  @Test(
    arguments: [
      [2, 4, 0x23, 0x28], [1, 2, 4, 0x23, 0x28, 0, 0, 0],
      [1, 3, 3, 7, 1, 2, 4, 0x23, 0x28, 0, 0, 0],
      [1, 1, 1, 1], [2, 4, 1, 0], [2, 3, 1, 0], [5, 200, 2, 4],
    ] as [[UInt8]])
  func `Segment sizes are clamped with the right checksum`(options: [UInt8]) throws {
    var translator = try Translator(
      behavior: .awsNATGateway, outsideAddresses: [outside], seed: 1)
    var bytes = TestPacket.tcp(from: inside, to: remote, .syn, options: options)
    #expect(translator.outbound(&bytes, at: 0) == .translated(isNew: true))
    #expect(TestPacket.hasRightChecksums(bytes))
    var wanted = options
    // 9,000 becomes 8,460.
    if let place = options.indices.dropLast().first(where: {
      options[$0] == 0x23 && options[$0 + 1] == 0x28
    }) {
      wanted.replaceSubrange(place..<place + 2, with: [0x21, 0x0c])
    }
    #expect(Array(bytes[40...]) == wanted)
  }

  // MARK: Fixed mappings

  @Test func `A fixed mapping lets anyone in and gives its host its port`() throws {
    let server = TransportAddress(IPv4Address(10, 0, 0, 80), 8080)
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: [outside],
      fixedMappings: [
        FixedMapping(
          protocol: .tcp, inside: server.address, outside: outside,
          ports: .init(inside: 8080, outside: 80))
      ], seed: 1)
    let entrance = TransportAddress(outside, 80)
    var syn = TestPacket.tcp(from: remote, to: entrance, .syn)
    #expect(translator.inbound(&syn, at: 0) == .translated(isNew: true))
    #expect(TestPacket.destination(of: syn) == server)
    #expect(
      end(TestPacket.tcp(from: server, to: remote, [.syn, .ack]), &translator) == entrance)
    var datagram = TestPacket.udp(from: remote, to: entrance)
    #expect(translator.inbound(&datagram, at: 0) == .dropped(.unsolicited))
    translator.expire(at: Instant(nanoseconds: 1000 * second))
    #expect(translator.count == 0)
  }

  @Test func `A whole address stands for another, ports and all, and is given to nobody else`()
    throws
  {
    let server = IPv4Address(10, 0, 0, 80)
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: [outside, other],
      fixedMappings: [FixedMapping(inside: server, outside: other)], seed: 1)
    #expect(
      end(TestPacket.udp(from: TransportAddress(server, 53), to: remote), &translator)
        == TransportAddress(other, 53))
    for port in 1...50 as ClosedRange<UInt16> {
      let host = TransportAddress(inside.address, port)
      #expect(end(TestPacket.udp(from: host, to: remote), &translator)?.address == outside)
    }
  }

  @Test func `A port that a fixed mapping has is not given out`() throws {
    for overloading in [false, true] {
      var behavior = Behavior.lambdaV2N
      behavior.ports = 2000...2001
      behavior.portOverloading = overloading
      var translator = try Translator(
        behavior: behavior, outsideAddresses: [outside],
        fixedMappings: [
          FixedMapping(
            inside: inside.address, outside: outside, ports: .init(inside: 1, outside: 2000))
        ], seed: 1)
      #expect(end(TestPacket.udp(from: inside, to: remote), &translator)?.port == 2001)
      let next = TransportAddress(inside.address, 40002)
      #expect(end(TestPacket.udp(from: next, to: remote), &translator) == nil)
    }
  }

  // MARK: Wrong settings

  @Test func `Each setting that can be wrong is refused by name`() {
    func error(
      outside: [IPv4Address]? = nil, inside: [IPv4Address] = [], fixed: [FixedMapping] = [],
      _ change: (inout Behavior) -> Void
    ) -> BehaviorError? {
      var behavior = Behavior.rfc
      change(&behavior)
      do throws(BehaviorError) {
        _ = try Translator(
          behavior: behavior, outsideAddresses: outside ?? [self.outside], insideAddresses: inside,
          fixedMappings: fixed, seed: 1)
        return nil
      } catch {
        return error
      }
    }
    let (a, b) = (self.inside.address, IPv4Address(10, 0, 0, 6))
    #expect(error(outside: []) { _ in } == .noOutsideAddress)
    #expect(error(outside: [outside, outside]) { _ in } == .duplicateOutsideAddress(outside))
    #expect(
      error(inside: [a, b]) { $0.method = .oneToOne }
        == .notOneToOne(insideAddresses: 2, outsideAddresses: 1))
    #expect(
      error(outside: [outside, other], inside: [a, a]) { $0.method = .oneToOne }
        == .duplicateInsideAddress(a))
    #expect(
      error { $0.timers.icmpQuery = .zero } == .timerOutOfRange(.icmpQuery, .zero))
    #expect(
      error { $0.timers.udpByRemotePort = [53: .zero] }
        == .udpTimerOutOfRange(remotePort: 53, .zero))
    #expect(
      error { $0.timers.unsolicitedSYN = .seconds(-1) }
        == .unsolicitedSYNTimerOutOfRange(.seconds(-1)))
    #expect(
      error { $0.fragments.timeout = .zero } == .fragmentTimerOutOfRange(.zero))
    #expect(error { $0.fragments.maximumPackets = 0 } == .fragmentLimitOutOfRange(0))
    #expect(
      error { $0.fragments.maximumWaiting = 40_000 } == .fragmentLimitOutOfRange(40_000))
    #expect(error { $0.ports = 0...9 } == .portZero)
    #expect(error { $0.portQuota = 0 } == .quotaBelowOne(0))
    #expect(error { $0.portsPerDestination = -1 } == .quotaBelowOne(-1))
    #expect(error { $0.resetWindow = 1 << 31 } == .resetWindowOutOfRange(1 << 31))
    #expect(error { $0.mtu = 67 } == .mtuBelow68(67))
    #expect(error { $0.maximumSegmentSize = 0 } == .maximumSegmentSizeZero)
    let foreign = FixedMapping(inside: a, outside: other)
    #expect(error(fixed: [foreign]) { _ in } == .fixedMappingToForeignAddress(foreign))
    let twice = FixedMapping(inside: b, outside: outside)
    #expect(
      error(fixed: [FixedMapping(inside: a, outside: outside), twice]) { _ in }
        == .fixedMappingTwice(twice))
    #expect(error { _ in } == nil)
  }
}
