import CaptureInspection
public import Testing

/// Expects that no packet died or vanished on the way.
///
/// - Parameters:
///   - source: The run, or captures.
///   - sourceLocation: Where the expectation stands.
public func expectNoDrops(
  in source: some TrafficSource, sourceLocation: SourceLocation = #_sourceLocation
) {
  let traffic = source.traffic
  guard canRead(traffic, sourceLocation) else { return }
  let drops = traffic.analysis.drops
  guard let first = drops.first else { return }
  var message = "expected no drops; \(drops.reduce(0) { $0 + $1.count }) packets died:"
  for drop in drops.prefix(5) {
    message +=
      "\n  \(drop.count) at \(drop.point): \(drop.protocol) "
      + "\(drop.source) → \(drop.destination), first in \(drop.firstFrame)"
  }
  if drops.count > 5 { message += "\n  and \(drops.count - 5) flows more" }
  record(
    message, traffic, from: EndpointPattern("\(first.source)"), nil,
    to: EndpointPattern("\(first.destination)"), sourceLocation)
}

/// Expects that captures keep every rule a translator and a path have to keep.
///
/// - Parameters:
///   - source: The run, or captures.
///   - sourceLocation: Where the expectation stands.
public func expectVerified(
  in source: some TrafficSource, sourceLocation: SourceLocation = #_sourceLocation
) {
  let traffic = source.traffic
  guard canRead(traffic, sourceLocation) else { return }
  for result in traffic.verification.results where result.verdict == .failed {
    var message = "expected that \(result.rule.summary); broken \(result.violationCount) times:"
    for finding in result.findings.prefix(5) { message += "\n  \(finding)" }
    Issue.record(Comment(rawValue: message), sourceLocation: sourceLocation)
  }
}
