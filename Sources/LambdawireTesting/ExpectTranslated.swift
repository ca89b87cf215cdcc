public import CaptureInspection
public import Testing

/// Expects that a flow's source was translated to `outside`, at one crossing or at several one after
/// the other.
///
/// Addresses are given with or without a port, such as `10.0.1.4` or `10.0.1.4:1024`. When it fails,
/// the message shows the translations there are and the first packet from `inside` at each hop.
///
/// - Parameters:
///   - source: The run, or captures.
///   - inside: What the source is called on the inside.
///   - environment: The execution environment it is in, if that matters: all of them have the same
///     address.
///   - outside: What it is called outside.
///   - remote: Whom it talks to; `nil` for anybody.
///   - sourceLocation: Where the expectation stands.
/// - Returns: the last translation on the way; `nil` if the expectation failed.
@discardableResult
public func expectTranslated(
  in source: some TrafficSource, from inside: String, environment: String? = nil,
  to outside: String, remote: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) -> Translation? {
  let traffic = source.traffic
  guard canRead(traffic, sourceLocation) else { return nil }
  let (inner, outer) = (EndpointPattern(inside), EndpointPattern(outside))
  let peer = remote.map(EndpointPattern.init)
  func isFirst(_ translation: Translation) -> Bool {
    inner.matches(translation.inside) && peer?.matches(translation.remote) != false
      && (environment.map { isInterface(translation.environment, of: $0) } ?? true)
  }
  let chains = TranslationChain.all(in: traffic.analysis.translations, startingWhere: isFirst)
  if let found = chains.first(where: { $0.outside.map(outer.matches) == true }) {
    return found.translations.last
  }
  let flow = description(inside, environment, remote)
  var message = "expected \(flow) to be translated to \(outside)"
  if chains.isEmpty {
    message += "; no translation of it was seen"
  } else {
    message += "; seen instead:"
    for chain in chains.prefix(5) {
      for translation in chain.translations.suffix(1) { message += "\n  \(translation)" }
    }
    if chains.count > 5 { message += "\n  and \(chains.count - 5) more" }
  }
  record(message, traffic, from: inner, environment, to: peer, sourceLocation)
  return nil
}
