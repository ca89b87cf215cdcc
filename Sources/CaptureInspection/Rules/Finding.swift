/// One violation of a rule.
public struct Finding: Hashable, Sendable, Encodable {
  /// The offending frame, or `nil` if what is wrong is that there is none.
  public var frame: FrameReference?
  /// Name of the capture point, or `nil` without a frame.
  public var point: String?
  /// When the frame was captured, in nanoseconds since the Unix epoch.
  public var time: Int64?
  /// The packet's id, if the capture gives one.
  public var packetID: UInt64?
  /// What is there.
  public var found: String
  /// What would be right.
  public var expected: String
}

extension Finding: CustomStringConvertible {
  public var description: String {
    let place = frame.map { "\($0)\(point.map { " (\($0))" } ?? ""): " } ?? ""
    return "\(place)found \(found), expected \(expected)"
  }
}
