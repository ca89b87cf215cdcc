import AddressTranslation
import PacketFormats
import Testing

/// The kernel's own translation judges `worker-legacy`, which stands for it.
@Suite(.enabled(if: KernelRouter.isAvailable), .serialized)
struct KernelTests {
  static let a = IPv4Address(10, 0, 0, 10)
  static let b = IPv4Address(10, 0, 0, 11)
  static let c = IPv4Address(10, 0, 0, 12)
  static let x = IPv4Address(198, 51, 100, 9)
  static let y = IPv4Address(198, 51, 100, 77)
  static let hop = IPv4Address(192, 0, 2, 33)

  static func flow(
    _ number: IPProtocol, _ inside: IPv4Address, _ port: UInt16, _ remote: IPv4Address,
    _ remotePort: UInt16
  ) -> Flow {
    Flow(
      protocol: number, inside: TransportAddress(inside, port),
      remote: TransportAddress(remote, remotePort))
  }

  @Test func `The kernel's defaults are the profile's timers`() throws {
    let kernel = try KernelRouter()
    for timer in KernelTimer.allCases {
      guard let ours = timer.ours(in: Behavior.workerLegacy.timers) else { continue }
      #expect(try kernel.value(of: timer.path).map(Duration.seconds) == ours, "\(timer)")
    }
    #expect(
      try kernel.value(of: "ipv4/ipfrag_time").map(Duration.seconds)
        == Behavior.workerLegacy.fragments.timeout)
    for (name, value) in ["tcp_loose": 1, "tcp_be_liberal": 0, "checksum": 1] {
      #expect(try kernel.value(of: "netfilter/nf_conntrack_\(name)") == value)
    }
  }

  @Test func `The router goes when its input ends`() throws {
    let kernel = try KernelRouter()
    #expect(kernel.close() == 0)
    #expect(throws: KernelRouter.Failure.self) { try kernel.table() }
  }

  @Test func `UDP flows`() throws {
    let pair = try SideBySide()
    for host in [Self.a, Self.b, Self.c] {
      for port: UInt16 in [5000, 53, 511, 512, 599, 600, 1023, 1024, 65535, 0] {
        for remote in [Self.x, Self.y] {
          let flow = Self.flow(.udp, host, port, remote, 53)
          try pair.outbound(RawPacket.udp(flow.inside, flow.remote), expecting: .forwarded)
          let end = try pair.outside(of: flow)
          try pair.inbound(end.map { RawPacket.udp(flow.remote, $0) }, expecting: .forwarded)
          // Somebody else, and another port of the same.
          try pair.inbound(
            end.map { RawPacket.udp(TransportAddress(Self.hop, 53), $0) }, expecting: .dropped)
          try pair.inbound(
            end.map { RawPacket.udp(TransportAddress(remote, 54), $0) }, expecting: .dropped)
          try pair.outbound(RawPacket.udp(flow.inside, flow.remote, payload: []))
          try pair.outbound(
            RawPacket.udp(flow.inside, flow.remote, hasChecksum: false), expecting: .forwarded)
          try pair.inbound(
            end.map { RawPacket.udp(flow.remote, $0, hasChecksum: false) }, expecting: .forwarded)
        }
      }
    }
  }

  @Test func `Every checksum a rewritten packet can have`() throws {
    let pair = try SideBySide()
    let flow = Self.flow(.udp, Self.a, 7000, Self.x, 9)
    let query = Self.flow(.icmp, Self.a, 7000, Self.x, 0)
    // Payloads that give each value near zero, where the two zeros of the sum are.
    for payload: UInt16 in [0, 1, 0xffff, 0xfffe] {
      for packet in [
        RawPacket.udp(flow.inside, flow.remote, payload: RawPacket.word(payload)),
        RawPacket.query(
          8, query.inside.address, query.remote.address, identifier: 7000,
          payload: RawPacket.word(payload)),
        RawPacket.tcp(
          flow.inside, flow.remote, .syn, sequence: UInt32(payload)),
      ] {
        let left = try #require(try pair.outbound(packet, expecting: .forwarded))
        guard let field = RawPacket.checksumOffset(in: packet) else { continue }
        let sum = RawPacket.word(at: field, of: left.ours)
        // One more round, with what makes the result come out as each of these.
        for target: UInt16 in [0, 1, 2, 0xffff, 0xfffe] {
          var shifted = packet
          let place = packet[9] == 6 ? packet.count - 6 : packet.count - 2
          let old = UInt32(RawPacket.word(at: place, of: packet))
          // Of two sums in one's complement, modulo 65,535.
          let new = (old + UInt32(sum) + 65_535 - UInt32(target % 65_535)) % 65_535
          shifted.replaceSubrange(place..<place + 2, with: RawPacket.word(UInt16(new)))
          RawPacket.fixBodyChecksum(&shifted)
          try pair.outbound(shifted, expecting: .forwarded)
        }
      }
    }
  }

  @Test func `Echo and other queries`() throws {
    let pair = try SideBySide()
    for (request, reply): (UInt8, UInt8) in [(8, 0), (13, 14), (15, 16), (17, 18)] {
      for host in [Self.a, Self.b] {
        let identifier = UInt16(100) + UInt16(request)
        let flow = Self.flow(.icmp, host, identifier, Self.x, 0)
        let body = [UInt8](repeating: 3, count: 12)
        try pair.outbound(
          RawPacket.query(request, host, Self.x, identifier: identifier, payload: body),
          expecting: .forwarded)
        let end = try pair.outside(of: flow)
        try pair.inbound(
          end.map {
            RawPacket.query(reply, Self.x, $0.address, identifier: $0.port, payload: body)
          }, expecting: .forwarded)
        try pair.inbound(
          end.map {
            RawPacket.query(reply, Self.y, $0.address, identifier: $0.port, payload: body)
          }, expecting: .dropped)
        // Asked from outside, and answered from inside: not this flow.
        try pair.inbound(
          end.map {
            RawPacket.query(request, Self.x, $0.address, identifier: $0.port, payload: body)
          }, expecting: .dropped)
        try pair.outbound(
          RawPacket.query(reply, host, Self.x, identifier: identifier, payload: body),
          expecting: .dropped)
      }
    }
    // Nothing that begins a flow.
    for type: UInt8 in [0, 1, 2, 4, 5, 6, 7, 9, 10, 14, 16, 18, 19, 30, 40, 255] {
      try pair.outbound(
        RawPacket.query(type, Self.c, Self.x, identifier: 9), expecting: .dropped)
      try pair.inbound(
        Both(RawPacket.query(type, Self.x, KernelRouter.outside, identifier: 9)),
        expecting: .dropped)
    }
    // A reply of another kind than was asked for.
    try pair.outbound(RawPacket.query(8, Self.c, Self.y, identifier: 77))
    let end = try pair.outside(of: Self.flow(.icmp, Self.c, 77, Self.y, 0))
    for (type, code): (UInt8, UInt8) in [(14, 0), (0, 1)] {
      try pair.inbound(
        end.map {
          RawPacket.query(
            type, Self.y, $0.address, identifier: $0.port, code: code,
            payload: [UInt8](repeating: 0, count: 12))
        }, except: .kindsOfQueries)
    }
  }

  @Test func `Unsolicited packets`() throws {
    let pair = try SideBySide()
    let here = TransportAddress(KernelRouter.outside, 4000)
    let there = TransportAddress(Self.x, 80)
    try pair.inbound(Both(RawPacket.udp(there, here)), expecting: .dropped)
    for flags: TCPHeader.Flags in [.syn, [.syn, .ack], .ack, [.fin, .ack], .rst, [.rst, .ack]] {
      try pair.inbound(
        Both(RawPacket.tcp(there, here, flags, sequence: 1, acknowledgment: 1)),
        expecting: .dropped)
    }
    try pair.inbound(
      Both(RawPacket.query(8, Self.x, here.address, identifier: 1)), expecting: .dropped)
    try pair.inbound(
      Both(RawPacket.udp(there, here, timeToLive: 1)), expecting: .dropped)
    // To the translator itself.
    let home = TransportAddress(Self.a, 4000)
    try pair.outbound(RawPacket.udp(home, here), expecting: .dropped)
    try pair.outbound(RawPacket.tcp(home, here, .syn, sequence: 1), expecting: .dropped)
    // Protocols without ports.
    let body: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8]
    try pair.inbound(
      Both(RawPacket.ipv4(50, Self.x, KernelRouter.outside, body: body)), expecting: .dropped)
    try pair.outbound(RawPacket.ipv4(50, Self.a, Self.x, body: body), except: .otherProtocols)
    try pair.inbound(
      Both(RawPacket.ipv4(50, Self.x, KernelRouter.outside, body: body)), except: .otherProtocols)
  }

  @Test func `Hops that are used up`() throws {
    let pair = try SideBySide()
    let flow = Self.flow(.udp, Self.a, 5000, Self.x, 33_434)
    try pair.outbound(
      RawPacket.udp(flow.inside, flow.remote, timeToLive: 1), expecting: .answered)
    try pair.outbound(RawPacket.udp(flow.inside, flow.remote, timeToLive: 2))
    let end = try pair.outside(of: flow)
    try pair.inbound(
      end.map { RawPacket.udp(flow.remote, $0, timeToLive: 1) }, expecting: .answered)
    try pair.inbound(end.map { RawPacket.udp(flow.remote, $0, timeToLive: 2) })
    try pair.outbound(
      RawPacket.query(8, Self.a, Self.x, identifier: 1, timeToLive: 1), expecting: .answered)
    try pair.outbound(
      RawPacket.tcp(flow.inside, flow.remote, .syn, sequence: 1, timeToLive: 1),
      expecting: .answered)
    // The answer quotes as much as it may.
    try pair.outbound(
      RawPacket.udp(
        flow.inside, flow.remote, payload: [UInt8](repeating: 5, count: 900), timeToLive: 1),
      expecting: .answered)
    // No error is answered by one.
    try pair.inbound(
      end.map {
        RawPacket.error(
          from: Self.hop, about: RawPacket.udp($0, flow.remote), timeToLive: 1)
      }, expecting: .dropped)
  }

  @Test func `Bad checksums`() throws {
    let pair = try SideBySide()
    let flow = Self.flow(.udp, Self.a, 5000, Self.x, 53)
    try pair.outbound(RawPacket.udp(flow.inside, flow.remote))
    let packets = [
      RawPacket.udp(flow.inside, flow.remote),
      RawPacket.tcp(flow.inside, flow.remote, .syn, sequence: 1),
      RawPacket.query(8, Self.a, Self.x, identifier: 1),
    ]
    for packet in packets {
      var broken = packet
      broken[RawPacket.checksumOffset(in: packet)! + 1] ^= 1
      try pair.outbound(broken, except: .checksums)
      broken = packet
      broken[11] ^= 1
      try pair.outbound(broken, except: .checksums)
    }
    // That of an error is looked at, since the error will be changed.
    var error = RawPacket.error(from: Self.a, about: RawPacket.udp(flow.remote, flow.inside))
    error[23] ^= 1
    try pair.outbound(error, expecting: .dropped)
  }

  @Test func `IP options`() throws {
    let pair = try SideBySide()
    let flow = Self.flow(.udp, Self.a, 5000, Self.x, 53)
    // Nothing, padding, router alert, one that nobody knows, a route that is full.
    for options: [UInt8] in [
      [1, 1, 1, 0], [0, 0, 0, 0], [148, 4, 0, 0], [30, 4, 1, 2], [7, 7, 8, 1, 2, 3, 4, 0],
    ] {
      try pair.outbound(
        RawPacket.udp(flow.inside, flow.remote, options: options), expecting: .forwarded)
    }
    for (options, difference): ([UInt8], KnownDifference) in [
      ([7, 7, 4, 0, 0, 0, 0, 0], .recordedRoutes), ([68, 8, 5, 0, 0, 0, 0, 0], .recordedRoutes),
      ([131, 7, 4, 198, 51, 100, 9, 0], .sourceRoutes),
      ([137, 7, 4, 198, 51, 100, 9, 0], .sourceRoutes), ([7, 3, 1, 0], .malformedOptions),
      ([7, 40, 4, 0], .malformedOptions),
    ] {
      try pair.outbound(
        RawPacket.udp(flow.inside, flow.remote, options: options), except: difference)
    }
  }
}
