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
      add(
        "static-translation", at: event.time,
        [
          ("translator", .string(translator)), ("inside", .string(inside)),
          ("outside", .string(outside)),
        ])
    case .control(let act):
      var members: [(String, JSONValue)] = [
        ("act", .string(act.act)), ("function", .string(act.function)),
      ]
      if !act.environment.isEmpty { members.append(("environment", .string(act.environment))) }
      if !act.resource.isEmpty { members.append(("resource", .string(act.resource))) }
      if let duration = act.duration {
        members.append(("duration_ns", .integer(Int(duration.wholeNanoseconds))))
      }
      add("control", at: event.time, members)
    case .invocation(let invocation):
      var members: [(String, JSONValue)] = [
        ("number", .integer(invocation.number)), ("function", .string(invocation.function)),
      ]
      if !invocation.environment.isEmpty {
        members.append(("environment", .string(invocation.environment)))
      }
      if !invocation.detail.isEmpty { members.append(("detail", .string(invocation.detail))) }
      members.append(("elapsed_ns", .integer(Int(invocation.elapsed.wholeNanoseconds))))
      add("invocation-\(invocation.phase.rawValue)", at: event.time, members)
    }
  }

  private func add(
    _ kind: TranslationEvent.Kind, _ translation: Translation, _ translator: String,
    at time: Instant
  ) {
    var members: [(String, JSONValue)] = [
      ("translator", .string(translator)),
      ("protocol", .string(translation.flow.protocol == .tcp ? "tcp" : "udp")),
      ("inside", .string(translation.flow.inside.description)),
      ("outside", .string(translation.outside.description)),
      ("remote", .string(translation.flow.remote.description)),
      ("state", .string("\(translation.state)")),
    ]
    switch kind {
    case .made:
      add("translation-made", at: time, members)
    case .changed(let previous):
      members.append(("from", .string("\(previous)")))
      add("translation-changed", at: time, members)
    case .ended(let reason):
      members.append(("reason", .string(reason.rawValue)))
      add("translation-ended", at: time, members)
    }
  }

  /// Adds a packet that died.
  func add(_ drop: Drop) {
    count(droppedAt: drop.place, code: drop.code, detail: drop.detail)
    add(
      "drop", at: drop.time,
      [
        ("packet", .integer(Int(drop.packetID.rawValue))), ("place", .string(drop.place)),
        ("code", .string(drop.code)), ("detail", .string(drop.detail)),
        ("flow", .string(drop.flow)),
      ])
  }
}
