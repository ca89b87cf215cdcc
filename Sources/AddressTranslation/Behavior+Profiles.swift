extension Behavior {
  /// Hyperplane's translation of Lambda functions to the network interface they share in the
  /// customer's VPC ("VPC to VPC NAT").
  ///
  /// Documented by AWS: TCP and UDP only, source ports 1024–65535 (VPC guide, "Network ACLs,
  /// ephemeral ports"). Everything else is assumed:
  /// - Mapping and filtering depend on address and port.
  /// - A port is one connection, not one per destination, drawn at random.
  /// - Idle timers: TCP 350 s, UDP 120 s, either direction restarts them (N-08). Half-open
  ///   60 s, closing 120 s (N-03). With one FIN seen, the established timer goes on running
  ///   (RFC 6146, section 3.5.2.2; no AWS source).
  /// - A port rests 120 s after close (A-25, N-11) and after a reset (N-09). A new SYN for the same
  ///   flow takes it over at once, as Linux would; no AWS source.
  /// - A late TCP segment from inside is answered with a RST; one from outside vanishes.
  /// - The hop count falls by one.
  /// - With no port left, what would begin a flow vanishes.
  public static let lambdaV2N = Behavior(
    method: .stateful, mapping: .addressAndPortDependent, filtering: .addressAndPortDependent,
    ports: 1024...65535, keepsLowPortsLow: false, portChoice: .random, portOverloading: false,
    timers: Timers(
      tcpHalfOpen: .seconds(60), tcpHalfOpenAnswered: .seconds(60), tcpEstablished: .seconds(350),
      tcpHalfClosed: .seconds(350), tcpClosing: .seconds(120), portHold: .seconds(120),
      portHoldAfterReset: .seconds(120), udpOneWay: .seconds(120), udp: .seconds(120)),
    inboundRefresh: true, timeToLiveDecrement: 1, latePacketFromInside: .reset, whenFull: .drop)

  /// The worker's rewriting since 2026: one address for another, by an eBPF program without state.
  ///
  /// That it is stateless with fixed mappings was disclosed in April 2026
  /// (lambda-vpc §4.2). That the hop count stays is assumed (N-07). Settings that concern ports and
  /// timers mean nothing here.
  public static let workerEBPF = {
    var behavior = lambdaV2N
    behavior.method = .oneToOne
    behavior.timeToLiveDecrement = 0
    return behavior
  }()

  /// One of the two Linux translators a worker had before 2026: `nft … masquerade` with the
  /// kernel's defaults.
  ///
  /// That there were two stateful ones was disclosed in April 2026 (lambda-vpc §4.2); that
  /// they ran with the defaults is assumed. The defaults are Linux's `nf_conntrack_*`:
  /// - A port is kept if the translated flow is unique with it; otherwise another is searched.
  ///   Ports below 1024 stay below. Several destinations share a port.
  /// - TCP 120 s in `SYN_SENT`, 60 s in `SYN_RECV`, 432,000 s in `ESTABLISHED`. After the first FIN
  ///   60 s (`CLOSE_WAIT`; the 120 s of `FIN_WAIT`, which lasts until that FIN is acknowledged,
  ///   is not told apart), 30 s in `LAST_ACK`, 120 s in `TIME_WAIT`, 10 s in `CLOSE`.
  /// - UDP 30 s, 120 s once packets were seen both ways.
  /// - A TCP segment in mid-connection is picked up (`nf_conntrack_tcp_loose`).
  public static let workerLegacy = Behavior(
    method: .stateful, mapping: .addressAndPortDependent, filtering: .addressAndPortDependent,
    ports: 1024...65535, keepsLowPortsLow: true, portChoice: .preserve, portOverloading: true,
    timers: Timers(
      tcpHalfOpen: .seconds(120), tcpHalfOpenAnswered: .seconds(60),
      tcpEstablished: .seconds(432_000), tcpHalfClosed: .seconds(60), tcpClosing: .seconds(30),
      portHold: .seconds(120), portHoldAfterReset: .seconds(10), udpOneWay: .seconds(30),
      udp: .seconds(120)),
    inboundRefresh: true, timeToLiveDecrement: 1, latePacketFromInside: .pickUp, whenFull: .drop)
}
