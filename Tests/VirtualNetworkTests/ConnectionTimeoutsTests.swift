import Testing
import VirtualNetwork

@Suite struct ConnectionTimeoutsTests {
  @Test func `The defaults are those that AWS documents`() throws {
    let timeouts = ConnectionTimeouts()
    #expect(timeouts.tcpEstablished == .seconds(432_000))
    #expect(timeouts.udpSingle == .seconds(30))
    #expect(timeouts.udpStream == .seconds(180))
    #expect(timeouts.other == .seconds(600))
    #expect(ConnectionTimeouts.nitro6.tcpEstablished == .seconds(350))
    try timeouts.validate()
    try ConnectionTimeouts.nitro6.validate()
  }

  @Test(arguments: [59, 432_001])
  func `A TCP timer outside EC2's range is refused`(seconds: Int64) {
    var timeouts = ConnectionTimeouts()
    timeouts.tcpEstablished = .seconds(seconds)
    #expect(
      throws: VirtualNetworkError.timeoutOutOfRange(
        "TCP established timeout", seconds: seconds, allowed: 60...432_000)
    ) { try timeouts.validate() }
  }

  @Test(arguments: [29, 61])
  func `A UDP single timer outside EC2's range is refused`(seconds: Int64) {
    var timeouts = ConnectionTimeouts()
    timeouts.udpSingle = .seconds(seconds)
    #expect(throws: VirtualNetworkError.self) { try timeouts.validate() }
  }

  @Test(arguments: [59, 181])
  func `A UDP stream timer outside EC2's range is refused`(seconds: Int64) {
    var timeouts = ConnectionTimeouts()
    timeouts.udpStream = .seconds(seconds)
    #expect(throws: VirtualNetworkError.self) { try timeouts.validate() }
  }
}
