import PacketFormats

/// `count` bytes that `body` has written into; what it leaves alone stays 0xa5.
func written(_ count: Int, _ body: (inout MutableRawSpan) -> Void) -> [UInt8] {
  var bytes = [UInt8](repeating: 0xa5, count: count)
  var span = bytes.mutableSpan
  var raw = unsafe span.mutableBytes
  body(&raw)
  return bytes
}

/// Packets put together from the inside out, as plain arrays: slow, but easy to see through.
enum Sample {
  static let client = IPv4Address(10, 0, 0, 5)
  static let server = IPv4Address(10, 0, 1, 9)
  static let client6 = IPv6Address(high: 0x2001_0db8_0000_0001, low: 5)
  static let server6 = IPv6Address(high: 0x2001_0db8_0000_0002, low: 9)

  static func ethernet(
    _ type: EthernetHeader.EtherType, _ payload: [UInt8], tags: [VLANTag] = []
  ) -> [UInt8] {
    var inner: [UInt8] = []
    for tag in tags { inner += written(4) { tag.write(to: &$0, at: 0) } }
    let outer = tags.count > 1 ? .providerBridging : tags.isEmpty ? type : .vlan
    let header = EthernetHeader(
      destination: MACAddress(0x02_00_00_00_00_01), source: MACAddress(0x02_00_00_00_00_02),
      etherType: outer)
    return written(14) { header.write(to: &$0, at: 0) } + inner + payload
  }

  static func ipv4(
    _ protocol: IPProtocol, _ payload: [UInt8], options: [UInt8] = [], moreFragments: Bool = false,
    fragmentOffset: UInt16 = 0
  ) -> [UInt8] {
    let header = IPv4Header(
      totalLength: UInt16(20 + options.count + payload.count), identification: 7,
      dontFragment: !moreFragments && fragmentOffset == 0, protocol: `protocol`, source: client,
      destination: server, moreFragments: moreFragments, fragmentOffset: fragmentOffset,
      headerByteCount: 20 + options.count)
    return written(20 + options.count) { bytes in
      for (i, byte) in options.enumerated() { bytes[Field<UInt8>(at: 20 + i), at: 0] = byte }
      header.write(to: &bytes, at: 0)
    } + payload
  }

  static func ipv6(_ next: IPProtocol, _ payload: [UInt8]) -> [UInt8] {
    let header = IPv6Header(
      payloadLength: UInt16(payload.count), nextHeader: next, source: client6,
      destination: server6)
    return written(40) { header.write(to: &$0, at: 0) } + payload
  }

  static func tcp(
    _ payload: [UInt8], flags: TCPHeader.Flags = [.ack, .psh], options: TCPOptions = TCPOptions(),
    overIPv6: Bool = false
  ) -> [UInt8] {
    let header = TCPHeader(
      sourcePort: 40_110, destinationPort: 5432, sequenceNumber: 0xdead_beef,
      acknowledgmentNumber: 0x0102_0304, flags: flags,
      headerByteCount: 20 + options.byteCount)
    let checksum =
      unsafe overIPv6
      ? header.checksum(
        source: client6, destination: server6, options: options, payload: payload.span.bytes)
      : header.checksum(
        source: client, destination: server, options: options, payload: payload.span.bytes)
    return written(20 + options.byteCount) { bytes in
      header.write(to: &bytes, at: 0, checksum: checksum)
      options.write(to: &bytes, at: 20)
    } + payload
  }

  static func udp(
    _ payload: [UInt8], to port: UInt16 = 9, checksum: UInt16? = nil, overIPv6: Bool = false
  ) -> [UInt8] {
    let header = UDPHeader(
      sourcePort: 51_000, destinationPort: port, payloadByteCount: payload.count)
    let right =
      unsafe overIPv6
      ? header.checksum(source: client6, destination: server6, payload: payload.span.bytes)
      : header.checksum(source: client, destination: server, payload: payload.span.bytes)
    return written(8) { header.write(to: &$0, at: 0, checksum: checksum ?? right) } + payload
  }

  static func icmp(_ header: ICMPv4Header, _ payload: [UInt8]) -> [UInt8] {
    let checksum = unsafe header.checksum(payload: payload.span.bytes)
    return written(8) { header.write(to: &$0, at: 0, checksum: checksum) } + payload
  }

