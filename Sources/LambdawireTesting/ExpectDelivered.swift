import CaptureInspection
public import Testing

/// Expects that packets of a flow reached the last point of their way.
///
/// When it fails, the message shows the first packet of the flow at each of its hops.
///
/// - Parameters:
///   - source: The run, or captures.
///   - inside: Who sent them, by the address on the inside.
///   - environment: The execution environment they came from, if that matters.
///   - remote: Where they were going.
///   - point: Name of the capture point where they should arrive.
///   - isAnswered: Whether something must have come back there too.
///   - sourceLocation: Where the expectation stands.
public func expectDelivered(
  in source: some TrafficSource, from inside: String, environment: String? = nil,
  to remote: String, at point: String = "destination", answered isAnswered: Bool = false,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let traffic = source.traffic
  guard canRead(traffic, sourceLocation) else { return }
  let (inner, peer) = (EndpointPattern(inside), EndpointPattern(remote))
  let names = sources(of: inner, environment, in: traffic.analysis)
  let flows = traffic.analysis.flows.filter { flow in
    flow.point == point && peer.matches(flow.responder)
      && (environment == nil && inner.matches(flow.initiator) || names.contains(flow.initiator))
  }
  if flows.contains(where: { !isAnswered || $0.backward.packetCount > 0 }) { return }
  let flow = description(inside, environment, remote)
  let message =
    flows.isEmpty
    ? "expected packets of \(flow) to arrive at \(point); none did"
    : "expected an answer to \(flow) at \(point); there is none"
  record(message, traffic, from: inner, environment, to: peer, sourceLocation)
}
