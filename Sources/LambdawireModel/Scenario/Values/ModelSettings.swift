/// Every number of the model.
///
/// Each property is one line of ``settings``, which adds its name in scenario files, its range and
/// where it comes from: documented by AWS or an RFC, observed, or assumed. A test holds the comments
/// here against that table.
public struct ModelSettings: Hashable, Sendable {
  // MARK: Path latencies

  /// One way between the guest and its slot on the worker.
  ///
  /// Source: lambda-vpc §8, from a measured mean of 60 us both ways (Firecracker specification).
  public var virtioLatency: Duration = .microseconds(30)
  /// Header rewriting and Geneve encapsulation on the worker, for each packet.
  ///
  /// Source: lambda-vpc §8, assumed.
  public var slotLatency: Duration = .microseconds(10)
  /// What a worker's iptables rules add to the first packet of a connection before eBPF, with no
  /// environment on it.
  ///
  /// Source: lambda-vpc §4.2, reported as up to 1 ms; the value is assumed.
  public var legacyFirstPacket: Duration = .microseconds(500)
  /// What each environment on a worker adds to that by its rules.
  ///
  /// Source: lambda-vpc §4.2, some 30 rules a slot reported; with the value, assumed, a full worker
  /// of 2,500 slots comes to the reported 1 ms.
  public var legacySlotCost: Duration = .nanoseconds(200)
  /// One way from a worker to Hyperplane in the same zone.
  ///
  /// Source: lambda-vpc §8, assumed.
  public var workerToHyperplane: Duration = .microseconds(60)
  /// Time in Hyperplane of a packet whose flow is known.
  ///
  /// Source: A-16, assumed; "tens of microseconds" in a talk.
  public var hyperplaneLatency: Duration = .microseconds(30)
  /// What the first packet of a flow waits in addition, while Hyperplane chooses a port.
  ///
  /// Source: A-16, assumed.
  public var hyperplaneLookup: Duration = .microseconds(250)
  /// One way from Hyperplane, or from an interface in the VPC, to a host in the same zone.
  ///
  /// Source: lambda-vpc §8, from observed round trips of 0.1 to 0.4 ms.
  public var hyperplaneToVPC: Duration = .microseconds(75)
  /// What one way to another availability zone adds.
  ///
  /// Source: lambda-vpc §8, from observed round trips of 0.5 to 1.5 ms.
  public var crossZone: Duration = .microseconds(350)
  /// One way from an internet gateway to a host on the internet.
  ///
  /// Source: A-90, assumed.
  public var internetLatency: Duration = .milliseconds(10)
  /// One way from an endpoint to its service.
  ///
  /// Source: A-90, assumed.
  public var endpointLatency: Duration = .microseconds(300)
  /// One way from a virtual private gateway to a host on premises.
  ///
  /// Source: A-90, assumed.
  public var onPremisesLatency: Duration = .milliseconds(10)
  /// What a packet spends in a NAT gateway.
  ///
  /// Source: A-90, assumed.
  public var natGatewayLatency: Duration = .microseconds(100)
  /// One way from a VPC to a transit gateway.
  ///
  /// Source: A-90, assumed.
  public var transitGatewayLatency: Duration = .microseconds(150)
  /// Time the VPC's resolver takes to answer from its cache.
  ///
  /// Source: lambda-vpc §8, assumed.
  public var resolverLatency: Duration = .microseconds(200)
  /// The widest random addition to each of these latencies, as a share of it.
  ///
  /// Source: assumed.
  public var latencyJitter: Ratio = Ratio(partsPerMillion: 50_000)

  // MARK: Network interfaces

