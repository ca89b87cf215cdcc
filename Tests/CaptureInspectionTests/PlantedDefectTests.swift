import AddressTranslation
import CaptureFiles
import CaptureInspection
import Foundation
import LambdawireModel
import PacketFormats
import TestSupport
import Testing

/// Defects planted one by one into captures that are otherwise good: ``Verification`` has to name
/// each with file and frame.
@Suite struct PlantedDefectTests {
  // MARK: What `lambdawire translate` makes

  private static let inside = Endpoint("10.0.0.5", 40_110)
  private static let remote = Endpoint("198.51.100.9", 443)
  private static let resolver = Endpoint("198.51.100.9", 53)

  /// What somebody captured inside; packet ids are the positions here, from 1 on.
  ///
  /// A connection, two questions of which one bears no checksum, a ping, and an error about the first
  /// question.
  private static var captured: [Packet] {
    let query = Packet.udp(Endpoint("10.0.0.5", 5000), resolver, [1, 2, 3, 4])
    var unsummed = Packet.udp(Endpoint("10.0.0.5", 5001), resolver, [5, 6, 7, 8])
    unsummed.omitsChecksum = true
    var answer = Packet.udp(resolver, Endpoint("10.0.0.5", 5000), [9, 10, 11, 12])
    answer.timeToLive = 50
    var ping = Packet(
      protocol: .icmp, source: Endpoint("10.0.0.5", 0), destination: Endpoint("198.51.100.9", 0),
      payload: [1, 2, 3, 4], icmp: .echoRequest(identifier: 77, sequenceNumber: 1))
    var pong = ping
    (pong.source, pong.destination) = (ping.destination, ping.source)
    pong.icmp = .echoReply(identifier: 77, sequenceNumber: 1)
    ping.identification = 1
    return [
      .tcp(inside, remote, [.syn], sequence: 100),
      .tcp(remote, inside, [.syn, .ack], sequence: 900, acknowledgment: 101),
      .tcp(inside, remote, [.ack], sequence: 101, acknowledgment: 901),
      .tcp(
        inside, remote, [.ack, .psh], sequence: 101, acknowledgment: 901,
        payload: Array("hello, world".utf8)),
      query, answer, unsummed, ping, pong,
      query.unreachable(from: NetworkAddress("192.0.2.1")),
    ]
  }

  private static func translated() throws -> PlantedDefect {
    let folder = TemporaryFolder()
    var input = Recording()
    for (number, packet) in captured.enumerated() {
      input.records.append(
        Recording.Record(
          point: "lan", time: 1_700_000_000_000_000_000 + Int64(number) * 1_000_000,
          bytes: packet.frame))
    }
    try input.write(to: folder.file("lan.pcapng"))
    let options = TranslateOptions(
      input: folder.file("lan.pcapng"), output: folder.file("out.pcapng"),
      choice: try BehaviorChoice(profile: "aws-natgw"),
      inside: try TranslateOptions.networks("10.0.0.0/16"),
      outside: try TranslateOptions.addresses("203.0.113.7"))
    let summary = try CaptureTranslation(options).execute()
    #expect(summary.counters.translatedOutbound == 6)
    #expect(summary.counters.translatedInbound == 4)
    return try PlantedDefect(of: folder.file("out.pcapng"))
  }

  /// What is known of the translator, so that every rule has something to say.
  private static var settings: InspectionSettings {
    var settings = InspectionSettings()
    settings.idleTimeouts = IdleTimeouts(
      tcp: 350_000_000_000, udp: 350_000_000_000, icmp: 60_000_000_000)
    settings.admitsOnlyAnswers = true
    settings.timeToLiveDecrement = 1
    return settings
  }

  @Test func `Without a defect nothing is found`() throws {
    let capture = try Self.translated()
    try capture.expectNothing()
    try capture.expectNothing(Self.settings)
  }

