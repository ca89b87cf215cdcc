public import PacketFormats
public import SimulatedTime

/// Adds up the packets of a VPC's network interfaces for its flow logs.
///
/// Whoever moves packets tells it of each one that an interface has judged. Without flow logs that
/// costs one look at ``isOn``. Windows begin with the minute, or with every tenth minute, of the
/// calendar, and what they come to waits until ``takeBatch(at:of:)``.
public struct FlowLogRecorder: ~Copyable {
  /// Whether there is a flow log at all.
  public let isOn: Bool
  public let logs: [FlowLog]
  let scope: FlowLogScope
  let vpc: ResourceIdentifier
  /// The Region's name, such as `us-east-1`.
  let region: String
  /// The router's addresses in all subnets.
  private let routers: [IPAddress]

  /// Every interface that there is or has been, in the order of appearance.
  var subjects: [FlowLogSubject] = []
  /// How long each has existed, in nanoseconds since the run began.
  var lives: [Range<Int64>] = []
  /// The place among the subjects of each interface that exists; -1 for the others.
  private var current: [Int32] = []
  /// Which windows the packets of each subject go into: bit 0 for minutes, bit 1 for ten of them.
  private var lanes: [UInt8] = []
  /// What each decision means, by its index.
  var fates: [FlowLogFate] = []
  var minutes: FlowLogWindow
  var tenMinutes: FlowLogWindow
  /// When the next window is over, in nanoseconds since the run began.
  var nextEnd: Int64
  /// When traffic of each log's interfaces was first seen, in nanoseconds; the end of time before.
  var firstTraffic: [Int64]
  /// What the windows that are over have come to.
  var pending: [PendingRecord] = []

  /// A record that nobody has taken yet.
  struct PendingRecord {
    var interval: FlowLog.Interval
    var subject: Int
    /// In nanoseconds since the run began.
    var first: Int64
    var last: Int64
    /// `nil` if there was no traffic.
    var entry: FlowAggregates.Entry?
  }

  /// A recorder without flow logs.
  public init() {
    self.init(logs: [], ResourceIdentifier(rawValue: ""), region: "", [], .none)
  }

  /// Makes the recorder of a VPC.
  ///
  /// - Parameters:
  ///   - logs: Its flow logs.
  ///   - network: The VPC; the interfaces that exist in it are there from the beginning.
  ///   - scope: What its records say beyond it.
  public init(_ logs: [FlowLog], of network: VirtualPrivateCloud, scope: FlowLogScope) {
    var scope = scope
    scope.services += network.endpointServices
    self.init(
      logs: logs, network.identifier, region: network.region,
      network.subnets.map { .v4($0.routerAddress) } + [.v6(Subnet.routerIPv6Address)], scope)
    for position in network.interfaces.indices {
      noteChange(of: InterfaceIndex(position), in: network, at: .start)
    }
  }

  private init(
    logs: [FlowLog], _ vpc: ResourceIdentifier, region: String, _ routers: [IPAddress],
    _ scope: FlowLogScope
  ) {
    isOn = !logs.isEmpty
    self.logs = logs
    self.vpc = vpc
    self.region = region
    self.routers = routers
    self.scope = scope
    minutes = FlowLogWindow(.oneMinute, epoch: scope.epoch)
    tenMinutes = FlowLogWindow(.tenMinutes, epoch: scope.epoch)
    nextEnd = min(minutes.end, tenMinutes.end)
    firstTraffic = [Int64](repeating: .max, count: logs.count)
  }

  // MARK: - Interfaces