  /// Median time to create a Hyperplane ENI; the distribution is log-normal.
  ///
  /// Source: A-06, assumed; documented as "several minutes" and as "a minute or so".
  public var eniCreationMedian: Duration = .seconds(75)
  /// Standard deviation of the logarithm of the time to create a Hyperplane ENI.
  ///
  /// Source: A-06, assumed.
  public var eniCreationSpread: Ratio = Ratio(partsPerMillion: 500_000)
  /// No Hyperplane ENI is created faster.
  ///
  /// Source: A-06, assumed.
  public var eniCreationMinimum: Duration = .seconds(30)
  /// No Hyperplane ENI takes longer to create.
  ///
  /// Source: A-06, assumed.
  public var eniCreationMaximum: Duration = .seconds(600)
  /// Median time to create and attach the ENI of one environment before September 2019.
  ///
  /// Source: lambda-vpc §2, observed.
  public var eniAttachMedian: Duration = .seconds(10)
  /// Standard deviation of the logarithm of that time.
  ///
  /// Source: assumed.
  public var eniAttachSpread: Ratio = Ratio(partsPerMillion: 300_000)
  /// No ENI of an environment is attached faster.
  ///
  /// Source: lambda-vpc §2, observed.
  public var eniAttachMinimum: Duration = .seconds(3)
  /// No ENI of an environment takes longer to attach.
  ///
  /// Source: lambda-vpc §2, observed.
  public var eniAttachMaximum: Duration = .seconds(15)

  // MARK: Growth of shared interfaces

  /// Share of a shared ENI's ports in use at which another one is ordered.
  ///
  /// Source: A-17, assumed.
  public var eniGrowthThreshold: Ratio = Ratio(partsPerMillion: 800_000)
  /// How long after that the new ENI is in use.
  ///
  /// Source: A-17, assumed; bursts that outran it were observed in 2024.
  public var eniGrowthDelay: Duration = .seconds(60)
  /// Most ENIs that one subnet and set of security groups grows to.
  ///
  /// Source: assumed; the quota of a VPC, documented, is 500 (lambda-vpc §3.1).
  public var eniLimit: Int = 16

  // MARK: Control planes

  /// Most Hyperplane ENIs of a VPC.
  ///
  /// Source: lambda-vpc §3.1, documented; 250 until about 2024.
  public var eniQuota: Int = 500
  /// Most ENIs of an account in a Region, whoever made them.
  ///
  /// Source: lambda-vpc §3.1, documented.
  public var regionENIQuota: Int = 5000
  /// `CreateNetworkInterface` requests that EC2 takes at once from an account.
  ///
  /// Source: documented as of 2026 (EC2 guide, "Request throttling"); unknown for 2019.
  public var ec2CreateBurst: Int = 100
  /// Such requests that it takes in a second after that.
  ///
  /// Source: documented as of 2026 (EC2 guide, "Request throttling"); unknown for 2019.
  public var ec2CreateRate: Int = 5
  /// `DeleteNetworkInterface` requests that EC2 takes at once from an account.
  ///
  /// Source: documented as of 2026 (EC2 guide, "Request throttling"); unknown for 2019.
  public var ec2DeleteBurst: Int = 100
  /// Such requests that it takes in a second after that.
  ///
  /// Source: documented as of 2026 (EC2 guide, "Request throttling"); unknown for 2019.
  public var ec2DeleteRate: Int = 5
  /// What Lambda waits at most after its first throttled request to EC2; it doubles with each.
  ///
  /// Source: A-30, assumed.
  public var ec2BackOff: Duration = .milliseconds(500)
  /// The longest such wait.
  ///
  /// Source: A-30, assumed.
  public var ec2LongestBackOff: Duration = .seconds(10)
  /// Requests to EC2 for one ENI until Lambda gives up.
  ///
  /// Source: A-30, assumed.
  public var ec2Attempts: Int = 8
  /// How long a function may go without an invocation until it is Inactive.
  ///
  /// Source: lambda-vpc §3.1, documented.
  public var inactiveAfter: Duration = .seconds(1_209_600)
  /// From the last use of a Hyperplane ENI to its deletion.
  ///
  /// Source: A-31, assumed; documented as up to 20 minutes.
  public var eniDeletionDelay: Duration = .seconds(1200)
  /// How long the ENI of an environment that has ended waits for the next one.
  ///
  /// Source: A-33, assumed.
  public var ownENIIdle: Duration = .seconds(1200)
  /// Time to detach an ENI.
  ///
  /// Source: A-34, assumed.
  public var eniDetachment: Duration = .seconds(5)

  // MARK: Hyperplane's fleet

