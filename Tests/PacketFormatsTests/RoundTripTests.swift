import PacketFormats
import TestSupport
import Testing

/// Reads what was written, writes what was read.
@Suite struct RoundTripTests {
  /// Writes `value` twice at an odd offset and reads it back.
  private func check<Value: Equatable>(
    _ value: Value, byteCount: Int, write: (Value, inout MutableRawSpan, Int) -> Void,
    parse: (RawSpan, Int) throws -> Value
  ) throws {
    let bytes = written(byteCount + 5) { write(value, &$0, 3) }
    let read = try unsafe parse(bytes.span.bytes, 3)
    #expect(read == value)
    #expect(written(byteCount + 5) { write(read, &$0, 3) } == bytes)
    #expect(bytes[..<3].allSatisfy { $0 == 0xa5 } && bytes[(byteCount + 3)...] == [0xa5, 0xa5])
  }

  @Test(arguments: 0..<200)
  func `Headers with random fields read back`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    func bits<Value: FixedWidthInteger>(_ count: Int = Value.bitWidth) -> Value {
      Value(truncatingIfNeeded: random.next() >> UInt64(64 - count))
    }
    func bool() -> Bool { bits(1) as UInt8 == 1 }
    func v6() -> IPv6Address { IPv6Address(high: bits(), low: bits()) }
    try check(
      EthernetHeader(
        destination: MACAddress(bits(48)), source: MACAddress(bits(48)),
        etherType: EthernetHeader.EtherType(rawValue: bits())),
      byteCount: 14, write: { $0.write(to: &$1, at: $2) },
      parse: { try EthernetHeader(parsing: $0, at: $1) })
    try check(
      VLANTag(
        identifier: bits(12), priority: bits(3), isDropEligible: bool(),
        etherType: EthernetHeader.EtherType(rawValue: bits())),
      byteCount: 4, write: { $0.write(to: &$1, at: $2) },
      parse: { try VLANTag(parsing: $0, at: $1) })
    try check(
      ARPPacket(
        operation: ARPPacket.Operation(rawValue: bits()),
        senderHardwareAddress: MACAddress(bits(48)),
        senderProtocolAddress: IPv4Address(rawValue: bits()),
        targetHardwareAddress: MACAddress(bits(48)),
        targetProtocolAddress: IPv4Address(rawValue: bits())),
      byteCount: 28, write: { $0.write(to: &$1, at: $2) },
      parse: { try ARPPacket(parsing: $0, at: $1) })
    let words = Int(bits(8) as UInt8 % 11)
    try check(
      IPv4Header(
        totalLength: max(60, bits()), identification: bits(), dontFragment: bool(),
        timeToLive: bits(), protocol: IPProtocol(rawValue: bits()),
        source: IPv4Address(rawValue: bits()), destination: IPv4Address(rawValue: bits()),
        differentiatedServices: bits(6),
        congestionNotification: CongestionNotification(rawValue: bits(2)), moreFragments: bool(),
        fragmentOffset: bits(13) << 3, headerByteCount: 20 + 4 * words),
      byteCount: 20 + 4 * words, write: { $0.write(to: &$1, at: $2) },
      parse: { try IPv4Header(parsing: $0, at: $1) })
    try check(
      IPv6Header(
        payloadLength: bits(), nextHeader: IPProtocol(rawValue: bits()), hopLimit: bits(),
        source: v6(), destination: v6(), differentiatedServices: bits(6),
        congestionNotification: CongestionNotification(rawValue: bits(2)), flowLabel: bits(20)),
      byteCount: 40, write: { $0.write(to: &$1, at: $2) },
      parse: { try IPv6Header(parsing: $0, at: $1) })
    try check(
      IPv6FragmentHeader(
        nextHeader: IPProtocol(rawValue: bits()), fragmentOffset: bits(13) << 3,
        moreFragments: bool(), identification: bits()),
      byteCount: 8, write: { $0.write(to: &$1, at: $2) },
      parse: { try IPv6FragmentHeader(parsing: $0, at: $1) })
    try check(
      UDPHeader(sourcePort: bits(), destinationPort: bits(), length: max(8, bits())),
      byteCount: 8, write: { $0.write(to: &$1, at: $2, checksum: 0x1234) },
      parse: { try UDPHeader(parsing: $0, at: $1) })
    try check(
      TCPHeader(
        sourcePort: bits(), destinationPort: bits(), sequenceNumber: bits(),
        acknowledgmentNumber: bits(), flags: TCPHeader.Flags(rawValue: bits()), window: bits(),
        urgentPointer: bits(), accurateECN: bool(), headerByteCount: 20 + 4 * words),
      byteCount: 20 + 4 * words, write: { $0.write(to: &$1, at: $2, checksum: 0x1234) },
      parse: { try TCPHeader(parsing: $0, at: $1) })
    try check(
      ICMPv4Header(
        type: ICMPv4Header.MessageType(rawValue: bits()), code: bits(), parameter: bits()),
      byteCount: 8, write: { $0.write(to: &$1, at: $2, checksum: 0x1234) },
      parse: { try ICMPv4Header(parsing: $0, at: $1) })
    try check(
      ICMPv6Header(
        type: ICMPv6Header.MessageType(rawValue: bits()), code: bits(), parameter: bits()),
      byteCount: 8, write: { $0.write(to: &$1, at: $2, checksum: 0x1234) },
      parse: { try ICMPv6Header(parsing: $0, at: $1) })
    var target = v6()
    if target.isMulticast { target.high >>= 1 }
    let neighbor = NeighborMessage(
      kind: bool()
        ? .solicitation
        : .advertisement(isRouter: bool(), isSolicited: bool(), overrides: bool()),
      target: target, linkLayerAddress: bool() ? MACAddress(bits(48)) : nil)
    try check(
      neighbor, byteCount: neighbor.byteCount,
      write: {
        $0.write(to: &$1, at: $2, source: Sample.client6, destination: Sample.server6)
      },
      parse: { try NeighborMessage(parsing: $0, at: $1, end: $1 + neighbor.byteCount) })
    try check(
      VXLANHeader(virtualNetworkIdentifier: bits(24)), byteCount: 8,
      write: { $0.write(to: &$1, at: $2) }, parse: { try VXLANHeader(parsing: $0, at: $1) })
    let geneve = GeneveHeader(
      virtualNetworkIdentifier: bits(24),
      protocolType: EthernetHeader.EtherType(rawValue: bits()), optionsByteCount: 4 * bits(6),
      isControl: bool(), hasCriticalOptions: bool())
    try check(
      geneve, byteCount: geneve.headerByteCount, write: { $0.write(to: &$1, at: $2) },
      parse: { try GeneveHeader(parsing: $0, at: $1) })
    let option = GeneveOption(
      optionClass: GeneveOption.OptionClass(rawValue: bits()), type: bits(),
      dataByteCount: 4 * bits(5))
    try check(
      option, byteCount: 4 + option.dataByteCount, write: { $0.write(to: &$1, at: $2) },
      parse: { try GeneveOption(parsing: $0, at: $1) })
  }

  @Test func `Fields that only count in some messages say so`() {
    let tooBig = ICMPv4Header.fragmentationNeeded(nextHopMTU: 1400)
    #expect(tooBig.nextHopMTU == 1400 && tooBig.identifier == nil && tooBig.type.isError)
    let echo = ICMPv4Header.echoReply(identifier: 3, sequenceNumber: 4)
    #expect(echo.nextHopMTU == nil && echo.identifier == 3 && echo.sequenceNumber == 4)
    #expect(!echo.type.isError)
    let tooBig6 = ICMPv6Header.packetTooBig(nextHopMTU: 70_000)
    #expect(tooBig6.nextHopMTU == 70_000 && tooBig6.identifier == nil && tooBig6.type.isError)
    #expect(ICMPv6Header.echoRequest(identifier: 1, sequenceNumber: 2).sequenceNumber == 2)
    #expect(Sample.arp.reply(from: MACAddress(9)).targetProtocolAddress == Sample.client)
    #expect(Sample.arp.reply(from: MACAddress(9)).senderHardwareAddress == MACAddress(9))
  }

  @Test func `A field out of its range traps where it is written`() async {
    await #expect(processExitsWith: .failure) {
      _ = written(8) {
        GeneveHeader(virtualNetworkIdentifier: 1 << 24).write(to: &$0, at: 0)
      }
    }
    await #expect(processExitsWith: .failure) {
      _ = written(20) {
        IPv4Header(
          totalLength: 28, protocol: .udp, source: IPv4Address(1, 2, 3, 4),
          destination: IPv4Address(1, 2, 3, 4), fragmentOffset: 4
        ).write(to: &$0, at: 0)
      }
    }
  }
}
