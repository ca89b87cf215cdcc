/// How long connection tracking remembers a connection that has gone quiet.
///
/// EC2 lets the three documented timers be set for each network interface; here they are set for
/// the whole VPC.
public struct ConnectionTimeouts: Hashable, Sendable {
  /// TCP after the handshake: 432,000 s, documented (lambda-vpc §7.4).
  public var tcpEstablished: Duration = .seconds(432_000)
  /// UDP up to one request with its response: 30 s, documented (lambda-vpc §7.4).
  public var udpSingle: Duration = .seconds(30)
  /// UDP after more than that: 180 s, documented (lambda-vpc §7.4).
  public var udpStream: Duration = .seconds(180)
  /// Protocols other than TCP, UDP and ICMP: 600 s, documented (lambda-vpc §7.4).
  public var other: Duration = .seconds(600)
  /// TCP before the handshake is complete: 60 s, assumed to be as in AWS's translators (N-03).
  public var tcpOpening: Duration = .seconds(60)
  /// TCP after a reset or after both ends have finished: 120 s, assumed likewise (N-03).
  public var tcpClosing: Duration = .seconds(120)
  /// ICMP: 30 s, assumed to be as in Linux (nat-behaviour §1).
  ///
  /// AWS documents that it is tracked, but not for how long.
  public var icmp: Duration = .seconds(30)
  /// UDP flows that the rules leave untracked: 30 s, during which answers are taken for answers.
  ///
  /// Assumed. Decisions about other packets that are not tracked are kept for the same time, and
  /// then made again.
  public var untracked: Duration = .seconds(30)

  public init() {}

  /// The timers of EC2 instance types of the sixth Nitro generation, where established TCP
  /// connections are forgotten after 350 s (lambda-vpc §7.4 and §9).
  public static var nitro6: Self {
    var timeouts = Self()
    timeouts.tcpEstablished = .seconds(350)
    return timeouts
  }

  /// Checks the timers against the ranges that EC2 accepts (lambda-vpc §7.4).
  public func validate() throws(VirtualNetworkError) {
    try check("TCP established timeout", tcpEstablished, 60...432_000)
    try check("UDP single timeout", udpSingle, 30...60)
    try check("UDP stream timeout", udpStream, 60...180)
  }

  private func check(
    _ name: String, _ timeout: Duration, _ allowed: ClosedRange<Int64>
  ) throws(VirtualNetworkError) {
    guard timeout >= .seconds(allowed.lowerBound), timeout <= .seconds(allowed.upperBound) else {
      throw .timeoutOutOfRange(name, seconds: timeout.components.seconds, allowed: allowed)
    }
  }
}
