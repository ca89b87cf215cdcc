import LambdaService

/// Says why a hop did what the headers show, and what its time was made of.
///
/// What happened comes from captured frames; rules and routes from the comments that a run writes
/// beside them. The rest, what a point is there for, is told here with the fact it rests on.
struct TraceExplanations {
  static let guest = "guest"
  static let destination = "destination"

  private let path: TracedPath
  private let settings: ModelSettings

  init(_ path: TracedPath, _ settings: ModelSettings) {
    self.path = path
    self.settings = settings
  }

  // MARK: Places

  /// Which of several places of that name a packet is at, and what has become of it there.
  ///
  /// Captures describe a point once for both directions, by what has been done to requests; what
  /// comes back passes it before the same is undone.
  func place(of sighting: TraceReader.Sighting, isRequest: Bool) -> String {
    if isRequest { return sighting.place }
    let owner = sighting.place.split(separator: ": ").first.map(String.init) ?? sighting.place
    switch sighting.point {
    case "slot": return "\(owner): out of the tunnel, not translated back yet (A-01)"
    case "hyperplane-in": return "\(owner): translated back, not in the tunnel yet"
    case "hyperplane-out": return "\(owner): not translated back yet (A-04)"
    default: return sighting.place
    }
  }

  // MARK: Decisions

  func decisions(
    about sighting: TraceReader.Sighting, after previous: TraceHop?
  ) -> [TraceDecision] {
    var decisions: [TraceDecision] = []
    func decide(_ kind: TraceDecision.Kind, _ reason: String) {
      decisions.append(TraceDecision(kind: kind, reason: reason))
    }
    if let previous {
      let (before, after) = (previous.headers, sighting.headers)
      if before.tunnel == nil, let tunnel = after.tunnel {
        decide(
          .encapsulated,
          "VNI \(tunnel.networkIdentifier) stands for the customer's VPC (A-02)")
      } else if before.tunnel != nil, after.tunnel == nil {
        decide(.decapsulated, "the tunnel ends here")
      }
      if before.source != after.source {
        decide(.translated, translationReason(at: sighting.point))
      }
      if before.destination != after.destination {
        decide(.translated, "the reverse of the request's translation")
      }
    } else {
      decide(.sent, sighting.point == Self.guest ? "the function sends it" : "the host sends it")
    }
    for comment in sighting.comments {
      guard let text = Self.text(of: comment, after: "SLOW PATH ") else { continue }
      for reason in text.split(separator: "; ") { decide(.slowPath, String(reason)) }
    }
    if Self.judges(sighting.point), !sighting.isDropped,
      !decisions.contains(where: { $0.kind == .slowPath })
    {
      decide(.fastPath, "the decision for this flow was made before")
    }
    if sighting.isDropped {
      decide(.dropped, dropReason(sighting) ?? "the capture does not say why")
    } else if sighting.point == Self.guest && previous != nil {
      decide(.received, "the function has it")
    } else if sighting.point == Self.destination && previous != nil {
      decide(.received, "\(path.host.name) has it")
    }
    return decisions
  }

  /// Who dropped a packet and why: what follows the first word of the comment.
  func dropReason(_ sighting: TraceReader.Sighting) -> String? {
    sighting.comments.lazy.compactMap { Self.text(of: $0, after: "DROP ") }.first
  }

  private static func text(of comment: String, after word: String) -> String? {
    comment.hasPrefix(word) ? String(comment.dropFirst(word.count)) : nil
  }

  /// Whether security groups and routes are judged at a point.
  private static func judges(_ point: String) -> Bool {
    point == "eni" || point == destination
  }

  private func translationReason(at point: String) -> String {
    switch (point, path.era) {
    case ("slot", .hyperplaneEBPF):
      "all guests have one address, which eBPF replaces 1:1 without state (A-01)"
    case ("slot", _):
      "all guests have one address, which two stateful NATs replace (A-01)"
    case ("hyperplane-out", _):
      "the shared interface's address and a free port of it (A-04, A-15)"
    default: "the source is replaced"
    }
  }

  // MARK: Times

  /// The settings behind the time between two points.
  func delays(from: String, to: String, isFirstPacket: Bool) -> [TraceDelay] {
    names(from: from, to: to, isFirstPacket: isFirstPacket).map {
      TraceDelay(setting: $0, of: settings)
    }
  }

  private func names(from: String, to: String, isFirstPacket: Bool) -> [String] {
    switch (from, to) {
    case ("guest", "slot"), ("slot", "guest"), ("guest", "eni"), ("eni", "guest"):
      return ["virtio-latency"]
    case ("slot", "tunnel"), ("tunnel", "slot"):
      return isFirstPacket && path.era == .hyperplane
        ? ["slot-latency", "legacy-first-packet"] : ["slot-latency"]
    case ("tunnel", "hyperplane-in"), ("hyperplane-in", "tunnel"):
      return ["worker-to-hyperplane"]
    case ("hyperplane-in", "hyperplane-out"), ("hyperplane-out", "hyperplane-in"):
      return isFirstPacket ? ["hyperplane-latency", "hyperplane-lookup"] : ["hyperplane-latency"]
    case ("eni", "destination"), ("destination", "eni"):
      return path.isCrossZone ? ["hyperplane-to-vpc", "cross-zone"] : ["hyperplane-to-vpc"]
    default: return []
    }
  }
}
