/// What a number of measurements have in common.
///
/// Percentiles are measurements themselves: the smallest that so many percent do not exceed (nearest
/// rank), so that nothing is interpolated.
public struct SampleSummary: Hashable, Sendable, Encodable {
  public var count: Int
  public var minimum: Int64
  public var median: Int64
  public var percentile90: Int64
  public var percentile99: Int64
  public var maximum: Int64

  /// - Returns: `nil` without samples.
  public init?(_ samples: [Int64]) {
    let sorted = samples.sorted()
    guard let first = sorted.first, let last = sorted.last else { return nil }
    count = sorted.count
    minimum = first
    median = Self.percentile(50, of: sorted)
    percentile90 = Self.percentile(90, of: sorted)
    percentile99 = Self.percentile(99, of: sorted)
    maximum = last
  }

  /// The smallest of `sorted` that `percent` of them do not exceed.
  ///
  /// - Precondition: there is one.
  package static func percentile(_ percent: Int, of sorted: [Int64]) -> Int64 {
    sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
  }
}
