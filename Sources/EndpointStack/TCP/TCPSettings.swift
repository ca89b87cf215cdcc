/// The numbers TCP's behaviour depends on.
///
/// Where Linux differs from the RFC the default is Linux's, and the comment gives both.
public struct TCPSettings: Hashable, Sendable {
  /// Retransmission timeout before anything was measured (RFC 6298, section 2.1: 1 s).
  public var initialRetransmissionTimeout: Duration = .seconds(1)
  /// The shortest retransmission timeout (Linux `TCP_RTO_MIN`: 200 ms; RFC 6298, section 2.4
  /// says "SHOULD be rounded up to 1 second").
  public var minimumRetransmissionTimeout: Duration = .milliseconds(200)
  /// The longest retransmission timeout (Linux `TCP_RTO_MAX`: 120 s; RFC 6298, section 2.5:
  /// at least 60 s).
  public var maximumRetransmissionTimeout: Duration = .seconds(120)
  /// How often a SYN is sent again (Linux `tcp_syn_retries`: 6, so it gives up after 127 s).
  public var synRetries = 6
  /// How often a SYN, ACK is sent again (Linux `tcp_synack_retries`: 5).
  public var synAckRetries = 5
  /// How often data is sent again (Linux `tcp_retries2`: 15; RFC 9293, section 3.8.3).
  public var dataRetries = 15
  /// How long an acknowledgment may wait for data to ride on (Linux `TCP_DELACK_MIN`: 40 ms;
  /// RFC 9293, section 3.8.6.3: less than 500 ms).
  public var delayedAcknowledgmentTimeout: Duration = .milliseconds(40)
  /// How long a closed connection is remembered, 2 MSL, and how long FIN-WAIT-2 lasts.
  ///
  /// Linux: `TCP_TIMEWAIT_LEN` and `tcp_fin_timeout`, 60 s each; RFC 9293, section 3.4.2: 4 minutes.
  public var timeWait: Duration = .seconds(60)
  /// The window on a SYN, in bytes (Linux: 64,240, the largest multiple of 1,460 that 16 bits
  /// hold).
  public var initialReceiveWindow = 64_240
  /// What the window may grow to, in bytes (Linux `tcp_rmem`: 6 MiB, of which half is announced).
  public var maximumReceiveWindow = 3 << 20
  /// What may be sent and not yet acknowledged, in bytes (Linux `tcp_wmem`: 4 MiB, part of it
  /// overhead).
  public var maximumInFlight = 2 << 20
  /// The window scale announced (Linux: 7 for `tcp_rmem` of 6 MiB; RFC 7323, section 2).
  public var windowScale: UInt8 = 7
  /// Segments that may be sent before the first acknowledgment (RFC 6928, section 2: 10).
  public var initialCongestionWindow = 10
  /// Whether timestamps are offered and accepted (RFC 7323, section 3).
  public var usesTimestamps = true
  /// Whether selective acknowledgments are offered and sent (RFC 2018).
  public var usesSelectiveAcknowledgments = true
  /// Whether small segments wait for acknowledgments (Nagle; RFC 9293, section 3.7.4).
  public var delaysSmallSegments = true
  /// The most frames kept for one connection because earlier ones are missing.
  public var outOfOrderLimit = 4096
  /// The most connections a host keeps, those in TIME-WAIT included.
  public var connectionLimit = 1 << 20
  /// How long after one challenge acknowledgment another may be sent on the same connection
  /// (Linux `tcp_invalid_ratelimit`: 500 ms; RFC 5961, section 7).
  public var challengeInterval: Duration = .milliseconds(500)

  public init() {}
}
