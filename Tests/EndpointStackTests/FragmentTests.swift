import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Datagrams that are longer than the link takes (RFC 791, section 3.2).
@Suite struct FragmentTests {
  private func hosts(payload: Int, count: Int = 1) -> TwoHosts {
    var hosts = TwoHosts([
      .send(
        DatagramTrain(
          destination: .v4(TwoHosts.serverAddress), port: 9, datagramsPerFlow: count,
          payloadByteCount: payload, interval: .milliseconds(1)))
    ])
    hosts.serve(.datagramSink(port: 9))
    return hosts
  }

  /// The IPv4 headers that the client sent.
  private func headers(_ hosts: inout TwoHosts) -> [IPv4Header] {
    hosts.sightings().filter { $0.isFromClient && $0.bytes[12...13] == [8, 0] }.compactMap {
      unsafe try? IPv4Header(parsing: $0.bytes.span.bytes, at: 14)
    }
  }

  @Test(arguments: [
    (1472, 1), (1473, 2), (2952, 2), (2953, 3), (4000, 3), (8973, 7),
  ])
  func `A datagram leaves in as few fragments as it can, and arrives whole`(
    payload: Int, fragments: Int
  ) {
    var hosts = hosts(payload: payload)
    hosts.run()
    let sent = headers(&hosts)
    #expect(sent.count == fragments)
    #expect(sent.dropLast().allSatisfy { $0.moreFragments && $0.totalLength == 1500 })
    #expect(sent.last?.moreFragments == false)
    #expect(sent.map(\.fragmentOffset) == (0..<fragments).map { UInt16($0 * 1480) })
    #expect(Set(sent.map(\.identification)).count == 1)
    // RFC 6864, section 4.1: what is whole may have any identification, what is not may not.
    #expect(sent.allSatisfy { $0.dontFragment == (fragments == 1) })
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.datagramsReceived == 1)
    #expect(server.datagramBytesReceived == UInt64(payload))
    #expect(hosts.simulation.network.frames.inUse == 0)
  }

  @Test func `Two packets never share an identification`() {
    var hosts = hosts(payload: 2000, count: 50)
    hosts.run()
    #expect(Set(headers(&hosts).map(\.identification)).count == 50)
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.datagramsReceived == 50)
  }

  @Test(arguments: 0..<3)
  func `A packet of which a part is lost is given up after half a minute`(lost: Int) {
    var hosts = hosts(payload: 4000)
    hosts.simulation.withNode(hosts.wire) { wire in
      var number = 0
      wire.loses = { _, sighting in
        guard sighting.isFromClient, sighting.bytes.count > 100 else { return false }
        number += 1
        return number == lost + 1
      }
    }
    hosts.run(.seconds(29))
    #expect(hosts.simulation.network.frames.inUse == 2)
    hosts.run(.seconds(31))
    #expect(hosts.simulation.network.frames.inUse == 0)
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.datagramsReceived == 0)
    #expect(server[.fragment] == 2)
    #expect(FrameDisposition.allCases.reduce(0) { $0 + server[$1] } == server.framesReceived)
    #expect(
      hosts.simulation.network.takeDrops().map(\.code) == [
        "FRAG_REASM_TIMEOUT", "FRAG_REASM_TIMEOUT",
      ])
  }

  @Test func `A damaged part is noticed by the checksum of the whole`() {
    var hosts = hosts(payload: 4000)
    hosts.simulation.withNode(hosts.wire) { wire in
      wire.corrupts = { _, bytes in if bytes.count == 1514 { bytes[1000] ^= 1 } }
    }
    hosts.run()
    let server = hosts.simulation.withNode(hosts.server) { $0.statistics }
    #expect(server.datagramsReceived == 0)
    #expect(server[.badChecksum] == 1)
    #expect(hosts.simulation.network.frames.inUse == 0)
  }

  @Test func `What fits into no frame is refused`() {
    var hosts = hosts(payload: FramePool.longestFrame.jumbo)
    hosts.run()
    #expect(hosts.script.results == [.failed(.badRequest)])
  }
}
