import CaptureInspection
import PacketFormats
import TestSupport
import Testing

/// Random traffic, seen by the module and by an analysis made of dictionaries.
@Suite struct RandomTrafficTests {
  private static let start: Int64 = 1_567_468_800_000_000_000

  /// Some thousand frames of connections that share addresses, ports and hosts.
  private static func traffic(seed: UInt64) -> Recording {
    var random = SplitMix64(seed: seed)
    var path = LambdaPath()
    let remotes = [
      Endpoint("10.0.2.20", 5432), Endpoint("10.0.2.20", 53), Endpoint("10.0.2.21", 5432),
    ]
    var connections: [LambdaPath.Connection] = []
    for number in 0..<24 {
      let environment = Int.random(in: 1...4, using: &random)
      let port = UInt16.random(in: 40_000...40_007, using: &random)
      let remote = remotes.randomElement(using: &random) ?? remotes[0]
      let candidate = LambdaPath.Connection(
        environment: "orders-\(environment)", protocol: Bool.random(using: &random) ? .tcp : .udp,
        guest: Endpoint(LambdaPath.guest, port: port),
        slot: Endpoint("10.128.0.\(environment)", port),
        eni: Endpoint(LambdaPath.eni, port: UInt16(2_000 + number)), remote: remote)
      // One translation per inside and remote, as an honest translator has it.
      let isKnown = connections.contains {
        $0.slot == candidate.slot && $0.remote == candidate.remote
          && $0.protocol == candidate.protocol
      }
      if !isKnown { connections.append(candidate) }
    }
    let nobody = Endpoint("0.0.0.0", 0)
    for number in 0..<600 {
      path.hopTimes = path.hopTimes.map { _ in Int64.random(in: 0...200_000, using: &random) }
      let connection = connections.randomElement(using: &random) ?? connections[0]
      let payload = [UInt8](
        repeating: UInt8(truncatingIfNeeded: number), count: Int.random(in: 0...40, using: &random))
      var packet = Packet.tcp(
        nobody, nobody, [.ack], sequence: UInt32(number) * 100, payload: payload)
      packet.identification = UInt16(number)
      // Not at one instant with another: which of two frames comes first would be open.
      let time = Self.start + Int64(number) * 100_003
      let isLost = Int.random(in: 0..<20, using: &random) == 0
      let last = isLost ? LambdaPath.points[Int.random(in: 1...5, using: &random)] : nil
      if Bool.random(using: &random) {
        path.request(connection, packet, at: time, until: last ?? "destination")
      } else {
        path.reply(connection, packet, at: time, until: last ?? "guest")
      }
    }
    path.sort()
    return path.recording
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `A dictionary finds the same`(seed: UInt64) throws {
    let recording = Self.traffic(seed: seed)
    let slow = SlowAnalysis(recording)
    let verification = try recording.verify()
    let analysis = verification.analysis
    for result in verification.results {
      #expect(result.verdict != .failed, "\(result.rule): \(result.findings)")
    }

    var flows: [String: SlowAnalysis.FlowCount] = [:]
    for flow in analysis.flows {
      for (from, to, direction) in [
        (flow.initiator, flow.responder, flow.forward),
        (flow.responder, flow.initiator, flow.backward),
      ] where direction.packetCount > 0 {
        flows["\(flow.point) \(flow.label) \(flow.protocol) \(from) \(to)"] = .init(
          packets: direction.packetCount, bytes: direction.byteCount, first: flow.firstTime,
          last: flow.lastTime)
      }
    }
    #expect(Set(flows.keys) == Set(slow.flows.keys))
    for (key, count) in slow.flows {
      #expect(flows[key]?.packets == count.packets, "\(key)")
      #expect(flows[key]?.bytes == count.bytes, "\(key)")
      #expect(flows[key]?.first ?? .max <= count.first, "\(key)")
      #expect(flows[key]?.last ?? .min >= count.last, "\(key)")
    }

    var translations: [String: SlowAnalysis.TranslationCount] = [:]
    for found in analysis.translations {
      let label = found.crossing.inner == "guest" ? found.environment ?? "?" : ""
      let key =
        "\(found.crossing.inner) \(label) \(found.crossing.outer) \(found.protocol) \(found.inside) \(found.outside) \(found.remote)"
      #expect(translations[key] == nil, "\(key) twice")
      translations[key] = .init(
        outward: found.outwardCount, inward: found.inwardCount, first: found.firstTime,
        last: found.lastTime)
    }
    #expect(translations == slow.translations)

    let hops = analysis.latencies.filter { !$0.isWholePath }
    #expect(Set(hops.map { "\($0.from) \($0.to)" }) == Set(slow.hops.keys))
    for hop in hops {
      let times = (slow.hops["\(hop.from) \(hop.to)"] ?? []).sorted()
      #expect(hop.count == UInt64(times.count))
      #expect(hop.minimum == times.first)
      #expect(hop.maximum == times.last)
      #expect(hop.total == times.reduce(0, +))
      // Three significant digits.
      let median = Double(times[(times.count - 1) / 2])
      #expect(abs(Double(hop.median) - median) <= median * 0.002 + 1)
    }

    let through = analysis.latencies.filter(\.isWholePath).reduce(0) { $0 + $1.count }
    let vanished = analysis.drops.reduce(0) { $0 + $1.count }
    #expect(through + vanished + analysis.underWayCount == 600)
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `Frames in any number of files give the same`(seed: UInt64) throws {
    let recording = Self.traffic(seed: seed)
    let folder = TemporaryFolder()
    let merged = folder.file("all.pcapng")
    try recording.write(to: merged)
    let one = Verification(files: [merged])
    let many = Verification(files: try recording.writeTaps(to: folder))
    #expect(many.analysis.flows == one.analysis.flows)
    #expect(many.analysis.latencies == one.analysis.latencies)
    #expect(many.results.map(\.checkedCount) == one.results.map(\.checkedCount))
    #expect(many.results.map(\.violationCount) == one.results.map(\.violationCount))
    let withoutFiles = { (translations: [Translation]) in
      translations.map { translation in
        var copy = translation
        copy.firstFrame = FrameReference(file: "", frameNumber: 0)
        return copy
      }
    }
    #expect(withoutFiles(many.analysis.translations) == withoutFiles(one.analysis.translations))
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `Without packet ids the same translations are found between two points`(seed: UInt64) throws
  {
    var recording = Self.traffic(seed: seed)
    recording.records.removeAll {
      $0.point == "guest" || $0.point == "slot" || $0.point == "tunnel"
    }
    let folder = TemporaryFolder()
    let file = folder.file("all.pcapng")
    try recording.write(to: file)
    let byID = CaptureAnalysis(files: [file])
    let plain = try recording.writePlain(["hyperplane-in", "hyperplane-out"], to: folder)
    let byContent = CaptureAnalysis(files: plain)
    let key = { (translation: Translation) in
      "\(translation.description) \(translation.outwardCount) \(translation.inwardCount)"
    }
    #expect(Set(byContent.translations.map(key)) == Set(byID.translations.map(key)))
  }
}