  static func icmpv6(_ header: ICMPv6Header, _ payload: [UInt8]) -> [UInt8] {
    let checksum = unsafe header.checksum(
      source: client6, destination: server6, payload: payload.span.bytes)
    return written(8) { header.write(to: &$0, at: 0, checksum: checksum) } + payload
  }

  static func geneve(
    _ inner: [UInt8], type: EthernetHeader.EtherType = .transparentEthernetBridging,
    options: [(GeneveOption, [UInt8])] = []
  ) -> [UInt8] {
    var list: [UInt8] = []
    for (option, data) in options {
      list += written(4) { option.write(to: &$0, at: 0) } + data
    }
    let header = GeneveHeader(
      virtualNetworkIdentifier: 4711, protocolType: type, optionsByteCount: list.count)
    return written(8) { header.write(to: &$0, at: 0) } + list + inner
  }

  static func vxlan(_ inner: [UInt8]) -> [UInt8] {
    written(8) { VXLANHeader(virtualNetworkIdentifier: 99).write(to: &$0, at: 0) } + inner
  }

  static let synOptions = TCPOptions(
    maximumSegmentSize: 1460, windowScale: 7, isSACKPermitted: true,
    timestamps: TCPOptions.Timestamps(value: 0x1122_3344, echoReply: 0))

  static let sackOptions: TCPOptions = {
    var blocks = TCPOptions.SACKBlocks()
    blocks.append(TCPOptions.SACKBlocks.Block(leftEdge: 100, rightEdge: 200))
    blocks.append(TCPOptions.SACKBlocks.Block(leftEdge: 300, rightEdge: 400))
    return TCPOptions(
      timestamps: TCPOptions.Timestamps(value: 9, echoReply: 8), selectiveAcknowledgments: blocks)
  }()

  static let arp = ARPPacket(
    operation: .request, senderHardwareAddress: MACAddress(0x02_00_00_00_00_02),
    senderProtocolAddress: client, targetProtocolAddress: server)

  static let gatewayOptions: [(GeneveOption, [UInt8])] = [
    (GeneveOption(optionClass: .amazon, type: 1, dataByteCount: 8), [1, 2, 3, 4, 5, 6, 7, 8]),
    (GeneveOption(optionClass: .amazon, type: 2, dataByteCount: 8), [8, 7, 6, 5, 4, 3, 2, 1]),
    (GeneveOption(optionClass: .amazon, type: 0x83, dataByteCount: 4), [9, 9, 9, 9]),
  ]

  static let payload = Array("SELECT 1".utf8)

