import CaptureFiles
import CaptureInspection
import PacketFormats
import Testing

/// Where packets may begin, and where they end.
@Suite struct OriginTests {
  private static let start: Int64 = 1_567_468_800_000_000_000
  private static let nobody = Endpoint("0.0.0.0", 0)
  private static let packet = Packet.tcp(nobody, nobody, [.ack], sequence: 500)

  private func run(_ change: (inout LambdaPath) -> Void) throws -> Verification {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    change(&path)
    path.sort()
    return try path.recording.verify()
  }

  /// A run with one more request or reply, of which only the points from `first` on saw anything.
  private func appearance(
    from first: String, isOutward: Bool = true, flags: TCPHeader.Flags = [.ack],
    _ connection: LambdaPath.Connection = .init()
  ) throws -> Verification {
    try run { path in
      let count = path.recording.records.count
      var packet = Self.packet
      packet.flags = flags
      if isOutward {
        path.request(connection, packet, at: Self.start + 2_500_000)
        let skipped = LambdaPath.points.firstIndex(of: first) ?? 0
        path.recording.records.removeSubrange(count..<count + skipped)
      } else {
        path.reply(connection, packet, at: Self.start + 2_500_000, from: first)
      }
    }
  }

  @Test(arguments: LambdaPath.points.dropFirst())
  func `A request that begins in the middle is found`(point: String) throws {
    let verification = try appearance(from: point)
    let result = verification[.origin]
    #expect(result.violationCount == 1)
    #expect(result.findings.first?.point == point)
    #expect(result.findings.first?.packetID == 9)
  }

  @Test(arguments: LambdaPath.points.dropLast())
  func `A reply that begins in the middle is found`(point: String) throws {
    let result = try appearance(from: point, isOutward: false)[.origin]
    #expect(result.violationCount == 1)
    #expect(result.findings.first?.point == point)
  }

  @Test(arguments: ["tunnel", "hyperplane-in", "hyperplane-out", "eni"])
  func `A request of a flow never seen before is found where nobody can have sent it`(
    point: String
  ) throws {
    let stranger = LambdaPath.Connection(
      slot: Endpoint("10.128.7.7", 1), eni: Endpoint(LambdaPath.eni, port: 7777),
      remote: Endpoint("10.0.9.9", 9))
    #expect(try appearance(from: point, stranger)[.origin].verdict == .failed)
  }

  @Test func `An environment whose interface was not captured sends no packets out of nowhere`()
    throws
  {
    let stranger = LambdaPath.Connection(
      slot: Endpoint("10.128.7.7", 1), eni: Endpoint(LambdaPath.eni, port: 7777))
    #expect(try appearance(from: "slot", stranger).hasPassed)
  }

  @Test func `A reset from the translator is nothing out of nowhere`() throws {
    let verification = try appearance(from: "hyperplane-in", isOutward: false, flags: [.rst])
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(verification.analysis.madeOnTheWayCount == 1)
  }

  @Test func `Answers of a resolver that has no tap of its own are in order`() throws {
    let verification = try run { path in
      let query = LambdaPath.Connection(protocol: .udp, remote: Endpoint("10.0.0.2", 53))
      for number in 0..<3 {
        let time = Self.start + 10_000_000 + Int64(number) * 1_000_000
        let text = [UInt8](repeating: UInt8(number), count: 20)
        path.request(query, .udp(Self.nobody, Self.nobody, text), at: time, until: "eni")
        path.reply(query, .udp(Self.nobody, Self.nobody, text), at: time + 500_000, from: "eni")
      }
    }
    #expect(verification.hasPassed, "\(verification.results.flatMap(\.findings))")
    #expect(verification.analysis.drops.isEmpty)
    let whole = verification.analysis.latencies.filter(\.isWholePath)
    #expect(whole.contains { $0.from == "guest" && $0.to == "eni" && $0.count == 3 })
    #expect(whole.contains { $0.from == "eni" && $0.to == "guest" && $0.count == 3 })
  }

