import AddressTranslation
import EventSimulation
import PacketFormats
import SimulatedTime

/// What breaks in Hyperplane, and what packets meet then.
extension HyperplaneNode {
  /// What a packet meets in a Hyperplane that is not quite well.
  struct Meeting {
    /// What it dies of, if it does.
    var loss: Loss?
    /// The Top that has to ask for its flow, although the flow exists.
    var askingTop: Int?
    /// How much longer than usual it takes, in nanoseconds.
    var delay: Int64 = 0

    var needsLookup: Bool { askingTop != nil }

    static let usual = Meeting()
  }

  /// What a packet dies of that Hyperplane loses; nodes by their numbers from 0 on.
  enum Loss {
    case unwellCell(Int)
    case fullCell(Int, Cell.Refusal)
    case deadTop(Int)
    case noTop
    case deadFlowMaster(Int)

    /// Where, as scenarios name it.
    var component: String {
      switch self {
      case .unwellCell(let cell), .fullCell(let cell, _): "hyperplane-cell/\(cell + 1)"
      case .deadTop(let top): "hyperplane-top/\(top + 1)"
      case .noTop: "hyperplane-top"
      case .deadFlowMaster(let pair): "hyperplane-flow-master/\(pair + 1)"
      }
    }

    var code: String {
      switch self {
      case .unwellCell: "HYPERPLANE_CELL_UNWELL"
      case .fullCell: "HYPERPLANE_CELL_FULL"
      case .deadTop, .noTop: "HYPERPLANE_TOP_FAILED"
      case .deadFlowMaster: "HYPERPLANE_FLOW_MASTER_FAILED"
      }
    }

    var detail: String {
      switch self {
      case .unwellCell: "the cell loses packets"
      case .fullCell(_, .connections):
        "it holds all connections it can"
      case .fullCell(_, .rate):
        "too many began in this second"
      case .deadTop: "packets still go to a dead Top"
      case .noTop: "no Top of the hand is left"
      case .deadFlowMaster: "no answer, nobody asks again"
      }
    }
  }

  /// Plans a fault and returns the token that the node is to be woken with when it happens.
  package mutating func plan(_ fault: HyperplaneFault) -> UInt64 {
    faults.append(fault)
    return Reminder.fault.token(faults.count - 1)
  }

  // MARK: - Packets

  /// What a packet meets: its cell, then its Top, then whom the Top asks if it must.
  @inline(never)
  mutating func meet(
    _ packet: InnerPacket, interface number: Int, isOutbound: Bool, at now: Instant
  ) -> Meeting {
    var meeting = Meeting()
    let duty = duties[number]
    if cells[duty.cell].isUnwell(at: now) {
      switch cells[duty.cell].weather(for: now.advanced(by: settings.latency)) {
      case .delayed(let delay): meeting.delay = delay.wholeNanoseconds
      case .lost:
        meeting.loss = .unwellCell(duty.cell)
        return meeting
      }
    }
    let exists =
      translation(packet, interface: number, isOutbound: isOutbound, at: now) != nil
    var asks = !exists
    switch fleet.passage(for: packet.fingerprint, ring: duty.ring) {
    case .known: break
    case .unknown(let top):
      asks = true
      if exists { meeting.askingTop = top }
    case .lost(let top):
      meeting.loss = .deadTop(top)
      return meeting
    case .noTop:
      meeting.loss = .noTop
      return meeting
    }
    // What comes from outside and belongs to no flow is the translator's to refuse.
    guard asks, exists || isOutbound else { return meeting }
    let pair = askedPair(for: packet, interface: number, isOutbound: isOutbound, at: now)
    if !pairs[pair].answers(at: now) {
      meeting.loss = .deadFlowMaster(pair)
    } else if !exists, let refusal = cells[duty.cell].refusal(at: now) {
      meeting.loss = .fullCell(duty.cell, refusal)
    } else if exists {
      fleet.learn(packet.fingerprint, ring: duty.ring)
    }
    return meeting
  }

  /// The pair of Flow Masters that a Top asks about a packet: the one that keeps the flow or, for a
  /// new one, any, whose Decider then chooses a port that leads back to it (lambda-vpc §6.1).
  private mutating func askedPair(
    for packet: InnerPacket, interface number: Int, isOutbound: Bool, at now: Instant
  ) -> Int {
    let hand = duties[number].pairs
    guard hand.count > 1 else { return hand[0] }
    if let known = translation(packet, interface: number, isOutbound: isOutbound, at: now) {
      return hand[translators[number].stateNode(of: known)]
    }
    let place = Int(deciderRandom.next(below: UInt64(hand.count)))
    translators[number].askedStateNode = place
    return hand[place]
  }

