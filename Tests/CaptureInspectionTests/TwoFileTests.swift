import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// Captures from both sides of anybody's translator, without packet ids.
@Suite struct TwoFileTests {
  private static let start: Int64 = 1_700_000_000_000_000_000

  /// Builds both sides, and keeps what should be found.
  struct Sides {
    var recording = Recording()
    var now = TwoFileTests.start

    mutating func cross(
      _ inside: Packet, _ outside: Packet, isOutward: Bool = true, isLost: Bool = false
    ) {
      now += 1_000_000
      let first = isOutward ? inside : outside
      let second = isOutward ? outside : inside
      recording.records.append(
        Recording.Record(
          point: isOutward ? "inside" : "outside", time: now, bytes: first.frame))
      if isLost { return }
      recording.records.append(
        Recording.Record(
          point: isOutward ? "outside" : "inside", time: now + 20_000, bytes: second.frame))
    }

    /// A request and its answer through a source translation.
    mutating func exchange(
      _ inside: Endpoint, _ outside: Endpoint, _ remote: Endpoint, _ payload: [UInt8],
      protocol: IPProtocol = .udp
    ) {
      var there = Packet(
        protocol: `protocol`, source: inside, destination: remote, payload: payload)
      var translated = there
      translated.source = outside
      translated.timeToLive = 63
      cross(there, translated)
      there = Packet(
        protocol: `protocol`, source: remote, destination: outside, payload: payload + [0])
      translated = there
      translated.destination = inside
      translated.timeToLive = 63
      cross(translated, there, isOutward: false)
    }

    func verify(_ settings: InspectionSettings = InspectionSettings()) throws -> Verification {
      let folder = TemporaryFolder()
      return Verification(
        files: try recording.writePlain(["inside", "outside"], to: folder), settings: settings)
    }
  }

  private static let remote = Endpoint("198.51.100.7", 53)
  private static let public1 = Endpoint("203.0.113.1", 20_001)

  @Test func `Packets are matched by what a translator leaves alone`() throws {
    var sides = Sides()
    for number in 0..<20 {
      let inside = Endpoint("192.168.0.\(number + 1)", 5000)
      let outside = Endpoint("203.0.113.1", UInt16(20_000 + number))
      sides.exchange(inside, outside, Self.remote, [UInt8(number), 1, 2])
    }
    let verification = try sides.verify()
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(verification.analysis.translations.count == 20)
    for (number, translation) in verification.analysis.translations.enumerated() {
      #expect(translation.crossing.description == "inside → outside")
      #expect(translation.inside == Endpoint("192.168.0.\(number + 1)", 5000))
      #expect(translation.outside == Endpoint("203.0.113.1", UInt16(20_000 + number)))
      #expect(translation.remote == Self.remote)
      #expect(translation.outwardCount == 1)
      #expect(translation.inwardCount == 1)
    }
    #expect(verification.analysis.points.map(\.unmatchedCount) == [0, 0])
    #expect(verification.analysis.latencies.allSatisfy { $0.maximum == 20_000 })
    #expect(verification.analysis.latencies.count == 4)
  }

  @Test func `Two files that have nothing in common do not pass, and say why`() throws {
    let inside = Packet(
      protocol: .udp, source: Endpoint("192.168.0.1", 5000), destination: Self.remote,
      payload: [1, 2, 3])
    var other = inside
    other.payload = [4, 5, 6]
    for (delay, words) in [
      (20_000, "no payload with one end the same was seen at two points within 5 s"),
      (3_600_000_000_000, "inside.pcap ends 3600 s before "),
    ] as [(Int64, String)] {
      var sides = Sides()
      sides.recording.records = [
        Recording.Record(point: "inside", time: Self.start, bytes: inside.frame),
        Recording.Record(point: "outside", time: Self.start + delay, bytes: other.frame),
      ]
      let verification = try sides.verify()
      #expect(!verification.hasPassed)
      guard case .nothingPaired(let reason) = verification.analysis.problem else {
        Issue.record("no problem was found")
        continue
      }
      #expect(reason.contains(words), "\(reason)")
    }
  }

  @Test func `Files of one point need not have anything in common`() throws {
    let folder = TemporaryFolder()
    let packet = Packet(
      protocol: .udp, source: Endpoint("192.168.0.1", 5000), destination: Self.remote,
      payload: [1, 2, 3])
    let recording = Recording(records: [
      Recording.Record(
        point: "guest", label: "a", time: Self.start, packetID: 1, bytes: packet.frame),
      Recording.Record(
        point: "guest", label: "b", time: Self.start, packetID: 2, bytes: packet.frame),
    ])
    let verification = Verification(files: try recording.writeTaps(to: folder))
    #expect(verification.analysis.problem == nil)
  }

