public import PacketFormats

/// Packets of one flow that went no further than one capture point.
public struct Drop: Hashable, Sendable {
  /// How we know.
  public enum Evidence: String, Hashable, Sendable, Encodable {
    /// The capture says so (`epb_verdict`).
    case verdict
    /// The packet was not seen at the next point, although others of its kind were.
    case vanished
  }

  public var evidence: Evidence
  /// Name of the last point that saw the packets.
  public var point: String
  /// Which of several interfaces of that name it was.
  public var label: String
  /// Where they were going.
  ///
  /// - Returns: `nil` if a flow's packets carry no direction and were seen nowhere else.
  public var direction: PathDirection?
  public var `protocol`: IPProtocol
  public var source: Endpoint
  public var destination: Endpoint
  public var count: UInt64
  /// Nanoseconds since the Unix epoch.
  public var firstTime: Int64
  /// Nanoseconds since the Unix epoch.
  public var lastTime: Int64
  public var firstFrame: FrameReference
}

extension Drop: Encodable {
  private enum CodingKeys: String, CodingKey {
    case evidence, point, label, direction, `protocol`, source, destination, count
    case firstTime, lastTime, firstFrame
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(evidence, forKey: .evidence)
    try container.encode(point, forKey: .point)
    try container.encode(label, forKey: .label)
    try container.encodeIfPresent(direction, forKey: .direction)
    try container.encode(`protocol`.description, forKey: .protocol)
    try container.encode(source, forKey: .source)
    try container.encode(destination, forKey: .destination)
    try container.encode(count, forKey: .count)
    try container.encode(firstTime, forKey: .firstTime)
    try container.encode(lastTime, forKey: .lastTime)
    try container.encode(firstFrame, forKey: .firstFrame)
  }
}