  private func translation(
    _ packet: InnerPacket, interface number: Int, isOutbound: Bool, at now: Instant
  ) -> Translation? {
    if isOutbound {
      let flow = Flow(
        protocol: packet.protocol, inside: packet.source, remote: packet.destination)
      return translators[number].translation(of: flow, at: now)
    }
    return translators[number].translation(
      protocol: packet.protocol, outside: packet.destination, remote: packet.source, at: now)
  }

  /// Writes a packet down that has just arrived, with what it met.
  ///
  /// - Returns: whether it lives.
  @inline(never)
  mutating func capture(
    _ frame: borrowing Frame, _ packet: InnerPacket, _ meeting: Meeting, at point: CapturePoint,
    _ network: inout Network
  ) -> Bool {
    if let loss = meeting.loss {
      network.capture(frame, at: point, direction: .inbound, verdict: .dropped) { text in
        text.append("DROP ")
        text.append(text: loss.component)
        text.append(" ")
        text.append(text: loss.detail)
      }
      return false
    }
    guard let top = meeting.askingTop, network.captures.annotations != .none else {
      network.capture(frame, at: point, direction: .inbound)
      return true
    }
    network.capture(frame, at: point, direction: .inbound) { text in
      text.append("LOOKUP by hyperplane-top/")
      text.append(decimal: UInt32(top + 1))
      text.append(", which does not know the flow yet")
    }
    return true
  }

  /// Ends a packet that died of what it met.
  mutating func lose(
    _ frame: consuming Frame, _ packet: InnerPacket, _ meeting: Meeting, at point: CapturePoint,
    _ network: inout Network
  ) {
    guard let loss = meeting.loss else { preconditionFailure("a packet that died of nothing") }
    network.drop(
      frame, at: network.captures.name(of: point), code: loss.code, detail: loss.detail,
      flow: packet.flowDescription)
  }

  // MARK: - Faults

  /// Lets a planned fault happen.
  mutating func happen(_ fault: HyperplaneFault, _ network: inout Network) {
    isCautious = true
    let now = network.now
    let effect: String
    switch fault.act {
    case .failTop(let top):
      effect = failTop(top, &network)
    case .repairTop(let top):
      fleet.repair(top)
      effect = "a new node with an empty cache takes its place"
    case .failFlowMaster(let pair, let member):
      let losesFlows = pairs[pair].fail(member, at: now, detection: settings.detection)
      if losesFlows {
        let count = loseFlows(keptBy: pair, &network)
        effect = "both are dead; translations lost: \(count)"
      } else {
        effect = "the \(pairs[pair].answering.rawValue) answers, no flow is lost"
      }
    case .repairFlowMaster(let pair, let member):
      pairs[pair].repair(member)
      effect = "it has caught up with the other one"
    case .degradeCell(let cell, let loss, let delay):
      cells[cell].degrade(lossPerMillion: loss, delay: delay)
      effect =
        loss >= 1_000_000 ? "every packet is lost" : Self.brownout(loss, delay)
    case .repairCell(let cell):
      cells[cell].degrade(lossPerMillion: 0, delay: .zero)
      effect = "the cell is well again"
    case .replaceInterface(let group):
      if let successor = beginReplacing(in: group, &network) {
        // What comes of it is known when the control plane has answered.
        replacements.append((successor, fault))
        return
      }
      effect = "no address is left for another interface"
    }
    report(fault.verb, fault.component, effect, now)
  }

  /// Reports what came of a replacement, if `successor` was to be one.
  mutating func reportReplacement(by successor: Int, _ effect: String, _ time: Instant) {
    guard let number = replacements.firstIndex(where: { $0.successor == successor }) else { return }
    let fault = replacements.remove(at: number).fault
    report(fault.verb, fault.component, effect, time)
  }

  private static func brownout(_ loss: Int, _ delay: Duration) -> String {
    let lost = loss > 0 ? "\(percentage(loss)) of packets are lost" : ""
    guard delay > .zero else { return lost }
    let microseconds = delay.wholeNanoseconds / 1_000
    let time =
      microseconds % 1_000 == 0 ? "\(microseconds / 1_000) ms" : "\(microseconds) us"
    return lost.isEmpty
      ? "packets are delayed by \(time)" : "\(lost), the others delayed by \(time)"
  }

