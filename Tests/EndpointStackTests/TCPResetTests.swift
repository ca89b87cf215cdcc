import EndpointStack
import EventSimulation
import PacketFormats
import SimulatedTime
import Testing

/// The rules for resets: RFC 9293, section 3.10.7, and RFC 5961.
@Suite struct TCPResetTests {
  let upload = Exchange.transfer(
    Upload(destination: .v4(Stage.puppetAddress), port: 7000, bytesPerFlow: 10))

  @Test func `A segment without an acknowledgment for a closed port`() throws {
    var stage = Stage()
    stage.hostPort = 81
    let answer = try #require(stage.say(.syn, sequence: 700, payload: [1, 2]).first)
    #expect(answer.flags == [.rst, .ack])
    #expect(answer.sequence == 0)
    #expect(answer.acknowledgment == 703)
    #expect(stage.statistics()[.closedPort] == 1)
  }

  @Test func `A segment with an acknowledgment for a closed port`() throws {
    var stage = Stage()
    stage.hostPort = 81
    let answer = try #require(stage.say(.ack, acknowledgment: 4711).first)
    #expect(answer.flags == .rst)
    #expect(answer.sequence == 4711)
  }

  @Test(arguments: [[.rst], [.rst, .ack]] as [TCPHeader.Flags])
  func `A reset is never answered`(flags: TCPHeader.Flags) {
    var stage = Stage()
    for port in [81, 9] as [UInt16] {
      stage.hostPort = port
      #expect(stage.say(flags).isEmpty)
    }
  }

  @Test func `An acknowledgment for a listening port is reset`() throws {
    var stage = Stage()
    let answer = try #require(stage.say(.ack, acknowledgment: 99).first)
    #expect(answer.flags == .rst)
    #expect(answer.sequence == 99)
    #expect(stage.states() == [])
  }

  @Test func `While opening, a wrong acknowledgment is reset and the SYN stands`() throws {
    var stage = Stage([upload])
    let syn = try #require(stage.pass(.zero).first)
    for wrong in [syn.sequence, syn.sequence &+ 2, syn.sequence &- 5] {
      let answer = try #require(stage.say([.syn, .ack], sequence: 5, acknowledgment: wrong).first)
      #expect(answer.flags == .rst)
      #expect(answer.sequence == wrong)
      #expect(stage.say([.rst, .ack], sequence: 5, acknowledgment: wrong).isEmpty)
    }
    #expect(stage.states() == [.synSent])
    #expect(stage.say(.rst, sequence: 0).isEmpty)
    #expect(stage.states() == [.synSent])
  }

  @Test func `While opening, a reset that acknowledges the SYN is a refusal`() {
    var stage = Stage([upload])
    stage.pass(.zero)
    #expect(stage.say([.rst, .ack], sequence: 0).isEmpty)
    #expect(stage.script.results == [.failed(.refused)])
    #expect(stage.states() == [])
  }

  @Test func `A half-open connection with a wrong acknowledgment is reset`() throws {
    var stage = Stage()
    stage.say(.syn)
    let wrong = stage.acknowledgment &+ 10
    let answer = try #require(stage.say(.ack, acknowledgment: wrong).first)
    #expect(answer.flags == .rst)
    #expect(answer.sequence == wrong)
    #expect(stage.states() == [.synReceived])
  }

  @Test func `A half-open connection is given up for a reset`() {
    var stage = Stage()
    stage.say(.syn)
    #expect(stage.say(.rst).isEmpty)
    #expect(stage.states() == [])
  }

  @Test func `An open connection believes only the exact number`() {
    var stage = Stage()
    stage.open()
    #expect(stage.say(.rst, sequence: stage.sequence &- 1).isEmpty)
    #expect(stage.say(.rst, sequence: stage.sequence &+ 100_000).isEmpty)
    #expect(stage.states() == [.established])
    let challenge = stage.say(.rst, sequence: stage.sequence &+ 100)
    #expect(challenge.map(\.flags) == [.ack])
    #expect(challenge.first?.acknowledgment == stage.sequence)
    #expect(stage.states() == [.established])
    #expect(stage.say(.rst).isEmpty)
    #expect(stage.states() == [])
  }

  @Test func `Challenges are not sent more often than twice a second`() {
    var stage = Stage()
    stage.open()
    #expect(stage.say(.syn, sequence: stage.sequence).map(\.flags) == [.ack])
    for _ in 0..<10 { #expect(stage.say(.syn, sequence: stage.sequence).isEmpty) }
    stage.pass(.milliseconds(500))
    #expect(stage.say(.syn, sequence: stage.sequence).map(\.flags) == [.ack])
    #expect(stage.states() == [.established])
  }

  @Test func `An acknowledgment of what was never sent is answered, not believed`() {
    var stage = Stage()
    stage.open()
    let heard = stage.say(.ack, acknowledgment: stage.acknowledgment &+ 1)
    #expect(heard.map(\.flags) == [.ack])
    #expect(stage.states() == [.established])
  }

  @Test func `Text outside the window is answered with what is expected`() {
    var stage = Stage()
    stage.open()
    let expected = stage.sequence
    let heard = stage.say(.ack, sequence: expected &+ 1_000_000, payload: [1])
    #expect(heard.map(\.acknowledgment) == [expected])
    #expect(stage.statistics().streamBytesReceived == 0)
  }

  @Test func `A reset of an open connection fails the exchange`() {
    var stage = Stage([
      .query(DatabaseQuery(server: .v4(Stage.puppetAddress), port: 7000, text: "SELECT 1"))
    ])
    stage.pass(.zero)
    stage.say([.syn, .ack], options: TCPOptions(maximumSegmentSize: 1460))
    #expect(stage.states() == [.established])
    stage.say(.rst)
    #expect(stage.script.results == [.failed(.reset)])
    #expect(stage.states() == [])
  }

  @Test func `A full table drops SYNs`() {
    var settings = HostSettings()
    settings.tcp.connectionLimit = 3
    var stage = Stage(settings: settings)
    for port in 1000..<1005 as Range<UInt16> {
      stage.puppetPort = port
      stage.say(.syn)
    }
    #expect(stage.states().count == 3)
    #expect(stage.statistics()[.connectionTableFull] == 2)
  }
}