  @Test func `The same payload from two hosts is told apart once translations are known`() throws {
    var sides = Sides()
    let first = (Endpoint("192.168.0.1", 5000), Endpoint("203.0.113.1", 20_001))
    let second = (Endpoint("192.168.0.2", 5000), Endpoint("203.0.113.1", 20_002))
    sides.exchange(first.0, first.1, Self.remote, [1])
    sides.exchange(second.0, second.1, Self.remote, [2])
    // Both inside frames come first, and the second is the first to come out.
    let time = sides.now + 1_000_000
    for (point, endpoint, offset) in [
      ("inside", first.0, 0), ("inside", second.0, 1), ("outside", second.1, 2),
      ("outside", first.1, 3),
    ] as [(String, Endpoint, Int64)] {
      sides.recording.records.append(
        Recording.Record(
          point: point, time: time + offset,
          bytes: Packet.udp(endpoint, Self.remote, [7, 7, 7]).frame))
    }
    let verification = try sides.verify()
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(verification.analysis.translations.count == 2)
    #expect(verification.analysis.translations.allSatisfy { $0.outwardCount == 2 })
  }

  @Test func `Retransmitted segments are matched in their order`() throws {
    var sides = Sides()
    let inside = Packet.tcp(Endpoint("192.168.0.1", 5000), Self.remote, [.syn])
    var outside = inside
    outside.source = Self.public1
    for _ in 0..<3 { sides.cross(inside, outside) }
    let verification = try sides.verify()
    #expect(verification.hasPassed)
    #expect(verification.analysis.translations.map(\.outwardCount) == [3])
    #expect(verification.analysis.flows.map(\.forward.retransmissionCount) == [2, 2])
  }

  @Test func `What was seen on one side only is reported`() throws {
    var sides = Sides()
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [1])
    let lost = Packet.udp(Endpoint("192.168.0.1", 5000), Self.remote, [9, 9])
    sides.cross(lost, lost, isLost: true)
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [2])
    let analysis = try sides.verify().analysis
    #expect(analysis.points.map(\.unmatchedCount) == [1, 0])
    #expect(analysis.points[0].unmatched.map(\.frameNumber) == [3])
    #expect(
      analysis.drops.map { "\($0.evidence) \($0.point) \($0.count)" } == ["vanished inside 1"])
  }

  @Test func `A packet that only the outside saw comes out of nowhere`() throws {
    var sides = Sides()
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [1])
    sides.now += 1_000_000
    sides.recording.records.append(
      Recording.Record(
        point: "outside", time: sides.now,
        bytes: Packet.udp(Self.public1, Self.remote, [9, 9]).frame))
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [2])
    let verification = try sides.verify()
    #expect(verification[.origin].violationCount == 1)
    #expect(verification[.origin].findings.first?.frame?.frameNumber == 3)
  }

  @Test func `A broken translator is caught`() throws {
    var sides = Sides()
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [1])
    sides.exchange(Endpoint("192.168.0.2", 5000), Self.public1, Self.remote, [2])
    let verification = try sides.verify()
    #expect(verification[.oneInsidePerOutside].violationCount == 1)
    #expect(
      verification[.oneInsidePerOutside].findings.first?.frame?.file.hasSuffix("outside.pcap")
        == true)
  }

  @Test func `Echo requests are matched by their sequence number and translated by identifier`()
    throws
  {
    var sides = Sides()
    for number in 0..<3 as Range<UInt16> {
      let inside = Packet(
        protocol: .icmp, source: Endpoint("192.168.0.1", 0), destination: Self.remote,
        payload: [1, 2, 3], icmp: .echoRequest(identifier: 5, sequenceNumber: number))
      var outside = inside
      outside.source = Endpoint("203.0.113.1", 0)
      outside.icmp = .echoRequest(identifier: 4711, sequenceNumber: number)
      sides.cross(inside, outside)
    }
    let verification = try sides.verify()
    #expect(verification.hasPassed)
    let translation = try #require(verification.analysis.translations.first)
    #expect(translation.inside.port == 5)
    #expect(translation.outside.port == 4711)
    #expect(translation.outwardCount == 3)
  }

  @Test func `IPv6 and prefix translation work the same`() throws {
    var sides = Sides()
    sides.exchange(
      Endpoint("fd00::1", 5000), Endpoint("2001:db8:1::1", 5000), Endpoint("2001:db8::53", 53), [1])
    let verification = try sides.verify()
    #expect(verification.hasPassed)
    #expect(
      verification.analysis.translations.map(\.description)
        == ["udp [fd00::1]:5000 as [2001:db8:1::1]:5000 to [2001:db8::53]:53, inside → outside"])
  }

  @Test func `Two machines' interfaces of the same name stay apart`() throws {
    var sides = Sides()
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [1])
    let folder = TemporaryFolder()
    var paths: [String] = []
    for side in ["inside", "outside"] {
      var part = Recording(records: sides.recording.records.filter { $0.point == side })
      for index in part.records.indices { part.records[index].point = "eth0" }
      paths.append(folder.file("\(side).pcapng"))
      try part.write(to: paths[paths.count - 1])
    }
    let analysis = CaptureAnalysis(files: paths)
    #expect(analysis.points.map(\.point) == ["inside:eth0", "outside:eth0"])
    #expect(analysis.translations.count == 1)
  }

  @Test func `One capture alone has flows and nothing to match`() throws {
    var sides = Sides()
    sides.exchange(Endpoint("192.168.0.1", 5000), Self.public1, Self.remote, [1])
    let folder = TemporaryFolder()
    let analysis = CaptureAnalysis(files: try sides.recording.writePlain(["inside"], to: folder))
    #expect(analysis.flows.count == 1)
    #expect(analysis.points.map(\.unmatchedCount) == [0])
  }
}
