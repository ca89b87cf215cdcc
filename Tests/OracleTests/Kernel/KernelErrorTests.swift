import AddressTranslation
import PacketFormats
import Testing

/// ICMP errors and fragments through the kernel and through `worker-legacy`.
@Suite(.enabled(if: KernelRouter.isAvailable), .serialized)
struct KernelErrorTests {
  /// A packet of each protocol that both let out.
  private static func packets(from host: IPv4Address) -> [(Flow, [UInt8])] {
    let inside = TransportAddress(host, 40_000)
    let remote = TransportAddress(KernelTests.x, 443)
    let payload = [UInt8](0..<64)
    return [
      (
        KernelTests.flow(.udp, host, 40_000, KernelTests.x, 443),
        RawPacket.udp(inside, remote, payload: payload)
      ),
      (
        KernelTests.flow(.tcp, host, 40_000, KernelTests.x, 443),
        RawPacket.tcp(inside, remote, .syn, sequence: 1, tcpOptions: [2, 4, 5, 0xb4])
      ),
      (
        KernelTests.flow(.icmp, host, 40_000, KernelTests.x, 0),
        RawPacket.query(8, host, KernelTests.x, identifier: 40_000, payload: payload)
      ),
    ]
  }

  private static let kinds: [(UInt8, UInt8)] = [
    (3, 0), (3, 1), (3, 3), (3, 4), (3, 13), (11, 0), (11, 1), (12, 0),
  ]

  @Test func `Errors from outside about packets that went out`() throws {
    let pair = try SideBySide()
    for host in [KernelTests.a, KernelTests.b] {
      for (_, packet) in Self.packets(from: host) {
        let left = try #require(try pair.outbound(packet, expecting: .forwarded))
        for (type, code) in Self.kinds {
          for from in [KernelTests.hop, KernelTests.x] {
            try pair.inbound(
              left.map {
                RawPacket.error(type, code: code, from: from, about: $0, parameter: 1400)
              },
              expecting: .forwarded)
          }
        }
        for quoted in 20...packet.count {
          // Half a checksum is nobody's to change, and depends on the port.
          if packet[9] == 6, quoted == 37, left.kernel != left.ours { continue }
          let isTooShort = quoted < 28
          // A TCP header whose checksum is there, but not all of it.
          let isAwkward = packet[9] == 6 && (38...39).contains(quoted)
          pair.note = "\(packet[9]), \(quoted) bytes quoted"
          try pair.inbound(
            left.map { RawPacket.error(from: KernelTests.hop, about: $0, quoting: quoted) },
            expecting: isTooShort ? .dropped : .forwarded,
            except: isAwkward ? .shortTCPQuotes : nil)
        }
        // Not to whom the packet came from.
        try pair.inbound(
          left.map {
            RawPacket.error(from: KernelTests.hop, about: $0, to: IPv4Address(203, 0, 113, 8))
          }, expecting: .dropped)
        // About what nobody sent.
        for place in [16, 19, 20, 21] where packet[9] != 1 || place < 20 {
          try pair.inbound(
            left.map {
              var other = $0
              other[place] ^= 0x40
              RawPacket.fixHeaderChecksum(&other)
              return RawPacket.error(from: KernelTests.hop, about: other)
            }, expecting: .dropped)
        }
        // A later fragment does not say whose it is.
        try pair.inbound(
          left.map {
            var fragment = $0
            fragment[7] = 5
            RawPacket.fixHeaderChecksum(&fragment)
            return RawPacket.error(from: KernelTests.hop, about: fragment)
          }, expecting: .dropped)
        // A damaged quote.
        try pair.inbound(
          left.map {
            var damaged = $0
            damaged[10] ^= 1
            return RawPacket.error(from: KernelTests.hop, about: damaged)
          }, except: .damagedQuotes)
        try pair.inbound(
          left.map { RawPacket.error(4, code: 0, from: KernelTests.hop, about: $0) },
          except: .sourceQuench)
        try pair.inbound(
          left.map { RawPacket.error(5, code: 1, from: KernelTests.hop, about: $0) },
          expecting: .dropped)
      }
    }
  }

