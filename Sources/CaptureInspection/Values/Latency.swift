/// How long packets took from one capture point to another.
///
/// Numbers are nanoseconds. Minimum, maximum and mean are exact; median and 99th percentile come
/// from a histogram with three significant digits.
public struct Latency: Hashable, Sendable, Encodable {
  public var from: String
  public var to: String
  public var direction: PathDirection
  /// Whether this is from the first point a packet was seen at to the last; otherwise it is
  /// between two points with none in between.
  public var isWholePath: Bool
  public var count: UInt64
  public var minimum: Int64
  public var median: Int64
  public var percentile99: Int64
  public var maximum: Int64
  /// Sum over all packets.
  public var total: Int64

  /// Average, rounded down.
  public var mean: Int64 { count == 0 ? 0 : total / Int64(clamping: count) }
}