  @Test func `A capture filter takes the proof away`() throws {
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.request(.init(), Self.packet, at: Self.start + 2_500_000)
    path.recording.records.removeAll { $0.packetID == 9 && $0.point != "eni" }
    path.sort()
    let folder = TemporaryFolder()
    let file = folder.file("all.pcapng")
    try path.recording.write(to: file, filter: "tcp port 5432")
    let verification = Verification(files: [file])
    #expect(verification[.origin].verdict != .failed)
    #expect(verification[.origin].note != nil)
    #expect(verification.analysis.drops.isEmpty)
  }

  // MARK: Ends

  @Test func `A packet that the capture calls dropped is a drop`() throws {
    let verification = try run { path in
      for number in 0..<3 {
        path.request(
          .init(remote: Endpoint("10.0.2.30", 22)), Packet.tcp(Self.nobody, Self.nobody, [.syn]),
          at: Self.start + Int64(number) * 1_000_000_000, until: "eni", verdict: .drop)
      }
    }
    #expect(verification.hasPassed)
    let drop = try #require(verification.analysis.drops.first)
    #expect(verification.analysis.drops.count == 1)
    #expect(drop.evidence == .verdict)
    #expect(drop.point == "eni")
    #expect(drop.direction == .outward)
    #expect(drop.count == 3)
    #expect(drop.source == Endpoint(LambdaPath.eni, port: 41_822))
    #expect(drop.destination == Endpoint("10.0.2.30", 22))
    #expect(drop.firstTime == Self.start + 135_000)
    #expect(drop.lastTime == Self.start + 2_000_135_000)
    let flow = try #require(
      verification.analysis.flows.first { $0.point == "eni" && $0.responder.port == 22 })
    #expect(flow.state == .opening)
    #expect(flow.forward.synCount == 3)
    #expect(flow.forward.retransmissionCount == 2)
  }

  @Test(arguments: ["slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni"])
  func `A request that is seen no further has vanished`(point: String) throws {
    let analysis = try run { path in
      path.request(.init(), Self.packet, at: Self.start + 500_000, until: point)
    }.analysis
    #expect(
      analysis.drops.map { "\($0.evidence) \($0.point) \($0.count)" } == ["vanished \(point) 1"])
  }

  @Test(arguments: ["slot", "tunnel", "hyperplane-in", "hyperplane-out", "eni", "destination"])
  func `A reply that is seen no further has vanished`(point: String) throws {
    let analysis = try run { path in
      path.reply(.init(), Self.packet, at: Self.start + 500_000, until: point)
    }.analysis
    #expect(
      analysis.drops.map { "\($0.evidence) \($0.point) \($0.count)" } == ["vanished \(point) 1"])
    #expect(analysis.drops.first?.direction == .inward)
  }

  @Test func `The first packet of a flow that never gets through vanishes too`() throws {
    let analysis = try run { path in
      // Port 5432 of the same host can be reached; with another environment, whose flow ends early.
      path.request(
        .init(
          environment: "orders-2", slot: Endpoint("10.128.0.2", 1),
          eni: Endpoint(LambdaPath.eni, port: 9)),
        Self.packet, at: Self.start + 500_000, until: "hyperplane-in")
    }.analysis
    #expect(analysis.drops.map(\.point) == ["hyperplane-in"])
  }

  @Test func `A packet under way when the capture ends has not vanished`() throws {
    let analysis = try run { path in
      path.request(.init(), Self.packet, at: Self.start + 7_150_000, until: "tunnel")
    }.analysis
    #expect(analysis.drops.isEmpty)
    #expect(analysis.underWayCount == 1)
  }

  @Test func `A lost packet is given up after its lifetime, wherever the capture ends`() throws {
    var settings = InspectionSettings()
    settings.packetLifetime = 1_000_000
    var path = LambdaPath()
    path.exchange(.init(), at: Self.start)
    path.request(.init(), Self.packet, at: Self.start + 3_500_000, until: "eni")
    path.sort()
    #expect(try path.recording.analyze(settings).drops.map(\.point) == ["eni"])
  }

  @Test func `Too many packets under way are given up, oldest first`() throws {
    var settings = InspectionSettings()
    settings.openPacketLimit = 10
    var path = LambdaPath()
    for number in 0..<100 {
      path.request(.init(), Self.packet, at: Self.start + Int64(number), until: "eni")
    }
    path.sort()
    let analysis = try path.recording.analyze(settings)
    #expect(analysis.givenUpCount > 0)
    #expect(analysis.packetCount == 600)
  }
}