  /// Cells of Hyperplane in each availability zone.
  ///
  /// Source: assumed; that there are zonal cells is reported (lambda-vpc §6.1).
  public var hyperplaneCells: Int = 1
  /// Tops, that is, packet processors, in each cell.
  ///
  /// Source: lambda-vpc §6.1, reported: the example of a talk.
  public var hyperplaneFleet: Int = 100
  /// Tops that one VPC is dealt in a cell (shuffle sharding).
  ///
  /// Source: lambda-vpc §6.1, reported: the example of a talk.
  public var hyperplaneHand: Int = 5
  /// Pairs of Flow Masters in each cell.
  ///
  /// Source: assumed; that there is a primary and a secondary is reported (lambda-vpc §6.1).
  public var hyperplaneFlowMasters: Int = 20
  /// Pairs that one VPC is dealt in a cell; each flow's port leads back to its own.
  ///
  /// Source: assumed; the choice of ports is that of a patent (lambda-vpc §6.1).
  public var hyperplaneFlowMasterHand: Int = 1
  /// Connections that a cell holds at most.
  ///
  /// Source: lambda-vpc §6.1, reported as "hundreds of millions" for 2018.
  public var hyperplaneCellConnections: Int = 300_000_000
  /// Connections that may begin in a cell in a second.
  ///
  /// Source: lambda-vpc §6.1, reported as "tens of millions of transactions" for 2018.
  public var hyperplaneCellRate: Int = 30_000_000
  /// How long packets and questions still go to a node that has died, and are lost.
  ///
  /// Source: assumed.
  public var hyperplaneDetection: Duration = .milliseconds(100)

  // MARK: Execution environments

  /// Time of an invocation in Lambda's frontend: authentication and the counting service.
  ///
  /// Source: lambda-vpc §4, reported as less than 1.5 ms for the counting service.
  public var frontendTime: Scenario.Timing = .fixed(.microseconds(1_500))
  /// Time to find a warm environment, or that there is none.
  ///
  /// Source: A-40, assumed.
  public var assignmentTime: Scenario.Timing = .fixed(.microseconds(500))
  /// Time to find a worker for a new environment.
  ///
  /// Source: lambda-vpc §4, "typically under 20 ms" in the Firecracker paper.
  public var placementTime: Scenario.Timing = .fixed(.milliseconds(20))
  /// Time to start Firecracker.
  ///
  /// Source: lambda-vpc §4, Firecracker specification.
  public var vmmStart: Scenario.Timing = .fixed(.milliseconds(12))
  /// Time from starting the virtual machine to its first process.
  ///
  /// Source: lambda-vpc §4, upper bound of the Firecracker specification.
  public var guestBoot: Scenario.Timing = .fixed(.milliseconds(125))
  /// MicroVMs that each worker keeps booted for environments to come, which then need not boot.
  ///
  /// Source: lambda-vpc §4, that there is a small pool is reported; none is assumed, so that each
  /// cold start shows all its steps.
  public var bootedPool: Int = 0
  /// Time to create an environment's Geneve device, 2019 to 2025.
  ///
  /// Source: lambda-vpc §4.2, reported.
  public var tunnelSetup: Scenario.Timing = .fixed(.milliseconds(150))
  /// Time for DHCP and the rest of the network set-up of an environment, 2019 to 2025.
  ///
  /// Source: lambda-vpc §9, the rest of a reported 300 ms.
  public var dhcpSetup: Scenario.Timing = .fixed(.milliseconds(150))
  /// Time to enter an environment's tunnel into the eBPF map, 2026.
  ///
  /// Source: lambda-vpc §4.2, reported.
  public var ebpfTunnelSetup: Scenario.Timing = .fixed(.microseconds(200))
  /// Time to start the language's runtime in a guest that has booted.
  ///
  /// Source: A-42, assumed.
  public var runtimeInit: Scenario.Timing = .fixed(.milliseconds(100))
  /// Memory that comes with one whole vCPU, in bytes.
  ///
  /// Source: documented (Lambda guide, "Configure Lambda function memory").
  public var memoryPerVCPU: Int = 1_769_000_000
  /// How long an environment lives; one that works then is ended after its invocation.
  ///
  /// Source: A-43, assumed; documented as "every few hours" (lambda-vpc §3.1).
  public var environmentLife: Scenario.Timing = .uniform(.seconds(7_200) ... .seconds(21_600))
  /// After how long without an invocation an environment is reclaimed.
  ///
  /// Source: A-44, assumed.
  public var environmentIdle: Duration = .seconds(600)
  /// Environments that a function may start at once, and again in each scaling interval.
  ///
  /// Source: lambda-vpc §3.1, documented.
  public var scalingBurst: Int = 1_000
  /// Time in which that allowance is refilled, continuously.
  ///
  /// Source: lambda-vpc §3.1, documented.
  public var scalingInterval: Duration = .seconds(10)
  /// Invocations of an account's functions that may be under way at one time.
  ///
  /// Source: documented (Lambda guide, "Lambda quotas"); it can be raised.
  public var accountConcurrency: Int = 1_000
  /// What reserved concurrency must leave of it for functions without.
  ///
  /// Source: documented (Lambda guide, "Configuring reserved concurrency").
  public var unreservedMinimum: Int = 100
  /// Time from the end of an invocation until its environment is frozen, where it is.
  ///
  /// Source: A-23, assumed.
  public var freezeDelay: Duration = .milliseconds(100)
  /// Environments that one worker can hold, until 2025.
  ///
  /// Source: lambda-vpc §4.2, reported.
  public var slotsPerWorker: Int = 2_500
  /// Environments that one worker can hold, 2026.
  ///
  /// Source: lambda-vpc §4.2, reported.
  public var ebpfSlotsPerWorker: Int = 4_000

