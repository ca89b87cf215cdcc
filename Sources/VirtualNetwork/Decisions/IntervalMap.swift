/// Values for ranges of numbers, found by bisection: what blocks of addresses say, the longest block
/// that holds an address winning.
///
/// Blocks either contain each other or are apart, so they cut the numbers into intervals in each of
/// which one block wins. Asking takes as many steps as the number of blocks has bits, however the
/// blocks lie.
struct IntervalMap<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  /// Where each interval begins, ascending.
  private var starts: [Number] = []
  /// The value in each interval, negative for none.
  private var values: [Int32] = []

  /// Builds a map.
  ///
  /// - Parameter blocks: First and last number of each block with its value, not negative. Of equal
  ///   blocks the first counts.
  init(_ blocks: [(first: Number, last: Number, value: Int32)]) {
    let sorted = blocks.enumerated().sorted {
      let (a, b) = ($0.element, $1.element)
      if a.first != b.first { return a.first < b.first }
      if a.last != b.last { return a.last > b.last }
      return $0.offset > $1.offset
    }
    var open: [(last: Number, value: Int32)] = []
    func close(before first: Number?, _ map: inout Self) {
      while let top = open.last, first.map({ top.last < $0 }) ?? true {
        open.removeLast()
        if top.last < .max { map.begin(top.last + 1, open.last?.value ?? -1) }
      }
    }
    for (_, block) in sorted {
      close(before: block.first, &self)
      begin(block.first, block.value)
      open.append((block.last, block.value))
    }
    close(before: nil, &self)
  }

  /// What holds from `start` on; what was said about the same start no longer counts.
  private mutating func begin(_ start: Number, _ value: Int32) {
    if starts.last == start {
      values[values.count - 1] = value
    } else {
      starts.append(start)
      values.append(value)
    }
  }

  /// The value at `number`, negative for none.
  @inline(__always)
  subscript(number: Number) -> Int32 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= number { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? -1 : values[low - 1]
  }
}