  @Test func `Errors from inside about packets that came in`() throws {
    let pair = try SideBySide()
    for host in [KernelTests.a, KernelTests.b] {
      for (flow, packet) in Self.packets(from: host) {
        try pair.outbound(packet, expecting: .forwarded)
        let end = try pair.outside(of: flow)
        let answers = end.map { end in
          switch flow.protocol {
          case .udp: RawPacket.udp(flow.remote, end, payload: [UInt8](0..<64))
          case .tcp: RawPacket.tcp(flow.remote, end, [.syn, .ack], sequence: 9, acknowledgment: 2)
          default:
            RawPacket.query(
              0, KernelTests.x, end.address, identifier: end.port, payload: [UInt8](0..<64))
          }
        }
        let came = try #require(try pair.inbound(answers, expecting: .forwarded))
        for (type, code) in Self.kinds {
          // The host itself, and a router before it.
          for from in [host, IPv4Address(10, 0, 0, 30)] {
            try pair.outbound(
              RawPacket.error(type, code: code, from: from, about: came.ours),
              expecting: .forwarded)
          }
        }
        for quoted in [20, 27, 28, 36, 40, came.ours.count] {
          try pair.outbound(
            RawPacket.error(from: host, about: came.ours, quoting: quoted),
            expecting: quoted < 28 ? .dropped : .forwarded)
        }
        var other = came.ours
        other[22] ^= 0x40
        try pair.outbound(
          RawPacket.error(from: host, about: other),
          expecting: packet[9] == 1 ? .forwarded : .dropped)
      }
    }
    // About a packet that never was.
    try pair.outbound(
      RawPacket.error(
        from: KernelTests.a,
        about: RawPacket.udp(
          TransportAddress(KernelTests.y, 5), TransportAddress(KernelTests.a, 6))),
      expecting: .dropped)
  }

  @Test func `Errors prolong and end nothing`() throws {
    let pair = try SideBySide()
    for (flow, packet) in Self.packets(from: KernelTests.a) {
      let left = try #require(try pair.outbound(packet))
      try pair.inbound(left.map { RawPacket.error(from: KernelTests.hop, about: $0) })
      try pair.outbound(packet, expecting: .forwarded)
      #expect(pair.ports[flow] != nil)
    }
  }

  // MARK: Fragments

  @Test(arguments: [8, 64, 512, 1480])
  func `Fragments in and out of order`(size: Int) throws {
    let pair = try SideBySide()
    var identification: UInt16 = 100
    let payload = (0..<(size == 8 ? 100 : 3000)).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for host in [KernelTests.a, KernelTests.b] {
      let inside = TransportAddress(host, 40_000)
      let remote = TransportAddress(KernelTests.x, 443)
      var packets = [
        RawPacket.udp(inside, remote, payload: payload),
        RawPacket.query(8, host, KernelTests.x, identifier: 9, payload: payload),
        RawPacket.udp(inside, remote, payload: payload, hasChecksum: false),
      ]
      // The flags of a TCP header must not be in another fragment (RFC 1858).
      if size > 8 {
        packets.append(RawPacket.tcp(inside, remote, .syn, sequence: 1, payload: payload))
      }
      for packet in packets {
        for order in 0..<4 {
          identification += 1
          var fragments = RawPacket.fragments(packet, size: size, identification: identification)
          switch order {
          case 0: break
          case 1: fragments.reverse()
          case 2: fragments.append(fragments.removeFirst())
          default: fragments.swapAt(0, fragments.count - 1)
          }
          try pair.outbound(fragments: fragments, expecting: .forwarded)
        }
      }
      // The same on the way back.
      let flow = KernelTests.flow(.udp, host, 40_000, KernelTests.x, 443)
      let end = try pair.outside(of: flow)
      for isReversed in [false, true] {
        identification += 1
        let number = identification
        let fragments = end.map {
          let all = RawPacket.fragments(
            RawPacket.udp(remote, $0, payload: payload), size: size, identification: number)
          return isReversed ? all.reversed() : all
        }
        try pair.inbound(fragments: fragments, expecting: .forwarded)
      }
      // Unsolicited.
      identification += 1
      try pair.inbound(
        fragments: Both(
          RawPacket.fragments(
            RawPacket.udp(
              remote, TransportAddress(KernelRouter.outside, 777), payload: payload),
            size: size, identification: identification)), expecting: .dropped)
    }
  }

  @Test func `What the kernel waits for and we do not`() throws {
    let pair = try SideBySide()
    let inside = TransportAddress(KernelTests.a, 40_000)
    let remote = TransportAddress(KernelTests.x, 443)
    let packet = RawPacket.udp(inside, remote, payload: [UInt8](repeating: 9, count: 200))
    let fragments = RawPacket.fragments(packet, size: 64, identification: 5)
    try pair.outbound(fragments: Array(fragments.dropLast()), except: .incompletePackets)
    try pair.outbound(
      fragments: Array(RawPacket.fragments(packet, size: 64, identification: 6).dropFirst()),
      expecting: .dropped)
    let segment = RawPacket.tcp(
      inside, remote, .syn, sequence: 1, payload: [UInt8](repeating: 9, count: 64))
    try pair.outbound(
      fragments: RawPacket.fragments(segment, size: 8, identification: 7), except: .tinyFragments)
  }
}
