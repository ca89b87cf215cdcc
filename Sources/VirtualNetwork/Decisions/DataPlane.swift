public import PacketFormats
public import SimulatedTime

/// What happens to packets in a VPC.
///
/// The first packet of a flow is judged by the configuration: security groups, then routes on the way
/// out, security groups on the way in. The decision and the state of the connection are
/// remembered per network interface, and later packets are judged by that. Changing the
/// configuration sends every flow back to the first step, where connections that are tracked keep
/// what they had been granted.
public struct DataPlane: ~Copyable {
  /// The configuration; see ``update(_:)``.
  public private(set) var network: VirtualPrivateCloud
  public let timeouts: ConnectionTimeouts
  private var flows: FlowTable
  private var decisions = DecisionTable()
  private var rules: CompiledRules
  /// Whether reasons mention network ACLs that let everything through as AWS made them.
  private let explainsInFull: Bool
  var addresses = AddressNumbers()

  /// Makes the data plane of a VPC.
  ///
  /// - Parameters:
  ///   - network: The configuration to begin with.
  ///   - timeouts: The timers of connection tracking.
  ///   - flows: How many flows there is room for before the table grows for the first time. A
  ///     connection between two interfaces of the VPC counts at both.
  public init(
    _ network: VirtualPrivateCloud, timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    expectingFlows flows: Int = 1024
  ) {
    self.init(network, timeouts: timeouts, expectingFlows: flows, explainsInFull: false)
  }

  init(
    _ network: VirtualPrivateCloud, timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    expectingFlows flows: Int, explainsInFull: Bool
  ) {
    self.explainsInFull = explainsInFull
    self.network = network
    self.timeouts = timeouts
    self.flows = FlowTable(
      expecting: flows, timeouts: timeouts,
      countsTracked: network.quotas.trackedConnectionsPerInterface != nil)
    rules = CompiledRules(network)
  }

  /// Judges a packet that leaves the host behind `interface`.
  ///
  /// - Parameters:
  ///   - key: The packet's flow, its sender as source.
  ///   - flags: The control bits of a TCP segment.
  ///   - interface: The interface that it leaves through.
  ///   - now: The time; never earlier than at the call before.
  /// - Returns: The verdict, and where the packet goes.
  public mutating func egress(
    _ key: FlowKey, flags: TCPHeader.Flags = [], from interface: InterfaceIndex, now: Instant
  ) -> FlowDecision {
    judge(key, .egress, flags, interface, nil, now.nanoseconds)
  }

  /// Judges a packet that has reached `interface`.
  ///
  /// - Parameters:
  ///   - key: The packet's flow, its sender as source.
  ///   - flags: The control bits of a TCP segment.
  ///   - interface: The interface that it has reached.
  ///   - subnet: The subnet of the interface that it comes from; `nil` if it comes through a gateway.
  ///     Within one subnet no network ACL is asked.
  ///   - now: The time; never earlier than at the call before.
  /// - Returns: The verdict, and where the packet goes.
  public mutating func ingress(
    _ key: FlowKey, flags: TCPHeader.Flags = [], at interface: InterfaceIndex,
    fromSubnet subnet: SubnetIndex? = nil, now: Instant
  ) -> FlowDecision {
    judge(key.reversed, .ingress, flags, interface, subnet, now.nanoseconds)
  }

  /// Judges where a packet goes that comes into the VPC through a gateway.
  ///
  /// Nothing but routes is asked, and what they say is remembered as at interfaces. The decision
  /// leads to an interface, at which ``ingress(_:flags:at:fromSubnet:now:)`` judges next, or to
  /// another gateway.
  ///
  /// - Parameters:
  ///   - key: The packet's flow, its sender as source.
  ///   - gateway: The gateway.
  ///   - attachment: The interface through which a transit gateway reaches in: what its subnet's route
  ///     table says holds.
  ///   - now: The time; never earlier than at the call before.
  /// - Returns: The verdict, and where the packet goes.
  public mutating func arrival(
    _ key: FlowKey, through gateway: GatewayIndex, at attachment: InterfaceIndex? = nil,
    now: Instant
  ) -> FlowDecision {
    let place = arrivalPlace(gateway, attachment)
    var slot: Int?
    if let place {
      slot = flows.find(key, at: place)
      if let slot, !flows.isIdle(flows[slot], at: now.nanoseconds),
        let index = flows[slot].decision(.ingress), let known = decisions.current(index)
      {
        flows[slot].lastSeen = now.nanoseconds
        return known.decision
      }
    }
    compileRules()
    let shape = network.judgeArrival(
      of: destination(of: key), through: gateway, at: attachment, by: rules)
    let index = decisionIndex(shape)
    if let place {
      var entry = FlowEntry(key, at: place)
      entry.setDecision(index, .ingress)
      entry.lastSeen = now.nanoseconds
      if let slot {
        flows.replace(slot, by: entry)
      } else {
        flows.insert(entry, at: now.nanoseconds)
      }
    }
    return FlowDecision(
      verdict: shape.verdict, isSlowPath: true, nextHop: shape.nextHop, decision: index)
  }

