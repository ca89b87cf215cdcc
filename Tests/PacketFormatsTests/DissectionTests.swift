import PacketFormats
import Testing

/// The dissection of a frame in an array.
///
/// Swift 6.3.1 crashes on the span of a temporary array in a throwing expression, so that tests
/// pass arrays and spans are taken of parameters.
func dissect(_ bytes: [UInt8]) throws(HeaderError) -> Dissection {
  try unsafe Dissection(ethernet: bytes.span.bytes)
}

private func dissect(network bytes: [UInt8]) throws(HeaderError) -> Dissection {
  try unsafe Dissection(network: bytes.span.bytes)
}

extension Dissection {
  fileprivate func tunnel(in bytes: [UInt8]) throws(HeaderError) -> Tunnel? {
    try unsafe tunnel(in: bytes.span.bytes)
  }

  fileprivate func quotedPacket(in bytes: [UInt8]) throws(HeaderError) -> Dissection? {
    try unsafe quotedPacket(in: bytes.span.bytes)
  }
}

@Suite struct DissectionTests {
  private func sample(_ name: String) throws -> [UInt8] {
    let frame = try Sample.frames().first { $0.name == name }
    return try #require(frame).bytes
  }

  @Test func `A TCP frame has its offsets where they belong`() throws {
    let bytes = try sample("tcp-syn")
    let frame = try dissect(bytes)
    #expect(frame.linkOffset == 0 && frame.networkOffset == 14 && frame.transportOffset == 34)
    #expect(frame.network == .ipv4 && frame.protocol == .tcp && frame.etherType == .ipv4)
    #expect(frame.networkHeaderByteCount == 20 && frame.transportHeaderByteCount == 40)
    #expect(frame.payloadOffset == 74 && frame.payloadByteCount == 0)
    #expect(frame.hasPorts && !frame.isFragment && !frame.isTruncated)
    #expect(frame.vlanIdentifier == nil)
  }

  @Test func `Padding behind the IP packet is no payload`() throws {
    let bytes = try sample("tcp") + [0, 0, 0, 0, 0, 0]
    let frame = try dissect(bytes)
    #expect(frame.payloadByteCount == Sample.payload.count)
    #expect(frame.networkEnd == bytes.count - 6 && frame.capturedEnd == bytes.count)
  }

  @Test func `Tags are stepped over and the inner one is told`() throws {
    let one = try dissect(sample("tcp-vlan"))
    #expect(one.vlanIdentifier == 7 && one.networkOffset == 18 && one.protocol == .tcp)
    let two = try dissect(sample("tcp-qinq"))
    #expect(two.vlanIdentifier == 7 && two.networkOffset == 22 && two.protocol == .tcp)
  }

  @Test func `What is not IP has no transport`() throws {
    let arp = try dissect(sample("arp"))
    #expect(arp.network == .arp && arp.transportOffset == nil && arp.payloadOffset == 14)
    #expect(!arp.hasPorts)
    let other = Sample.ethernet(EthernetHeader.EtherType(rawValue: 0x88cc), [1, 2, 3])
    let frame = try dissect(other)
    #expect(frame.network == .other && frame.payloadByteCount == 3)
  }

  @Test func `A later fragment has no transport header, the first one has`() throws {
    let first = try dissect(sample("udp-fragment"))
    #expect(first.isFragment && first.moreFragments && first.transportOffset == 34)
    let later = try dissect(sample("udp-later-fragment"))
    #expect(later.isFragment && later.fragmentOffset == 8 && later.transportOffset == nil)
    #expect(later.payloadByteCount == Sample.payload.count && !later.hasPorts)
  }

  @Test func `IPv6 extension headers belong to the network header`() throws {
    let bytes = try sample("udp6-extensions")
    let frame = try dissect(bytes)
    #expect(frame.network == .ipv6 && frame.protocol == .udp)
    #expect(frame.networkHeaderByteCount == 40 + 24 && frame.transportOffset == 14 + 64)
    #expect(!frame.isFragment)
  }

  @Test func `A tunnel leads to what it carries`() throws {
    for (name, kind, inner) in [
      ("geneve", Tunnel.Kind.geneve, 50), ("geneve-gateway", .geneve, 82), ("vxlan", .vxlan, 50),
    ] {
      let bytes = try sample(name)
      let outer = try dissect(bytes)
      let tunnel = try #require(try outer.tunnel(in: bytes))
      #expect(tunnel.kind == kind && tunnel.headerOffset == 42 && tunnel.innerOffset == inner)
      #expect(tunnel.virtualNetworkIdentifier == (kind == .geneve ? 4711 : 99))
      let carried = try unsafe tunnel.inner(in: bytes.span.bytes)
      #expect(carried.protocol == .tcp && carried.payloadByteCount == Sample.payload.count)
      #expect(carried.linkOffset == (name == "geneve-gateway" ? nil : inner))
      #expect(unsafe InternetChecksum.verifyTransport(of: carried, in: bytes.span.bytes) == .good)
    }
    let plain = try sample("dns")
    let frame = try dissect(plain)
    #expect(try unsafe frame.tunnel(in: plain.span.bytes) == nil)
  }

