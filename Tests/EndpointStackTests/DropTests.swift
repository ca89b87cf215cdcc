import CaptureFiles
import EndpointStack
import EventSimulation
import Foundation
import PacketFormats
import SimulatedTime
import Testing

/// Frames that a host refuses or loses are reported, with place, code and flow; what protocols have
/// no use for is not.
@Suite struct DropTests {
  private let train = DatagramTrain(
    destination: .v4(TwoHosts.serverAddress), port: 9, datagramsPerFlow: 3, payloadByteCount: 22,
    interval: .zero)

  private func upload(_ byteCount: Int) -> Exchange {
    .transfer(Upload(destination: .v4(TwoHosts.serverAddress), port: 9, bytesPerFlow: byteCount))
  }

  @Test func `A datagram to a closed port dies at the host, with its flow`() throws {
    var hosts = TwoHosts([.send(train)])
    hosts.run()
    let drops = hosts.simulation.network.takeDrops()
    #expect(drops.count == 3)
    let first = try #require(drops.first)
    #expect(first.place == "server")
    #expect(first.code == "NO_SOCKET")
    #expect(first.detail == "nobody listens at the port")
    #expect(first.flow.hasPrefix("udp 10.0.0.5:") && first.flow.hasSuffix(" > 10.0.0.9:9"))
    #expect(first.packetID.rawValue > 0)
  }