  /// One valid frame of each kind that this module reads.
  static func frames() throws -> [(name: String, bytes: [UInt8])] {
    let tcp4 = ethernet(.ipv4, ipv4(.tcp, tcp(payload)))
    let fragmented = ipv4(.udp, Array(udp(payload).prefix(8)), moreFragments: true)
    let fragment6 = written(8) {
      IPv6FragmentHeader(
        nextHeader: .udp, fragmentOffset: 0, moreFragments: false, identification: 77
      ).write(to: &$0, at: 0)
    }
    let hopByHop: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0]
    let destination: [UInt8] = [44, 0, 1, 4, 0, 0, 0, 0]
    let neighbor = written(32) {
      NeighborMessage(
        kind: .solicitation, target: server6, linkLayerAddress: MACAddress(0x02_00_00_00_00_02)
      ).write(to: &$0, at: 0, source: client6, destination: server6)
    }
    return [
      ("tcp", tcp4),
      ("tcp-syn", ethernet(.ipv4, ipv4(.tcp, tcp([], flags: .syn, options: synOptions)))),
      ("tcp-sack", ethernet(.ipv4, ipv4(.tcp, tcp([], flags: .ack, options: sackOptions)))),
      (
        "tcp-vlan",
        ethernet(.ipv4, ipv4(.tcp, tcp(payload)), tags: [VLANTag(identifier: 7, etherType: .ipv4)])
      ),
      (
        "tcp-qinq",
        ethernet(
          .ipv4, ipv4(.tcp, tcp(payload)),
          tags: [
            VLANTag(identifier: 100, priority: 5, etherType: .vlan),
            VLANTag(identifier: 7, etherType: .ipv4),
          ])
      ),
      (
        "udp-options",
        ethernet(.ipv4, ipv4(.udp, udp(payload), options: [148, 4, 0, 0, 1, 7, 3, 4]))
      ),
      ("udp-fragment", ethernet(.ipv4, fragmented)),
      ("udp-later-fragment", ethernet(.ipv4, ipv4(.udp, payload, fragmentOffset: 8))),
      ("dns", ethernet(.ipv4, ipv4(.udp, udp(try dnsResponse().encoded(), to: 53)))),
      ("arp", ethernet(.arp, written(28) { arp.write(to: &$0, at: 0) })),
      (
        "icmp-echo",
        ethernet(
          .ipv4, ipv4(.icmp, icmp(.echoRequest(identifier: 3, sequenceNumber: 4), payload)))
      ),
      (
        "icmp-too-big",
        ethernet(
          .ipv4,
          ipv4(.icmp, icmp(.fragmentationNeeded(nextHopMTU: 1400), Array(tcp4[14..<42]))))
      ),
      ("geneve", ethernet(.ipv4, ipv4(.udp, udp(geneve(tcp4), to: 6081, checksum: 0)))),
      (
        "geneve-gateway",
        ethernet(
          .ipv4,
          ipv4(
            .udp,
            udp(
              geneve(Array(tcp4[14...]), type: .ipv4, options: gatewayOptions), to: 6081,
              checksum: 0)))
      ),
      ("vxlan", ethernet(.ipv4, ipv4(.udp, udp(vxlan(tcp4), to: 4789)))),
      ("tcp6", ethernet(.ipv6, ipv6(.tcp, tcp(payload, options: synOptions, overIPv6: true)))),
      ("udp6", ethernet(.ipv6, ipv6(.udp, udp(payload, overIPv6: true)))),
      (
        "udp6-extensions",
        ethernet(
          .ipv6,
          ipv6(
            .hopByHopOptions,
            hopByHop + destination + fragment6 + udp(payload, overIPv6: true)))
      ),
      ("neighbor", ethernet(.ipv6, ipv6(.icmpv6, neighbor))),
      (
        "icmpv6-too-big",
        ethernet(
          .ipv6,
          ipv6(
            .icmpv6,
            icmpv6(
              .packetTooBig(nextHopMTU: 1400),
              ipv6(.tcp, tcp(payload, overIPv6: true)))))
      ),
    ]
  }

  /// A response with a record of every type that has a case of its own.
  static func dnsResponse() throws -> DNSMessage {
    let name = try DNSName("postgres.shop.internal")
    let zone = try DNSName("shop.internal")
    let server = try DNSName("ns1.shop.internal")
    return DNSMessage(
      identification: 0xbeef, isResponse: true, isAuthoritativeAnswer: true,
      isRecursionDesired: true, isRecursionAvailable: true,
      questions: [DNSQuestion(name: name, type: .a)],
      answers: [
        DNSResourceRecord(
          name: name, timeToLive: 60, data: .cname(try DNSName("db.shop.internal"))),
        DNSResourceRecord(
          name: try DNSName("db.shop.internal"), timeToLive: 60, data: .a(Self.server)),
        DNSResourceRecord(
          name: try DNSName("db.shop.internal"), timeToLive: 60, data: .aaaa(server6)),
        DNSResourceRecord(
          name: try DNSName("9.1.0.10.in-addr.arpa"), timeToLive: 5, data: .ptr(name)),
        DNSResourceRecord(
          name: zone, timeToLive: 5, data: .mx(preference: 10, exchange: server)),
        DNSResourceRecord(
          name: zone, timeToLive: 5, data: .txt([Array("v=1".utf8), []])),
        DNSResourceRecord(
          name: zone, timeToLive: 5,
          data: .srv(priority: 1, weight: 2, port: 5432, target: name)),
        DNSResourceRecord(
          name: zone, timeToLive: 5,
          data: .unknown(DNSRecordType(rawValue: 65_280), [0xc0, 0x0c, 1])),
      ],
      authorities: [
        DNSResourceRecord(name: zone, timeToLive: 5, data: .ns(server)),
        DNSResourceRecord(
          name: zone, timeToLive: 5,
          data: .soa(
            DNSRecordData.StartOfAuthority(
              primaryServer: server, responsibleMailbox: try DNSName("admin.shop.internal"),
              serial: 2_019_090_300, refresh: 7200, retry: 900, expire: 1_209_600,
              minimum: 86_400))),
      ],
      additionals: [
        EDNS(isDNSSECOK: true, options: [EDNS.Option(code: 10, data: [1, 2, 3, 4, 5, 6, 7, 8])])
          .record
      ])
  }
}
