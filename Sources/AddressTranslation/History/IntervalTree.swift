/// Intervals of time in the order of their beginnings, of which those around an instant are found
/// without looking at the others.
///
/// Above the ends of the intervals stands a tree of the latest end of every sixteen.
struct IntervalTree: Sendable {
  private static var fanOut: Int { 16 }

  /// The ends, and level by level the latest of each sixteen below.
  private var levels: [[Int64]] = [[]]

  var count: Int { levels[0].count }

  /// The end of an interval, or the largest number if it has none.
  func end(_ number: Int) -> Int64 { levels[0][number] }

  /// Adds an interval without an end.
  mutating func append() {
    var level = 0
    var position = levels[0].count
    levels[0].append(.max)
    while levels[level].count > 1 {
      let above = position / Self.fanOut
      if level + 1 == levels.count {
        // The first time that this level has two.
        levels.append([levels[level][0]])
      }
      if above < levels[level + 1].count {
        levels[level + 1][above] = .max
      } else {
        levels[level + 1].append(.max)
      }
      level += 1
      position = above
    }
  }

  /// Gives an interval its end.
  mutating func close(_ number: Int, at end: Int64) {
    levels[0][number] = end
    var position = number
    for level in 1..<max(1, levels.count) {
      let above = position / Self.fanOut
      let first = above * Self.fanOut
      let below = levels[level - 1]
      let latest = below[first..<min(first + Self.fanOut, below.count)].max() ?? end
      guard levels[level][above] != latest else { return }
      levels[level][above] = latest
      position = above
    }
  }

  /// Hands over, in their order, the intervals before `limit` that end after `instant`.
  func forEach(before limit: Int, endingAfter instant: Int64, _ body: (Int) -> Void) {
    guard limit > 0 else { return }
    visit(levels.count - 1, 0..<levels[levels.count - 1].count, limit, instant, body)
  }

  private func visit(
    _ level: Int, _ range: Range<Int>, _ limit: Int, _ instant: Int64, _ body: (Int) -> Void
  ) {
    for position in range where levels[level][position] > instant {
      if level == 0 {
        guard position < limit else { return }
        body(position)
      } else {
        let first = position * Self.fanOut
        visit(
          level - 1, first..<min(first + Self.fanOut, levels[level - 1].count), limit, instant,
          body)
      }
    }
  }
}
