import CaptureFiles
import CaptureInspection
import PacketFormats
import TestSupport
import Testing

/// Defects planted into captures of runs whose packets pass gateways of a VPC.
@Suite struct GatewayDefectTests {
  private static func capture(of scenario: String) throws -> PlantedDefect {
    try PlantedDefect(of: SourceTree.path("Captures/\(scenario)/all.pcapng"))
  }

  /// Where packets have the NAT gateway's private address, and its public one.
  private static let outside = ["nat-gateway-out", "internet-gateway", "destination"]

  /// The ids of packets of a kind that passed a point in one direction, in their order.
  private static func packets(
    of transport: IPProtocol, at point: String, _ direction: PacketFlags, in capture: PlantedDefect
  ) -> [UInt64] {
    capture.recording.records.filter {
      $0.point == point && $0.flags == direction && $0.bytes[12...13] == [8, 0]
        && $0.bytes[23] == transport.rawValue
    }.compactMap(\.packetID)
  }

  /// Changes a packet wherever it was seen among `points`.
  ///
  /// - Returns: The number of its frame at the first of them.
  private static func change(
    _ packet: UInt64, at points: [String], in capture: inout PlantedDefect,
    _ change: (inout [UInt8]) -> Void
  ) throws -> UInt64 {
    for point in points.dropFirst()
    where capture.recording.records.contains(where: { $0.packetID == packet && $0.point == point })
    {
      _ = try capture.change(packet, at: point, change)
    }
    return try capture.change(packet, at: points[0], change)
  }

  /// Has a packet get no further than a point.
  private static func end(_ packet: UInt64, at point: String, in capture: inout PlantedDefect)
    throws
  {
    let last = try capture.frame(of: packet, at: point)
    let later = capture.recording.records[(last + 1)...].filter { $0.packetID != packet }
    capture.recording.records.removeSubrange((last + 1)...)
    capture.recording.records += later
  }

  @Test(arguments: ["nat-gateway", "dual-stack", "s3-gateway-endpoint"])
  func `Runs through gateways have no defect of their own`(scenario: String) throws {
    try Self.capture(of: scenario).expectNothing()
  }

  @Test func `A NAT gateway gives two insides one outside port`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    // The last datagrams all go to one port of one host.
    let packets = Self.packets(of: .udp, at: "nat-gateway-out", .outbound, in: capture).suffix(2)
    let (first, second) = try (#require(packets.first), #require(packets.last))
    let port = capture.recording.records[try capture.frame(of: first, at: "nat-gateway-out")]
      .bytes[34..<36]
    let frame = try Self.change(second, at: Self.outside, in: &capture) {
      $0.replaceSubrange(34..<36, with: port)
    }
    try capture.expect(.oneInsidePerOutside, in: frame)
  }

