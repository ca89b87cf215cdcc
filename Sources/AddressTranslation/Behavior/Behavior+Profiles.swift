/// The translators that people meet, by the names that the commands know them by.
extension Behavior {
  /// Hyperplane's translation of Lambda functions to the network interface they share in the
  /// customer's VPC ("VPC to VPC NAT").
  ///
  /// Documented by AWS: TCP and UDP only, source ports 1024–65535 (VPC guide, "Network ACLs,
  /// ephemeral ports"), no fragments of TCP and ICMP. Everything else is assumed:
  /// - Mapping and filtering depend on address and port.
  /// - A port is one connection, not one per destination, drawn at random.
  /// - Idle timers: TCP 350 s, UDP 120 s, either direction restarts them (N-08). Half-open
  ///   60 s, closing 120 s (N-03). With one FIN seen, the established timer goes on running
  ///   (RFC 6146, section 3.5.2.2; no AWS source).
  /// - A port rests 120 s after close (A-25, N-11) and after a reset (N-09). A new SYN for the same
  ///   flow takes it over at once, as Linux would; no AWS source.
  /// - A late TCP segment from inside is answered with a RST; one from outside vanishes.
  /// - ICMP queries are dropped, errors about a translated packet are passed on.
  /// - The hop count falls by one; nobody is told when it is used up (no AWS source).
  /// - With no port left, what would begin a flow vanishes.
  /// - Fragments of UDP pass once the first has; nothing waits, since Hyperplane buffers nothing
  ///   (lambda-vpc §6.1). No segment size is clamped. No hairpinning (N-06).
  public static let lambdaV2N = {
    var behavior = Behavior()
    behavior.protocols = [.tcp, .udp]
    behavior.mapping = .addressAndPortDependent
    behavior.filtering = .addressAndPortDependent
    behavior.addressPooling = .arbitrary
    behavior.whenFull = .drop
    behavior.unsolicitedPacket = .drop
    behavior.latePacketFromInside = .reset
    behavior.hairpinning = false
    behavior.revivesAfterReset = false
    behavior.answersTimeExceeded = false
    behavior.fragments.tcp = .drop
    behavior.fragments.udp = .inOrder
    behavior.fragments.icmp = .drop
    behavior.timers.tcpHalfOpen = .seconds(60)
    behavior.timers.tcpHalfOpenAnswered = .seconds(60)
    behavior.timers.tcpEstablished = .seconds(350)
    behavior.timers.tcpHalfClosed = .seconds(350)
    behavior.timers.tcpClosing = .seconds(120)
    behavior.timers.portHold = .seconds(120)
    behavior.timers.portHoldAfterReset = .seconds(120)
    behavior.timers.udpOneWay = .seconds(120)
    behavior.timers.udp = .seconds(120)
    return behavior
  }()

  /// AWS's NAT gateway, zonal, with one to eight addresses.
  ///
  /// Documented by AWS (VPC guide, "NAT gateway basics" and "Troubleshoot NAT gateways"): TCP, UDP
  /// and ICMP; source ports 1024–65535; up to 55,000 connections to each destination for each
  /// address; what finds no port is dropped; idle connections end after 350 s, and who goes on
  /// gets a RST; UDP fragments are forwarded, those of TCP and ICMP dropped; an MTU of 8,500
  /// bytes with segment sizes clamped and path MTU discovery answered; shown in traceroutes.
  ///
  /// Observed: a new, random port for each destination (nat-behaviour §1), so that one port
  /// serves several destinations. Assumed: filtering (N-01), UDP's timer (N-04), that of ICMP
  /// queries (N-05), half-open and closing connections (N-03), the hold on ports (N-09, N-11),
  /// which address is chosen (N-10), no hairpinning (N-06).
  public static let awsNATGateway = {
    var behavior = lambdaV2N
    behavior.protocols = [.tcp, .udp, .icmpQueries]
    behavior.portOverloading = true
    behavior.portsPerDestination = 55_000
    behavior.timers.udpOneWay = .seconds(350)
    behavior.timers.udp = .seconds(350)
    behavior.timers.icmpQuery = .seconds(60)
    behavior.fragments.udp = .anyOrder
    behavior.mtu = 8500
    // Less the headers of IPv4 and TCP (nat-behaviour §2).
    behavior.maximumSegmentSize = 8460
    behavior.answersTimeExceeded = true
    return behavior
  }()

  /// The way out of a function that is in no VPC.
  ///
  /// Inferred: an endpoint-independent mapping, since holes can be punched for TCP and UDP, and
  /// strict filtering, since both sides have to punch (nat-behaviour §1). Assumed: timers and late
  /// packets as for ``lambdaV2N`` (N-02), and all else too.
  public static let lambdaWithoutVPC = {
    var behavior = lambdaV2N
    behavior.mapping = .endpointIndependent
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
  /// - UDP 30 s, 120 s once packets were seen both ways; ICMP 30 s.
  /// - A TCP segment in mid-connection is picked up (`nf_conntrack_tcp_loose`). One that conntrack
  ///   finds invalid is dropped; assumed, as most firewalls have a rule for that.
  /// - Fragments are put together first (`nf_defrag_ipv4`, 30 s) and leave as they came.
  public static let workerLegacy = {
    var behavior = lambdaV2N
    behavior.protocols = [.tcp, .udp, .icmpQueries]
    behavior.keepsLowPortsLow = true
    behavior.portChoice = .preserve
    behavior.portOverloading = true
    behavior.checksSegments = true
    behavior.latePacketFromInside = .pickUp
    behavior.answersTimeExceeded = true
    behavior.fragments = Fragments()
    behavior.fragments.timeout = .seconds(30)
    // As many as a packet can have: Linux limits memory only, to 4 MB.
    behavior.fragments.maximumWaiting = 8190
    behavior.timers.tcpHalfOpen = .seconds(120)
    behavior.timers.tcpHalfOpenAnswered = .seconds(60)
    behavior.timers.tcpEstablished = .seconds(432_000)
    behavior.timers.tcpHalfClosed = .seconds(60)
    behavior.timers.tcpClosing = .seconds(30)
    behavior.timers.portHold = .seconds(120)
    behavior.timers.portHoldAfterReset = .seconds(10)
    behavior.timers.udpOneWay = .seconds(30)
    behavior.timers.udp = .seconds(120)
    behavior.timers.icmpQuery = .seconds(30)
    return behavior
  }()

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

  /// AWS's internet gateway: a public address for a private one, and back, without state.
  ///
  /// Documented by AWS (VPC guide, "Enable internet access for a VPC using an internet gateway"):
  /// one-to-one. That the hop count stays is assumed.
  package static let awsInternetGateway = workerEBPF

  /// The textbook's translator: what RFC 4787, 5382, 5508, 6888 and 7857 ask for.
  ///
  /// Where they leave a choice: no port below 1024 is given out and neither parity nor the port
  /// itself is preserved, so that ports cannot be guessed (RFC 6888, REQ-15); filtering is
  /// endpoint-independent (RFC 6888, REQ-7). What it knowingly violates stands in the module's
  /// README, requirement by requirement.
  public static let rfc = Behavior()

  /// Every profile and what the commands call it.
  public static let profiles: KeyValuePairs<String, Behavior> = [
    "lambda-v2n": lambdaV2N, "aws-natgw": awsNATGateway, "lambda-novpc": lambdaWithoutVPC,
    "worker-legacy": workerLegacy, "worker-ebpf": workerEBPF, "rfc": rfc,
  ]
}