  @Test func `1: a wrong checksum`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(4, at: "outside", mending: false) { $0[50] ^= 0x10 }
    try capture.expect(.checksumTCP, in: frame)
  }

  @Test func `2: a port used twice`() throws {
    var capture = try Self.translated()
    let first = capture.recording.records[try capture.frame(of: 5, at: "outside")].bytes
    let frame = try capture.change(7, at: "outside") {
      $0.replaceSubrange(34..<36, with: first[34..<36])
    }
    // The error about the first question then seems to have come back to the wrong end.
    try capture.expect(.oneInsidePerOutside, in: frame, also: [.reversePath])
  }

  @Test func `3: the reverse path leads to the wrong host`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(6, at: "inside") { $0[33] = 99 }
    try capture.expect(.reversePath, in: frame, Self.settings)
  }

  @Test func `4: a mapping outlives its timer`() throws {
    var capture = try Self.translated()
    for point in ["outside", "inside"] {
      let index = try capture.frame(of: 6, at: point)
      var record = capture.recording.records.remove(at: index)
      record.time += 400_000_000_000
      capture.recording.records.append(record)
    }
    let frame = UInt64(capture.recording.records.count)
    try capture.expect(.idleTimeout, in: frame, Self.settings)
    // Who does not say what the timer is cannot blame anybody.
    try capture.expectNothing()
  }

  @Test func `5: a source port out of range`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(7, at: "outside") { $0.put(80, at: 34) }
    try capture.expect(.portRange, in: frame)
  }

  @Test func `6: the packet that an ICMP error quotes is not turned back`() throws {
    var capture = try Self.translated()
    let outside = capture.recording.records[try capture.frame(of: 10, at: "outside")].bytes
    let frame = try capture.change(10, at: "inside") {
      $0.replaceSubrange(42..., with: outside[42...])
    }
    let folder = TemporaryFolder()
    let path = folder.file("planted.pcapng")
    try capture.recording.write(to: path)
    let verification = Verification(files: [path])
    #expect(
      verification.results.filter { $0.verdict == .failed }.map(\.rule) == [.reversePath])
    #expect(
      verification[.reversePath].findings.allSatisfy {
        $0.frame == FrameReference(file: path, frameNumber: frame)
      })
    #expect(!verification[.reversePath].findings.isEmpty)
  }

  @Test func `7: a payload changed`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(4, at: "outside") { $0[54] = UInt8(ascii: "j") }
    try capture.expect(.payloadUnchanged, in: frame)
  }

  @Test func `8: a hop count that rises, and one that does not fall`() throws {
    var capture = try Self.translated()
    let raised = try capture.change(4, at: "outside") { $0[22] = 65 }
    try capture.expect(.timeToLive, in: raised, Self.settings)
    let kept = try capture.change(4, at: "outside") { $0[22] = 64 }
    try capture.expect(.timeToLive, in: kept, Self.settings)
    try capture.expectNothing()
  }

  @Test func `9: a translation that changes in mid-flow`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(4, at: "outside") { $0.put(2000, at: 34) }
    try capture.expect(.oneOutsidePerInside, in: frame)
  }

  @Test func `10: a packet forwarded without a mapping`() throws {
    var capture = try Self.translated()
    // Somebody else's packet to the port of the first question.
    for point in ["outside", "inside"] {
      var record = capture.recording.records[try capture.frame(of: 6, at: point)]
      record.packetID = 99
      record.time += 20_000_000
      record.bytes[26] = 192
      try PlantedDefect.mend(&record.bytes)
      capture.recording.records.append(record)
    }
    let frame = UInt64(capture.recording.records.count)
    try capture.expect(.admission, in: frame, Self.settings)
    // Filtering may let it in.
    try capture.expectNothing()
  }

  @Test func `11: a packet that leaves as it came`() throws {
    var capture = try Self.translated()
    let inside = capture.recording.records[try capture.frame(of: 4, at: "inside")].bytes
    let frame = try capture.change(4, at: "outside") {
      $0.replaceSubrange(26..., with: inside[26...])
    }
    try capture.expect(.oneOutsidePerInside, in: frame)
  }

  @Test func `12: a checksum given to a datagram that had none`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(7, at: "outside") { $0[41] = 1 }
    try capture.expect(.checksumUDP, in: frame)
  }

  @Test func `13: a checksum taken from a datagram that had one`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(5, at: "outside") { $0.put(0, at: 40) }
    try capture.expect(.checksumUDP, in: frame)
  }

  @Test func `14: a quoted header whose checksum was not brought up to date`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(10, at: "inside") { $0[52] ^= 0x40 }
    try capture.expect(.checksumIPv4, in: frame)
  }

  @Test func `15: a ping answered to another identifier`() throws {
    var capture = try Self.translated()
    let frame = try capture.change(9, at: "inside") { $0.put(78, at: 38) }
    try capture.expect(.reversePath, in: frame, Self.settings)
  }

  // MARK: What a run makes

  private static func firstQuery() throws -> PlantedDefect {
    try PlantedDefect(of: SourceTree.path("Captures/first-query/all.pcapng"))
  }

  /// The id of the `number`-th packet that a point saw in one direction.
  private static func packet(
    _ number: Int, at point: String, _ direction: PacketFlags, in capture: PlantedDefect
  ) throws -> UInt64 {
    let records = capture.recording.records.filter { $0.point == point && $0.flags == direction }
    return try #require(records.indices.contains(number) ? records[number].packetID : nil)
  }

  @Test func `A run without a defect has none`() throws {
    try Self.firstQuery().expectNothing()
  }

  @Test func `In a run: a wrong checksum at the shared interface`() throws {
    var capture = try Self.firstQuery()
    let id = try Self.packet(4, at: "eni", .outbound, in: capture)
    let frame = try capture.change(id, at: "eni", mending: false) { $0[24] ^= 1 }
    try capture.expect(.checksumIPv4, in: frame)
  }

  @Test func `In a run: Hyperplane gives a port to two environments`() throws {
    var capture = try Self.firstQuery()
    // The first packets of all three are questions to the resolver.
    let first = try Self.packet(0, at: "hyperplane-out", .outbound, in: capture)
    let second = try Self.packet(1, at: "hyperplane-out", .outbound, in: capture)
    let port = capture.recording.records[try capture.frame(of: first, at: "hyperplane-out")]
      .bytes[34..<36]
    var frame: UInt64 = 0
    for point in ["destination", "eni", "hyperplane-out"] {
      frame = try capture.change(second, at: point) { $0.replaceSubrange(34..<36, with: port) }
    }
    let folder = TemporaryFolder()
    let path = folder.file("planted.pcapng")
    try capture.recording.write(to: path)
    let verification = Verification(files: [path])
    #expect(verification[.oneInsidePerOutside].violationCount == 1)
    #expect(
      verification[.oneInsidePerOutside].findings.first?.frame
        == FrameReference(file: path, frameNumber: frame))
  }

  @Test func `In a run: an answer goes to the wrong environment`() throws {
    var capture = try Self.firstQuery()
    let id = try Self.packet(0, at: "hyperplane-in", .outbound, in: capture)
    let frame = try capture.change(id, at: "hyperplane-in") { $0[33] &+= 1 }
    let folder = TemporaryFolder()
    let path = folder.file("planted.pcapng")
    try capture.recording.write(to: path)
    let verification = Verification(files: [path])
    #expect(
      verification[.reversePath].findings.first?.frame
        == FrameReference(file: path, frameNumber: frame))
  }
}