  /// Under which number of an interface the flow table keeps what comes in through a gateway.
  ///
  /// Gateways have the numbers above those of interfaces, sixteen each: one for itself and one for each
  /// of its attachments.
  ///
  /// - Returns: `nil` if there is none, so that each packet is judged anew.
  private func arrivalPlace(
    _ gateway: GatewayIndex, _ attachment: InterfaceIndex?
  ) -> InterfaceIndex? {
    precondition(network.gateways.indices.contains(gateway.position), "no such gateway")
    var number = gateway.position * 16
    if let attachment {
      let place = network.gateways[gateway.position].attachments.firstIndex(of: attachment)
      guard let place, place < 15 else { return nil }
      number += place + 1
    }
    guard number < FlowEntry.arrivalLimit else { return nil }
    return InterfaceIndex(FlowEntry.interfaceLimit + number)
  }

  /// The reasons behind a verdict.
  ///
  /// They stay available for the whole run, also after the configuration has changed.
  public func decision(_ index: DecisionIndex) -> Decision {
    decisions.decision(index, in: network, inFull: explainsInFull)
  }

  /// How many decisions there are, over all states of the configuration.
  public var decisionCount: Int { decisions.count }

  /// The state of the configuration, counted from 1 with every change.
  public var generation: UInt32 { decisions.generation }

  /// Flows that are remembered, including some that have timed out unnoticed.
  public var cachedFlowCount: Int { flows.count }

  /// Bytes taken up by the flows that are remembered, free room included.
  public var flowTableByteCount: Int { flows.byteCount }

  /// Changes the configuration, and has every flow judged anew.
  ///
  /// If the change fails halfway, what it did before stays done.
  public mutating func update<Result>(
    _ change: (inout VirtualPrivateCloud) throws(VirtualNetworkError) -> Result
  ) throws(VirtualNetworkError) -> Result {
    decisions.word(in: network, inFull: explainsInFull)
    defer { decisions.beginGeneration() }
    return try change(&network)
  }

  /// Whether `interface` tracks the connection that packets of `key` belong to.
  ///
  /// - Parameters:
  ///   - key: The flow as seen by packets that leave the interface.
  ///   - interface: The interface.
  ///   - now: The time.
  /// - Returns: `false` also for connections that have timed out.
  public func tracks(_ key: FlowKey, at interface: InterfaceIndex, now: Instant) -> Bool {
    guard let slot = flows.find(key, at: interface) else { return false }
    let entry = flows[slot]
    return entry.phase.isTracked && !flows.isIdle(entry, at: now.nanoseconds)
  }

  /// Judges a packet by what is remembered of its flow, or else anew.
  ///
  /// - Parameters:
  ///   - key: The flow with the interface's own end as its source, whichever way the packet goes.
  ///   - direction: Which way it goes.
  ///   - flags: The control bits of a TCP segment.
  ///   - interface: The interface that judges.
  ///   - previous: The subnet of the interface that an incoming packet comes from.
  ///   - now: The time, in nanoseconds since the run began.
  /// - Returns: The verdict, and where the packet goes.
  @inline(__always)
  private mutating func judge(
    _ key: FlowKey, _ direction: TrafficDirection, _ flags: TCPHeader.Flags,
    _ interface: InterfaceIndex, _ previous: SubnetIndex?, _ now: Int64
  ) -> FlowDecision {
    let slot = flows.find(key, at: interface)
    if let slot {
      var entry = flows[slot]
      let phase = entry.phase
      if !flows.isIdle(entry, at: now), let index = entry.decision(direction),
        let known = decisions.current(index), known.origins.include(previous),
        !Self.begins(flags, phase, known)
      {
        // A packet that is dropped keeps no connection alive and moves none on.
        if known.decision.verdict == .accept || phase == .none {
          entry.lastSeen = now
          entry.phase = phase.after(flags: flags, fromInitiator: entry.initiator == direction)
          flows[slot] = entry
        }
        return known.decision
      }
    }
    return judgeAnew(key, direction, flags, interface, previous, now, slot)
  }

  /// Whether a segment begins a connection where there is none, or none any more.
  @inline(__always)
  private static func begins(
    _ flags: TCPHeader.Flags, _ phase: ConnectionPhase, _ known: DecisionTable.Outcome
  ) -> Bool {
    FlowKey.isOpening(flags) && (phase == .tcpClosing || phase == .none && known.tracks)
  }

