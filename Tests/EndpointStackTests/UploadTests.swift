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
        Upload(destination: TwoHosts.serverAddress, port: 9, flowCount: 2, bytesPerFlow: byteCount))
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

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `Every byte arrives although one frame in twenty is lost`(seed: UInt64) {
    var hosts = TwoHosts(
      [.transfer(Upload(destination: TwoHosts.serverAddress, port: 9, bytesPerFlow: 300_000))],
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
