import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

@Suite struct TCPStateTests {
  let upload = Exchange.transfer(
    Upload(destination: .v4(Stage.puppetAddress), port: 7000, bytesPerFlow: 10))

  // MARK: Opening

  @Test func `A server answers a SYN with what both sides can do`() throws {
    var stage = Stage()
    let options = TCPOptions(
      maximumSegmentSize: 1400, windowScale: 3, isSACKPermitted: true,
      timestamps: TCPOptions.Timestamps(value: 77, echoReply: 0))
    let heard = stage.say(.syn, options: options)
    let answer = try #require(heard.first)
    #expect(heard.count == 1)
    #expect(answer.flags == [.syn, .ack])
    #expect(answer.acknowledgment == 1_000_001)
    #expect(answer.options.maximumSegmentSize == 1460)
    #expect(answer.options.windowScale == 7)
    #expect(answer.options.isSACKPermitted)
    #expect(answer.options.timestamps?.echoReply == 77)
    #expect(answer.header.window == 64_240)
    #expect(stage.states() == [.synReceived])
    let timestamps = TCPOptions.Timestamps(
      value: 78, echoReply: answer.options.timestamps?.value ?? 0)
    #expect(stage.say(.ack, options: TCPOptions(timestamps: timestamps)).isEmpty)
    #expect(stage.states() == [.established])
  }

  @Test func `A server offers no option that the client did not`() throws {
    var stage = Stage()
    let answer = try #require(stage.say(.syn).first)
    #expect(answer.options == TCPOptions(maximumSegmentSize: 1460))
    stage.say(.ack)
    #expect(stage.states() == [.established])
  }

  @Test func `A client's SYN looks like that of Linux`() throws {
    var stage = Stage([upload])
    let syn = try #require(stage.pass(.zero).first)
    #expect(syn.flags == .syn)
    #expect(syn.acknowledgment == 0)
    #expect(syn.header.window == 64_240)
    #expect(syn.header.headerByteCount == 40)
    #expect(syn.options.maximumSegmentSize == 1460)
    #expect(syn.options.isSACKPermitted)
    #expect(syn.options.windowScale == 7)
    #expect(syn.options.timestamps?.echoReply == 0)
    #expect((32768...60999).contains(syn.header.sourcePort))
  }

  @Test func `Both sides may open at once`() throws {
    // RFC 9293, figure 8.
    var stage = Stage([upload])
    let syn = try #require(stage.pass(.zero).first)
    let crossed = stage.say(.syn, options: TCPOptions(maximumSegmentSize: 1460))
    #expect(stage.states() == [.synReceived])
    #expect(crossed.map(\.flags) == [[.syn, .ack]])
    #expect(crossed.first?.sequence == syn.sequence)
    #expect(crossed.first?.acknowledgment == 1_000_001)
    let heard = stage.say(
      [.syn, .ack], sequence: 1_000_000, acknowledgment: syn.sequence &+ 1)
    #expect(heard.map(\.flags).contains([.ack, .psh, .fin]))
    #expect(stage.states() == [.finWait1])
  }

  @Test func `A SYN that comes again is answered again`() {
    var stage = Stage()
    #expect(stage.say(.syn, sequence: 500).map(\.flags) == [[.syn, .ack]])
    #expect(stage.say(.syn, sequence: 500).map(\.flags) == [[.syn, .ack]])
    #expect(stage.states() == [.synReceived])
  }

  // MARK: Closing

  @Test func `A server closes after its client`() {
    var stage = Stage()
    stage.open()
    let heard = stage.say([.fin, .ack])
    #expect(heard.map(\.flags) == [[.fin, .ack]])
    #expect(heard.first?.acknowledgment == 1_000_002)
    #expect(stage.states() == [.lastAck])
    #expect(stage.say(.ack).isEmpty)
    #expect(stage.states() == [])
  }

  /// A stage on which the host has opened a connection, sent ten bytes and a FIN.
  func closing() -> Stage {
    var stage = Stage([upload])
    stage.pass(.zero)
    stage.say([.syn, .ack], options: TCPOptions(maximumSegmentSize: 1460))
    return stage
  }

  @Test func `A client closes first, and remembers for a minute`() {
    var stage = closing()
    #expect(stage.states() == [.finWait1])
    #expect(stage.say(.ack).isEmpty)
    #expect(stage.states() == [.finWait2])
    #expect(stage.say([.fin, .ack]).map(\.flags) == [.ack])
    #expect(stage.states() == [.timeWait])
    #expect(stage.script.results == [.transferred(byteCount: 10)])
    // Our acknowledgment was lost: the FIN comes again and starts the minute anew.
    stage.pass(.seconds(30))
    let repeated = stage.say([.fin, .ack], sequence: stage.sequence &- 1)
    #expect(repeated.map(\.flags) == [.ack])
    stage.pass(.seconds(59))
    #expect(stage.states() == [.timeWait])
    stage.pass(.seconds(2))
    #expect(stage.states() == [])
  }

  @Test func `A FIN and the acknowledgment of ours may come together`() {
    var stage = closing()
    #expect(stage.say([.fin, .ack]).map(\.flags) == [.ack])
    #expect(stage.states() == [.timeWait])
  }

  @Test func `Both sides may close at once`() {
    var stage = closing()
    let unacknowledged = stage.acknowledgment &- 1
    let heard = stage.say([.fin, .ack], acknowledgment: unacknowledged)
    #expect(heard.map(\.flags) == [.ack])
    #expect(stage.states() == [.closing])
    #expect(stage.say(.ack).isEmpty)
    #expect(stage.states() == [.timeWait])
  }

  @Test func `Text may follow after our FIN`() {
    var stage = closing()
    stage.say(.ack)
    #expect(stage.say([.ack, .psh], payload: [1, 2, 3], then: .milliseconds(50)).count == 1)
    #expect(stage.states() == [.finWait2])
  }

  @Test func `A new SYN may end TIME-WAIT early`() {
    var stage = Stage()
    // The host closes first: an upload to a puppet that listens at the port of the host's own sink.
    stage = closing()
    stage.say([.fin, .ack])
    #expect(stage.states() == [.timeWait])
    // Nobody listens at the host's port, so the new SYN is refused; but it was looked at anew.
    let heard = stage.say(.syn, sequence: stage.sequence &+ 1000)
    #expect(heard.map(\.flags) == [[.rst, .ack]])
    #expect(stage.states() == [])
  }

  @Test func `An old SYN does not end TIME-WAIT`() {
    var stage = closing()
    stage.say([.fin, .ack])
    let heard = stage.say(.syn, sequence: stage.sequence &- 1000)
    #expect(heard.map(\.flags) == [.ack])
    #expect(stage.states() == [.timeWait])
  }

  @Test func `Half a close is forgotten after a minute`() {
    var stage = closing()
    stage.say(.ack)
    stage.pass(.seconds(59))
    #expect(stage.states() == [.finWait2])
    stage.pass(.seconds(1))
    #expect(stage.states() == [])
  }
}