  @inline(never)
  private mutating func judgeAnew(
    _ key: FlowKey, _ direction: TrafficDirection, _ flags: TCPHeader.Flags,
    _ interface: InterfaceIndex, _ previous: SubnetIndex?, _ now: Int64, _ slot: Int?
  ) -> FlowDecision {
    precondition(
      network.interfaces.indices.contains(interface.position)
        && interface.position < FlowEntry.interfaceLimit, "no such network interface")
    var entry = FlowEntry(key, at: interface)
    var reopened = false
    if let slot, !flows.isIdle(flows[slot], at: now) {
      reopened = flows[slot].phase == .tcpClosing && FlowKey.isOpening(flags)
      if !reopened { entry = flows[slot] }
    }
    let packet = direction == .egress ? key : key.reversed
    var connection: DecisionIndex?
    if entry.phase.isTracked, let first = entry.decision(entry.initiator) {
      connection = decisions.origin(of: first)
    }
    compileRules()
    let question = VirtualPrivateCloud.Question(
      packet: packet, source: source(of: packet), destination: destination(of: packet),
      direction: direction, interface: interface, previousSubnet: previous, connection: connection)
    var shape = network.judge(question, by: rules)
    var advanced = entry
    if shape.verdict == .accept {
      Self.advance(&advanced, packet, direction, flags, shape)
      if advanced.phase.isTracked, !entry.phase.isTracked || reopened,
        !hasRoom(for: advanced, replacing: slot, at: interface, now)
      {
        // Nothing is remembered of it, so that the next attempt finds room as soon as there is some.
        shape.refuseForLackOfRoom()
        return FlowDecision(
          verdict: .reject, isSlowPath: true, nextHop: .none, decision: decisionIndex(shape))
      }
    }
    let index = decisionIndex(shape)
    // A refused attempt to reopen leaves the old connection as it was.
    if !reopened || shape.verdict == .accept {
      let isAccepted = shape.verdict == .accept
      let phase = entry.phase
      if isAccepted { entry = advanced }
      entry.setDecision(index, direction)
      if isAccepted || phase == .none { entry.lastSeen = now }
      if let slot { flows.replace(slot, by: entry) } else { flows.insert(entry, at: now) }
    }
    return FlowDecision(
      verdict: shape.verdict, isSlowPath: true, nextHop: shape.nextHop, decision: index)
  }

  /// Whether the interface may track one more connection.
  private mutating func hasRoom(
    for entry: FlowEntry, replacing slot: Int?, at interface: InterfaceIndex, _ now: Int64
  ) -> Bool {
    guard let limit = network.quotas.trackedConnectionsPerInterface else { return true }
    // What it takes the place of no longer counts.
    let freed = slot.map { flows[$0].phase.isTracked ? flows[$0].weight : 0 } ?? 0
    let wanted = entry.weight - freed
    if flows.trackedCount(at: interface) + wanted <= limit { return true }
    flows.recountTracked(at: interface, now: now)
    return flows.trackedCount(at: interface) + wanted <= limit
  }

  /// Compiles the rules if they have changed.
  private mutating func compileRules() {
    if rules.revision !== network.revision { rules = CompiledRules(network) }
  }

  /// The decision of that shape, which may be the first one.
  private mutating func decisionIndex(_ shape: DecisionShape) -> DecisionIndex {
    if let known = decisions.find(shape) { return known }
    var words: Decision?
    if shape.verdict == .reject {
      words = Decision(
        verdict: .reject, direction: shape.direction, place: shape.place, nextHop: .none,
        reasons: network.reasons(for: shape, inFull: explainsInFull) { decision($0) },
        generation: decisions.generation)
    }
    return decisions.add(shape, origins: origins(of: shape), words: words)
  }

  /// Which packets of a flow a decision of that shape is about.
  private func origins(of shape: DecisionShape) -> DecisionTable.Origins {
    guard case .networkInterface(let index) = shape.place, shape.direction == .ingress else {
      return .all
    }
    // Where these stop or pass, no network ACL has been asked yet.
    if case .exempt = shape.filter { return .all }
    if shape.path == .deleted || shape.path == .foreign { return .all }
    let subnet = network.interfaces[index.position].subnet
    return shape.border == .notAsked ? .within(subnet) : .outside(subnet)
  }

  /// Moves a connection on by a packet that was let through, or begins one.
  private static func advance(
    _ entry: inout FlowEntry, _ packet: FlowKey, _ direction: TrafficDirection,
    _ flags: TCPHeader.Flags, _ shape: DecisionShape
  ) {
    guard !entry.phase.isTracked else {
      let fromInitiator = entry.initiator == direction
      entry.phase = entry.phase.after(flags: flags, fromInitiator: fromInitiator)
      return
    }
    guard packet.begins(flags) else { return }
    if shape.tracks {
      // The answers in an untracked flow are no connections of their own.
      if entry.phase == .udpUntracked, entry.initiator != direction { return }
      entry.phase = .first(of: packet.protocol)
      entry.initiator = direction
      entry.weight = shape.countsTwice ? 2 : 1
      // What the rules said about the other direction no longer counts.
      entry.setDecision(nil, direction.opposite)
    } else if packet.protocol == .udp, entry.phase == .none {
      entry.phase = .udpUntracked
      entry.initiator = direction
    }
  }
}
