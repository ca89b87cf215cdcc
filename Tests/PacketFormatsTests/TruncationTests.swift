import PacketFormats
import Testing

/// Every length at which a header can end too early.
@Suite struct TruncationTests {
  typealias Parser = @Sendable (RawSpan, Int) throws -> Void

  /// Each parser with the header's layer, its whole length and bytes that it accepts.
  static let parsers: [(layer: HeaderError.Layer, bytes: [UInt8], parse: Parser)] = [
    (.ethernet, [UInt8](repeating: 1, count: 14), { _ = try EthernetHeader(parsing: $0, at: $1) }),
    (.vlan, [UInt8](repeating: 1, count: 4), { _ = try VLANTag(parsing: $0, at: $1) }),
    (
      .arp, written(28) { Sample.arp.write(to: &$0, at: 0) },
      { _ = try ARPPacket(parsing: $0, at: $1) }
    ),
    (
      .ipv4, Sample.ipv4(.udp, [], options: [1, 1, 1, 1, 1, 1, 1, 0]),
      { _ = try IPv4Header(parsing: $0, at: $1) }
    ),
    (.ipv6, Sample.ipv6(.udp, []), { _ = try IPv6Header(parsing: $0, at: $1) }),
    (
      .ipv6Extension, [UInt8](repeating: 1, count: 8),
      { _ = try IPv6FragmentHeader(parsing: $0, at: $1) }
    ),
    (
      .icmpv4, Sample.icmp(.echoRequest(identifier: 1, sequenceNumber: 2), []),
      { _ = try ICMPv4Header(parsing: $0, at: $1) }
    ),
    (
      .icmpv6, Sample.icmpv6(.echoRequest(identifier: 1, sequenceNumber: 2), []),
      { _ = try ICMPv6Header(parsing: $0, at: $1) }
    ),
    (
      .neighborDiscovery,
      written(24) {
        NeighborMessage(kind: .solicitation, target: Sample.server6)
          .write(to: &$0, at: 0, source: Sample.client6, destination: Sample.server6)
      }, { _ = try NeighborMessage(parsing: $0, at: $1) }
    ),
    (.udp, Sample.udp([]), { _ = try UDPHeader(parsing: $0, at: $1) }),
    (
      .tcp, Sample.tcp([], options: Sample.synOptions), { _ = try TCPHeader(parsing: $0, at: $1) }
    ),
    (
      .geneve, Sample.geneve([], options: Sample.gatewayOptions),
      { _ = try GeneveHeader(parsing: $0, at: $1) }
    ),
    (
      .geneveOption, written(12) { Sample.gatewayOptions[0].0.write(to: &$0, at: 0) },
      { _ = try GeneveOption(parsing: $0, at: $1) }
    ),
    (.vxlan, Sample.vxlan([]), { _ = try VXLANHeader(parsing: $0, at: $1) }),
    (.dns, [UInt8](repeating: 0, count: 12), { _ = try DNSMessage(parsing: $0, at: $1) }),
  ]

  @Test(arguments: parsers.indices, [0, 3])
  func `Every length too short is reported with what is there`(index: Int, base: Int) throws {
    let (layer, header, parse) = Self.parsers[index]
    let bytes = [UInt8](repeating: 0xee, count: base) + header
    for available in 0..<header.count {
      let short = Array(bytes[..<(base + available)])
      do {
        try unsafe parse(short.span.bytes, base)
        Issue.record("\(layer) was read from \(available) of \(header.count) bytes")
      } catch let error as HeaderError {
        guard case .truncated(layer, base, let needed, available) = error else {
          Issue.record("\(error) from \(available) bytes of \(layer)")
          continue
        }
        #expect(needed > available && needed <= header.count)
      }
    }
    try unsafe parse(bytes.span.bytes, base)
  }

  @Test(arguments: parsers.indices)
  func `An offset outside the bytes is an error and no trap`(index: Int) {
    let (_, header, parse) = Self.parsers[index]
    for base in [-1, Int.min, header.count, header.count + 1, Int.max] {
      #expect(throws: HeaderError.self) { try unsafe parse(header.span.bytes, base) }
    }
  }

