import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// Every rule, with a defect that breaks it; ``LambdaPathTests`` shows the same run without.
@Suite struct RuleTests {
  private static let start: Int64 = 1_567_468_800_000_000_000
  private static let nobody = Endpoint("0.0.0.0", 0)

  /// The first record of a point that `matches`, in an untroubled run.
  private func defect(
    at point: String, where matches: (Recording.Record) -> Bool = { _ in true },
    _ change: (inout Recording.Record) -> Void
  ) throws -> Verification {
    var recording = LambdaPathTests.twoEnvironments().recording
    let found = recording.records.firstIndex { $0.point == point && matches($0) }
    change(&recording.records[try #require(found)])
    return try recording.verify()
  }

  private func expectOnly(
    _ rules: Set<Rule>, _ verification: Verification,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let failed = Set(verification.results.filter { $0.verdict == .failed }.map(\.rule))
    #expect(
      failed == rules, "\(verification.results.flatMap(\.findings))", sourceLocation: sourceLocation
    )
    #expect(!verification.hasPassed, sourceLocation: sourceLocation)
  }

  // MARK: Bytes

  @Test(arguments: [("eni", 24), ("tunnel", 24), ("tunnel", 14 + 20 + 8 + 8 + 24)])
  func `A wrong IPv4 checksum is found, in the tunnel too`(_ place: (point: String, offset: Int))
    throws
  {
    let verification = try defect(at: place.point) { $0.bytes[place.offset] ^= 0x40 }
    expectOnly([.checksumIPv4], verification)
    let finding = try #require(verification[.checksumIPv4].findings.first)
    #expect(finding.point == place.point)
    #expect(finding.packetID == 1)
    #expect(finding.found.hasPrefix("IPv4 checksum 0x"))
    #expect(finding.expected.hasPrefix("0x"))
    #expect(verification[.checksumIPv4].violationCount == 1)
  }

  @Test func `A wrong TCP checksum is found, with what would be right`() throws {
    var right: UInt16 = 0
    let verification = try defect(at: "eni") {
      right = UInt16($0.bytes[50]) << 8 | UInt16($0.bytes[51])
      $0.bytes[50] ^= 0xff
    }
    expectOnly([.checksumTCP], verification)
    let finding = try #require(verification[.checksumTCP].findings.first)
    #expect(finding.expected == "0x" + String(0x1_0000 + Int(right), radix: 16).dropFirst())
  }

  @Test func `A checksum that the card has yet to fill in is not blamed`() throws {
    var recording = LambdaPathTests.twoEnvironments().recording
    recording.records[0].bytes[50] ^= 0xff
    recording.records[0].flags.rawValue |= 0x200
    #expect(try recording.verify().hasPassed)
  }

  @Test func `Wrong UDP and ICMP checksums are found, and no checksum is none`() throws {
    let host = Endpoint("10.0.0.1", 5000)
    let resolver = Endpoint("10.0.0.2", 53)
    var good = Packet.udp(host, resolver, [1, 2, 3])
    var recording = Recording()
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: good.frame)]
    #expect(try recording.verify()[.checksumUDP].verdict == .passed)
    good.omitsChecksum = true
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: good.frame)]
    #expect(try recording.verify()[.checksumUDP].verdict == .passed)
    var bad = good.frame
    bad[41] = 7
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: bad)]
    expectOnly([.checksumUDP], try recording.verify())

    let echo = Packet(
      protocol: .icmp, source: host, destination: resolver,
      icmp: .echoRequest(identifier: 5, sequenceNumber: 1))
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: echo.frame)]
    #expect(try recording.verify()[.checksumICMP].verdict == .passed)
    bad = echo.frame
    bad[41] ^= 7
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: bad)]
    expectOnly([.checksumICMP], try recording.verify())
  }

  @Test func `A UDP checksum of zero is wrong over IPv6`() throws {
    var packet = Packet.udp(Endpoint("2001:db8::1", 5000), Endpoint("2001:db8::2", 53), [1])
    packet.omitsChecksum = true
    var recording = Recording()
    recording.records = [Recording.Record(point: "eth0", time: 1, bytes: packet.frame)]
    expectOnly([.checksumUDP], try recording.verify())
  }

  @Test func `A header that cannot be read is found`() throws {
    let verification = try defect(at: "eni") { $0.bytes[14] = 0x42 }
    // The packet is missing at that point, which is no rule's business.
    expectOnly([.wellFormed], verification)
    #expect(verification.analysis.points.first { $0.point == "eni" }?.malformedCount == 1)
  }

  @Test func `A changed payload is found`() throws {
    let verification = try defect(at: "destination", where: { $0.bytes.count > 54 }) {
      // Turned round by 16 bits, so that the checksum stays right.
      $0.bytes.swapAt(54, 56)
      $0.bytes.swapAt(55, 57)
    }
    expectOnly([.payloadUnchanged], verification)
  }

  @Test func `A rising time to live is found`() throws {
    let verification = try defect(at: "slot") { record in
      // At slot, 64 becomes 65; at tunnel it is 64 again, which is fine.
      record.bytes[22] = 65
      record.bytes[24] &-= 1
    }
    expectOnly([.timeToLive], verification)
    #expect(verification[.timeToLive].violationCount == 1)
  }

  // MARK: Times

  @Test func `A time before the one at the hop before is found`() throws {
    let verification = try defect(at: "hyperplane-out") { $0.time -= 30_001 }
    expectOnly([.timeOrder, .latencySum], verification)
  }

  @Test func `Points in the wrong order are found`() throws {
    var recording = LambdaPathTests.twoEnvironments().recording
    // Times are exchanged, so that the packet is at hyperplane-out before it is at hyperplane-in.
    let input = try #require(recording.records.firstIndex { $0.point == "hyperplane-in" })
    let output = try #require(recording.records.firstIndex { $0.point == "hyperplane-out" })
    let time = recording.records[input].time
    recording.records[input].time = recording.records[output].time
    recording.records[output].time = time
    recording.records.swapAt(input, output)
    let verification = try recording.verify()
    #expect(verification[.timeOrder].verdict == .failed)
    #expect(verification[.timeOrder].findings.first?.packetID == 1)
  }

  // MARK: Translations

  @Test func `Two insides behind one outside are found`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.exchange(
      .init(environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000)),
      at: Self.start + 300_000)
    path.sort()
    let verification = try path.recording.verify()
    #expect(verification[.oneInsidePerOutside].verdict == .failed)
    #expect(verification[.oneOutsidePerInside].verdict == .passed)
    let finding = try #require(verification[.oneInsidePerOutside].findings.first)
    #expect(finding.point == "hyperplane-out")
    #expect(finding.found == "10.128.0.2:40000 as 10.0.1.37:41822 to 10.0.2.20:5432")
    #expect(finding.expected.contains("10.0.1.37:41822 only for 10.128.0.1:40000"))
    // They take turns, which makes two translations and not one for each turn.
    #expect(
      verification.analysis.translations.filter { $0.crossing.inner == "hyperplane-in" }.count == 2)
  }

  @Test func `The same outside for another remote is no offence`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.exchange(
      .init(
        environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000),
        remote: Endpoint("10.0.2.21", 5432)), at: Self.start + 300_000)
    path.sort()
    #expect(try path.recording.verify().hasPassed)
  }

  @Test func `An outside given away after a closed connection is no offence`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.exchange(
      .init(environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000)),
      at: Self.start + 50_000_000)
    path.sort()
    let verification = try path.recording.verify()
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(
      verification.analysis.translations.filter { $0.crossing.inner == "hyperplane-in" }.count == 2)
  }

  // Half a second is less than any timer; what happens later is for nobody to say.
  @Test(arguments: [
    (gap: 499_000_000 as Int64, passes: false, count: 2), (500_000_000, true, 2),
    (14_000_000_000, true, 2), (15_000_000_000, true, 3),
  ])
  func `An outside given away after a pause is a new translation`(
    _ example: (gap: Int64, passes: Bool, count: Int)
  ) throws {
    var path = LambdaPath()
    let first = LambdaPath.Connection(protocol: .udp)
    path.request(first, .udp(Self.nobody, Self.nobody, [1]), at: Self.start)
    path.request(
      .init(environment: "orders-2", protocol: .udp, slot: Endpoint("10.128.0.2", 40_000)),
      .udp(Self.nobody, Self.nobody, [2]), at: Self.start + example.gap)
    path.request(
      first, .udp(Self.nobody, Self.nobody, [3]), at: Self.start + 2 * example.gap)
    let verification = try path.recording.verify()
    #expect((verification[.oneInsidePerOutside].verdict == .passed) == example.passes)
    let found = verification.analysis.translations.filter { $0.crossing.inner == "hyperplane-in" }
    // The first one comes back, as the same translation unless that has been too long ago.
    #expect(found.count == example.count)
  }

  @Test(arguments: [(gap: 499_000_000 as Int64, passes: false), (500_000_000, true)])
  func `Another outside after a pause is a new translation`(
    _ example: (gap: Int64, passes: Bool)
  ) throws {
    var path = LambdaPath()
    let packet = Packet.udp(Self.nobody, Self.nobody, [1])
    let later = LambdaPath.Connection(protocol: .udp, eni: Endpoint(LambdaPath.eni, port: 2_000))
    path.request(.init(protocol: .udp), packet, at: Self.start)
    path.request(later, packet, at: Self.start + example.gap)
    path.reply(later, packet, at: Self.start + example.gap + 1_000_000)
    let verification = try path.recording.verify()
    #expect((verification[.oneOutsidePerInside].verdict == .passed) == example.passes)
    #expect(verification[.reversePath].verdict == .passed)
    // Who knows the timer can say so.
    var settings = InspectionSettings()
    settings.translationLifetimes.certain = 1_000_000_000
    #expect(try path.recording.verify(settings)[.oneOutsidePerInside].verdict == .failed)
  }

  @Test func `An answer by the old outside shows that there are two`() throws {
    var path = LambdaPath()
    let packet = Packet.udp(Self.nobody, Self.nobody, [1])
    let first = LambdaPath.Connection(protocol: .udp)
    path.request(first, packet, at: Self.start)
    path.request(
      .init(protocol: .udp, eni: Endpoint(LambdaPath.eni, port: 2_000)), packet,
      at: Self.start + 5_000_000_000)
    let id = path.reply(first, packet, at: Self.start + 6_000_000_000)
    let verification = try path.recording.verify()
    expectOnly([.reversePath], verification)
    #expect(verification[.reversePath].findings.first?.packetID == id)
  }

  @Test func `Two outsides for one inside are found`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.exchange(.init(eni: Endpoint(LambdaPath.eni, port: 2_000)), at: Self.start + 300_000)
    path.sort()
    let verification = try path.recording.verify()
    #expect(verification[.oneOutsidePerInside].verdict == .failed)
    #expect(verification[.oneInsidePerOutside].verdict == .passed)
    let finding = try #require(verification[.oneOutsidePerInside].findings.first)
    #expect(finding.found == "10.128.0.1:40000 as 10.0.1.37:2000 to 10.0.2.20:5432")
  }

  @Test func `A request that was not translated is found`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.request(
      .init(eni: Endpoint("10.128.0.1", 40_000)), .tcp(Self.nobody, Self.nobody, [.ack]),
      at: Self.start + 2_500_000)
    path.sort()
    let verification = try path.recording.verify()
    expectOnly([.oneOutsidePerInside], verification)
    #expect(
      verification[.oneOutsidePerInside].findings.first?.found == "10.128.0.1:40000 left as it is")
  }

  @Test func `A reply for somebody else is found`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.exchange(
      .init(
        environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000),
        eni: Endpoint(LambdaPath.eni, port: 2_000)), at: Self.start + 300_000)
    // To the first one's outside, delivered to the second.
    let id = path.reply(
      .init(environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000)),
      .tcp(Self.nobody, Self.nobody, [.ack]), at: Self.start + 2_500_000)
    path.sort()
    let verification = try path.recording.verify()
    expectOnly([.reversePath], verification)
    let finding = try #require(verification[.reversePath].findings.first)
    #expect(finding.packetID == id)
    #expect(finding.found == "a reply to 10.0.1.37:41822 delivered to 10.128.0.2:40000")
    // It makes no translation of its own.
    #expect(
      verification.analysis.translations.filter { $0.crossing.inner == "hyperplane-in" }.count == 2)
  }

  @Test func `A reply that was not translated is found`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.reply(
      .init(slot: Endpoint(LambdaPath.eni, port: 41_822)), .tcp(Self.nobody, Self.nobody, [.ack]),
      at: Self.start + 2_500_000, until: "hyperplane-in")
    path.sort()
    let verification = try path.recording.verify()
    expectOnly([.reversePath], verification)
    #expect(
      verification[.reversePath].findings.first?.found == "a reply to 10.0.1.37:41822 left as it is"
    )
  }

  @Test(arguments: [1023 as UInt16, 80])
  func `A port out of range is found`(port: UInt16) throws {
    var path = LambdaPath()
    path.exchange(.init(eni: Endpoint(LambdaPath.eni, port: port)), at: Self.start)
    path.sort()
    let verification = try path.recording.verify()
    expectOnly([.portRange], verification)
    #expect(
      verification[.portRange].findings.map(\.found) == ["10.128.0.1:40000 as port \(port)"])
    var settings = InspectionSettings()
    settings.ports = 1...65535
    #expect(try path.recording.verify(settings).hasPassed)
  }

  @Test func `A port that the inside chose is not the translator's choice`() throws {
    var path = LambdaPath()
    path.exchange(
      .init(
        guest: Endpoint(LambdaPath.guest, port: 500), slot: Endpoint("10.128.0.1", 500)),
      at: Self.start)
    path.sort()
    #expect(try path.recording.verify().hasPassed)
  }

  // MARK: ICMP errors

  /// An error from the database's host about a request, turned back on its way in, or not.
  private func error(quoting connection: LambdaPath.Connection, deliveredTo guest: Endpoint)
    throws -> Verification
  {
    var path = LambdaPath()
    var honest = LambdaPath.Connection()
    honest.protocol = .udp
    path.request(honest, .udp(Self.nobody, Self.nobody, [1]), at: Self.start)
    var time = Self.start + 1_000_000
    for point in LambdaPath.points.reversed() {
      var packet = Packet.udp(connection.inside(at: point), honest.remote, [1])
      packet.timeToLive = 63
      var error = packet.unreachable(from: honest.remote.address)
      if point == "guest" { error.destination.address = guest.address }
      path.recording.records.append(
        Recording.Record(
          point: point, label: point == "guest" ? "orders-1" : "", time: time,
          flags: point == "hyperplane-in" || point == "destination" ? .outbound : .inbound,
          packetID: 99, bytes: point == "tunnel" ? error.tunnelled() : error.frame))
      time += 10_000
    }
    return try path.recording.verify()
  }

  @Test func `An ICMP error turned back like its flow breaks no rule`() throws {
    let verification = try error(
      quoting: .init(protocol: .udp), deliveredTo: Endpoint(LambdaPath.guest, port: 0))
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(verification.analysis.translations.count == 2)
    #expect(verification.analysis.translations.allSatisfy { $0.inwardCount == 0 })
  }

  @Test func `An ICMP error that quotes another packet than was sent is found`() throws {
    let verification = try error(
      quoting: .init(protocol: .udp, slot: Endpoint("10.128.0.1", 40_001)),
      deliveredTo: Endpoint(LambdaPath.guest, port: 0))
    expectOnly([.reversePath], verification)
  }

  @Test func `An ICMP error to somebody else is found`() throws {
    let verification = try error(
      quoting: .init(protocol: .udp), deliveredTo: Endpoint("169.254.79.9", 0))
    expectOnly([.reversePath], verification)
    #expect(
      verification[.reversePath].findings.map(\.found) == ["an ICMP error to 169.254.79.9"])
  }
}