  /// Takes note of an interface that has come to be, or has been deleted.
  public mutating func noteChange(
    of index: InterfaceIndex, in network: VirtualPrivateCloud, at now: Instant
  ) {
    guard isOn else { return }
    let time = now.nanoseconds
    if time >= nextEnd { closeWindows(until: time) }
    while current.count <= index.position { current.append(-1) }
    let known = Int(current[index.position])
    let interface = network.interfaces[index.position]
    if known >= 0, !interface.exists || subjects[known].identifier != interface.identifier {
      lives[known] = lives[known].lowerBound..<max(time, lives[known].lowerBound)
      current[index.position] = -1
    }
    guard interface.exists, current[index.position] < 0 else { return }
    let subject = FlowLogSubject(index, in: network)
    let intervals = logs.filter { $0.covers(subject) }.map { $0.interval(of: subject) }
    current[index.position] = Int32(subjects.count)
    subjects.append(subject)
    lives.append(time..<Int64.max)
    lanes.append(
      (intervals.contains(.oneMinute) ? 1 : 0) | (intervals.contains(.tenMinutes) ? 2 : 0))
    minutes.hasTraffic.append(false)
    tenMinutes.hasTraffic.append(false)
  }

  // MARK: - Decisions

  /// Learns what a decision means, once for all packets that are judged by it.
  @inline(never)
  private mutating func learn(_ index: DecisionIndex, of dataPlane: borrowing DataPlane) {
    let decision = dataPlane.decision(index)
    var fate = FlowLogFate(decision)
    if fate.isLogged, decision.verdict == .accept, decision.direction == .egress {
      switch decision.nextHop {
      case .interface(let next):
        fate.path = .sameVPC
        if next.position < current.count { fate.nextHop = current[next.position] }
      case .gateway(let gateway):
        if let interface = decision.interface {
          fate.path = path(
            through: dataPlane.network.gateways[gateway.position], gateway, from: interface)
        }
      case .none, .service: break
      }
    }
    while fates.count <= index.position { fates.append(FlowLogFate()) }
    fates[index.position] = fate
  }

  private func path(
    through gateway: Gateway, _ index: GatewayIndex, from interface: InterfaceIndex
  ) -> TrafficPath? {
    let subject = interface.position < current.count ? Int(current[interface.position]) : -1
    let isNitro = subject >= 0 && subjects[subject].isNitro
    switch gateway.kind {
    // Assumed: an egress-only internet gateway counts as an internet gateway.
    case .internet, .egressOnlyInternet:
      return isNitro ? .internetGateway : .internetGatewayOrGatewayEndpoint
    case .gatewayEndpoint: return isNitro ? .gatewayEndpoint : .internetGatewayOrGatewayEndpoint
    case .peering:
      return scope.gatewaysBetweenRegions.contains(index)
        ? .peeringBetweenRegions : .peeringWithinRegion
    case .regionalNAT, .transit: return .sameVPC
    case .virtualPrivate: return .virtualPrivateGateway
    }
  }

  // MARK: - Packets

  /// Adds a packet that an interface has judged.
  ///
  /// - Parameters:
  ///   - key: Its flow, its sender as source.
  ///   - flags: The control bits of a TCP segment.
  ///   - byteCount: The length of the IP packet, in bytes (F-07).
  ///   - direction: Which way it crosses the interface.
  ///   - interface: The interface.
  ///   - decision: What was decided about it.
  ///   - dataPlane: What has decided.
  ///   - now: The time; never earlier than at the call before.
  public mutating func record(
    _ key: FlowKey, flags: TCPHeader.Flags, byteCount: Int, _ direction: TrafficDirection,
    at interface: InterfaceIndex, by decision: DecisionIndex, of dataPlane: borrowing DataPlane,
    now: Instant
  ) {
    guard isOn, interface.position < current.count, current[interface.position] >= 0 else { return }
    if decision.position >= fates.count || !fates[decision.position].isKnown {
      learn(decision, of: dataPlane)
    }
    guard fates[decision.position].isLogged else { return }
    let time = now.nanoseconds
    if time >= nextEnd { closeWindows(until: time) }
    let subject = Int(current[interface.position])
    let owner = FlowAggregates.owner(subject, direction, fates[decision.position].verdict)
    let isTCP = key.protocol == .tcp
    let key =
      isTCP || key.protocol == .udp
      ? key : FlowKey(addresses: key.addresses, ends: key.ends & ~0xffff_ffff)
    let logged = isTCP ? Self.loggedFlags(flags).rawValue : 0
    let lane = lanes[subject]
    if lane & 1 != 0,
      !minutes.aggregates.add(
        key, owner, flags: logged, byteCount: byteCount, by: decision, at: time)
    {
      let entry = begin(
        key, owner, logged, byteCount, isLogged: !isExempt(key, dataPlane), decision, time)
      minutes.begin(entry)
    }
    if lane & 2 != 0,
      !tenMinutes.aggregates.add(
        key, owner, flags: logged, byteCount: byteCount, by: decision, at: time)
    {
      let entry = begin(
        key, owner, logged, byteCount, isLogged: !isExempt(key, dataPlane), decision, time)
      tenMinutes.begin(entry)
    }
  }

