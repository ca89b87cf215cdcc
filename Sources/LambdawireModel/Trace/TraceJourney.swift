/// One packet from where it was sent to where it ended.
public struct TraceJourney: Hashable, Sendable, Encodable {
  /// What became of a packet.
  public enum Outcome: Hashable, Sendable {
    case delivered
    /// It died, and the capture says where.
    case dropped(point: String, code: String, reason: String)
    /// It was not seen again.
    case lost(after: String)
  }

  /// The packet's id in the captures (`frame.packet_id`).
  public var packetID: UInt64
  public var hops: [TraceHop]
  public var outcome: Outcome

  /// From the first hop to the last, in nanoseconds.
  public var duration: Int64 { hops.last?.time ?? 0 }

  private enum CodingKeys: String, CodingKey {
    case packetID, duration, outcome, hops, point, code, reason
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(packetID, forKey: .packetID)
    try container.encode(duration, forKey: .duration)
    try container.encode(hops, forKey: .hops)
    switch outcome {
    case .delivered: try container.encode("delivered", forKey: .outcome)
    case .dropped(let point, let code, let reason):
      try container.encode("dropped", forKey: .outcome)
      try container.encode(point, forKey: .point)
      try container.encode(code, forKey: .code)
      try container.encode(reason, forKey: .reason)
    case .lost(let point):
      try container.encode("lost", forKey: .outcome)
      try container.encode(point, forKey: .point)
    }
  }
}
