import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Frames that nobody in his right mind would send: nothing traps, nothing leaks, and the counts
/// add up.
@Suite struct FuzzTests {
  #if DEBUG
    static let frameCount = 3_000
  #else
    static let frameCount = 100_000
  #endif

  /// The situation a host is in when the fuzzing begins.
  enum Situation: CaseIterable {
    case idle
    case synSent
    case synReceived
    case established
    case serverStarting
    case querying
    case uploading
    case finWait1
    case finWait2
    case closing
    case timeWait
    case lookingUp
    case pinging
  }

  /// A stage on which the host is in `situation`.
  func stage(_ situation: Situation, seed: UInt64) -> Stage {
    let puppet = Stage.puppetAddress
    let small = Exchange.transfer(Upload(destination: .v4(puppet), port: 7000, bytesPerFlow: 10))
    let offer = TCPOptions(maximumSegmentSize: 1460, windowScale: 7, isSACKPermitted: true)
    switch situation {
    case .idle: return Stage(seed: seed)
    case .synSent:
      var stage = Stage([small], seed: seed)
      stage.pass(.zero)
      return stage
    case .synReceived:
      var stage = Stage(seed: seed)
      stage.say(.syn, options: offer)
      return stage
    case .established:
      var stage = Stage(seed: seed)
      stage.open(options: offer)
      return stage
    case .serverStarting:
      var stage = Stage(seed: seed)
      stage.open(port: 5432, options: offer)
      stage.say([.ack, .psh], payload: [0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f])
      return stage
    case .querying, .uploading:
      let exchange: Exchange =
        situation == .querying
        ? .query(DatabaseQuery(server: .v4(puppet), port: 7000, text: "SELECT 1"))
        : .transfer(Upload(destination: .v4(puppet), port: 7000, bytesPerFlow: 1_000_000))
      var stage = Stage([exchange], seed: seed)
      stage.pass(.zero)
      stage.say([.syn, .ack], options: offer)
      return stage
    case .finWait1, .finWait2, .closing, .timeWait:
      var stage = Stage([small], seed: seed)
      stage.pass(.zero)
      stage.say([.syn, .ack], options: offer)
      switch situation {
      case .finWait2: stage.say(.ack)
      case .closing: stage.say([.fin, .ack], acknowledgment: stage.acknowledgment &- 1)
      case .timeWait: stage.say([.fin, .ack])
      default: break
      }
      return stage
    case .lookingUp:
      var stage = Stage([.resolve(NameLookup(name: "db.shop", server: .v4(puppet)))], seed: seed)
      stage.pass(.zero)
      return stage
    case .pinging:
      var stage = Stage([.ping(Ping(destination: .v4(puppet), count: 100))], seed: seed)
      stage.pass(.zero)
      return stage
    }
  }

