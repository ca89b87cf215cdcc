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
    case .staticTranslation(let inside, let outside, let translator):
      add("static-translation", at: event.time) { line in
        line.add("translator", translator)
        line.add("inside", inside)
        line.add("outside", outside)
      }
    case .control(let act):
      add("control", at: event.time) { line in
        line.add("act", act.act)
        line.add("function", act.function)
        line.add("environment", unlessEmpty: act.environment)
        line.add("resource", unlessEmpty: act.resource)
        if let duration = act.duration {
          line.add("duration_ns", Int(duration.wholeNanoseconds))
        }
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
    let flow = translation.flow
    add(event, at: time) { line in
      line.add("translator", translator)
      line.add("protocol", fixed: flow.protocol == .tcp ? "tcp" : "udp")
      line.add("inside", flow.inside.address, port: flow.inside.port)
      line.add("outside", translation.outside.address, port: translation.outside.port)
      line.add("remote", flow.remote.address, port: flow.remote.port)
      line.add("state", fixed: translation.state.name)
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