  @Test func `A SYN to a closed port is a drop, the reset that answers it is not`() {
    var hosts = TwoHosts([upload(1)])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused)])
    #expect(hosts.simulation.network.takeDrops().map(\.code) == ["NO_SOCKET"])
  }

  @Test func `A whole conversation has no drops`() {
    var hosts = TwoHosts([.send(train), upload(100_000), upload(1)])
    hosts.serve(.datagramSink(port: 9))
    hosts.serve(.streamSink(port: 9))
    hosts.run()
    #expect(hosts.simulation.network.takeDrops() == [])
  }

  // A byte of the IP header, of a UDP payload, of a TCP payload and of an ICMP payload.
  @Test(arguments: [(22, "IP_CSUM"), (60, "UDP_CSUM"), (80, "TCP_CSUM"), (70, "ICMP_CSUM")])
  func `A wrong checksum is a drop that names the header`(position: Int, code: String) {
    let exchange: Exchange =
      switch code {
      case "TCP_CSUM": upload(50)
      case "ICMP_CSUM": .ping(Ping(destination: .v4(TwoHosts.serverAddress), count: 1))
      default: .send(train)
      }
    var hosts = TwoHosts([exchange])
    hosts.serve(.datagramSink(port: 9))
    hosts.serve(.streamSink(port: 9))
    var isDone = false
    hosts.simulation.withNode(hosts.wire) { wire in
      wire.corrupts = { _, bytes in
        guard !isDone, bytes.count > position, bytes[12...13] == [8, 0] else { return }
        bytes[position] ^= 0x15
        isDone = true
      }
    }
    hosts.run(.seconds(60))
    let drops = hosts.simulation.network.takeDrops()
    #expect(drops.map(\.code) == [code])
    #expect(drops.first?.detail == "the checksum is wrong")
  }

  @Test func `What waits for an address that nobody has dies, and what finds no room does`() {
    var settings = HostSettings()
    settings.neighborQueueLimit = 2
    var train = train
    train.destination = .v4(IPv4Address(10, 0, 0, 77))
    var hosts = TwoHosts([.send(train)], settings: settings)
    hosts.run()
    let drops = hosts.simulation.network.takeDrops()
    #expect(drops.map(\.code) == ["NEIGH_QUEUEFULL", "NEIGH_FAILED", "NEIGH_FAILED"])
    #expect(drops.allSatisfy { $0.place == "client" && $0.flow.hasSuffix(" > 10.0.0.77:9") })
    #expect(drops.map(\.time.nanoseconds) == [0, 3_000_000_000, 3_000_000_000])
  }

  @Test func `An answer that has no way back dies where it was made`() {
    var stage = Stage()
    var bytes = [UInt8](repeating: 0, count: 42)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    EthernetHeader(destination: Stage.hostMAC, source: Stage.puppetMAC, etherType: .ipv4)
      .write(to: &raw, at: 0)
    IPv4Header(
      totalLength: 28, protocol: .icmp, source: IPv4Address(192, 0, 2, 1),
      destination: Stage.hostAddress
    ).write(to: &raw, at: 14)
    let header = ICMPv4Header(type: .echoRequest, parameter: 1)
    header.write(to: &raw, at: 34, checksum: header.checksum(payload: raw.bytes.extracting(0..<0)))
    stage.send(bytes: bytes)
    stage.pass(.zero)
    let drops = stage.simulation.network.takeDrops()
    #expect(drops.map(\.code) == ["IP_OUTNOROUTES"])
    #expect(drops.first?.flow == "icmp 10.0.0.9 > 192.0.2.1")
    #expect(stage.statistics()[.noRoute] == 1)
  }

  @Test func `A frozen host's queue has an end`() {
    var settings = HostSettings()
    settings.frozenQueueLimit = 2
    var hosts = TwoHosts([.send(train)], serverSettings: settings)
    hosts.serve(.datagramSink(port: 9))
    let script = Script()
    hosts.simulation.withNode(hosts.server) { $0.program = script }
    script.onWake = { _, host, _ in host.freeze() }
    // After its answer to ARP.
    hosts.simulation.wake(hosts.server, at: Instant(nanoseconds: 150_000), token: 1)
    hosts.run()
    #expect(hosts.simulation.network.takeDrops().map(\.code) == ["FULL_RING"])
  }

  @Test func `A connection too many dies`() {
    var settings = HostSettings()
    settings.tcp.connectionLimit = 1
    settings.tcp.synRetries = 0
    var hosts = TwoHosts(
      [
        .transfer(
          Upload(
            destination: .v4(TwoHosts.serverAddress), port: 9, flowCount: 2, bytesPerFlow: 10))
      ], serverSettings: settings)
    hosts.serve(.streamSink(port: 9))
    hosts.run(.milliseconds(10))
    #expect(hosts.simulation.network.takeDrops().map(\.code) == ["LISTEN_OVERFLOW"])
  }

  // MARK: TCP

  @Test func `Text beyond a gap dies only where the connection keeps no more of it`() {
    var settings = HostSettings()
    settings.tcp.outOfOrderLimit = 1
    var stage = Stage(settings: settings)
    stage.open()
    let start = stage.sequence
    stage.say(.ack, sequence: start &+ 10, payload: [1, 2])
    #expect(stage.simulation.network.takeDrops() == [])
    stage.say(.ack, sequence: start &+ 20, payload: [3, 4])
    let drops = stage.simulation.network.takeDrops()
    #expect(drops.map(\.code) == ["TCP_OFO_DROP"])
    #expect(drops.first?.flow == "tcp 10.0.0.5:40000 > 10.0.0.9:9")
    let statistics = stage.statistics()
    #expect(statistics[.outOfOrderQueueFull] == 1)
  }

  @Test func `Copies, segments outside the window and late acknowledgments are no drops`() {
    var stage = Stage()
    stage.open()
    let start = stage.sequence
    stage.say(.ack, payload: [1, 2, 3])
    stage.say(.ack, sequence: start, payload: [1, 2, 3])
    stage.say(.ack, sequence: start &+ 10_000_000, payload: [1])
    stage.say(.ack, acknowledgment: stage.acknowledgment &- 1)
    stage.say(.rst, sequence: start &+ 10_000_000)
    stage.say([.fin, .ack])
    stage.say(.ack)
    stage.say(.rst, sequence: stage.sequence)
    // The connection is over, and these come after it.
    stage.say(.ack)
    stage.say(.rst)
    #expect(stage.states() == [])
    #expect(stage.simulation.network.takeDrops() == [])
    #expect(stage.statistics()[.accepted] == stage.statistics().framesReceived)
  }

  @Test func `Text for a connection that does not exist is a drop`() {
    var stage = Stage()
    let heard = stage.say(.ack, acknowledgment: 77, payload: [1])
    #expect(heard.map(\.flags) == [.rst])
    let drops = stage.simulation.network.takeDrops()
    #expect(drops.map(\.code) == ["NO_SOCKET"])
    #expect(drops.first?.detail == "the port has no such connection")
  }

  // MARK: Captures

  @Test func `The capture shows the refused frame once, before what the host says to it`() throws {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "drops-\(UUID().uuidString).pcapng").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      let writer = try PcapngWriter(path: path)
      // The echo comes back to a port that is closed already.
      var hosts = TwoHosts([.send(train)], capturingTo: writer)
      hosts.serve(.datagramEcho(port: 9, thinkTime: .milliseconds(1)))
      hosts.run()
      let drops = hosts.simulation.network.takeDrops()
      #expect(drops.filter { $0.place == "client" }.count == 3)
      try hosts.simulation.network.finishCaptures()
    }
    var reader = try CaptureReader(path: path)
    var ids: Set<UInt64> = []
    var comments: [[String]] = []
    while let record = try reader.next() {
      #expect(ids.insert(record.packetID ?? 0).inserted)
      guard record.verdict == .drop else { continue }
      comments.append(reader.comments())
    }
    #expect(comments == Array(repeating: ["DROP host nobody listens at the port"], count: 3))
  }
}
