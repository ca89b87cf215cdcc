/// The numbers a host's behaviour depends on.
///
/// Defaults are those of a Linux guest, since that is what runs in Lambda and, mostly, in a VPC.
/// None of them is documented by AWS.
public struct HostSettings: Hashable, Sendable {
  /// Hops that a packet may take (A-21: 64, assumed; Linux `net.ipv4.ip_default_ttl`).
  public var timeToLive: UInt8 = 64
  /// Where source ports are taken from (Linux `net.ipv4.ip_local_port_range`).
  public var ephemeralPorts: ClosedRange<UInt16> = 32768...60999
  /// The first source port, if it is not to be drawn at random.
  ///
  /// Later ports follow it in order. It may lie outside ``ephemeralPorts``. Questions to name
  /// servers do not take it, nor those that follow: their ports are always drawn at random.
  public var firstEphemeralPort: UInt16?

  /// How long an answer to ARP is trusted (Linux `base_reachable_time_ms`: 30 s).
  public var neighborLifetime: Duration = .seconds(30)
  /// How long to wait for an answer to ARP (Linux `retrans_time_ms`: 1 s).
  public var neighborRetryInterval: Duration = .seconds(1)
  /// How often to ask before giving up (Linux `mcast_solicit` and `ucast_solicit`: 3).
  public var neighborAttempts = 3
  /// How many frames may wait for one answer.
  ///
  /// Assumed: more than Linux, whose `unres_qlen_bytes` holds some hundreds, so that a burst at the
  /// very beginning of a run does not lose packets for a reason that nobody asked about.
  public var neighborQueueLimit = 4096

  /// How long to wait for an answer from a name server (resolv.conf(5), `timeout`: 5 s).
  public var resolverTimeout: Duration = .seconds(5)
  /// How often to ask a name server (resolv.conf(5), `attempts`: 2).
  public var resolverAttempts = 2
  /// The longest answer over UDP that name servers are told to send, in bytes (RFC 6891), or `nil` for
  /// the 512 bytes of RFC 1035, as glibc has it without `options edns0` (resolv.conf(5)).
  public var resolverPayloadByteCount: Int?
  /// How long to wait for the last echo reply (ping(8) of iputils, `-W`: 10 s).
  public var echoTimeout: Duration = .seconds(10)

  /// ICMP errors sent a second at most (Linux `icmp_msgs_per_sec`: 1,000).
  public var unreachableRate = 1000
  /// ICMP errors sent at once at most (Linux `icmp_msgs_burst`: 50).
  public var unreachableBurst = 50

  /// How many frames a frozen host's interface keeps (Linux `txqueuelen` of a tap device: 1,000).
  public var frozenQueueLimit = 1000

  public var tcp = TCPSettings()

  public init() {}
}
