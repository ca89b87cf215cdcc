public import LambdawireModel

/// A path as a Mermaid sequence diagram, which GitHub and many editors draw.
public struct TraceDiagram: Sendable {
  private let trace: PathTrace

  public init(_ trace: PathTrace) {
    self.trace = trace
  }

  /// The diagram's source; ends with a line break.
  public var text: String {
    var lines = ["sequenceDiagram", "  autonumber"]
    var names: [String] = []
    for hop in (trace.request?.hops ?? []) + (trace.answer?.hops ?? [])
    where !names.contains(hop.point) {
      names.append(hop.point)
      lines.append("  participant \(Self.name(hop.point)) as \(Self.escaped(title(of: hop)))")
    }
    lines += arrows(trace.request) + arrows(trace.answer)
    if let note = trace.note, let first = names.first {
      lines.append("  Note over \(Self.name(first)): \(Self.escaped(note))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func title(of hop: TraceHop) -> String {
    let place = Wording.short(hop.place)
    return place.isEmpty ? hop.point : "\(hop.point)<br/>\(place)"
  }

  private func arrows(_ journey: TraceJourney?) -> [String] {
    guard let journey else { return [] }
    var lines: [String] = []
    for (previous, hop) in zip(journey.hops, journey.hops.dropFirst()) {
      lines.append(
        "  \(Self.name(previous.point))->>\(Self.name(hop.point)): "
          + Self.escaped(
            "\(hop.headers.source) → \(hop.headers.destination) +\(Wording.time(hop.elapsed))"))
      // What a hop does is seen when the packet leaves it, so the notes stand below the arrow.
      for decision in hop.decisions where Self.isWorthANote(decision.kind) {
        lines.append(
          "  Note over \(Self.name(hop.point)): "
            + Self.escaped("\(decision.kind.rawValue): \(decision.reason)"))
      }
    }
    if case .dropped = journey.outcome, let last = journey.hops.last {
      lines.append("  \(Self.name(last.point))-x\(Self.name(last.point)): dropped")
    }
    return lines
  }

  private static func isWorthANote(_ kind: TraceDecision.Kind) -> Bool {
    switch kind {
    case .slowPath, .dropped, .translated, .encapsulated: true
    case .sent, .received, .decapsulated, .fastPath: false
    }
  }

  /// A participant's name; Mermaid takes `-` followed by `x` or `>` for an arrow.
  private static func name(_ point: String) -> String {
    String(point.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// Text in which nothing ends a statement: Mermaid takes `;` for a line break and `#` for the
  /// start of a character's number.
  private static func escaped(_ text: String) -> String {
    text.replacing("#", with: "#35;").replacing(";", with: "#59;")
      .replacing("#35#59;", with: "#35;")
  }
}