  @Test func `An ICMP error leads to the packet it is about`() throws {
    let bytes = try sample("icmp-too-big")
    let frame = try dissect(bytes)
    let quote = try #require(try frame.quotedPacket(in: bytes))
    // 28 bytes are quoted: an IP header and the ports, and no whole TCP header.
    #expect(quote.networkOffset == 42 && quote.transportOffset == 62 && quote.hasPorts)
    #expect(quote.protocol == .tcp && quote.transportHeaderByteCount == 0 && quote.isTruncated)
    #expect(
      unsafe InternetChecksum.verifyTransport(of: quote, in: bytes.span.bytes)
        == .notCheckable(.truncated))
    #expect(unsafe InternetChecksum.verifyNetwork(of: quote, in: bytes.span.bytes) == .good)
    let bytes6 = try sample("icmpv6-too-big")
    let frame6 = try dissect(bytes6)
    let quote6 = try #require(try frame6.quotedPacket(in: bytes6))
    #expect(quote6.protocol == .tcp && quote6.transportHeaderByteCount == 20)
    let echo = try sample("icmp-echo")
    let echoFrame = try dissect(echo)
    #expect(try unsafe echoFrame.quotedPacket(in: echo.span.bytes) == nil)
  }

  @Test func `A quote ends where RFC 4884 says that extensions begin`() throws {
    let quoted = Array(try sample("tcp")[14...])
    var header = ICMPv4Header(type: .timeExceeded)
    header.parameter = 5 << 16
    let bytes = Sample.ethernet(.ipv4, Sample.ipv4(.icmp, Sample.icmp(header, quoted)))
    let frame = try dissect(bytes)
    let quote = try #require(try frame.quotedPacket(in: bytes))
    #expect(quote.capturedEnd == quote.networkOffset + 20 && !quote.hasPorts)
  }

  @Test func `Lengths that contradict each other are malformed`() throws {
    var udp = try sample("dns")
    udp[38] = 0xff
    #expect(throws: HeaderError.self) { try dissect(udp) }
    var ip = try sample("tcp")
    ip[16] = 0
    ip[17] = 39
    #expect(throws: HeaderError.truncated(.tcp, offset: 34, needed: 20, available: 19)) {
      try dissect(ip)
    }
    var version = try sample("tcp")
    version[14] = 0x65
    #expect(throws: HeaderError.malformed(.ipv4, offset: 14, value: 0x65)) {
      try dissect(version)
    }
    #expect(throws: HeaderError.malformed(.ipv4, offset: 0, value: 0x70)) {
      try dissect(network: [0x70])
    }
  }

  @Test func `Extension headers are bounded and in order`() throws {
    let destination: [UInt8] = [60, 0, 1, 4, 0, 0, 0, 0]
    let long = Sample.ipv6(
      .destinationOptions, [[UInt8]](repeating: destination, count: 17).flatMap { $0 })
    #expect(throws: HeaderError.unsupported(.ipv6Extension, offset: 40 + 16 * 8, value: 60)) {
      try dissect(network: long)
    }
    let late = Sample.ipv6(.destinationOptions, [0, 0, 1, 4, 0, 0, 0, 0] + destination)
    #expect(throws: HeaderError.malformed(.ipv6Extension, offset: 48, value: 0)) {
      try dissect(network: late)
    }
    let jumbo = Sample.ipv6(.hopByHopOptions, [])
    #expect(throws: HeaderError.unsupported(.ipv6, offset: 4, value: 0)) {
      try dissect(network: jumbo)
    }
    let authentication = Sample.ipv6(
      .authenticationHeader,
      [17, 4] + [UInt8](repeating: 0, count: 22) + Sample.udp([1], overIPv6: true))
    let frame = try dissect(network: authentication)
    #expect(frame.protocol == .udp && frame.networkHeaderByteCount == 64)
    let shortAuthentication = Sample.ipv6(
      .authenticationHeader, [17, 0] + [UInt8](repeating: 0, count: 22))
    #expect(throws: HeaderError.malformed(.ipv6Extension, offset: 41, value: 0)) {
      try dissect(network: shortAuthentication)
    }
  }
}
