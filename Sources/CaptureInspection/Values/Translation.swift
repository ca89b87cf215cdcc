public import PacketFormats

/// One life of a translation: which inside address and port became which outside ones.
///
/// It is found by following packets over a crossing. The same pair seen again after a pause is the
/// same translation; a pair whose inside or outside went to somebody else in between is a new one.
/// Times are nanoseconds since the Unix epoch, taken where a packet came out of the crossing.
public struct Translation: Hashable, Sendable {
  public var crossing: Crossing
  /// Label of the innermost interface that the packets came from, such as an execution environment.
  ///
  /// - Returns: `nil` if no packet was seen there.
  public var environment: String?
  /// Whether flows are remembered or addresses exchanged, as far as that can be known.
  public var method: TranslationMethod
  public var `protocol`: IPProtocol
  public var inside: Endpoint
  public var outside: Endpoint
  /// Who the inside talks to, as the inside addresses it.
  public var remote: Endpoint
  /// Who the outside talks to: the same as ``remote``, unless that was translated too.
  public var outsideRemote: Endpoint
  public var firstTime: Int64
  public var lastTime: Int64
  /// Packets translated on their way out.
  public var outwardCount: UInt64
  /// Packets translated on their way in.
  public var inwardCount: UInt64
  /// The frame in which the translation first shows: the one after it.
  public var firstFrame: FrameReference
}

extension Translation: CustomStringConvertible {
  public var description: String {
    "\(`protocol`) \(inside) as \(outside) to \(outsideRemote), \(crossing)"
  }
}

extension Translation: Encodable {
  private enum CodingKeys: String, CodingKey {
    case crossing, environment, method, `protocol`, inside, outside, remote, outsideRemote
    case firstTime, lastTime, outwardCount, inwardCount, firstFrame
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(crossing, forKey: .crossing)
    try container.encodeIfPresent(environment, forKey: .environment)
    try container.encode(method, forKey: .method)
    try container.encode(`protocol`.description, forKey: .protocol)
    try container.encode(inside, forKey: .inside)
    try container.encode(outside, forKey: .outside)
    try container.encode(remote, forKey: .remote)
    try container.encode(outsideRemote, forKey: .outsideRemote)
    try container.encode(firstTime, forKey: .firstTime)
    try container.encode(lastTime, forKey: .lastTime)
    try container.encode(outwardCount, forKey: .outwardCount)
    try container.encode(inwardCount, forKey: .inwardCount)
    try container.encode(firstFrame, forKey: .firstFrame)
  }
}
