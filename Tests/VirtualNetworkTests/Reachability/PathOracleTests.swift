import PacketFormats
import Testing
import VirtualNetwork

@Suite struct PathOracleTests {
  #if DEBUG
    static let worlds = 50 as UInt64
  #else
    static let worlds = 1_000 as UInt64
  #endif

  /// In an optimised build ten times 1,000 random clouds, each with four questions.
  @Test(arguments: 0..<10 as Range<UInt64>)
  func `In random clouds paths are what a plain reading of the rules says`(part: UInt64) throws {
    var counts = (reachable: 0, forward: 0, back: 0, remedied: 0)
    for number in 0..<Self.worlds {
      var world = try RandomCloud(seed: part * Self.worlds + number)
      for _ in 0..<4 {
        let query = world.nextQuery()
        let analysis = try? world.cloud.analyze(query)
        guard let analysis, let (packet, start) = world.plainly(query) else { continue }
        var plain = SpecifiedPath(
          networks: world.networks, peers: world.peers, internet: world.internet)
        let expected = plain.judge(packet, from: start)
        let got = (analysis.blockedWay != .forward, analysis.isReachable)
        guard got == expected else {
          Issue.record(
            "world \(part * Self.worlds + number): \(query) is \(got), but should be \(expected): \(analysis)"
          )
          return
        }
        switch analysis.blockedWay {
        case nil: counts.reachable += 1
        case .forward: counts.forward += 1
        case .back: counts.back += 1
        }
        #expect(analysis.remedies.isEmpty || !analysis.isReachable)
        if !analysis.remedies.isEmpty { counts.remedied += 1 }
      }
    }
    // None of the cases may be rare, or little was tested.
    let total = Int(Self.worlds) * 4
    #expect(counts.reachable > total / 50)
    #expect(counts.forward > total / 5)
    #expect(counts.back > total / 200)
    #expect(counts.remedied > total / 20)
  }
}

extension RandomCloud {
  /// The packet that a question is about, as the plain reading takes it.
  func plainly(_ query: PathQuery) -> (SpecifiedPath.Packet, SpecifiedPath.Place)? {
    func interface(_ end: PathQuery.End) -> (Int, NetworkInterface)? {
      guard case .interface(let vpc, let index) = end else { return nil }
      return (Int(vpc.rawValue), networks[Int(vpc.rawValue)].interfaces[Int(index.rawValue)])
    }
    let isICMP = query.protocol == .icmp
    var packet = SpecifiedPath.Packet(
      number: query.protocol, source: internet, destination: internet,
      sourcePort: isICMP ? 1 : query.sourcePort,
      destinationPort: isICMP ? 8 << 8 : query.destinationPort)
    var start = SpecifiedPath.Place.internet
    if let (vpc, interface) = interface(query.source),
      case .interface(_, let index) = query.source
    {
      packet.source = interface.address
      start = .host(vpc, index)
    }
    if let (_, interface) = interface(query.destination) {
      packet.destination = interface.address
      if start == .internet {
        packet.destination = interface.publicAddress(of: interface.address) ?? interface.address
      }
    }
    return (packet, start)
  }
}
