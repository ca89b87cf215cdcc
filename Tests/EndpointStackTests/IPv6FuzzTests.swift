import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Frames with IPv6 that look right from outside, or nearly.
@Suite struct IPv6FuzzTests {
  static let frameCount = 40_000

  /// A message of one of the protocols, with its checksum, and what it is.
  private func transport(
    _ random: inout RandomStream, to destination: IPv6Address
  ) -> (protocol: IPProtocol, bytes: [UInt8]) {
    let payload = (0..<Int(random.next(below: 120))).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    }
    let port = UInt16(truncatingIfNeeded: random.next())
    let ports: [UInt16] = [53, 9, 5432, port]
    func pick(_ random: inout RandomStream) -> UInt16 { ports[Int(random.next(below: 4))] }
    let kind = random.next(below: 5)
    let name: IPProtocol =
      kind == 0 ? .udp : kind == 1 ? .tcp : kind == 4 ? IPProtocol(rawValue: 200) : .icmpv6
    let header = name == .tcp ? 20 : name == .udp || name == .icmpv6 ? 8 : 0
    var bytes = [UInt8](repeating: 0, count: header) + payload
    let (source, total) = (Stage.puppetIPv6, bytes.count)
    let numbers = (pick(&random), pick(&random), UInt32(truncatingIfNeeded: random.next()))
    let type =
      kind == 2
      ? UInt8(random.next(below: 5)) : 128 + UInt8(random.next(below: 12))
    let code = UInt8(random.next(below: 6))
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    switch name {
    case .udp:
      raw[UDPHeader.Layout.sourcePort, at: 0] = numbers.0
      raw[UDPHeader.Layout.destinationPort, at: 0] = numbers.1
      raw[UDPHeader.Layout.length, at: 0] = UInt16(total)
    case .tcp:
      TCPHeader(
        sourcePort: numbers.0, destinationPort: numbers.1, sequenceNumber: numbers.2,
        acknowledgmentNumber: 0,
        flags: TCPHeader.Flags(rawValue: UInt8(random.next(below: 64))), window: 1000
      ).write(to: &raw, at: 0, checksum: 0)
    case .icmpv6:
      ICMPv6Header(
        type: ICMPv6Header.MessageType(rawValue: type), code: code, parameter: numbers.2
      ).write(to: &raw, at: 0, checksum: 0)
    default: return (name, bytes)
    }
    var sum = InternetChecksum()
    sum.addPseudoHeader(source: source, destination: destination, protocol: name, length: total)
    sum.add(raw.bytes)
    let field = Field<UInt16>(at: name == .tcp ? 16 : name == .udp ? 6 : 2)
    raw[field, at: 0] = name == .udp ? sum.udpValue : sum.value
    return (name, bytes)
  }

  private func frame(_ random: inout RandomStream) -> [UInt8] {
    let groups = [
      Stage.hostIPv6, Stage.hostIPv6, Stage.hostIPv6.solicitedNodeMulticast,
      IPv6Address(high: 0xff02 << 48, low: 1), IPv6Address(high: random.next(), low: 1),
    ]
    let destination = groups[Int(random.next(below: UInt64(groups.count)))]
    var (next, body) = transport(&random, to: destination)
    for _ in 0..<random.next(below: 3) {
      let kinds: [IPProtocol] = [
        .hopByHopOptions, .ipv6Routing, .ipv6Fragment, .destinationOptions,
        .authenticationHeader,
      ]
      let kind = kinds[Int(random.next(below: UInt64(kinds.count)))]
      body =
        [next.rawValue, kind == .authenticationHeader ? 2 : 0]
        + (0..<(kind == .authenticationHeader ? 14 : 6)).map { _ in
          UInt8(truncatingIfNeeded: random.next() & random.next())
        } + body
      next = kind
    }
    var bytes = [UInt8](repeating: 0, count: 54) + body
    let count = bytes.count
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EthernetHeader(
      destination: random.next(below: 8) == 0
        ? MACAddress(0x3333_0000_0000 | destination.low & 0xffff_ffff) : Stage.hostMAC,
      source: Stage.puppetMAC, etherType: .ipv6
    ).write(to: &raw, at: 0)
    IPv6Header(
      payloadLength: UInt16(count - 54), nextHeader: next,
      hopLimit: random.next(below: 3) == 0 ? 64 : 255, source: Stage.puppetIPv6,
      destination: destination
    ).write(to: &raw, at: 14)
    return bytes
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `Nothing that arrives over IPv6 makes a host trap or leak`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "ipv6 fuzz")
    let server = IPAddress.v6(Stage.puppetIPv6)
    var sent = 0
    var begun = 0
    while sent < Self.frameCount {
      begun += 1
      let exchanges: [Exchange] =
        begun % 2 == 0
        ? []
        : [
          .transfer(Upload(destination: server, port: 9, bytesPerFlow: 100_000)),
          .trace(Traceroute(destination: server)),
        ]
      var stage = Stage(exchanges, seed: UInt64(begun), ipv6: true)
      let before = stage.statistics().framesReceived
      for _ in 0..<100 {
        var bytes = frame(&random)
        for _ in 0..<random.next(below: 3) where random.next(below: 2) == 0 {
          bytes[Int(random.next(below: UInt64(bytes.count)))] = UInt8(
            truncatingIfNeeded: random.next())
        }
        if random.next(below: 8) == 0 {
          bytes.removeLast(Int(random.next(below: UInt64(bytes.count))))
        }
        stage.send(bytes: bytes)
        if random.next(below: 4) == 0 { stage.pass(.milliseconds(10)) }
      }
      sent += 100
      stage.pass(.seconds(2000))
      let statistics = stage.statistics()
      #expect(statistics.framesReceived == before + 100)
      var lost = statistics.framesReceived - statistics[.accepted]
      for refusal in SendRefusal.allCases { lost += statistics[refusal] }
      #expect(stage.simulation.network.takeDrops().count == Int(lost))
      let now = stage.now
      let connections = stage.simulation.withNode(stage.host) { $0.connections(at: now) }
      if connections.isEmpty { #expect(stage.simulation.network.frames.inUse == 0) }
    }
  }
}
