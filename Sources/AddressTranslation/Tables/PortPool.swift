/// Which of the 65,536 ports of one outside address are taken, for one protocol.
///
/// A bit for each port, and a bit for each word of those that says whether the word is full: the
/// next free port is found in at most two words of the first kind and sixteen of the second,
/// however few are left.
struct PortPool {
  /// Set for a taken port.
  private var taken: [UInt64]
  /// Set for a word of `taken` in which every bit is set.
  private var full: [UInt64]
  /// Ports taken.
  private(set) var count = 0

  init() {
    taken = Array(repeating: 0, count: 1024)
    full = Array(repeating: 0, count: 16)
  }

  /// What stands in the place of a pool that is no longer needed; it holds no memory.
  static let unused = PortPool(taken: [], full: [])

  private init(taken: [UInt64], full: [UInt64]) {
    self.taken = taken
    self.full = full
  }

  func isTaken(_ port: UInt16) -> Bool {
    taken[Int(port) / 64] >> UInt64(port % 64) & 1 != 0
  }

  /// Takes a port that is free.
  mutating func take(_ port: UInt16) {
    let word = Int(port) / 64
    taken[word] |= 1 << UInt64(port % 64)
    if taken[word] == .max { full[word / 64] |= 1 << UInt64(word % 64) }
    count += 1
  }

  /// Gives back a port that is taken.
  mutating func release(_ port: UInt16) {
    let word = Int(port) / 64
    taken[word] &= ~(1 << UInt64(port % 64))
    full[word / 64] &= ~(1 << UInt64(word % 64))
    count -= 1
  }

  /// The first free port from `start` on, going round at the end of `range`, whose lowest bit is
  /// `parity` unless that is `nil`.
  ///
  /// - Precondition: `range` contains `start`.
  func firstFree(
    from start: UInt16, in range: ClosedRange<UInt16>, parity: UInt16? = nil
  ) -> UInt16? {
    // Even ports have the even bits of their words.
    let wanted: UInt64 =
      switch parity {
      case nil: .max
      case 0: 0x5555_5555_5555_5555
      default: 0xaaaa_aaaa_aaaa_aaaa
      }
    return firstFree(in: start...range.upperBound, wanted)
      ?? (start > range.lowerBound
        ? firstFree(in: range.lowerBound...(start - 1), wanted) : nil)
  }

  /// The lowest free port in `range` whose bit is wanted.
  private func firstFree(in range: ClosedRange<UInt16>, _ wanted: UInt64) -> UInt16? {
    let first = Int(range.lowerBound)
    var word = first / 64
    var free = ~taken[word] & wanted & .max << UInt64(first % 64)
    while free == 0 {
      guard let next = firstWithRoom(after: word) else { return nil }
      word = next
      free = ~taken[word] & wanted
    }
    let port = word * 64 + free.trailingZeroBitCount
    return port <= Int(range.upperBound) ? UInt16(port) : nil
  }

  /// The first word of `taken` behind `word` that is not full.
  private func firstWithRoom(after word: Int) -> Int? {
    guard word + 1 < taken.count else { return nil }
    var group = (word + 1) / 64
    var room = ~full[group] & .max << UInt64((word + 1) % 64)
    while room == 0 {
      group += 1
      guard group < full.count else { return nil }
      room = ~full[group]
    }
    return group * 64 + room.trailingZeroBitCount
  }
}