  private static func percentage(_ perMillion: Int) -> String {
    var decimals = "\(perMillion % 10_000 + 10_000)".dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(perMillion / 10_000)\(decimals.isEmpty ? "" : ".\(decimals)") %"
  }

  private func report(_ act: String, _ component: String, _ effect: String, _ time: Instant) {
    record.report(.fault(Fault(act: act, component: component, effect: effect)), at: time)
  }

  private mutating func failTop(_ top: Int, _ network: inout Network) -> String {
    let now = network.now
    var flows: [(ring: Int, fingerprint: UInt64)] = []
    if !fleet.remembers {
      for number in interfaces.indices {
        for translation in translators[number].translations(at: now) {
          flows += fingerprints(of: translation).map { (duties[number].ring, $0) }
        }
      }
      fleet.beginRemembering(flows)
    }
    let count = fleet.flowCount(of: top)
    fleet.fail(top)
    network.wake(at: now.advanced(by: settings.detection), token: Reminder.notice.token(top))
    return "directions of flows in its cache: \(count)"
  }

  /// Leads packets around a Top that has died.
  mutating func notice(_ top: Int, _ network: inout Network) {
    guard fleet.notice(top) else { return }
    report(
      "notice", "hyperplane-top/\(top + 1)", "its flows go through other Tops", network.now)
  }

  /// Forgets the flows that a pair of Flow Masters keeps.
  ///
  /// - Returns: how many they were.
  private mutating func loseFlows(keptBy pair: Int, _ network: inout Network) -> Int {
    let now = network.now
    let reason = "flow-masters-failed"
    var count = 0
    for number in interfaces.indices {
      guard let place = duties[number].pairs.firstIndex(of: pair) else { continue }
      guard duties[number].pairs.count > 1 else {
        count += loseFlows(of: [number], reason: reason, &network)
        continue
      }
      translators[number].expire(at: now)
      reportEvents(of: number, &network)
      for translation in translators[number].translations(at: now)
      where translators[number].stateNode(of: translation) == place {
        _ = translators[number].remove(translation.flow, at: now)
        noteLoss(of: translation, interface: number, reason, at: now)
        portUse[number].release(isTCP: translation.flow.protocol == .tcp)
        count += 1
      }
    }
    return count
  }

  /// Reports a translation that is lost, and has Cell and Tops forget it.
  private mutating func noteLoss(
    of translation: Translation, interface number: Int, _ reason: String, at now: Instant
  ) {
    record.report(
      .translationLost(translation, translator: interfaceNames[number], reason: reason), at: now)
    cells[duties[number].cell].end()
    for fingerprint in fingerprints(of: translation) {
      fleet.forget(fingerprint, ring: duties[number].ring)
    }
  }

  /// Forgets the flows of interfaces.
  ///
  /// - Returns: how many they were.
  mutating func loseFlows(
    of numbers: [Int], reason: String, _ network: inout Network
  ) -> Int {
    let now = network.now
    var count = 0
    for number in numbers {
      let lost = translators[number].translations(at: now)
      translators[number].expire(at: now)
      reportEvents(of: number, &network)
      for translation in lost {
        noteLoss(of: translation, interface: number, reason, at: now)
      }
      portUse[number].releaseAll()
      count += lost.count
      renewTranslator(number)
    }
    return count
  }

  /// Puts an empty translator in the place of an interface's.
  ///
  /// - Parameters:
  ///   - number: The interface.
  ///   - address: Its address, if that is new.
  mutating func renewTranslator(_ number: Int, at address: IPv4Address? = nil) {
    // Another seed, or the first ports would be the same as before.
    duties[number].seed = duties[number].seed &* 0x9e37_79b9_7f4a_7c15 &+ 1
    let behavior = translators[number].behavior
    let addresses = address.map { [$0] } ?? translators[number].outsideAddresses
    let seed = duties[number].seed
    do throws(BehaviorError) {
      var translator = try Translator(
        behavior: behavior, outsideAddresses: addresses, seed: seed)
      translator.recordsEvents = true
      translators[number] = translator
    } catch {
      preconditionFailure("a behaviour that was sound before")
    }
  }
}

extension HyperplaneFault {
  /// What happens, in a word.
  var verb: String {
    switch act {
    case .failTop, .failFlowMaster: "fail"
    case .degradeCell(_, let loss, _): loss >= 1_000_000 ? "fail" : "degrade"
    case .repairTop, .repairFlowMaster, .repairCell: "repair"
    case .replaceInterface: "replace"
    }
  }
}
