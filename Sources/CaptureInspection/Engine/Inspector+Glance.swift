import PacketFormats

extension Inspector {
  /// What can be known of a frame without an id before it is its turn: a number that its packet keeps
  /// from point to point, and which way it goes if others of its flow have been seen there.
  ///
  /// - Returns: `nil` if its headers cannot be read.
  func glance(_ sighting: Sighting, _ bytes: RawSpan) -> (content: UInt64, way: PathDirection?)? {
    guard taps.indices.contains(sighting.tap) else { return nil }
    let tap = taps[sighting.tap]
    // What is wrong with it is said when it is its turn.
    guard let outer = (try? Self.outer(of: bytes, tap.framing)) ?? nil,
      outer.network == .ipv4 || outer.network == .ipv6
    else { return nil }
    var frame = outer
    if tap.mayTunnel, let inner = (try? inner(of: outer, in: bytes, tap)) ?? nil {
      guard inner.network == .ipv4 || inner.network == .ipv6 else { return nil }
      frame = inner
    }
    let facts = FrameFacts(frame, in: bytes, FrameFacts.Wishes(payload: false, content: true))
    return (facts.content, sighting.way ?? flows.way(of: facts.translated, at: sighting.tap))
  }
}
