public import LambdawireModel

/// A path hop by hop, as text for a terminal.
public struct TraceText: Sendable {
  private let trace: PathTrace
  private let style: TextStyle

  public init(_ trace: PathTrace, style: TextStyle = .plain) {
    self.trace = trace
    self.style = style
  }

  /// The text; ends with a line break.
  public var text: String {
    var lines = [
      "\(trace.environment) to \(trace.host) \(trace.destination) over \(trace.transport) "
        + "(\(trace.service))",
      "scenario \(trace.scenario), seed \(trace.seed), networking \(trace.networking)",
    ]
    if let time = trace.configuration { lines.append(Wording.configuration(asOf: time)) }
    lines += Wording.wrapped(trace.scope, width: 80)
    lines += section("REQUEST", trace.request)
    lines += section("ANSWER", trace.answer)
    if let note = trace.note { lines += ["", note] }
    if let culprit = trace.culprit {
      let way = trace.blockedWay == "back" ? "the answer" : "the request"
      lines += ["", style.heading("BLOCKED")]
      lines += Wording.wrapped(
        "\(way), by \(culprit.kind) \(culprit.name): \(culprit.sentence) [\(culprit.code)]",
        width: 78
      ).map { "  " + $0 }
    }
    if !trace.remedies.isEmpty {
      lines += ["", style.heading("WHAT WOULD HELP")]
      for remedy in trace.remedies {
        lines += Wording.wrapped(remedy, width: 78).map { "  " + $0 }
      }
    }
    if trace.request != nil {
      lines += [
        "",
        "Each delay may be up to \(trace.jitter) longer at random (latency-jitter); links add the",
        "time it takes to send a frame.",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func section(_ title: String, _ journey: TraceJourney?) -> [String] {
    guard let journey else { return [] }
    var lines = ["", "\(style.heading(title)): packet \(journey.packetID), \(ending(of: journey))"]
    for (number, hop) in journey.hops.enumerated() { lines += self.lines(hop, number: number + 1) }
    return lines
  }

  private func ending(of journey: TraceJourney) -> String {
    let time = Wording.time(journey.duration)
    switch journey.outcome {
    case .delivered: return "delivered after \(time)"
    case .dropped(let point, _, _): return "\(style.alarm("died")) at \(point) after \(time)"
    case .lost(let point): return "not seen again after \(point)"
    }
  }

  private func lines(_ hop: TraceHop, number: Int) -> [String] {
    var head = "\(number < 10 ? " " : "")\(number)  \(hop.point)"
    head += String(repeating: " ", count: max(1, 44 - head.count))
    let total = Wording.time(hop.time)
    head += String(repeating: " ", count: max(0, 14 - total.count)) + total
    if number > 1 {
      let step = "+\(Wording.time(hop.elapsed))"
      head += String(repeating: " ", count: max(1, 16 - step.count)) + step
    }
    var lines = ["", style.heading(head)]
    func line(_ label: String, _ text: String) {
      let column = 18
      for (row, part) in Wording.wrapped(text, width: 80 - column).enumerated() {
        let name = row == 0 ? label : ""
        let gap = String(repeating: " ", count: max(1, 14 - name.count))
        let isAlarm = name == Self.word(for: .dropped)
        lines.append("    " + (isAlarm ? style.alarm(name) : name) + gap + part)
      }
    }
    line(hop.isSent ? "sent by" : "received by", hop.place)
    for decision in hop.decisions { line(Self.word(for: decision.kind), decision.reason) }
    if hop.changes.isEmpty, number == 1 {
      line("header", "\(hop.headers)")
    }
    for change in hop.changes {
      line(
        change.field,
        change.before.isEmpty
          ? change.after : "\(change.before) → \(change.after.isEmpty ? "none" : change.after)")
    }
    if !hop.delays.isEmpty {
      line(
        "time", hop.delays.map { "\($0.setting) \($0.value)" }.joined(separator: " + "))
    }
    return lines
  }

  private static func word(for kind: TraceDecision.Kind) -> String {
    switch kind {
    case .slowPath: "slow path"
    case .fastPath: "fast path"
    case .dropped: "DROPPED"
    default: kind.rawValue
    }
  }
}