  @Test func `A NAT gateway sends a reply to the wrong inside`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    let reply = try #require(
      Self.packets(of: .tcp, at: "nat-gateway-out", .inbound, in: capture).first)
    try Self.end(reply, at: "nat-gateway-in", in: &capture)
    let frame = try capture.change(reply, at: "nat-gateway-in") { $0[33] = 99 }
    try capture.expect(.reversePath, in: frame)
  }

  @Test(arguments: [80, 1023] as [UInt16])
  func `A NAT gateway chooses a port that AWS does not give out`(port: UInt16) throws {
    var capture = try Self.capture(of: "nat-gateway")
    let packet = try #require(
      Self.packets(of: .udp, at: "nat-gateway-out", .outbound, in: capture).last)
    let frame = try Self.change(packet, at: Self.outside, in: &capture) { $0.put(port, at: 34) }
    try capture.expect(.portRange, in: frame)
  }

  @Test func `An internet gateway leaves a reply as it is`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    let reply = try #require(
      Self.packets(of: .tcp, at: "internet-gateway", .inbound, in: capture).first)
    let address = capture.recording.records[try capture.frame(of: reply, at: "internet-gateway")]
      .bytes[30..<34]
    try Self.end(reply, at: "nat-gateway-out", in: &capture)
    let frame = try capture.change(reply, at: "nat-gateway-out") {
      $0.replaceSubrange(30..<34, with: address)
    }
    try capture.expect(.reversePath, in: frame)
  }

  @Test func `An internet gateway turns a reply into somebody else's`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    let reply = try #require(
      Self.packets(of: .tcp, at: "internet-gateway", .inbound, in: capture).first)
    try Self.end(reply, at: "nat-gateway-out", in: &capture)
    let frame = try capture.change(reply, at: "nat-gateway-out") { $0[33] &+= 1 }
    try capture.expect(.reversePath, in: frame)
  }

  @Test func `An internet gateway gives an address two Elastic IP addresses`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    let packet = try #require(
      Self.packets(of: .udp, at: "internet-gateway", .outbound, in: capture).dropFirst().first)
    let frame = try Self.change(packet, at: ["internet-gateway", "destination"], in: &capture) {
      $0[29] &+= 1
    }
    try capture.expect(.addressExchange, in: frame)
  }

  @Test func `An internet gateway exchanges a port`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    let packet = try #require(
      Self.packets(of: .udp, at: "internet-gateway", .outbound, in: capture).last)
    let frame = try Self.change(packet, at: ["internet-gateway", "destination"], in: &capture) {
      $0.put(2048, at: 34)
    }
    try capture.expect(.addressExchange, in: frame)
  }

  @Test func `An exchange other than the one expected is found`() throws {
    let folder = TemporaryFolder()
    let path = folder.file("all.pcapng")
    try Self.capture(of: "nat-gateway").recording.write(to: path)
    func verify(_ outside: String) -> RuleResult {
      Verification(
        files: [path], expectations: [],
        exchanges: [
          ExpectedExchange(
            outerPoint: "internet-gateway", inside: NetworkAddress("10.0.101.4"),
            outside: NetworkAddress(outside))
        ])[.expectedTranslations]
    }
    #expect(verify("198.51.100.7").violationCount == 0)
    let wrong = verify("198.51.100.8")
    #expect(wrong.verdict == .failed)
    #expect(wrong.findings.first?.point == "internet-gateway")
  }

  @Test func `Without the NAT gateway's own captures nobody is blamed for its ports`() throws {
    var capture = try Self.capture(of: "nat-gateway")
    capture.recording.records.removeAll { $0.point.hasPrefix("nat-gateway") }
    try capture.expectNothing()
    let analysis = try capture.recording.analyze()
    let crossing = Crossing(inner: "eni", outer: "internet-gateway")
    let translations = analysis.translations.filter { $0.crossing == crossing }
    #expect(!translations.isEmpty)
    #expect(translations.allSatisfy { $0.method == .addressAndPort })
  }

  /// Changes the outside address of every IPv6 packet of a slot's connection.
  ///
  /// - Returns: The number of the first frame with it.
  private static func changePrefix(
    in capture: inout PlantedDefect, _ change: (inout ArraySlice<UInt8>) -> Void
  ) throws -> UInt64 {
    // The frames in the tunnel would need another treatment, and show nothing else.
    capture.recording.records.removeAll { $0.point == "tunnel" }
    var first: UInt64?
    for (index, record) in capture.recording.records.enumerated()
    where ["slot", "hyperplane-in"].contains(record.point) && record.bytes[12...13] == [0x86, 0xdd]
    {
      let isOutward = record.flags == (record.point == "slot" ? .outbound : .inbound)
      let range = isOutward ? 22..<38 : 38..<54
      change(&capture.recording.records[index].bytes[range])
      try PlantedDefect.mend(&capture.recording.records[index].bytes)
      if first == nil { first = UInt64(index + 1) }
    }
    return try #require(first)
  }

  @Test func `A prefix exchange in a slot that is not checksum neutral`() throws {
    var capture = try Self.capture(of: "dual-stack")
    let frame = try Self.changePrefix(in: &capture) { $0[$0.endIndex - 1] &+= 1 }
    try capture.expect(.addressExchange, in: frame)
  }

  @Test func `A prefix exchange may give any address with the same sum`() throws {
    var capture = try Self.capture(of: "dual-stack")
    _ = try Self.changePrefix(in: &capture) { address in
      let start = address.startIndex
      address.swapAt(start + 4, start + 6)
      address.swapAt(start + 5, start + 7)
    }
    try capture.expectNothing()
  }

  @Test func `A prefix exchange in a slot takes another port`() throws {
    var capture = try Self.capture(of: "dual-stack")
    let records = capture.recording.records
    let packet = try #require(
      records.first { $0.point == "slot" && $0.bytes[12...13] == [0x86, 0xdd] }?.packetID)
    capture.recording.records.removeAll { $0.point == "tunnel" }
    let frame = try Self.change(packet, at: ["slot", "hyperplane-in"], in: &capture) {
      $0.put(4711, at: 54)
    }
    let folder = TemporaryFolder()
    let path = folder.file("planted.pcapng")
    try capture.recording.write(to: path)
    let finding = try #require(Verification(files: [path])[.addressExchange].findings.first)
    #expect(finding.frame == FrameReference(file: path, frameNumber: frame))
    #expect(finding.expected.hasPrefix("port 4"))
  }
}
