import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct UploadTests {
  @Test(arguments: [0, 1, 1447, 1448, 1449, 10_000, 64_240, 1_000_000])
  func `Every byte of an upload arrives`(byteCount: Int) {
    var hosts = TwoHosts([
      .transfer(
        Upload(
          destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 2, bytesPerFlow: byteCount))
    ])
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.transferred(byteCount: 2 * byteCount)])
    let client = hosts.simulation.withNode(hosts.client) { $0.statistics }
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.streamBytesReceived == UInt64(2 * byteCount))
    #expect(client.segmentsRetransmitted == 0)
    #expect(server.segmentsRetransmitted == 0)
    #expect(client.resetsSent + server.resetsSent == 0)
  }

  /// When the client sent text, and how much, by source port.
  private func texts(_ hosts: inout TwoHosts) -> [Int: [(microseconds: Int64, byteCount: Int)]] {
    var texts: [Int: [(microseconds: Int64, byteCount: Int)]] = [:]
    for sighting in hosts.sightings() where sighting.isFromClient {
      guard let segment = Heard(at: sighting.time, unsafe sighting.bytes.span.bytes),
        !segment.payload.isEmpty
      else { continue }
      texts[Int(segment.header.sourcePort), default: []].append(
        (segment.time.nanoseconds / 1000, segment.payload.count))
    }
    return texts
  }

  // Faster and slower than the round trip of 200 µs, and than delayed acknowledgments.
  @Test(arguments: [10, 1000, 100_000] as [Int64])
  func `Paced writes leave one by one on the same connection`(interval: Int64) throws {
    var hosts = TwoHosts([
      .transfer(
        Upload(
          destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 2, writesPerFlow: 8,
          bytesPerWrite: 72, interval: .microseconds(interval)))
    ])
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.transferred(byteCount: 2 * 8 * 72)])
    let texts = texts(&hosts)
    #expect(texts.count == 2)
    for (_, writes) in texts {
      #expect(writes.map(\.byteCount) == [Int](repeating: 72, count: 8))
      let gaps = zip(writes, writes.dropFirst()).map { $1.microseconds - $0.microseconds }
      #expect(gaps.allSatisfy { abs($0 - interval) <= 1 }, "\(gaps)")
    }
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.connectionsAccepted == 2)
    #expect(server.streamBytesReceived == 2 * 8 * 72)
  }

  /// When the client sent SYNs, in microseconds after the first.
  private func openings(_ hosts: inout TwoHosts) -> [Int64] {
    let times = hosts.sightings().filter(\.isFromClient).compactMap { sighting in
      Heard(at: sighting.time, unsafe sighting.bytes.span.bytes)
    }.filter { $0.header.flags.contains(.syn) }.map { $0.time.nanoseconds / 1000 }
    return times.map { $0 - times[0] }
  }

  @Test(arguments: [0, 1_000, 1_000_000] as [Int64])
  func `Connections open one after the other, a stagger apart`(stagger: Int64) {
    var upload = Upload(
      destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 5, bytesPerFlow: 3000)
    upload.stagger = .microseconds(stagger)
    var hosts = TwoHosts([.transfer(upload)])
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.transferred(byteCount: 5 * 3000)])
    // The first SYN also waits for an answer to ARP.
    let openings = openings(&hosts).dropFirst()
    #expect(openings.count == 4)
    let gaps = zip(openings, openings.dropFirst()).map { $1 - $0 }
    #expect(gaps.allSatisfy { abs($0 - stagger) <= 1 }, "\(gaps)")
    #expect(hosts.simulation.network.frames.inUse == 0)
  }

  @Test func `No connection opens when the time for all of them is up`() {
    var upload = Upload(
      destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 100, bytesPerFlow: 10,
      timeLimit: .milliseconds(35))
    upload.stagger = .milliseconds(10)
    var hosts = TwoHosts([.transfer(upload)])
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
    #expect(openings(&hosts).count == 4)
  }

  @Test func `A connection that is refused does not keep the next from opening`() {
    var upload = Upload(
      destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 3, bytesPerFlow: 10)
    upload.stagger = .milliseconds(10)
    var hosts = TwoHosts([.transfer(upload)])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused)])
    #expect(openings(&hosts).count == 3)
  }

  @Test func `A stagger below zero is no upload`() {
    var upload = Upload(
      destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 3, bytesPerFlow: 10)
    upload.stagger = .milliseconds(-10)
    var hosts = TwoHosts([.transfer(upload)])
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.failed(.badRequest)])
  }

  @Test func `Writes that have to wait for a window leave together, and none is lost`() {
    var hosts = TwoHosts(
      [
        .transfer(
          Upload(
            destination: .v4(TwoHosts.serverAddress), port: 9, writesPerFlow: 100,
            bytesPerWrite: 1000,
            interval: .microseconds(1)))
      ], link: LinkBehavior(propagation: .milliseconds(1)))
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.script.results == [.transferred(byteCount: 100_000)])
    let sizes = texts(&hosts).values.joined().map(\.byteCount)
    #expect(sizes.reduce(0, +) == 100_000)
    #expect(sizes.count < 100)
  }

  @Test func `A server that goes away between two writes ends the upload`() {
    var stage = Stage([
      .transfer(
        Upload(
          destination: .v4(Stage.puppetAddress), port: 7, writesPerFlow: 5, bytesPerWrite: 20,
          interval: .seconds(1)))
    ])
    stage.pass(.zero)
    stage.say([.syn, .ack])
    stage.pass(.milliseconds(1500))
    #expect(stage.latest.map(\.payload.count).contains(20))
    let heard = stage.say([.fin, .ack], then: .seconds(10))
    #expect(stage.script.results == [.failed(.reset)])
    #expect(heard.contains { $0.flags.contains(.fin) })
    #expect(stage.simulation.network.frames.inUse == 0)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Every byte arrives although one frame in twenty is lost`(seed: UInt64) {
    var hosts = TwoHosts(
      [.transfer(Upload(destination: .v4(TwoHosts.serverAddress), port: 9, bytesPerFlow: 300_000))],
      seed: seed,
      link: LinkBehavior(propagation: .microseconds(500), lossPerMillion: 25_000))
    hosts.serve(.streamSink(port: 9))
    hosts.run(.seconds(3600))
    #expect(hosts.script.results == [.transferred(byteCount: 300_000)])
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.streamBytesReceived == 300_000)
    #expect(hosts.simulation.network.frames.inUse == 0)
  }
}
