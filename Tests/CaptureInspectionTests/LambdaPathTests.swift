import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// What an untroubled run looks like, in one file and in many.
@Suite struct LambdaPathTests {
  static let start: Int64 = 1_567_468_800_000_000_000

  /// Two environments with the same address and the same port, talking to one database.
  static func twoEnvironments() -> LambdaPath {
    var path = LambdaPath()
    path.exchange(.init(), at: start)
    path.exchange(
      .init(
        environment: "orders-2", slot: Endpoint("10.128.0.2", 40_000),
        eni: Endpoint(LambdaPath.eni, port: 2_000)), at: start + 300_000)
    path.sort()
    return path
  }

  @Test func `An untroubled run breaks no rule`() throws {
    let verification = try Self.twoEnvironments().recording.verify()
    for result in verification.results {
      #expect(result.verdict != .failed, "\(result.rule): \(result.findings)")
    }
    let checked: [Rule] = [
      .wellFormed, .checksumIPv4, .checksumTCP, .checksumUDP, .oneInsidePerOutside,
      .oneOutsidePerInside, .reversePath, .portRange, .origin, .timeOrder, .latencySum,
      .payloadUnchanged, .timeToLive,
    ]
    for rule in checked { #expect(verification[rule].verdict == .passed, "\(rule)") }
    #expect(verification.hasPassed)
  }

  @Test func `Each translation is found once, with its environment`() throws {
    let analysis = try Self.twoEnvironments().recording.analyze()
    let found = analysis.translations.map {
      "\($0.crossing) \($0.environment ?? "?") \($0.protocol) \($0.inside) \($0.outside) \($0.outwardCount)/\($0.inwardCount)"
    }
    #expect(
      found == [
        "guest → slot orders-1 tcp 169.254.79.1:40000 10.128.0.1:40000 5/3",
        "guest → slot orders-2 tcp 169.254.79.1:40000 10.128.0.2:40000 5/3",
        "hyperplane-in → hyperplane-out orders-1 tcp 10.128.0.1:40000 10.0.1.37:41822 5/3",
        "hyperplane-in → hyperplane-out orders-2 tcp 10.128.0.2:40000 10.0.1.37:2000 5/3",
      ])
    for translation in analysis.translations {
      #expect(translation.remote == Endpoint("10.0.2.20", 5432))
      #expect(translation.outsideRemote == translation.remote)
      #expect(translation.lastTime > translation.firstTime)
    }
  }

  @Test func `Hop times and whole-path times are those that were put in`() throws {
    let analysis = try Self.twoEnvironments().recording.analyze()
    let hops = analysis.latencies.filter { !$0.isWholePath }
    #expect(
      hops.filter { $0.direction == .outward }.map { "\($0.from) \($0.to) \($0.maximum)" } == [
        "guest slot 30000", "slot tunnel 10000", "tunnel hyperplane-in 60000",
        "hyperplane-in hyperplane-out 30000", "hyperplane-out eni 5000", "eni destination 75000",
      ])
    #expect(hops.allSatisfy { $0.minimum == $0.maximum && $0.median == $0.maximum })
    let whole = analysis.latencies.filter(\.isWholePath)
    #expect(
      whole.map { "\($0.from) \($0.to) \($0.direction) \($0.count) \($0.percentile99)" } == [
        "guest destination outward 10 210000", "destination guest inward 6 210000",
      ])
  }

  @Test func `Flows are counted at each point, and apart for each environment`() throws {
    let analysis = try Self.twoEnvironments().recording.analyze()
    #expect(analysis.flows.count == 2 * LambdaPath.points.count)
    let guests = analysis.flows.filter { $0.point == "guest" }
    #expect(guests.map(\.label) == ["orders-1", "orders-2"])
    for flow in analysis.flows {
      #expect(flow.forward.packetCount == 5)
      #expect(flow.backward.packetCount == 3)
      #expect(flow.forward.synCount == 1)
      #expect(flow.backward.synAckCount == 1)
      #expect(flow.forward.retransmissionCount == 0)
      #expect(flow.state == .closed)
      #expect(flow.responder == Endpoint("10.0.2.20", 5432))
    }
    #expect(guests[0].forward.byteCount == 5 * 54 + 8)
    #expect(analysis.drops.isEmpty)
    #expect(analysis.underWayCount == 0)
  }

  @Test func `A file per point says the same as one merged file`() throws {
    let recording = Self.twoEnvironments().recording
    let folder = TemporaryFolder()
    let merged = folder.file("all.pcapng")
    try recording.write(to: merged)
    let taps = try recording.writeTaps(to: folder)
    let one = Verification(files: [merged])
    // In whatever order the files are given.
    for paths in [taps, taps.reversed()] {
      let many = Verification(files: paths)
      #expect(many.hasPassed, "\(many.results.filter { $0.verdict == .failed })")
      #expect(many.analysis.flows.map(\.summary) == one.analysis.flows.map(\.summary))
      #expect(
        many.analysis.translations.map(\.description)
          == one.analysis.translations.map(\.description))
      #expect(many.analysis.latencies == one.analysis.latencies)
    }
  }

  @Test func `Frames that stand in two files count once`() throws {
    let recording = Self.twoEnvironments().recording
    let folder = TemporaryFolder()
    let merged = folder.file("all.pcapng")
    try recording.write(to: merged)
    let taps = try recording.writeTaps(to: folder)
    let once = CaptureAnalysis(files: [merged])
    let twice = Verification(files: [merged] + taps)
    #expect(twice.hasPassed, "\(twice.results.filter { $0.verdict == .failed })")
    #expect(twice.analysis.packetCount == once.packetCount)
    // The guests' interfaces have descriptions, the others are named after their files.
    #expect(twice.analysis.latencies.filter(\.isWholePath) == once.latencies.filter(\.isWholePath))
  }
}

extension Flow {
  /// What a flow is, without when it was.
  var summary: String {
    "\(point) \(`protocol`) \(initiator) \(responder) \(forward) \(backward)"
  }
}
