/// Which way a packet goes along the path that the capture points lie on.
public enum PathDirection: String, Hashable, Sendable, Encodable, CaseIterable {
  /// Away from the inside: a function's requests.
  case outward
  /// Towards the inside: the replies.
  case inward

  var opposite: PathDirection { self == .outward ? .inward : .outward }
}