  // MARK: Links and packets

  /// Rate that the worker lets one environment send at, in bits per second.
  ///
  /// Source: A-20, assumed.
  public var guestBandwidth: Int = 600_000_000
  /// How much an environment may send at once before that rate applies, in bytes.
  ///
  /// Source: A-20, assumed.
  public var guestBurst: Int = 1_048_576
  /// Rate of the links between workers and Hyperplane, in bits per second.
  ///
  /// Source: assumed.
  public var workerLinkRate: Int = 100_000_000_000
  /// Rate of the links to hosts in the VPC, in bits per second.
  ///
  /// Source: lambda-vpc §7.3, the documented limit of a single flow, here that of a link.
  public var vpcLinkRate: Int = 5_000_000_000
  /// Rate of a single flow out of an interface, if its link is faster, in bits per second.
  ///
  /// Source: lambda-vpc §7.3, documented; what becomes of the rest is assumed.
  public var singleFlowRate: Int = 5_000_000_000
  /// What may wait in front of a link; a frame beyond it is dropped, in bytes.
  ///
  /// Source: assumed.
  public var linkQueue: Int = 8_388_608
  /// Longest IP packet of the guest's interface, in bytes.
  ///
  /// Source: A-11; the interface was observed (lambda-vpc §4.1).
  public var guestMTU: Int = 1_500
  /// Longest IP packet within a VPC, in bytes.
  ///
  /// Source: lambda-vpc §7.3, documented.
  public var vpcMTU: Int = 9_001
  /// Time to live of packets that guests and hosts send, in hops.
  ///
  /// Source: A-21; the default of Linux.
  public var initialTTL: Int = 64
  /// By how much Hyperplane's translation lowers the time to live, in hops.
  ///
  /// Source: A-21, assumed.
  public var natTTLDecrement: Int = 1

  // MARK: Translation in Hyperplane

  /// After how much silence an established TCP connection loses its port.
  ///
  /// Source: A-08, assumed; documented for NAT gateways.
  public var natTCPIdle: Duration = .seconds(350)
  /// After how much silence a UDP flow loses its port.
  ///
  /// Source: A-08, assumed; documented for Network Load Balancers.
  public var natUDPIdle: Duration = .seconds(120)
  /// How long a TCP connection that is not yet established keeps its port.
  ///
  /// Source: N-03, assumed.
  public var natTCPHalfOpen: Duration = .seconds(60)
  /// How long a TCP connection closed from one side keeps its port.
  ///
  /// Source: N-03, assumed.
  public var natTCPClosing: Duration = .seconds(120)
  /// How long a port stays unused after its connection has ended.
  ///
  /// Source: A-25, assumed.
  public var natPortHold: Duration = .seconds(120)
  /// Lowest port that a connection can be given at a shared ENI.
  ///
  /// Source: lambda-vpc §3.1, documented (VPC guide, "Network ACLs", ephemeral ports).
  public var natFirstPort: Int = 1_024
  /// Highest port that a connection can be given at a shared ENI.
  ///
  /// Source: lambda-vpc §3.1, documented (VPC guide, "Network ACLs", ephemeral ports).
  public var natLastPort: Int = 65_535

  // MARK: Security groups and resolver

