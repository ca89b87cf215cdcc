import PacketFormats
import Testing
import VirtualNetwork

@Suite struct FlowReadingTests {
  private static let source = IPv4Address(10, 0, 1, 4)
  private static let destination = IPv4Address(10, 0, 2, 20)

  /// An Ethernet frame with an IPv4 packet, put together byte by byte.
  private static func frame(
    protocol number: UInt8, versionAndHeaderLength: UInt8 = 0x45, fragmentOffset: UInt8 = 0,
    options: [UInt8] = [], body: [UInt8]
  ) -> [UInt8] {
    [UInt8](repeating: 0x0a, count: 12) + [0x08, 0x00]
      + [versionAndHeaderLength, 0, 0, UInt8(20 + options.count + body.count)]
      + [0, 1, 0, fragmentOffset, 64, number, 0, 0]
      + [10, 0, 1, 4, 10, 0, 2, 20] + options + body
  }

  private static func tcp(flags: UInt8) -> [UInt8] {
    [0x9c, 0xae, 0x15, 0x38] + [UInt8](repeating: 0, count: 8) + [0x50, flags]
      + [UInt8](repeating: 0, count: 6)
  }

  private static let udp: [UInt8] = [0x9c, 0xae, 0x00, 0x35, 0, 8, 0, 0]

  private static func read(_ bytes: [UInt8]) -> FlowReading { unsafe FlowReading(bytes.span.bytes) }

  private static func flow(_ bytes: [UInt8]) -> FlowKey? {
    guard case .ipv4(let key, _) = read(bytes) else { return nil }
    return key
  }

  @Test func `A TCP segment gives its ends and its control bits`() throws {
    guard
      case .ipv4(let key, let flags) = Self.read(
        Self.frame(protocol: 6, body: Self.tcp(flags: 0x12)))
    else {
      Issue.record("not read as IPv4")
      return
    }
    #expect(
      key
        == FlowKey(
          .tcp, source: Self.source, sourcePort: 40110, destination: Self.destination,
          destinationPort: 5432))
    #expect(flags == [.syn, .ack])
  }

  @Test func `Ports are found behind IP options`() {
    let bytes = Self.frame(
      protocol: 17, versionAndHeaderLength: 0x47, options: [1, 1, 1, 1, 1, 1, 1, 0], body: Self.udp)
    #expect(Self.flow(bytes)?.destinationPort == 53)
  }

  @Test func `A later fragment has no ports, whatever its first bytes look like`() {
    let bytes = Self.frame(protocol: 17, fragmentOffset: 3, body: Self.udp)
    #expect(Self.flow(bytes) == FlowKey(.udp, source: Self.source, destination: Self.destination))
  }

  @Test(arguments: [(8, 77), (0, 77), (3, 0)] as [(UInt8, UInt16)])
  func `Only echoes have an identifier`(type: UInt8, identifier: UInt16) {
    let bytes = Self.frame(protocol: 1, body: [type, 0, 0, 0, 0, 77, 0, 1])
    #expect(
      Self.flow(bytes)
        == FlowKey(
          icmpType: type, code: 0, identifier: identifier, source: Self.source,
          destination: Self.destination))
  }

  @Test func `A protocol that we do not know is a flow between addresses`() {
    #expect(
      Self.flow(Self.frame(protocol: 47, body: []))
        == FlowKey(IPProtocol(rawValue: 47), source: Self.source, destination: Self.destination))
  }

  @Test func `A frame cut anywhere is read without ports or not at all`() {
    let whole = Self.frame(protocol: 6, body: Self.tcp(flags: 0x02))
    for count in 0..<whole.count {
      switch Self.read(Array(whole[..<count])) {
      case .unreadable: #expect(count < 34)
      case .ipv4(let key, let flags):
        #expect(count >= 34)
        #expect(key.sourcePort == 0)
        #expect(flags == [])
      case .arp, .ipv6, .neighborDiscovery: Issue.record("IPv4 read as something else")
      }
    }
  }

  @Test(arguments: [0x44, 0x65, 0x4f] as [UInt8])
  func `A wrong version or header length is unreadable`(first: UInt8) {
    let bytes = Self.frame(protocol: 17, versionAndHeaderLength: first, body: Self.udp)
    guard case .unreadable = Self.read(bytes) else {
      Issue.record("read all the same")
      return
    }
  }

  @Test func `ARP needs all of its 28 bytes, and other types are no concern of a VPC`() {
    let header = [UInt8](repeating: 0x0a, count: 12)
    guard case .arp = Self.read(header + [0x08, 0x06] + [UInt8](repeating: 0, count: 28)),
      case .unreadable = Self.read(header + [0x08, 0x06] + [UInt8](repeating: 0, count: 27)),
      case .unreadable = Self.read(header + [0x86, 0xdd] + [UInt8](repeating: 0, count: 60))
    else {
      Issue.record("taken for something else")
      return
    }
  }
}
