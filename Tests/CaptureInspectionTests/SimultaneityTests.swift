import CaptureFiles
import CaptureInspection
import PacketFormats
import TestSupport
import Testing

/// What several points saw in the same nanosecond, each in a file of its own.
@Suite struct SimultaneityTests {
  private static let start: Int64 = 1_567_468_800_000_000_000
  private static let nobody = Endpoint("0.0.0.0", 0)

  /// Packets out and in along a path whose hops take no time, some hundred of them in each of a few
  /// instants, in any order in which they could have passed the points.
  private static func traffic(seed: UInt64) -> Recording {
    var random = SplitMix64(seed: seed)
    var journeys: [[Recording.Record]] = []
    var path = LambdaPath()
    for number in 0..<300 {
      path.hopTimes = path.hopTimes.map { _ in Bool.random(using: &random) ? 0 : 1 }
      let environment = Int.random(in: 1...3, using: &random)
      let connection = LambdaPath.Connection(
        environment: "orders-\(environment)", slot: Endpoint("10.128.0.\(environment)", 40_000),
        eni: Endpoint(LambdaPath.eni, port: UInt16(2_000 + environment)))
      let packet = Packet.tcp(nobody, nobody, [.ack], sequence: UInt32(number))
      let time = start + Int64.random(in: 0..<4, using: &random)
      path.recording.records.removeAll()
      if Bool.random(using: &random) {
        path.request(connection, packet, at: time)
      } else {
        path.reply(connection, packet, at: time)
      }
      journeys.append(path.recording.records.reversed())
    }
    var recording = Recording()
    while !journeys.isEmpty {
      // Of what is next for some packet, one of the earliest.
      let earliest = journeys.compactMap { $0.last?.time }.min() ?? 0
      let candidates = journeys.indices.filter { journeys[$0].last?.time == earliest }
      let chosen = candidates.randomElement(using: &random) ?? 0
      recording.records += [journeys[chosen].removeLast()]
      if journeys[chosen].isEmpty { journeys.remove(at: chosen) }
    }
    return recording
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Files of single points are read in the order in which packets passed them`(
    seed: UInt64
  ) throws {
    let recording = Self.traffic(seed: seed)
    let folder = TemporaryFolder()
    let merged = folder.file("all.pcapng")
    try recording.write(to: merged)
    let one = Verification(files: [merged])
    #expect(one.hasPassed, "\(one.results.flatMap(\.findings))")
    let taps = try recording.writeTaps(to: folder)
    for paths in [taps, taps.reversed(), taps + [merged], [merged] + taps] {
      let many = Verification(files: paths)
      #expect(many.hasPassed, "\(many.results.flatMap(\.findings).prefix(3))")
      #expect(many.analysis.packetCount == one.analysis.packetCount)
      #expect(many.analysis.latencies == one.analysis.latencies)
      #expect(
        many.analysis.translations.map { "\($0) \($0.outwardCount)/\($0.inwardCount)" }.sorted()
          == one.analysis.translations.map { "\($0) \($0.outwardCount)/\($0.inwardCount)" }.sorted()
      )
      #expect(
        many.analysis.flows.map(\.summary).sorted() == one.analysis.flows.map(\.summary).sorted())
    }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Files that contradict each other are read to their end`(seed: UInt64) throws {
    var random = SplitMix64(seed: 100 + seed)
    var recording = Self.traffic(seed: seed)
    // Nobody could have seen the packets in this order.
    recording.records.shuffle(using: &random)
    for index in recording.records.indices { recording.records[index].time = Self.start }
    let folder = TemporaryFolder()
    let verification = Verification(files: try recording.writeTaps(to: folder))
    #expect(verification.analysis.packetCount == UInt64(recording.records.count))
    #expect(verification.analysis.failedFiles.isEmpty)
  }

  @Test func `More frames at one instant than are read ahead are read in portions`() throws {
    var recording = Recording()
    for number in 0..<70_000 as Range<UInt64> {
      for (point, flags) in [("hyperplane-out", 2), ("eni", 2)] as [(String, UInt32)] {
        let packet = Packet.udp(
          Endpoint("10.0.1.4", UInt16(truncatingIfNeeded: number)), Endpoint("10.0.2.20", 9), [])
        recording.records.append(
          Recording.Record(
            point: point, time: Self.start, flags: PacketFlags(rawValue: flags), packetID: number,
            bytes: packet.frame))
      }
    }
    let folder = TemporaryFolder()
    let analysis = CaptureAnalysis(files: try recording.writeTaps(to: folder).reversed())
    #expect(analysis.packetCount == 140_000)
    #expect(analysis.points.map(\.packetCount) == [70_000, 70_000])
  }
}
