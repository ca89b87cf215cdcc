import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// Questions over UDP and their answers.
@Suite struct DatagramRequestTests {
  private func request(_ count: Int = 1, payload: Int = 20, isPooled: Bool = false) -> Exchange {
    .ask(
      DatagramRequest(
        destination: .v4(TwoHosts.serverAddress), port: 7, payloadByteCount: payload, count: count,
        isPooled: isPooled))
  }

  /// Source port and number of each question on the wire.
  private func questions(_ sightings: [Sighting]) -> [(port: UInt16, number: UInt64)] {
    sightings.compactMap { sighting in
      let bytes = unsafe sighting.bytes.span.bytes
      guard sighting.isFromClient, bytes.byteCount == 62 else { return nil }
      return (
        bytes[UDPHeader.Layout.sourcePort, at: 34], bytes[Field<UInt64>(at: 0), at: 42]
      )
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 1000])
  func `Each question waits for the answer to the one before`(payload: Int) throws {
    var hosts = TwoHosts([request(3, payload: payload)])
    hosts.serve(.datagramEcho(port: 7))
    hosts.run()
    #expect(hosts.script.results == [.answers(count: 3)])
    let outcome = try #require(hosts.script.outcomes.first)
    // ARP there and back, then three questions; the server asks who the client is, too.
    #expect(outcome.elapsed >= .microseconds(800) && outcome.elapsed < .milliseconds(1))
  }

  @Test func `A socket of its own is closed, a pooled one is kept`() {
    for isPooled in [false, true] {
      var hosts = TwoHosts([request(isPooled: isPooled), request(2, isPooled: isPooled)])
      hosts.serve(.datagramEcho(port: 7))
      hosts.run()
      #expect(hosts.script.results == [.answers(count: 1), .answers(count: 2)])
      let questions = questions(hosts.sightings())
      #expect(questions.map(\.number) == [1, 2, 3])
      #expect(Set(questions.map(\.port)).count == (isPooled ? 1 : 2))
    }
  }

  @Test func `A question without answer is asked again, and given up in the end`() throws {
    var hosts = TwoHosts([request(2)])
    hosts.serve(.datagramEcho(port: 7))
    // The first answer is lost once, the second whenever it comes.
    var lost = 0
    hosts.simulation.withNode(hosts.wire) {
      $0.loses = { _, sighting in
        let isAnswer = !sighting.isFromClient && sighting.bytes.count == 62
        if isAnswer { lost += 1 }
        return isAnswer && lost != 2
      }
    }
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
    #expect(questions(hosts.sightings()).map(\.number) == [1, 1, 2, 2, 2])
    let outcome = try #require(hosts.script.outcomes.first)
    #expect(outcome.elapsed > .seconds(4) && outcome.elapsed < .milliseconds(4010))
  }

  @Test func `What comes late or from elsewhere is no answer`() {
    var hosts = TwoHosts([request()])
    hosts.serve(.datagramEcho(port: 7))
    hosts.simulation.withNode(hosts.wire) {
      $0.corrupts = { _, bytes in
        // The number in the answer, and the checksum that would notice it left out.
        guard bytes.count == 62, bytes[34...35] == [0, 7] else { return }
        bytes[49] ^= 1
        bytes[40] = 0
        bytes[41] = 0
      }
    }
    hosts.run()
    #expect(hosts.script.results == [.failed(.timedOut)])
  }

  @Test func `A closed port refuses, and the next request has a socket of its own`() {
    var hosts = TwoHosts([request(isPooled: true), request(isPooled: true)])
    hosts.run()
    #expect(hosts.script.results == [.failed(.refused), .failed(.refused)])
    #expect(Set(questions(hosts.sightings()).map(\.port)).count == 2)
  }

  @Test func `What makes no sense is a bad request`() {
    var attempts = DatagramRequest(
      destination: .v4(TwoHosts.serverAddress), port: 7, payloadByteCount: 8)
    attempts.attempts = 0
    var timeout = attempts
    (timeout.attempts, timeout.timeout) = (1, .zero)
    var hosts = TwoHosts([
      request(payload: -1), request(payload: 100_000), request(-1), .ask(attempts), .ask(timeout),
      request(0),
    ])
    hosts.run()
    #expect(
      hosts.script.results
        == Array(repeating: .failed(.badRequest), count: 5) + [.answers(count: 0)])
  }

  @Test func `Without an answer to ARP the host is unreachable`() {
    var hosts = TwoHosts([
      .ask(
        DatagramRequest(
          destination: .v4(IPv4Address(10, 0, 0, 77)), port: 7, payloadByteCount: 8,
          timeout: .seconds(10)))
    ])
    hosts.run()
    #expect(hosts.script.results == [.failed(.unreachable)])
    #expect(hosts.script.outcomes.first?.elapsed == .seconds(3))
  }
}
