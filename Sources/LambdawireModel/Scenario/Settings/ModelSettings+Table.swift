extension ModelSettings {
  /// Every setting, in groups: the order of the reference and of `--show-defaults`.
  public static let groups: [SettingGroup] = [
    pathLatencies, networkInterfaces, interfaceGrowth, controlPlanes, fleet, environments, links,
    translation, securityAndResolver, hosts,
  ]

  /// Every setting.
  public static let settings: [Setting] = groups.flatMap(\.settings)

  /// Names of settings of which the first may not be above the second.
  static let ordered = [
    ("eni-creation-minimum", "eni-creation-median"),
    ("eni-creation-median", "eni-creation-maximum"),
    ("eni-attach-minimum", "eni-attach-median"),
    ("eni-attach-median", "eni-attach-maximum"),
    ("ec2-backoff", "ec2-longest-backoff"),
    ("nat-first-port", "nat-last-port"),
    ("ephemeral-first-port", "ephemeral-last-port"),
    ("tcp-minimum-rto", "tcp-initial-rto"),
    ("tcp-initial-rto", "tcp-maximum-rto"),
    ("guest-mtu", "vpc-mtu"),
    ("hyperplane-hand", "hyperplane-fleet"),
  ]

  private static let pathLatencies = SettingGroup(
    "Path latencies",
    [
      Setting(
        "virtio-latency", \.virtioLatency, .duration(.zero, .seconds(1)),
        "One way between the guest and its slot on the worker.",
        source: "lambda-vpc §8, from a measured mean of 60 us both ways (Firecracker "
          + "specification)."),
      Setting(
        "slot-latency", \.slotLatency, .duration(.zero, .seconds(1)),
        "Header rewriting and Geneve encapsulation on the worker, for each packet.",
        source: "lambda-vpc §8, assumed."),
      Setting(
        "legacy-first-packet", \.legacyFirstPacket, .duration(.zero, .seconds(1)),
        "What a worker's iptables rules add to the first packet of a connection before eBPF, with no "
          + "environment on it.",
        source: "lambda-vpc §4.2, reported as up to 1 ms; the value is assumed."),
      Setting(
        "legacy-slot-cost", \.legacySlotCost, .duration(.zero, .milliseconds(1)),
        "What each environment on a worker adds to that by its rules.",
        source: "lambda-vpc §4.2, some 30 rules a slot reported; with the value, assumed, a full "
          + "worker of 2,500 slots comes to the reported 1 ms."),
      Setting(
        "worker-to-hyperplane", \.workerToHyperplane, .duration(.zero, .seconds(1)),
        "One way from a worker to Hyperplane in the same zone.",
        source: "lambda-vpc §8, assumed."),
      Setting(
        "hyperplane-latency", \.hyperplaneLatency, .duration(.zero, .seconds(1)),
        "Time in Hyperplane of a packet whose flow is known.",
        source: "A-16, assumed; \"tens of microseconds\" in a talk."),
      Setting(
        "hyperplane-lookup", \.hyperplaneLookup, .duration(.zero, .seconds(1)),
        "What the first packet of a flow waits in addition, while Hyperplane chooses a port.",
        source: "A-16, assumed."),
      Setting(
        "hyperplane-to-vpc", \.hyperplaneToVPC, .duration(.zero, .seconds(1)),
        "One way from Hyperplane, or from an interface in the VPC, to a host in the same zone.",
        source: "lambda-vpc §8, from observed round trips of 0.1 to 0.4 ms."),
      Setting(
        "cross-zone", \.crossZone, .duration(.zero, .seconds(1)),
        "What one way to another availability zone adds.",
        source: "lambda-vpc §8, from observed round trips of 0.5 to 1.5 ms."),
      Setting(
        "internet-latency", \.internetLatency, .duration(.zero, .seconds(10)),
        "One way from an internet gateway to a host on the internet.", source: "A-90, assumed."),
      Setting(
        "endpoint-latency", \.endpointLatency, .duration(.zero, .seconds(10)),
        "One way from an endpoint to its service.", source: "A-90, assumed."),
      Setting(
        "on-premises-latency", \.onPremisesLatency, .duration(.zero, .seconds(10)),
        "One way from a virtual private gateway to a host on premises.",
        source: "A-90, assumed."),
      Setting(
        "nat-gateway-latency", \.natGatewayLatency, .duration(.zero, .seconds(1)),
        "What a packet spends in a NAT gateway.", source: "A-90, assumed."),
      Setting(
        "transit-gateway-latency", \.transitGatewayLatency, .duration(.zero, .seconds(1)),
        "One way from a VPC to a transit gateway.", source: "A-90, assumed."),
      Setting(
        "resolver-latency", \.resolverLatency, .duration(.zero, .seconds(5)),
        "Time the VPC's resolver takes to answer from its cache.",
        source: "lambda-vpc §8, assumed."),
      Setting(
        "latency-jitter", \.latencyJitter, .ratio(0...1_000_000),
        "The widest random addition to each of these latencies, as a share of it.",
        source: "assumed."),
    ])

  private static let networkInterfaces = SettingGroup(
    "Network interfaces",
    [
      Setting(
        "eni-creation-median", \.eniCreationMedian, .duration(.milliseconds(1), .seconds(3600)),
        "Median time to create a Hyperplane ENI; the distribution is log-normal.",
        source: "A-06, assumed; documented as \"several minutes\" and as \"a minute or so\"."),
      Setting(
        "eni-creation-spread", \.eniCreationSpread, .ratio(0...3_000_000),
        "Standard deviation of the logarithm of the time to create a Hyperplane ENI.",
        source: "A-06, assumed."),
      Setting(
        "eni-creation-minimum", \.eniCreationMinimum, .duration(.zero, .seconds(3600)),
        "No Hyperplane ENI is created faster.",
        source: "A-06, assumed."),
      Setting(
        "eni-creation-maximum", \.eniCreationMaximum, .duration(.zero, .seconds(3600)),
        "No Hyperplane ENI takes longer to create.",
        source: "A-06, assumed."),
      Setting(
        "eni-attach-median", \.eniAttachMedian, .duration(.milliseconds(1), .seconds(600)),
        "Median time to create and attach the ENI of one environment before September 2019.",
        source: "lambda-vpc §2, observed."),
      Setting(
        "eni-attach-spread", \.eniAttachSpread, .ratio(0...3_000_000),
        "Standard deviation of the logarithm of that time.",
        source: "assumed."),
      Setting(
        "eni-attach-minimum", \.eniAttachMinimum, .duration(.zero, .seconds(600)),
        "No ENI of an environment is attached faster.",
        source: "lambda-vpc §2, observed."),
      Setting(
        "eni-attach-maximum", \.eniAttachMaximum, .duration(.zero, .seconds(600)),
        "No ENI of an environment takes longer to attach.",
        source: "lambda-vpc §2, observed."),
    ])

  private static let interfaceGrowth = SettingGroup(
    "Growth of shared interfaces",
    [
      Setting(
        "eni-growth-threshold", \.eniGrowthThreshold, .ratio(10_000...1_000_000),
        "Share of a shared ENI's ports in use at which another one is ordered.",
        source: "A-17, assumed."),
      Setting(
        "eni-growth-delay", \.eniGrowthDelay, .duration(.zero, .seconds(86_400)),
        "How long after that the new ENI is in use.",
        source: "A-17, assumed; bursts that outran it were observed in 2024."),
      Setting(
        "eni-limit", \.eniLimit, .integer(1...500),
        "Most ENIs that one subnet and set of security groups grows to.",
        source: "assumed; the quota of a VPC, documented, is 500 (lambda-vpc §3.1)."),
    ])

  private static let fleet = SettingGroup(
    "Hyperplane's fleet",
    [
      Setting(
        "hyperplane-cells", \.hyperplaneCells, .integer(1...16),
        "Cells of Hyperplane in each availability zone.",
        source: "assumed; that there are zonal cells is reported (lambda-vpc §6.1)."),
      Setting(
        "hyperplane-fleet", \.hyperplaneFleet, .integer(1...1_000),
        "Tops, that is, packet processors, in each cell.",
        source: "lambda-vpc §6.1, reported: the example of a talk."),
      Setting(
        "hyperplane-hand", \.hyperplaneHand, .integer(1...1_000),
        "Tops that one VPC is dealt in a cell (shuffle sharding).",
        source: "lambda-vpc §6.1, reported: the example of a talk."),
      Setting(
        "hyperplane-flow-masters", \.hyperplaneFlowMasters, .integer(1...1_000),
        "Pairs of Flow Masters in each cell.",
        source: "assumed; that there is a primary and a secondary is reported (lambda-vpc §6.1)."),
      Setting(
        "hyperplane-flow-master-hand", \.hyperplaneFlowMasterHand, .integer(1...256),
        "Pairs that one VPC is dealt in a cell; each flow's port leads back to its own.",
        source: "assumed; the choice of ports is that of a patent (lambda-vpc §6.1)."),
      Setting(
        "hyperplane-cell-connections", \.hyperplaneCellConnections, .integer(1...1_000_000_000),
        "Connections that a cell holds at most.",
        source: "lambda-vpc §6.1, reported as \"hundreds of millions\" for 2018."),
      Setting(
        "hyperplane-cell-rate", \.hyperplaneCellRate, .integer(1...1_000_000_000),
        "Connections that may begin in a cell in a second.",
        source: "lambda-vpc §6.1, reported as \"tens of millions of transactions\" for 2018."),
      Setting(
        "hyperplane-detection", \.hyperplaneDetection, .duration(.zero, .seconds(600)),
        "How long packets and questions still go to a node that has died, and are lost.",
        source: "assumed."),
    ])

  private static let environments = SettingGroup(
    "Execution environments",
    [
      Setting(
        "frontend-time", \.frontendTime, .timing(to: .seconds(10)),
        "Time of an invocation in Lambda's frontend: authentication and the counting "
          + "service.",
        source: "lambda-vpc §4, reported as less than 1.5 ms for the counting service."),
      Setting(
        "assignment-time", \.assignmentTime, .timing(to: .seconds(10)),
        "Time to find a warm environment, or that there is none.",
        source: "A-40, assumed."),
      Setting(
        "placement-time", \.placementTime, .timing(to: .seconds(10)),
        "Time to find a worker for a new environment.",
        source: "lambda-vpc §4, \"typically under 20 ms\" in the Firecracker paper."),
      Setting(
        "vmm-start", \.vmmStart, .timing(to: .seconds(10)),
        "Time to start Firecracker.",
        source: "lambda-vpc §4, Firecracker specification."),
      Setting(
        "guest-boot", \.guestBoot, .timing(to: .seconds(10)),
        "Time from starting the virtual machine to its first process.",
        source: "lambda-vpc §4, upper bound of the Firecracker specification."),
      Setting(
        "booted-pool", \.bootedPool, .integer(0...16_384),
        "MicroVMs that each worker keeps booted for environments to come, which then "
          + "need not boot.",
        source: "lambda-vpc §4, that there is a small pool is reported; none is assumed, so "
          + "that each cold start shows all its steps."),
      Setting(
        "tunnel-setup", \.tunnelSetup, .timing(to: .seconds(10)),
        "Time to create an environment's Geneve device, 2019 to 2025.",
        source: "lambda-vpc §4.2, reported."),
      Setting(
        "dhcp-setup", \.dhcpSetup, .timing(to: .seconds(10)),
        "Time for DHCP and the rest of the network set-up of an environment, 2019 to "
          + "2025.",
        source: "lambda-vpc §9, the rest of a reported 300 ms."),
      Setting(
        "ebpf-tunnel-setup", \.ebpfTunnelSetup, .timing(to: .seconds(10)),
        "Time to enter an environment's tunnel into the eBPF map, 2026.",
        source: "lambda-vpc §4.2, reported."),
      Setting(
        "runtime-init", \.runtimeInit, .timing(to: .seconds(60)),
        "Time to start the language's runtime in a guest that has booted.",
        source: "A-42, assumed."),
      Setting(
        "memory-per-vcpu", \.memoryPerVCPU, .byteCount(128_000_000...10_240_000_000),
        "Memory that comes with one whole vCPU.",
        source: "documented (Lambda guide, \"Configure Lambda function memory\")."),
      Setting(
        "environment-life", \.environmentLife, .timing(to: .seconds(604_800)),
        "How long an environment lives; one that works then is ended after its "
          + "invocation.",
        source: "A-43, assumed; documented as \"every few hours\" (lambda-vpc §3.1)."),
      Setting(
        "environment-idle", \.environmentIdle, .duration(.milliseconds(1), .seconds(604_800)),
        "After how long without an invocation an environment is reclaimed.",
        source: "A-44, assumed."),
      Setting(
        "scaling-burst", \.scalingBurst, .integer(1...1_000_000),
        "Environments that a function may start at once, and again in each scaling "
          + "interval.",
        source: "lambda-vpc §3.1, documented."),
      Setting(
        "scaling-interval", \.scalingInterval, .duration(.milliseconds(1), .seconds(3_600)),
        "Time in which that allowance is refilled, continuously.",
        source: "lambda-vpc §3.1, documented."),
      Setting(
        "account-concurrency", \.accountConcurrency, .integer(1...10_000_000),
        "Invocations of an account's functions that may be under way at one time.",
        source: "documented (Lambda guide, \"Lambda quotas\"); it can be raised."),
      Setting(
        "unreserved-minimum", \.unreservedMinimum, .integer(0...10_000_000),
        "What reserved concurrency must leave of it for functions without.",
        source: "documented (Lambda guide, \"Configuring reserved concurrency\")."),
      Setting(
        "freeze-delay", \.freezeDelay, .duration(.zero, .seconds(60)),
        "Time from the end of an invocation until its environment is frozen, where it is.",
        source: "A-23, assumed."),
      Setting(
        "slots-per-worker", \.slotsPerWorker, .integer(1...16_384),
        "Environments that one worker can hold, until 2025.",
        source: "lambda-vpc §4.2, reported."),
      Setting(
        "ebpf-slots-per-worker", \.ebpfSlotsPerWorker, .integer(1...16_384),
        "Environments that one worker can hold, 2026.",
        source: "lambda-vpc §4.2, reported."),
    ])

  private static let links = SettingGroup(
    "Links and packets",
    [
      Setting(
        "guest-bandwidth", \.guestBandwidth, .bitRate(1_000...100_000_000_000),
        "Rate that the worker lets one environment send at.",
        source: "A-20, assumed."),
      Setting(
        "guest-burst", \.guestBurst, .byteCount(9_001...1_073_741_824),
        "How much an environment may send at once before that rate applies.",
        source: "A-20, assumed."),
      Setting(
        "worker-link-rate", \.workerLinkRate, .bitRate(1_000_000...1_000_000_000_000),
        "Rate of the links between workers and Hyperplane.",
        source: "assumed."),
      Setting(
        "vpc-link-rate", \.vpcLinkRate, .bitRate(1_000_000...1_000_000_000_000),
        "Rate of the links to hosts in the VPC.",
        source: "lambda-vpc §7.3, the documented limit of a single flow, here that of a link."),
      Setting(
        "single-flow-rate", \.singleFlowRate, .bitRate(1_000...100_000_000_000),
        "Rate of a single flow out of an interface, if its link is faster.",
        source: "lambda-vpc §7.3, documented; what becomes of the rest is assumed (A-77)."),
      Setting(
        "link-queue", \.linkQueue, .byteCount(9_100...1_073_741_824),
        "What may wait in front of a link; a frame beyond it is dropped.",
        source: "assumed."),
      Setting(
        "guest-mtu", \.guestMTU, .byteCount(576...9_001),
        "Longest IP packet of the guest's interface.",
        source: "A-11; the interface was observed (lambda-vpc §4.1)."),
      Setting(
        "vpc-mtu", \.vpcMTU, .byteCount(576...9_001),
        "Longest IP packet within a VPC.",
        source: "lambda-vpc §7.3, documented."),
      Setting(
        "initial-ttl", \.initialTTL, .integer(1...255),
        "Time to live of packets that guests and hosts send, in hops.",
        source: "A-21; the default of Linux."),
      Setting(
        "nat-ttl-decrement", \.natTTLDecrement, .integer(0...1),
        "By how much Hyperplane's translation lowers the time to live, in hops.",
        source: "A-21, assumed."),
    ])

  private static let translation = SettingGroup(
    "Translation in Hyperplane",
    [
      Setting(
        "nat-tcp-idle", \.natTCPIdle, .duration(.seconds(1), .seconds(864_000)),
        "After how much silence an established TCP connection loses its port.",
        source: "A-08, assumed; documented for NAT gateways."),
      Setting(
        "nat-udp-idle", \.natUDPIdle, .duration(.seconds(1), .seconds(864_000)),
        "After how much silence a UDP flow loses its port.",
        source: "A-08, assumed; documented for Network Load Balancers."),
      Setting(
        "nat-tcp-half-open", \.natTCPHalfOpen, .duration(.seconds(1), .seconds(86_400)),
        "How long a TCP connection that is not yet established keeps its port.",
        source: "N-03, assumed."),
      Setting(
        "nat-tcp-closing", \.natTCPClosing, .duration(.seconds(1), .seconds(86_400)),
        "How long a TCP connection closed from one side keeps its port.",
        source: "N-03, assumed."),
      Setting(
        "nat-port-hold", \.natPortHold, .duration(.zero, .seconds(86_400)),
        "How long a port stays unused after its connection has ended.",
        source: "A-25, assumed."),
      Setting(
        "nat-first-port", \.natFirstPort, .integer(1...65_535),
        "Lowest port that a connection can be given at a shared ENI.",
        source: "lambda-vpc §3.1, documented (VPC guide, \"Network ACLs\", ephemeral ports)."),
      Setting(
        "nat-last-port", \.natLastPort, .integer(1...65_535),
        "Highest port that a connection can be given at a shared ENI.",
        source: "lambda-vpc §3.1, documented (VPC guide, \"Network ACLs\", ephemeral ports)."),
    ])

  private static let securityAndResolver = SettingGroup(
    "Security groups and resolver",
    [
      Setting(
        "tracking-tcp-idle", \.trackingTCPIdle, .duration(.seconds(60), .seconds(432_000)),
        "How long security groups remember an established TCP connection that is silent.",
        source: "lambda-vpc §7.4, documented."),
      Setting(
        "tracking-udp-single", \.trackingUDPSingle, .duration(.seconds(30), .seconds(60)),
        "How long they remember a UDP flow that went one way.",
        source: "lambda-vpc §7.4, documented."),
      Setting(
        "tracking-udp-stream", \.trackingUDPStream, .duration(.seconds(60), .seconds(180)),
        "How long they remember a UDP flow that went both ways.",
        source: "lambda-vpc §7.4, documented."),
      Setting(
        "tracking-other-idle", \.trackingOtherIdle, .duration(.seconds(1), .seconds(432_000)),
        "How long they remember a flow of another protocol.",
        source: "lambda-vpc §7.4, documented."),
      Setting(
        "resolver-limit", \.resolverLimit, .integer(1...1_000_000),
        "Packets that the resolver takes from one ENI in a second; more are dropped.",
        source: "lambda-vpc §7.1, documented; that functions share it is A-26."),
      Setting(
        "dns-time-to-live", \.dnsTimeToLive, .duration(.zero, .seconds(86_400)),
        "How long answers of the resolver may be cached.",
        source: "assumed."),
      Setting(
        "dns-timeout", \.dnsTimeout, .duration(.milliseconds(1), .seconds(30)),
        "How long a guest waits for an answer before it asks again.",
        source: "documented for Linux, resolv.conf(5)."),
      Setting(
        "dns-attempts", \.dnsAttempts, .integer(1...10),
        "How often a guest asks before it gives up.",
        source: "documented for Linux, resolv.conf(5)."),
    ])

  private static let hosts = SettingGroup(
    "Hosts and guests",
    [
      Setting(
        "ephemeral-first-port", \.ephemeralFirstPort, .integer(1_024...65_535),
        "Lowest port that a guest chooses for a connection.",
        source: "documented for Linux, ip-sysctl \"ip_local_port_range\"."),
      Setting(
        "ephemeral-last-port", \.ephemeralLastPort, .integer(1_024...65_535),
        "Highest port that a guest chooses for a connection.",
        source: "documented for Linux, ip-sysctl \"ip_local_port_range\"."),
      Setting(
        "tcp-initial-rto", \.tcpInitialRTO, .duration(.milliseconds(1), .seconds(60)),
        "Retransmission timeout before a round trip was measured.",
        source: "RFC 6298, section 2 (2.1), documented."),
      Setting(
        "tcp-minimum-rto", \.tcpMinimumRTO, .duration(.milliseconds(1), .seconds(60)),
        "Least retransmission timeout.",
        source: "the value of Linux; RFC 6298, section 2 (2.4), says SHOULD be 1 s."),
      Setting(
        "tcp-maximum-rto", \.tcpMaximumRTO, .duration(.seconds(1), .seconds(600)),
        "Greatest retransmission timeout.",
        source: "the value of Linux; RFC 6298, section 2 (2.5), says at least 60 s."),
      Setting(
        "tcp-delayed-ack", \.tcpDelayedAck, .duration(.zero, .milliseconds(500)),
        "Longest delay of an acknowledgement.",
        source: "the value of Linux; RFC 9293, section 3.8.6.3, says less than 0.5 s."),
      Setting(
        "tcp-initial-window", \.tcpInitialWindow, .integer(1...100),
        "Segments sent before the first acknowledgement.",
        source: "RFC 6928, section 2, documented."),
      Setting(
        "tcp-receive-window", \.tcpReceiveWindow, .byteCount(1_460...1_073_725_440),
        "Window that a host begins with, 65,535 B at most; it grows with what arrives, to 3 MiB, or "
          + "to this value if that is more.",
        source: "assumed; near the initial value of Linux, whose receive buffers grow likewise "
          + "(tcp_rmem)."),
      Setting(
        "tcp-window-scale", \.tcpWindowScale, .integer(0...14),
        "Shift count that hosts announce, in bits.",
        source: "RFC 7323, section 2.2; the usual value of Linux."),
      Setting(
        "tcp-syn-retries", \.tcpSYNRetries, .integer(0...20),
        "How often a SYN is sent again before the connection fails.",
        source: "documented for Linux, ip-sysctl \"tcp_syn_retries\"."),
      Setting(
        "tcp-syn-ack-retries", \.tcpSYNACKRetries, .integer(0...20),
        "How often a SYN-ACK is sent again.",
        source: "documented for Linux, ip-sysctl \"tcp_synack_retries\"."),
      Setting(
        "tcp-retries", \.tcpRetries, .integer(1...50),
        "How often data is sent again before the connection fails.",
        source: "documented for Linux, ip-sysctl \"tcp_retries2\"."),
      Setting(
        "tcp-time-wait", \.tcpTimeWait, .duration(.zero, .seconds(600)),
        "How long the side that closed first remembers a connection.",
        source: "the value of Linux; RFC 9293, section 3.4.2, says 4 min."),
      Setting(
        "query-time", \.queryTime, .duration(.zero, .seconds(600)),
        "Time a database takes to begin its answer.",
        source: "assumed."),
      Setting(
        "ping-interval", \.pingInterval, .duration(.microseconds(1), .seconds(3600)),
        "Time between two echo requests.",
        source: "documented for Linux, ping(8)."),
    ])
}