  /// The first packet of a flow in a window.
  private mutating func begin(
    _ key: FlowKey, _ owner: UInt32, _ flags: UInt8, _ byteCount: Int, isLogged: Bool,
    _ decision: DecisionIndex, _ time: Int64
  ) -> FlowAggregates.Entry {
    let entry = FlowAggregates.Entry(
      key: key, owner: owner, isLogged: isLogged, flags: flags, decision: decision,
      packetCount: 1, byteCount: byteCount, first: time, last: time)
    guard isLogged else { return entry }
    for (position, log) in logs.enumerated()
    where firstTraffic[position] == .max && log.covers(subjects[entry.subject]) {
      firstTraffic[position] = time
    }
    return entry
  }

  /// The control bits of a segment that flow logs count: FIN, SYN and RST, and ACK only beside SYN
  /// (VPC guide, "Flow log records", `tcp-flags`: documented; observability-formats §1.3).
  public static func loggedFlags(_ flags: TCPHeader.Flags) -> TCPHeader.Flags {
    flags.isSuperset(of: [.syn, .ack])
      ? [.syn, .ack] : flags.intersection([.fin, .syn, .rst])
  }

  /// Whether traffic is in AWS's list of what is not logged, as far as the packet itself tells: DHCP,
  /// the activation of Windows, the router's own address (observability-formats §1.5).
  private func isExempt(_ key: FlowKey, _ dataPlane: borrowing DataPlane) -> Bool {
    let ports = (key.sourcePort, key.destinationPort)
    let ends = [dataPlane.source(of: key), dataPlane.destination(of: key)]
    if key.protocol == .udp {
      let dynamicHost: (UInt16, UInt16) = key.family == .v4 ? (67, 68) : (547, 546)
      if ports == dynamicHost || ports == (dynamicHost.1, dynamicHost.0) { return true }
    }
    if ends.contains(where: routers.contains) { return true }
    return key.protocol == .tcp && (ports.0 == 1688 || ports.1 == 1688)
      && ends.contains(where: Self.activationServers.contains)
  }

  /// Where Windows is activated (EC2 guide, "Troubleshoot Windows activation": documented).
  private static let activationServers: [IPAddress] = [
    .v4(IPv4Address(169, 254, 169, 250)), .v4(IPv4Address(169, 254, 169, 251)),
  ]
}

extension FlowLogScope {
  /// That of a recorder which records nothing.
  fileprivate static let none = FlowLogScope(
    account: "", epoch: CalendarTime(nanosecondsSince1970: 0))
}

extension VirtualPrivateCloud {
  /// The addresses of the services that it has gateway endpoints for.
  fileprivate var endpointServices: [FlowLogScope.ServiceBlock] {
    gateways.flatMap { gateway -> [FlowLogScope.ServiceBlock] in
      guard case .gatewayEndpoint(let service, let list) = gateway.kind else { return [] }
      return prefixLists[list.position].entries.map {
        FlowLogScope.ServiceBlock($0, name: service.rawValue.uppercased())
      }
    }
  }
}
