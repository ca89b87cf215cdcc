import CaptureFiles
public import CaptureInspection
public import Testing

/// Expects that packets of a flow died on the way.
///
/// When it fails, the message shows the first packet of the flow at each of its hops.
///
/// - Parameters:
///   - source: The run, or captures.
///   - inside: Who sent them, by the address on the inside or the one at the place of death.
///   - environment: The execution environment they came from, if that matters.
///   - remote: Where they were going.
///   - point: Name of the capture point where they died, such as `eni`; `nil` for anywhere.
///   - reason: Words that the capture's comment on the first of them must have, such as
///     `security-group`; `nil` for any reason.
///   - sourceLocation: Where the expectation stands.
/// - Returns: What became of the packets; `nil` if the expectation failed.
@discardableResult
public func expectDropped(
  in source: some TrafficSource, from inside: String, environment: String? = nil,
  to remote: String, at point: String? = nil, reason: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Drop? {
  let traffic = source.traffic
  guard canRead(traffic, sourceLocation) else { return nil }
  let (inner, peer) = (EndpointPattern(inside), EndpointPattern(remote))
  let names = sources(of: inner, environment, in: traffic.analysis)
  let candidates = traffic.analysis.drops.filter { drop in
    peer.matches(drop.destination)
      && (environment == nil && inner.matches(drop.source) || names.contains(drop.source))
  }
  let atPoint = candidates.filter { point == nil || $0.point == point }
  if let found = atPoint.first(where: { drop in
    reason.map { comment(on: drop.firstFrame).contains($0) } ?? true
  }) {
    return found
  }
  var message = "expected packets of \(description(inside, environment, remote)) to die"
  if let point { message += " at \(point)" }
  if let reason { message += " because of \(reason)" }
  if candidates.isEmpty {
    message += "; none of them died"
  } else {
    message += "; seen instead:"
    for drop in candidates.prefix(5) {
      message +=
        "\n  \(drop.count) died at \(drop.point) (\(drop.firstFrame)): "
        + comment(on: drop.firstFrame)
    }
  }
  record(message, traffic, from: inner, environment, to: peer, sourceLocation)
  return nil
}

/// What a capture says about a frame, or nothing.
private func comment(on frame: FrameReference) -> String {
  guard var reader = try? CaptureReader(path: frame.file) else { return "" }
  while let record = (try? reader.next()) ?? nil {
    if record.frameNumber == frame.frameNumber {
      return reader.comments().joined(separator: "; ")
    }
  }
  return ""
}
