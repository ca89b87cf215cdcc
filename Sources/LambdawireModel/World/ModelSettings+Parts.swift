import AddressTranslation
import EndpointStack
import EventSimulation
import LambdaService
import SimulatedTime

extension ModelSettings {
  /// A link or processing step of this latency, with the jitter that all latencies have.
  func link(_ latency: Duration, rate: Int = 0, queue: Int = 0) -> LinkBehavior {
    let nanoseconds = latency.wholeNanoseconds
    let jitter = nanoseconds * Int64(latencyJitter.partsPerMillion) / 1_000_000
    return LinkBehavior(
      bitsPerSecond: Int64(rate), propagation: latency, jitter: .nanoseconds(jitter),
      queueByteLimit: queue)
  }

  /// The link between a guest and its slot, with Firecracker's token bucket.
  var guestLink: LinkBehavior {
    var behavior = link(virtioLatency, rate: guestBandwidth, queue: linkQueue)
    behavior.burstByteCount = guestBurst
    return behavior
  }

  /// What hosts and guests go by.
  var host: HostSettings {
    var host = HostSettings()
    host.timeToLive = UInt8(clamping: initialTTL)
    host.ephemeralPorts = UInt16(clamping: ephemeralFirstPort)...UInt16(clamping: ephemeralLastPort)
    host.resolverTimeout = dnsTimeout
    host.resolverAttempts = dnsAttempts
    host.tcp.initialRetransmissionTimeout = tcpInitialRTO
    host.tcp.minimumRetransmissionTimeout = tcpMinimumRTO
    host.tcp.maximumRetransmissionTimeout = tcpMaximumRTO
    host.tcp.delayedAcknowledgmentTimeout = tcpDelayedAck
    host.tcp.synRetries = tcpSYNRetries
    host.tcp.synAckRetries = tcpSYNACKRetries
    host.tcp.dataRetries = tcpRetries
    host.tcp.timeWait = tcpTimeWait
    host.tcp.windowScale = UInt8(clamping: tcpWindowScale)
    host.tcp.initialCongestionWindow = tcpInitialWindow
    host.tcp.initialReceiveWindow = min(tcpReceiveWindow, 65_535)
    host.tcp.maximumReceiveWindow = max(tcpReceiveWindow, host.tcp.maximumReceiveWindow)
    return host
  }

  /// A worker's stateful translation, without fragments that wait for the first of their packet.
  ///
  /// No link reorders them, so that one that comes first has lost it; and a worker keeps no frames.
  var workerBehavior: Behavior {
    var behavior = Behavior.workerLegacy
    behavior.fragments.tcp = .inOrder
    behavior.fragments.udp = .inOrder
    behavior.fragments.icmp = .inOrder
    return behavior
  }

  /// Hyperplane's translation with the scenario's timers and ports.
  var hyperplaneBehavior: Behavior {
    var behavior = Behavior.lambdaV2N
    behavior.ports = UInt16(clamping: natFirstPort)...UInt16(clamping: natLastPort)
    behavior.timeToLiveDecrement = UInt8(clamping: natTTLDecrement)
    behavior.stateNodes = min(hyperplaneFlowMasterHand, hyperplaneFlowMasters)
    behavior.timers.tcpEstablished = natTCPIdle
    behavior.timers.tcpHalfClosed = natTCPIdle
    behavior.timers.tcpHalfOpen = natTCPHalfOpen
    behavior.timers.tcpHalfOpenAnswered = natTCPHalfOpen
    behavior.timers.tcpClosing = natTCPClosing
    behavior.timers.portHold = natPortHold
    behavior.timers.portHoldAfterReset = natPortHold
    behavior.timers.udp = natUDPIdle
    behavior.timers.udpOneWay = natUDPIdle
    return behavior
  }
}

extension ModelSettings {
  /// How long the steps of an invocation take.
  var invokeTimes: InvokeTimes {
    InvokeTimes(
      frontend: Distribution(frontendTime), assignment: Distribution(assignmentTime),
      placement: Distribution(placementTime), virtualMachine: Distribution(vmmStart),
      boot: Distribution(guestBoot), tunnel: Distribution(tunnelSetup),
      dhcp: Distribution(dhcpSetup),
      tunnelMapEntry: Distribution(ebpfTunnelSetup), runtime: Distribution(runtimeInit))
  }

  /// How many environments there may be, and for how long.
  var invokeLimits: InvokeLimits {
    InvokeLimits(
      scalingBurst: scalingBurst, scalingInterval: scalingInterval, idleLimit: environmentIdle,
      life: Distribution(environmentLife), bootedPool: bootedPool)
  }

  /// What the code of `function` takes to initialise.
  func initialization(of function: Scenario.Function) -> Distribution {
    let whole = Distribution(function.initialization)
    guard function.initializationCPU == .share, function.memory < memoryPerVCPU else {
      return whole
    }
    return whole.scaled(by: memoryPerVCPU, over: function.memory)
  }
}

extension ControlPlaneSettings {
  /// The scenario's numbers.
  ///
  /// - Parameters:
  ///   - settings: What the scenario sets.
  ///   - epoch: The date of the start of the run.
  ///   - zone: The identifier of a zone, which tells the Region; us-east-1 if it does not.
  init(_ settings: ModelSettings, epoch: CalendarTime, zone: String) {
    self.init()
    self.epoch = epoch
    if let region = AvailabilityZone.region(of: zone) { self.region = region }
    sharedInterfacesPerVPC = settings.eniQuota
    interfacesPerRegion = settings.regionENIQuota
    accountConcurrency = settings.accountConcurrency
    leastUnreservedConcurrency = settings.unreservedMinimum
    createRequests = settings.ec2CreateBurst
    createRefill = settings.ec2CreateRate
    deleteRequests = settings.ec2DeleteBurst
    deleteRefill = settings.ec2DeleteRate
    firstBackOff = settings.ec2BackOff
    longestBackOff = settings.ec2LongestBackOff
    attempts = settings.ec2Attempts
    idleLimit = settings.inactiveAfter
    sharedDeletionDelay = settings.eniDeletionDelay
    ownIdleLifetime = settings.ownENIIdle
    detachment = settings.eniDetachment
    sharedCreation = LogNormal(
      median: settings.eniCreationMedian, spread: settings.eniCreationSpread.fraction,
      bounds: settings
        .eniCreationMinimum...max(settings.eniCreationMinimum, settings.eniCreationMaximum))
    growthDelay = settings.eniGrowthDelay
    ownCreation = LogNormal(
      median: settings.eniAttachMedian, spread: settings.eniAttachSpread.fraction,
      bounds: settings
        .eniAttachMinimum...max(settings.eniAttachMinimum, settings.eniAttachMaximum))
  }
}

extension Distribution {
  /// What is not bounded by the scenario takes no longer than the longest run.
  private static let anything = Duration.zero ... .seconds(31_536_000)

  init(_ timing: Scenario.Timing) {
    switch timing {
    case .fixed(let duration): self = .fixed(duration)
    case .uniform(let range): self = .uniform(range)
    case .exponential(let mean, let bounds):
      self = .exponential(ExponentialGap(mean: mean), bounds: bounds ?? Self.anything)
    case .logNormal(let median, let spread, let bounds):
      self = .logNormal(
        LogNormal(median: median, spread: spread.fraction, bounds: bounds ?? Self.anything))
    }
  }
}

extension Ratio {
  /// The share as a number, for what is drawn at random in the control plane only.
  var fraction: Double { Double(partsPerMillion) / 1_000_000 }
}
