import CaptureInspection
import LambdawireModel
import Testing

/// Records an issue if the captures cannot be read.
///
/// - Returns: Whether there is something to judge.
func canRead(_ traffic: RecordedTraffic, _ location: SourceLocation) -> Bool {
  guard !traffic.files.isEmpty else {
    Issue.record("there are no captures to judge", sourceLocation: location)
    return false
  }
  for file in traffic.analysis.failedFiles {
    let error = file.error.map { "\($0)" } ?? ""
    // Some errors name the file themselves.
    let name = error.hasPrefix(file.path) ? "" : "\(file.path): "
    Issue.record(
      "not everything could be read: \(name)\(error)", sourceLocation: location)
  }
  return traffic.analysis.failedFiles.isEmpty
}

/// Records an issue that shows the first packet of the flow in question.
func record(
  _ message: String, _ traffic: RecordedTraffic, from inner: EndpointPattern,
  _ environment: String?, to peer: EndpointPattern?, _ location: SourceLocation
) {
  let picture = PacketPicture.text(in: traffic.files) { headers, place in
    inner.matches(headers.source) && peer?.matches(headers.destination) != false
      && (environment.map { isInterface(place, of: $0) } ?? true)
  }
  let shown = picture ?? "no packet of this flow was captured"
  Issue.record(Comment(rawValue: "\(message)\n\(shown)"), sourceLocation: location)
}

/// What a flow's source is called on its way from the inside out.
func sources(
  of inner: EndpointPattern, _ environment: String?, in analysis: CaptureAnalysis
) -> Set<Endpoint> {
  var names: Set<Endpoint> = []
  for flow in analysis.flows where inner.matches(flow.initiator) {
    if let environment, !isInterface(flow.label, of: environment) { continue }
    names.insert(flow.initiator)
  }
  let chains = TranslationChain.all(in: analysis.translations) { translation in
    inner.matches(translation.inside)
      && (environment.map { isInterface(translation.environment, of: $0) } ?? true)
  }
  for chain in chains {
    if let outside = chain.outside { names.insert(outside) }
  }
  return names
}

/// A flow in words.
func description(_ inside: String, _ environment: String?, _ remote: String?) -> String {
  inside + (environment.map { " in \($0)" } ?? "") + (remote.map { " to \($0)" } ?? "")
}