  @Test func `Every prefix of every sample is read or reported, never trapped on`() throws {
    for (name, bytes) in try Sample.frames() {
      for count in 0..<bytes.count {
        let short = Array(bytes[..<count])
        do {
          let frame = try unsafe Dissection(ethernet: short.span.bytes)
          #expect(frame.payloadEnd <= count && frame.capturedEnd == count, "\(name) \(count)")
          #expect(frame.payloadOffset <= count, "\(name) \(count)")
          #expect(frame.isTruncated || frame.networkEnd <= count, "\(name) \(count)")
        } catch {
          guard case .truncated(_, let offset, let needed, let available) = error else {
            Issue.record("\(name) cut to \(count): \(error)")
            continue
          }
          #expect(offset + available == count && needed > available, "\(name) \(count)")
        }
      }
    }
  }

  @Test func `Errors say in words what they are about`() {
    #expect(
      HeaderError.truncated(.tcp, offset: 34, needed: 20, available: 3).description
        == "TCP at offset 34: 20 bytes needed, 3 available")
    #expect(
      HeaderError.malformed(.ipv4, offset: 14, value: 0x44).description
        == "IPv4 at offset 14: 0x44 is malformed")
    #expect(
      HeaderError.unsupported(.geneve, offset: 42, value: 0x40).description
        == "Geneve at offset 42: 0x40 is not supported")
    #expect(HeaderError.malformed(.arp, offset: 4, value: 5).layer == .arp)
    #expect(HeaderError.malformed(.arp, offset: 4, value: 5).offset == 4)
  }

  @Test(arguments: [
    (TruncationTests.patched("arp", 14, 9), HeaderError.unsupported(.arp, offset: 0, value: 0x901)),
    (patched("arp", 16, 9), .unsupported(.arp, offset: 2, value: 0x900)),
    (patched("arp", 18, 9), .malformed(.arp, offset: 4, value: 9)),
    (patched("arp", 19, 9), .malformed(.arp, offset: 5, value: 9)),
  ])
  func `ARP for something else is told from nonsense`(bytes: [UInt8], error: HeaderError) {
    #expect(throws: error) { try unsafe ARPPacket(parsing: bytes.span.bytes) }
  }

  /// The payload of a sample frame with one byte of the frame changed.
  static func patched(_ name: String, _ offset: Int, _ byte: UInt8) -> [UInt8] {
    guard let frame = try? Sample.frames().first(where: { $0.name == name }) else { return [] }
    var bytes = frame.bytes
    bytes[offset] = byte
    return Array(bytes[14...])
  }

  @Test func `Values that an RFC rules out are malformed at their own offset`() throws {
    var ip = Sample.ipv4(.udp, [])
    ip[3] = 19
    #expect(throws: HeaderError.malformed(.ipv4, offset: 2, value: 19)) {
      try unsafe IPv4Header(parsing: ip.span.bytes)
    }
    var tcp = Sample.tcp([])
    tcp[12] = 0x40
    #expect(throws: HeaderError.malformed(.tcp, offset: 12, value: 0x40)) {
      try unsafe TCPHeader(parsing: tcp.span.bytes)
    }
    var udp = Sample.udp([])
    udp[5] = 7
    #expect(throws: HeaderError.malformed(.udp, offset: 4, value: 7)) {
      try unsafe UDPHeader(parsing: udp.span.bytes)
    }
    var geneve = Sample.geneve([])
    geneve[0] = 0x40
    #expect(throws: HeaderError.unsupported(.geneve, offset: 0, value: 0x40)) {
      try unsafe GeneveHeader(parsing: geneve.span.bytes)
    }
    var vxlan = Sample.vxlan([])
    vxlan[0] = 0
    #expect(throws: HeaderError.malformed(.vxlan, offset: 0, value: 0)) {
      try unsafe VXLANHeader(parsing: vxlan.span.bytes)
    }
    var neighbor = written(32) {
      NeighborMessage(
        kind: .solicitation, target: Sample.server6, linkLayerAddress: MACAddress(1)
      ).write(to: &$0, at: 0, source: Sample.client6, destination: Sample.server6)
    }
    neighbor[25] = 0
    #expect(throws: HeaderError.malformed(.neighborDiscovery, offset: 25, value: 0)) {
      try unsafe NeighborMessage(parsing: neighbor.span.bytes)
    }
    neighbor[8] = 0xff
    #expect(throws: HeaderError.self) { try unsafe NeighborMessage(parsing: neighbor.span.bytes) }
  }
}
