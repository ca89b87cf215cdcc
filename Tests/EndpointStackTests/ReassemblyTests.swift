import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Collects what a server is given.
private final class Collector {
  var bytes: [UInt8] = []

  func attach(to host: inout Host) {
    host.streamObserver = { [self] text in
      for offset in 0..<text.byteCount { bytes.append(text[Field<UInt8>(at: 0), at: offset]) }
    }
  }
}

@Suite struct ReassemblyTests {
  /// Segments of every size, in any order, some twice, overlapping: the stream comes out as it was.
  @Test(arguments: 0..<100 as Range<UInt64>)
  func `Segments in any order make up the stream`(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "reassembly")
    var stage = Stage(seed: seed)
    let collector = Collector()
    stage.simulation.withNode(stage.host) { collector.attach(to: &$0) }
    stage.open(
      options: TCPOptions(maximumSegmentSize: 1460, windowScale: 7, isSACKPermitted: true))
    let start = stage.sequence
    let count = Int(random.next(below: 20_000)) + 1
    let stream = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    // Pieces that cover everything, and as many that are anywhere.
    var pieces: [Range<Int>] = []
    var position = 0
    while position < count {
      let end = min(count, position + 1 + Int(random.next(below: 1000)))
      pieces.append(position..<end)
      let other = Int(random.next(below: UInt64(count)))
      pieces.append(other..<min(count, other + 1 + Int(random.next(below: 1400))))
      position = end
    }
    pieces.shuffle(using: &random)
    // Once more in order, since a segment may be refused for lying outside the window.
    pieces += pieces.sorted { $0.lowerBound < $1.lowerBound }
    for piece in pieces {
      let isLast = piece.upperBound == count
      stage.say(
        isLast ? [.ack, .fin] : .ack, sequence: start &+ UInt32(piece.lowerBound),
        payload: Array(stream[piece]))
    }
    #expect(collector.bytes == stream)
    #expect(stage.statistics().streamBytesReceived == UInt64(count))
    let last = start &+ UInt32(count) &+ 1
    #expect(stage.say(.ack, sequence: last).allSatisfy { $0.acknowledgment == last })
    stage.pass(.seconds(1000))
    #expect(stage.simulation.network.frames.inUse == 0)
  }

  @Test func `No more frames are kept than allowed, and none after a reset`() {
    var settings = HostSettings()
    settings.tcp.outOfOrderLimit = 20
    var stage = Stage(settings: settings)
    stage.open()
    for index in 1...50 as ClosedRange<UInt32> {
      stage.say(.ack, sequence: stage.sequence &+ index * 10, payload: [1, 2])
    }
    #expect(stage.simulation.network.frames.inUse == 20)
    stage.say(.rst)
    #expect(stage.simulation.network.frames.inUse == 0)
  }

  @Test func `Text outside the window is not kept`() {
    var stage = Stage()
    stage.open()
    let start = stage.sequence
    // The window is 64,240 bytes: the last byte of this lies behind it.
    stage.say(.ack, sequence: start &+ 64_238, payload: [1, 2, 3])
    stage.say(.ack, payload: [UInt8](repeating: 0, count: 1400))
    let heard = stage.latest
    #expect(heard.allSatisfy { $0.acknowledgment == start &+ 1400 })
    #expect(stage.simulation.network.frames.inUse == 1)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `What arrives over a lossy link is what was sent`(seed: UInt64) {
    var hosts = TwoHosts(
      [
        .transfer(
          Upload(
            destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 1, bytesPerFlow: 200_000))
      ],
      seed: seed,
      link: LinkBehavior(
        propagation: .milliseconds(1), jitter: .milliseconds(1), lossPerMillion: 50_000))
    hosts.serve(.streamSink(port: 9))
    let collector = Collector()
    hosts.simulation.withNode(hosts.server) { collector.attach(to: &$0) }
    hosts.run(.seconds(10_000))
    #expect(hosts.script.results == [.transferred(byteCount: 200_000)])
    #expect(collector.bytes == (0..<200_000).map { UInt8(truncatingIfNeeded: $0) })
  }

  @Test(arguments: 0..<5 as Range<UInt64>)
  func `A database answers whole over a lossy link`(seed: UInt64) {
    var hosts = TwoHosts(
      [
        .query(
          DatabaseQuery(server: .v4(TwoHosts.serverAddress), rowCount: 2000, rowByteCount: 100))
      ],
      seed: seed,
      link: LinkBehavior(propagation: .milliseconds(1), lossPerMillion: 50_000))
    hosts.serve(.postgreSQL(PostgreSQLServer()))
    hosts.run(.seconds(10_000))
    #expect(hosts.script.results == [.rows(count: 2000, byteCount: 2000 * 131)])
  }

  @Test func `Sequence numbers wrap around`() {
    // More than 2³² bytes would take long; a client that begins just below the end does as well.
    var stage = Stage()
    let collector = Collector()
    stage.simulation.withNode(stage.host) { collector.attach(to: &$0) }
    stage.sequence = .max - 1000
    stage.open()
    for index in 0..<10 as Range<UInt8> {
      stage.say(.ack, payload: [UInt8](repeating: index, count: 500))
    }
    #expect(stage.say([.fin, .ack]).map(\.acknowledgment) == [stage.sequence])
    #expect(collector.bytes == (0..<10).flatMap { [UInt8](repeating: $0, count: 500) })
  }
}
