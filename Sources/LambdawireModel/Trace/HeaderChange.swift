/// A field of a header before and after a hop.
public struct HeaderChange: Hashable, Sendable, Encodable {
  /// `source`, `destination`, `ttl`, `tunnel` or `length`.
  public var field: String
  /// Empty if there was nothing.
  public var before: String
  /// Empty if nothing is left.
  public var after: String

  /// The differences between two sightings of one packet, in the order of the headers.
  static func changes(
    from old: (headers: PacketHeaders, byteCount: Int),
    to new: (headers: PacketHeaders, byteCount: Int)
  ) -> [HeaderChange] {
    let fields: [(String, (PacketHeaders) -> String)] = [
      ("tunnel", { $0.tunnel.map { "\($0.kind) \($0.source) > \($0.destination)" } ?? "" }),
      ("vni", { $0.tunnel.map { "\($0.networkIdentifier)" } ?? "" }),
      ("source", { $0.source }),
      ("destination", { $0.destination }),
      ("ttl", { $0.timeToLive.map { "\($0)" } ?? "" }),
    ]
    var changes = fields.compactMap { field, value in
      let (before, after) = (value(old.headers), value(new.headers))
      return before == after ? nil : HeaderChange(field: field, before: before, after: after)
    }
    if old.byteCount != new.byteCount {
      changes.append(
        HeaderChange(
          field: "length", before: "\(old.byteCount) bytes", after: "\(new.byteCount) bytes"))
    }
    return changes
  }
}
