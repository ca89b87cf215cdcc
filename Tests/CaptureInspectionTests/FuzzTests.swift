import CaptureFiles
import CaptureInspection
import PacketFormats
import TestSupport
import Testing

/// Bytes that nobody promised anything about: whatever they are, nothing may trap.
@Suite struct FuzzTests {
  #if DEBUG
    private static let rounds = 150
  #else
    private static let rounds = 5_000
  #endif

  private static let start: Int64 = 1_567_468_800_000_000_000

  private static let samples: [Packet] = {
    let host = Endpoint("10.0.0.1", 5000)
    let other = Endpoint("10.0.2.20", 53)
    var error = Packet.udp(host, other, [1, 2, 3]).unreachable(from: other.address)
    error.identification = 7
    return [
      .udp(host, other, [1, 2, 3]), .tcp(host, other, [.syn]), error,
      .udp(Endpoint("2001:db8::1", 5000), Endpoint("2001:db8::2", 53), [1, 2]),
      Packet(
        protocol: .icmp, source: host, destination: other,
        icmp: .echoRequest(identifier: 1, sequenceNumber: 2)),
    ]
  }()

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `Files with changed bytes are read as far as they go`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let folder = TemporaryFolder()
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.sort()
    let taps = try path.recording.writeTaps(to: folder)
    let plain = try path.recording.writePlain(["hyperplane-in", "hyperplane-out"], to: folder)
    let originals = (taps + plain).map { folder.read($0) }
    for round in 0..<Self.rounds {
      var bytes = originals[round % originals.count]
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let offset = Int.random(in: 0..<bytes.count, using: &random)
        bytes[offset] = UInt8.random(in: 0...255, using: &random)
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      }
      let changed = folder.write(bytes, to: "changed.pcapng")
      let verification = Verification(files: [changed, taps[round % taps.count]])
      #expect(verification.results.count == Rule.allCases.count)
    }
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func `Frames of any content, time and id are taken in`(seed: UInt64) throws {
    var random = SplitMix64(seed: 1000 + seed)
    let folder = TemporaryFolder()
    let points = LambdaPath.points + ["eth0", "eth1"]
    for round in 0..<Self.rounds {
      var recording = Recording()
      for _ in 0..<Int.random(in: 1...30, using: &random) {
        let point = points.randomElement(using: &random) ?? "eth0"
        let packet = Self.samples.randomElement(using: &random) ?? Self.samples[0]
        var bytes = point == "tunnel" ? packet.tunnelled() : packet.frame
        for _ in 0..<Int.random(in: 0...4, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        if Int.random(in: 0..<8, using: &random) == 0 {
          bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
        }
        let times: [Int64] = [
          .min, .max, 0, -1, Self.start, Self.start + 1, Self.start + 400_000_000_000,
        ]
        recording.records.append(
          Recording.Record(
            point: point, label: Bool.random(using: &random) ? "a" : "",
            time: times.randomElement(using: &random) ?? 0,
            flags: PacketFlags(rawValue: .random(in: 0...3, using: &random)),
            packetID: Bool.random(using: &random) ? .random(in: 0...5, using: &random) : nil,
            verdict: Int.random(in: 0..<6, using: &random) == 0 ? .drop : nil, bytes: bytes))
      }
      let file = folder.file("frames.pcapng")
      let otherFile = folder.file("other.pcapng")
      try recording.write(to: file)
      let verification = Verification(
        files: round % 3 == 0 ? [file, otherFile] : [file],
        expectations: round % 2 == 0 ? [] : nil)
      let analysis = verification.analysis
      let counted = analysis.flows.reduce(0) {
        $0 + $1.forward.packetCount + $1.backward.packetCount
      }
      #expect(counted <= analysis.packetCount)
      // The writer refuses to write over a file.
      unlinkFile(file)
    }
  }
}