  /// How long security groups remember an established TCP connection that is silent.
  ///
  /// Source: lambda-vpc §7.4, documented.
  public var trackingTCPIdle: Duration = .seconds(432_000)
  /// How long they remember a UDP flow that went one way.
  ///
  /// Source: lambda-vpc §7.4, documented.
  public var trackingUDPSingle: Duration = .seconds(30)
  /// How long they remember a UDP flow that went both ways.
  ///
  /// Source: lambda-vpc §7.4, documented.
  public var trackingUDPStream: Duration = .seconds(180)
  /// How long they remember a flow of another protocol.
  ///
  /// Source: lambda-vpc §7.4, documented.
  public var trackingOtherIdle: Duration = .seconds(600)
  /// Packets that the resolver takes from one ENI in a second; more are dropped.
  ///
  /// Source: lambda-vpc §7.1, documented; that functions share it is A-26.
  public var resolverLimit: Int = 1_024
  /// How long answers of the resolver may be cached.
  ///
  /// Source: assumed.
  public var dnsTimeToLive: Duration = .seconds(60)
  /// How long a guest waits for an answer before it asks again.
  ///
  /// Source: documented for Linux, resolv.conf(5).
  public var dnsTimeout: Duration = .seconds(5)
  /// How often a guest asks before it gives up.
  ///
  /// Source: documented for Linux, resolv.conf(5).
  public var dnsAttempts: Int = 2

  // MARK: Hosts and guests

  /// Lowest port that a guest chooses for a connection.
  ///
  /// Source: documented for Linux, ip-sysctl "ip_local_port_range".
  public var ephemeralFirstPort: Int = 32_768
  /// Highest port that a guest chooses for a connection.
  ///
  /// Source: documented for Linux, ip-sysctl "ip_local_port_range".
  public var ephemeralLastPort: Int = 60_999
  /// Retransmission timeout before a round trip was measured.
  ///
  /// Source: RFC 6298, section 2 (2.1), documented.
  public var tcpInitialRTO: Duration = .seconds(1)
  /// Least retransmission timeout.
  ///
  /// Source: the value of Linux; RFC 6298, section 2 (2.4), says SHOULD be 1 s.
  public var tcpMinimumRTO: Duration = .milliseconds(200)
  /// Greatest retransmission timeout.
  ///
  /// Source: the value of Linux; RFC 6298, section 2 (2.5), says at least 60 s.
  public var tcpMaximumRTO: Duration = .seconds(120)
  /// Longest delay of an acknowledgement.
  ///
  /// Source: the value of Linux; RFC 9293, section 3.8.6.3, says less than 0.5 s.
  public var tcpDelayedAck: Duration = .milliseconds(40)
  /// Segments sent before the first acknowledgement.
  ///
  /// Source: RFC 6928, section 2, documented.
  public var tcpInitialWindow: Int = 10
  /// Window that a host begins with, 65,535 B at most; it grows with what arrives, to 3 MiB, or to
  /// this value if that is more.
  ///
  /// Source: assumed; near the initial value of Linux, whose receive buffers grow likewise
  /// (tcp_rmem).
  public var tcpReceiveWindow: Int = 65_536
  /// Shift count that hosts announce, in bits.
  ///
  /// Source: RFC 7323, section 2.2; the usual value of Linux.
  public var tcpWindowScale: Int = 7
  /// How often a SYN is sent again before the connection fails.
  ///
  /// Source: documented for Linux, ip-sysctl "tcp_syn_retries".
  public var tcpSYNRetries: Int = 6
  /// How often a SYN-ACK is sent again.
  ///
  /// Source: documented for Linux, ip-sysctl "tcp_synack_retries".
  public var tcpSYNACKRetries: Int = 5
  /// How often data is sent again before the connection fails.
  ///
  /// Source: documented for Linux, ip-sysctl "tcp_retries2".
  public var tcpRetries: Int = 15
  /// How long the side that closed first remembers a connection.
  ///
  /// Source: the value of Linux; RFC 9293, section 3.4.2, says 4 min.
  public var tcpTimeWait: Duration = .seconds(60)
  /// Time a database takes to begin its answer.
  ///
  /// Source: assumed.
  public var queryTime: Duration = .microseconds(500)
  /// Time between two echo requests.
  ///
  /// Source: documented for Linux, ping(8).
  public var pingInterval: Duration = .seconds(1)

  /// The model as it comes, nothing overridden.
  public init() {}
}
