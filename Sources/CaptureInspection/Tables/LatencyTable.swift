import Histogram

/// Hop times and whole-path times, one histogram per pair of points.
struct LatencyTable {
  /// What is recorded for one pair.
  struct Entry {
    let from: Int
    let to: Int
    let way: PathDirection
    private(set) var minimum = Int64.max
    private(set) var maximum = Int64.min
    private(set) var total: Int64 = 0
    private(set) var count: UInt64 = 0
    private var histogram = Histogram<UInt64>(highestTrackableValue: LatencyTable.longest)

    init(from: Int, to: Int, way: PathDirection) {
      self.from = from
      self.to = to
      self.way = way
    }

    @inline(__always)
    mutating func record(_ nanoseconds: Int64) {
      count &+= 1
      total = SaturatedTime.sum(total, nanoseconds)
      if nanoseconds < minimum { minimum = nanoseconds }
      if nanoseconds > maximum { maximum = nanoseconds }
      histogram.record(min(UInt64(nanoseconds), LatencyTable.longest))
    }

    func latency(names: [String], isWholePath: Bool) -> Latency {
      // The histogram answers with the upper end of a bucket, which may lie outside what was seen.
      let median = Int64(clamping: histogram.valueAtPercentile(50))
      let percentile99 = Int64(clamping: histogram.valueAtPercentile(99))
      return Latency(
        from: names[from], to: names[to], direction: way, isWholePath: isWholePath, count: count,
        minimum: minimum, median: min(max(median, minimum), maximum),
        percentile99: min(max(percentile99, minimum), maximum), maximum: maximum, total: total)
    }
  }

  /// What the histograms tell apart from longer times, in nanoseconds: some 18 minutes.
  static let longest: UInt64 = 1 << 40
  /// Pairs that get a histogram: far more than any path has, but a limit to what a capture made on
  /// purpose can take, at about 250 kB each.
  private static let pairLimit = 512

  private(set) var entries: [Entry] = []
  /// The longest time recorded, or `nil` if there is none.
  private(set) var maximum: Int64?
  /// Positions in ``entries``, by origin, end and way; -1 for none yet.
  private var positions = [Int32](
    repeating: -1, count: PointTable.limit * PointTable.limit * 2)

  /// Records a time.
  ///
  /// - Precondition: `nanoseconds` is not negative.
  @inline(__always)
  mutating func record(_ nanoseconds: Int64, from: Int, to: Int, way: PathDirection) {
    let slot = (from &* PointTable.limit &+ to) &* 2 &+ (way == .outward ? 0 : 1)
    var position = Int(positions[slot])
    if position < 0 {
      guard entries.count < Self.pairLimit else { return }
      position = entries.count
      positions[slot] = Int32(position)
      entries.append(Entry(from: from, to: to, way: way))
    }
    entries[position].record(nanoseconds)
    if nanoseconds > maximum ?? -1 { maximum = nanoseconds }
  }
}
