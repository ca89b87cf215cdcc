import AddressTranslation
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime

extension EventLog {
  /// Adds what a node reported.
  func add(_ event: RunEvent) {
    switch event.kind {
    case .translation(let kind, let translation, let translator):
      add(kind, translation, translator, at: event.time)
    case .translationLost(let translation, let translator, let reason):
      addLoss(of: translation, translator, reason, at: event.time)
    case .fault(let fault):
      faults.append(
        RunSummary.Happening(
          time: Instant.start.duration(to: event.time), act: "\(fault.act) \(fault.component)",
          effect: fault.effect))
      add("fault", at: event.time) { line in
        line.add("act", fault.act)
        line.add("component", fault.component)
        line.add("effect", fault.effect)
      }
    case .hand(let hand):
      add("hyperplane-hand", at: event.time) { line in
        line.add("vpc", hand.vpc)
        line.add("zone", hand.zone)
        line.add("cell", hand.cell)
        line.add("tops", hand.tops.map(String.init).joined(separator: " "))
        line.add("flow_master", hand.flowMaster)
      }
    case .staticTranslation(let inside, let outside, let translator):
      add("static-translation", at: event.time) { line in
        line.add("translator", translator)
        line.add("inside", inside)
        line.add("outside", outside)
      }
    case .control(let act):
      if !act.reason.isEmpty {
        interfaceChanges.append(
          RunSummary.Happening(
            time: Instant.start.duration(to: event.time), act: "\(act.act) \(act.resource)",
            effect: act.reason))
      }
      add("control", at: event.time) { line in
        line.add("act", act.act)
        line.add("function", act.function)
        line.add("environment", unlessEmpty: act.environment)
        line.add("resource", unlessEmpty: act.resource)
        if let duration = act.duration {
          line.add("duration_ns", Int(duration.wholeNanoseconds))
        }
        line.add("reason", unlessEmpty: act.reason)
      }
    case .invocation(let invocation):
      add("invocation-\(invocation.phase.rawValue)", at: event.time) { line in
        line.add("number", invocation.number)
        line.add("function", invocation.function)
        line.add("environment", unlessEmpty: invocation.environment)
        line.add("detail", unlessEmpty: invocation.detail)
        line.add("elapsed_ns", Int(invocation.elapsed.wholeNanoseconds))
      }
    }
  }

  private func addLoss(
    of translation: Translation, _ translator: String, _ reason: String, at time: Instant
  ) {
    translationsEnded += 1
    add("translation-ended", at: time) { line in
      line.add("translator", translator)
      line.add(translation)
      line.add("reason", reason)
    }
  }

  private func add(
    _ kind: TranslationEvent.Kind, _ translation: Translation, _ translator: String,
    at time: Instant
  ) {
    let event: String
    switch kind {
    case .made:
      event = "translation-made"
      translationsMade += 1
    case .changed:
      event = "translation-changed"
    case .ended:
      event = "translation-ended"
      translationsEnded += 1
    }
    add(event, at: time) { line in
      line.add("translator", translator)
      line.add(translation)
      switch kind {
      case .made: break
      case .changed(let previous): line.add("from", fixed: previous.name)
      case .ended(let reason): line.add("reason", reason.rawValue)
      }
    }
  }

  /// Adds a packet that died.
  func add(_ drop: Drop) {
    count(droppedAt: drop.place, code: drop.code, detail: drop.detail)
    add("drop", at: drop.time) { line in
      line.add("packet", Int(drop.packetID.rawValue))
      line.add("place", drop.place)
      line.add("code", drop.code)
      line.add("detail", drop.detail)
      line.add("flow", drop.flow)
    }
  }
}

extension EventLines {
  /// Adds what a translation is.
  @inline(__always)
  fileprivate mutating func add(_ translation: Translation) {
    let flow = translation.flow
    switch flow.protocol {
    case .tcp: add("protocol", fixed: "tcp")
    case .udp: add("protocol", fixed: "udp")
    default: add("protocol", fixed: "icmp")
    }
    add("inside", flow.inside.address, port: flow.inside.port)
    add("outside", translation.outside.address, port: translation.outside.port)
    add("remote", flow.remote.address, port: flow.remote.port)
    add("state", fixed: translation.state.name)
  }
}

extension Translation.State {
  /// The state as the record of a run names it.
  fileprivate var name: StaticString {
    switch self {
    case .udpOneWay: "udpOneWay"
    case .udpTwoWay: "udpTwoWay"
    case .opening: "opening"
    case .openingAnswered: "openingAnswered"
    case .established: "established"
    case .halfClosed: "halfClosed"
    case .closing: "closing"
    case .closed: "closed"
    case .reset: "reset"
    case .icmpQuery: "icmpQuery"
    }
  }
}
