import AddressTranslation
import PacketFormats
import SimulatedTime
import Testing

/// Which outside port a flow gets, when ports are scarce above all.
@Suite struct PortTests {
  let outside = IPv4Address(203, 0, 113, 7)
  let remote = TransportAddress(IPv4Address(198, 51, 100, 9), 53)

  func inside(_ number: Int) -> TransportAddress {
    TransportAddress(
      IPv4Address(rawValue: 0x0a00_0000 + UInt32(number / 50_000)),
      UInt16(
        5000 + number % 50_000))
  }

  /// Begins a UDP flow and returns its outside end.
  func begin(
    _ translator: inout Translator, from source: TransportAddress,
    to destination: TransportAddress? = nil, at now: Int64 = 0
  ) -> TransportAddress? {
    var bytes = TestPacket.udp(from: source, to: destination ?? remote)
    guard case .translated = translator.outbound(&bytes, at: now) else { return nil }
    return TestPacket.source(of: bytes)
  }

  @Test func `All 64,512 ports are given out, each once, and come back when their flows end`()
    throws
  {
    var translator = try Translator(behavior: .lambdaV2N, outsideAddresses: [outside], seed: 5)
    var seen: Set<UInt16> = []
    for number in 0..<64_512 {
      if let end = begin(&translator, from: inside(number), at: Int64(number)) {
        seen.insert(end.port)
      }
    }
    #expect(seen.count == 64_512)
    #expect(seen.min() == 1024)
    #expect(seen.max() == 65535)
    var bytes = TestPacket.udp(from: inside(64_512), to: remote)
    #expect(translator.outbound(&bytes, at: 64_512) == .dropped(.portsExhausted))

    // TCP has ports of its own.
    bytes = TestPacket.tcp(from: inside(0), to: remote, .syn)
    #expect(translator.outbound(&bytes, at: 64_512) == .translated(isNew: true))

    // The first flow's port is free at the nanosecond it ends, and not before.
    let end = 120 * 1_000_000_000 as Int64
    #expect(begin(&translator, from: inside(70_000), at: end - 1) == nil)
    #expect(begin(&translator, from: inside(70_000), at: end) != nil)
    #expect(begin(&translator, from: inside(70_001), at: end) == nil)
  }

  @Test func `The same seed gives the same ports and another gives others`() throws {
    func ports(seed: UInt64) throws -> [UInt16] {
      var translator = try Translator(
        behavior: .lambdaV2N, outsideAddresses: [outside], seed: seed)
      var ports: [UInt16] = []
      for number in 0..<100 {
        if let end = begin(&translator, from: inside(number)) { ports.append(end.port) }
      }
      return ports
    }
    let first = try ports(seed: 1)
    #expect(try ports(seed: 1) == first)
    #expect(try ports(seed: 2) != first)
    // Drawn, not counted.
    #expect(first != first.sorted())
  }

  @Test func `Sequential ports go up and round`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.portChoice = .sequential
    behavior.ports = 65_533...65_535
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    var ports: [UInt16?] = []
    for number in 0..<4 { ports.append(begin(&translator, from: inside(number))?.port) }
    #expect(ports == [65_533, 65_534, 65_535, nil])
  }

  @Test func `Linux keeps a port, gives another on collision, and keeps low ports low`() throws {
    var translator = try Translator(behavior: .workerLegacy, outsideAddresses: [outside], seed: 1)
    let a = IPv4Address(10, 0, 0, 1)
    let b = IPv4Address(10, 0, 0, 2)
    #expect(begin(&translator, from: TransportAddress(a, 4000))?.port == 4000)
    let other = try #require(begin(&translator, from: TransportAddress(b, 4000)))
    #expect(other.port != 4000)
    #expect(other.port >= 1024)
    let elsewhere = TransportAddress(remote.address, 54)
    #expect(begin(&translator, from: TransportAddress(b, 4000), to: elsewhere)?.port == 4000)
    for (port, range): (UInt16, ClosedRange<UInt16>) in [
      (0, 1...511), (511, 1...511), (512, 600...1023), (550, 600...1023), (1023, 600...1023),
    ] {
      // The range is for those that collide.
      let first = try #require(begin(&translator, from: TransportAddress(a, port)))
      #expect(first.port == port)
      let second = try #require(begin(&translator, from: TransportAddress(b, port)))
      #expect(range.contains(second.port))
      #expect(first.port != second.port)
    }
  }

  @Test func `A crowded destination is filled to the last port while others stay free`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.portOverloading = true
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 2)
    var seen: Set<UInt16> = []
    for number in 0..<64_512 {
      if let end = begin(&translator, from: inside(number)) { seen.insert(end.port) }
    }
    #expect(seen.count == 64_512)
    #expect(begin(&translator, from: inside(64_512)) == nil)
    let elsewhere = TransportAddress(remote.address, 54)
    #expect(begin(&translator, from: inside(64_512), to: elsewhere) != nil)
    // All end; the destination can be filled again.
    let later = 300 * 1_000_000_000 as Int64
    for number in 0..<64_512 {
      guard begin(&translator, from: inside(number), at: later) != nil else {
        Issue.record("no port for \(number)")
        return
      }
    }
  }

  @Test func `With several outside addresses the next is used when one is full`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.ports = 2000...2009
    let addresses = (0..<3).map { IPv4Address(203, 0, 113, UInt8($0)) }
    var translator = try Translator(behavior: behavior, outsideAddresses: addresses, seed: 1)
    var ends: Set<TransportAddress> = []
    for number in 0..<30 {
      if let end = begin(&translator, from: inside(number)) { ends.insert(end) }
    }
    #expect(ends.count == 30)
    #expect(begin(&translator, from: inside(30)) == nil)
  }

  @Test func `An endpoint-independent mapping has one port for all destinations`() throws {
    var behavior = Behavior.lambdaV2N
    behavior.mapping = .endpointIndependent
    behavior.filtering = .endpointIndependent
    var translator = try Translator(behavior: behavior, outsideAddresses: [outside], seed: 1)
    let end = try #require(begin(&translator, from: inside(1)))
    let elsewhere = TransportAddress(IPv4Address(192, 0, 2, 1), 99)
    #expect(begin(&translator, from: inside(1), to: elsewhere) == end)
    var bytes = TestPacket.udp(from: TransportAddress(IPv4Address(192, 0, 2, 2), 7), to: end)
    #expect(translator.inbound(&bytes, at: 1) == .translated(isNew: true))
    #expect(TestPacket.destination(of: bytes) == inside(1))
    #expect(translator.count == 3)
  }

  @Test func `Three hundred thousand flows are all found again`() throws {
    let addresses = (0..<8).map { IPv4Address(203, 0, 113, UInt8($0)) }
    var translator = try Translator(
      behavior: .lambdaV2N, outsideAddresses: addresses, seed: 1)
    #if DEBUG
      let count = 20_000
    #else
      let count = 300_000
    #endif
    var ends: [TransportAddress] = []
    for number in 0..<count {
      guard let end = begin(&translator, from: inside(number)) else {
        Issue.record("no port for \(number)")
        return
      }
      ends.append(end)
    }
    #expect(Set(ends).count == count)
    for number in 0..<count {
      var bytes = TestPacket.udp(from: remote, to: ends[number])
      guard translator.inbound(&bytes, at: 1) == .translated(isNew: false),
        TestPacket.destination(of: bytes) == inside(number)
      else {
        Issue.record("flow \(number) lost")
        return
      }
    }
  }
}