  /// A segment that nearly belongs to the conversation.
  func segment(for stage: borrowing Stage, _ random: inout RandomStream) -> [UInt8] {
    func near(_ number: UInt32) -> UInt32 {
      switch random.next(below: 8) {
      case 0: UInt32(truncatingIfNeeded: random.next())
      case 1: number &+ UInt32(random.next(below: 70_000))
      case 2: number &- UInt32(random.next(below: 3000))
      case 3: number &+ 1
      case 4: number &- 1
      default: number
      }
    }
    var flags = TCPHeader.Flags(rawValue: UInt8(truncatingIfNeeded: random.next()))
    // A reset would end it all too often.
    if random.next(below: 16) != 0 { flags.remove(.rst) }
    if random.next(below: 4) != 0 { flags.insert(.ack) }
    if random.next(below: 8) != 0 { flags.remove(.syn) }
    var options = TCPOptions()
    if random.next(below: 3) == 0 {
      options.timestamps = TCPOptions.Timestamps(
        value: UInt32(truncatingIfNeeded: random.next()),
        echoReply: UInt32(truncatingIfNeeded: random.next()))
    }
    if random.next(below: 8) == 0 {
      options.maximumSegmentSize = UInt16(truncatingIfNeeded: random.next())
    }
    if random.next(below: 8) == 0 {
      options.windowScale = UInt8(truncatingIfNeeded: random.next())
    }
    if random.next(below: 8) == 0 {
      options.selectiveAcknowledgments.append(
        TCPOptions.SACKBlocks.Block(
          leftEdge: near(stage.acknowledgment), rightEdge: near(stage.acknowledgment)))
    }
    let payload = (0..<Int(random.next(below: random.next(below: 4) == 0 ? 1400 : 4))).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    }
    return stage.frame(
      flags, sequence: near(stage.sequence), acknowledgment: near(stage.acknowledgment),
      window: UInt16(truncatingIfNeeded: random.next() >> random.next(below: 16)),
      options: options, payload: payload)
  }

  /// A datagram, an ICMP message or an ARP packet that looks right from outside.
  func other(_ random: inout RandomStream) -> [UInt8] {
    let payload = (0..<Int(random.next(below: 120))).map { _ in
      UInt8(truncatingIfNeeded: random.next())
    }
    let isICMP = random.next(below: 2) == 0
    var bytes = [UInt8](repeating: 0, count: 42) + payload
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EthernetHeader(destination: Stage.hostMAC, source: Stage.puppetMAC, etherType: .ipv4)
      .write(to: &raw, at: 0)
    IPv4Header(
      totalLength: UInt16(28 + payload.count), protocol: isICMP ? .icmp : .udp,
      source: Stage.puppetAddress, destination: Stage.hostAddress
    ).write(to: &raw, at: 14)
    if isICMP {
      let header = ICMPv4Header(
        type: ICMPv4Header.MessageType(rawValue: UInt8(random.next(below: 14))),
        code: UInt8(random.next(below: 6)), parameter: UInt32(truncatingIfNeeded: random.next()))
      header.write(
        to: &raw, at: 34, checksum: header.checksum(payload: raw.bytes.extracting(42...)))
    } else {
      UDPHeader(
        sourcePort: [53, 9, UInt16(truncatingIfNeeded: random.next())][Int(random.next(below: 3))],
        destinationPort: UInt16(truncatingIfNeeded: random.next()), payloadByteCount: payload.count
      ).write(to: &raw, at: 34, checksum: 0)
    }
    return bytes
  }

  /// Changes, cuts or lengthens `bytes`.
  func mutate(_ bytes: inout [UInt8], _ random: inout RandomStream) {
    for _ in 0..<random.next(below: 4) where !bytes.isEmpty {
      bytes[Int(random.next(below: UInt64(bytes.count)))] = UInt8(
        truncatingIfNeeded: random.next())
    }
    if random.next(below: 8) == 0 { bytes.removeLast(Int(random.next(below: UInt64(bytes.count)))) }
    if random.next(below: 8) == 0 {
      bytes += [UInt8](repeating: 0xff, count: Int(random.next(below: 40)))
    }
  }

  @Test(arguments: Situation.allCases)
  func `Nothing that arrives makes a host trap or leak`(situation: Situation) {
    var random = RandomStream(seed: 7, name: "\(situation)")
    var sent = 0
    var begun = 0
    while sent < Self.frameCount {
      begun += 1
      var stage = stage(situation, seed: UInt64(begun))
      let before = stage.statistics().framesReceived
      var here = 0
      for _ in 0..<100 {
        var bytes =
          random.next(below: 4) == 0 ? other(&random) : segment(for: stage, &random)
        if random.next(below: 3) == 0 { mutate(&bytes, &random) }
        stage.send(bytes: bytes)
        here += 1
        if random.next(below: 2) == 0 {
          stage.pass(.microseconds(Int(random.next(below: 100_000))))
        }
      }
      sent += here
      stage.pass(.seconds(2000))
      let statistics = stage.statistics()
      #expect(statistics.framesReceived == before + UInt64(here))
      // Whatever was not taken in was reported, once.
      var lost = statistics.framesReceived - statistics[.accepted]
      for refusal in SendRefusal.allCases { lost += statistics[refusal] }
      #expect(stage.simulation.network.takeDrops().count == Int(lost))
      // Connections that have expired are forgotten when the next segment arrives.
      stage.puppetPort = 1
      stage.hostPort = 1
      stage.say(.rst)
      // Whatever is still open may keep what came out of order; a reset from outside ends that.
      let now = stage.now
      let connections = stage.simulation.withNode(stage.host) { $0.connections(at: now) }
      if connections.isEmpty { #expect(stage.simulation.network.frames.inUse == 0) }
    }
  }
}
