import EventSimulation
import PacketFormats
import SimulatedTime
import Testing
import VirtualNetwork

/// Copies of packets in VXLAN.
struct MirroringTests {
  private static let everything = [
    MirrorRule(100, .ingress, .accept), MirrorRule(100, .egress, .accept),
  ]

  private static func session(
    _ edge: borrowing EdgeWorld, number: Int = 1, packetLength: Int? = nil,
    filter: [MirrorRule] = everything
  ) -> MirrorSession {
    MirrorSession(
      source: edge.interfaces.bastion, target: edge.interfaces.app, number: number,
      virtualNetworkIdentifier: 0xabcdef, packetLength: packetLength, filter: filter)
  }

  @Test func `A packet's copy travels to the target, whole or cut`() throws {
    var edge = try EdgeWorld()
    let node = edge.node
    let session = Self.session(edge)
    try edge.simulation.withNode(node) { try $0.setMirrorSessions([session]) }
    let packet = try TestPacket(.tcp(.syn), from: "10.0.0.10", to: "10.0.0.20").with {
      $0.linkLayerSource = edge.linkLayerAddress(edge.interfaces.bastion)
      $0.linkLayerDestination = edge.linkLayerAddress(edge.interfaces.lonely)
    }
    edge.send([packet.frame], from: edge.bastion)
    #expect(edge.received(edge.lonely) == [packet.frame])
    let copies = edge.received(edge.app)
    let copy = try #require(copies.first)
    let port = UInt16(copy[34]) << 8 | UInt16(copy[35])
    #expect(port >= 49152)
    var expected = try TestPacket(from: "10.0.0.10", port, to: "10.0.1.10", 4789).with {
      $0.payload = [8, 0, 0, 0, 0xab, 0xcd, 0xef, 0] + packet.frame
      $0.identification = 0
      $0.linkLayerSource = edge.router("private-b")
      $0.linkLayerDestination = edge.linkLayerAddress(edge.interfaces.app)
    }.frame
    // RFC 7348, section 5: the checksum SHOULD be zero.
    expected[40] = 0
    expected[41] = 0
    #expect(copies == [expected])

    let short = Self.session(edge, packetLength: 60)
    try edge.simulation.withNode(node) { try $0.setMirrorSessions([short]) }
    let long = packet.with { $0.payload = [UInt8](repeating: 3, count: 500) }
    edge.send([long.frame], from: edge.bastion)
    #expect(edge.received(edge.app).map { Array($0[50...]) } == [Array(long.frame[..<60])])
    #expect(edge.drops() == [])
  }

  @Test func `The first session whose filter takes a packet copies it, once`() throws {
    var edge = try EdgeWorld()
    let node = edge.node
    let picky = Self.session(
      edge, number: 5,
      filter: [
        MirrorRule(20, .egress, .accept, protocol: .tcp),
        MirrorRule(10, .egress, .reject, protocol: .tcp, destinationPorts: 22...22),
      ])
    var other = Self.session(edge, number: 9)
    other.virtualNetworkIdentifier = 9
    try edge.simulation.withNode(node) { try $0.setMirrorSessions([other, picky]) }
    let web = try TestPacket(.tcp(.syn), from: "10.0.0.10", to: "10.0.0.20", 443)
    let shell = try TestPacket(.tcp(.syn), from: "10.0.0.10", to: "10.0.0.20", 22)
    let time = try TestPacket(from: "10.0.0.10", to: "169.254.169.123", 123)
    edge.send([web.frame, shell.frame, time.frame], from: edge.bastion)
    let identifiers = edge.received(edge.app).map { Array($0[46..<49]) }
    #expect(identifiers == [[0xab, 0xcd, 0xef], [0, 0, 9]])
  }

  @Test func `What the rules refuse is not mirrored, and copies need the target's leave`() throws {
    var edge = try EdgeWorld()
    let node = edge.node
    var session = Self.session(edge)
    session.source = edge.interfaces.app
    session.target = edge.interfaces.bastion
    try edge.simulation.withNode(node) { try $0.setMirrorSessions([session]) }
    // `closed` lets nothing in.
    let lonely = edge.interfaces.app
    try edge.simulation.withNode(node) { node in
      try node.update { vpc throws(VirtualNetworkError) in
        let closed = try vpc.addSecurityGroup(name: "closed")
        try vpc.setSecurityGroups([closed], of: lonely)
      }
    }
    edge.send([try TestPacket(from: "10.0.0.20", to: "10.0.1.10").frame], from: edge.lonely)
    #expect(edge.received(edge.bastion) == [])
    #expect(edge.drops() == ["SG_HAS_NO_RULES"])
  }

  @Test func `Sessions that AWS refuses are refused`() throws {
    var edge = try EdgeWorld { vpc in
      guard let subnet = vpc.subnet(named: "private-b") else { return }
      _ = try vpc.addInterface(name: "orders", in: subnet, type: .lambda)
    }
    let node = edge.node
    let good = Self.session(edge)
    func refusal(_ sessions: [MirrorSession]) -> MirrorError? {
      edge.simulation.withNode(node) { node in
        do throws(MirrorError) {
          try node.setMirrorSessions(sessions)
          return nil
        } catch {
          return error
        }
      }
    }
    func changed(_ change: (inout MirrorSession) -> Void) -> [MirrorSession] {
      var session = good
      change(&session)
      return [session]
    }
    #expect(refusal([good]) == nil)
    #expect(
      refusal(changed { $0.number = 0 })
        == .sessionNumberOutOfRange(interface: "bastion", number: 0))
    #expect(refusal([good, good]) == .sessionNumberTaken(interface: "bastion", number: 1))
    #expect(
      refusal(changed { $0.virtualNetworkIdentifier = 1 << 24 })
        == .virtualNetworkIdentifierOutOfRange(interface: "bastion", 1 << 24))
    #expect(
      refusal(changed { $0.packetLength = 8501 })
        == .packetLengthOutOfRange(interface: "bastion", length: 8501))
    #expect(
      refusal(changed { $0.targetMTU = 20 })
        == .targetMTUOutOfRange(interface: "bastion", mtu: 20))
    #expect(refusal(changed { $0.target = $0.source }) == .targetIsSource(interface: "bastion"))
    #expect(
      refusal(changed { $0.filter = [MirrorRule(32767, .egress, .accept)] })
        == .ruleNumberOutOfRange(interface: "bastion", number: 32767))
    #expect(
      refusal(changed { $0.filter.append($0.filter[0]) })
        == .ruleNumberTaken(interface: "bastion", .ingress, number: 100))
    let lambda = try #require(edge.vpc.interface(named: "orders"))
    #expect(
      refusal(changed { $0.source = lambda }) == .sourceNotAllowed(interface: "orders", .lambda))
    #expect(
      "\(MirrorError.sessionNumberOutOfRange(interface: "bastion", number: 0))"
        == "mirror session 0 of bastion: sessions are numbered 1 to 32766")
  }
}
