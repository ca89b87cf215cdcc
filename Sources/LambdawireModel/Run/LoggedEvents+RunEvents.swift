import AddressTranslation
import EventSimulation
import LambdaService
import PacketFormats
import SimulatedTime
import VirtualNetwork

extension LoggedEvents {
  /// Adds what a node reported.
  mutating func add(_ event: RunEvent) {
    switch event.kind {
    case .translation(let kind, let translation, let translator):
      add(
        TranslationEvent(instant: event.time, kind: kind, translation: translation),
        translator: translator)
    case .translationLost(let translation, let translator, let reason):
      addLoss(of: translation, translator, reason, at: event.time)
    case .ipv6Translation(let kind, let translation, let translator):
      add(kind, translation, translator, at: event.time)
    case .ipv6TranslationLost(let translation, let translator, let reason):
      addLoss(of: translation, translator, reason, at: event.time)
    case .fault(let fault):
      let account = account
      faults.append(
        RunSummary.Happening(
          time: Instant.start.duration(to: event.time),
          act: "\(fault.act) \(fault.component)" + (account.isEmpty ? "" : " of \(account)"),
          effect: fault.effect))
      add("fault", at: event.time, .control) { line in
        line.add("account", unlessEmpty: account)
        line.add("act", fault.act)
        line.add("component", fault.component)
        line.add("effect", fault.effect)
      }
    case .networkChange(let change):
      let path = "\(change.vpc)/\(change.name)"
      faults.append(
        RunSummary.Happening(
          time: Instant.start.duration(to: event.time), act: "\(change.act) \(path)",
          effect: change.detail))
      add("network-change", at: event.time, .control) { line in
        line.add("act", change.act)
        line.add("vpc", change.vpc)
        line.add("resource", change.resource.rawValue)
        line.add("name", change.name)
        line.add("detail", change.detail)
      }
    case .task(let task):
      let number = number(ofInvocation: task.number)
      add(task.phase.eventName, at: event.time) { line in
        line.add("number", number)
        line.add("host", task.host)
        line.add("detail", unlessEmpty: task.detail)
        line.add("elapsed_ns", Int(task.elapsed.wholeNanoseconds))
      }
    case .hand(let hand):
      add("hyperplane-hand", at: event.time, .control) { line in
        line.add("vpc", hand.vpc)
        line.add("zone", hand.zone)
        line.add("cell", hand.cell)
        line.add("tops", hand.tops.map(String.init).joined(separator: " "))
        line.add("flow_masters", hand.flowMasters.map(String.init).joined(separator: " "))
      }
    case .staticTranslation(let inside, let outside, let translator):
      add("static-translation", at: event.time, .control) { line in
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
      add("control", at: event.time, .control) { line in
        line.add("act", act.act)
        line.add("function", act.function)
        line.add("environment", unlessEmpty: act.environment)
        line.add("resource", unlessEmpty: act.resource)
        if let duration = act.duration {
          line.add("duration_ns", Int(duration.wholeNanoseconds))
        }
        line.add("reason", unlessEmpty: act.reason)
      }
    case .networkInterface(let interface): add(interface, at: event.time)
    case .function(let function): add(function, at: event.time)
    case .functionDeleted(let function): addDeletion(of: function, at: event.time)
    case .call(let call): add(call)
    case .invocation(let invocation):
      let number = number(ofInvocation: invocation.number)
      add(invocation.phase.eventName, at: event.time) { line in
        line.add("number", number)
        line.add("function", invocation.function)
        line.add("environment", unlessEmpty: invocation.environment)
        if let status = invocation.status { line.add("http_status", status) }
        line.add("detail", unlessEmpty: invocation.detail)
        line.add("elapsed_ns", Int(invocation.elapsed.wholeNanoseconds))
      }
    }
  }

  /// Adds a packet that died.
  mutating func add(_ drop: Drop) {
    count(drop)
    add("drop", at: drop.time) { line in
      line.add("packet", Int(drop.packetID.rawValue))
      line.add("place", drop.place)
      line.add("code", drop.code)
      line.add("detail", drop.detail)
      line.add("flow", drop.flow)
    }
  }
}

extension Invocation.Phase {
  /// What the lines about it are called.
  fileprivate var eventName: StaticString {
    switch self {
    case .started: "invocation-started"
    case .finished: "invocation-finished"
    case .failed: "invocation-failed"
    case .throttled: "invocation-throttled"
    case .refused: "invocation-refused"
    }
  }
}

extension HostTask.Phase {
  /// What the lines about it are called.
  fileprivate var eventName: StaticString {
    switch self {
    case .started: "task-started"
    case .finished: "task-finished"
    case .failed: "task-failed"
    }
  }
}
