/// Which of the 65,536 ports of one outside address are taken, for one protocol.
///
/// A bit for each port, and two bits for each word of those, which say whether all its even and
/// all its odd ports are taken: the next free port, of any parity, is found in at most two words of
/// the first kind and sixteen of the second, however few are left.
///
/// A pool can begin without knowing anything, for ports that were given out before there was a
/// pool. It then learns of 64 ports at a time, when a search comes to them, so that setting one up
/// stalls nobody.
package struct PortPool {
  /// Words of 64 ports.
  private static var wordCount: Int { 1024 }
  /// Where in `words` the bits begin that say which words have no free even port.
  private static var fullEven: Int { 1024 }
  /// Where in `words` the bits begin that say which words have no free odd port.
  private static var fullOdd: Int { 1040 }
  /// Where in `words` the bits begin that say of which words nothing is known.
  private static var unknown: Int { 1056 }

  /// A bit for each port that is taken, and behind them what is said of those words.
  private var words: [UInt64]
  /// Words of which nothing is known.
  private var unknownCount = 0
  /// Ports known to be taken.
  package private(set) var count = 0

  /// A pool of free ports.
  package init() {
    words = Array(repeating: 0, count: Self.unknown + 16)
  }

  /// A pool that does not know yet which ports are taken.
  package static var unexplored: PortPool {
    var pool = PortPool()
    for group in 0..<16 { pool.words[unknown + group] = .max }
    pool.unknownCount = wordCount
    return pool
  }

  /// What stands in the place of a pool that is no longer needed; it holds no memory.
  static let unused = PortPool(words: [])

  private init(words: [UInt64]) {
    self.words = words
  }

  /// What a search comes to.
  package enum Finding: Equatable {
    /// This port is free.
    case free(UInt16)
    /// No port is.
    case nothing
    /// The ports from this one on, which are 64, have to be learned about before the search can go
    /// on.
    case unknown(UInt16)
  }

  /// Whether it is known which of the 64 ports are taken that `port` is among.
  package func isKnown(_ port: UInt16) -> Bool {
    let word = Int(port) / 64
    return words[Self.unknown + word / 64] >> UInt64(word % 64) & 1 == 0
  }

  /// Takes note of 64 ports of which nothing was known.
  ///
  /// - Parameters:
  ///   - first: The first of them, a multiple of 64.
  ///   - taken: A bit for each, the lowest for the first.
  package mutating func learn(_ first: UInt16, taken: UInt64) {
    precondition(first % 64 == 0 && !isKnown(first))
    let word = Int(first) / 64
    words[Self.unknown + word / 64] &= ~(1 << UInt64(word % 64))
    unknownCount -= 1
    words[word] = taken
    noteFull(word)
    count += taken.nonzeroBitCount
  }

  /// Whether a port is taken, if that is known.
  package func isTaken(_ port: UInt16) -> Bool {
    words[Int(port) / 64] >> UInt64(port % 64) & 1 != 0
  }

  /// Takes a port that is free.
  package mutating func take(_ port: UInt16) {
    guard unknownCount == 0 || isKnown(port) else { return }
    let word = Int(port) / 64
    words[word] |= 1 << UInt64(port % 64)
    noteFull(word)
    count += 1
  }

  /// Gives back a port that is taken.
  package mutating func release(_ port: UInt16) {
    guard unknownCount == 0 || isKnown(port) else { return }
    let word = Int(port) / 64
    words[word] &= ~(1 << UInt64(port % 64))
    let full = port % 2 == 0 ? Self.fullEven : Self.fullOdd
    words[full + word / 64] &= ~(1 << UInt64(word % 64))
    count -= 1
  }

  /// Notes it if a word has no free even or no free odd port any more.
  @inline(__always)
  private mutating func noteFull(_ word: Int) {
    let free = ~words[word]
    guard free & PortParity.even.mask == 0 || free & PortParity.odd.mask == 0 else { return }
    let bit: UInt64 = 1 << UInt64(word % 64)
    if free & PortParity.even.mask == 0 { words[Self.fullEven + word / 64] |= bit }
    if free & PortParity.odd.mask == 0 { words[Self.fullOdd + word / 64] |= bit }
  }

  /// Whether less than a quarter is taken of the ports that are known of and can be, of which there
  /// are `portCount` in all.
  func isSparse(of portCount: Int) -> Bool {
    count * 4 < min(portCount, (Self.wordCount - unknownCount) * 64)
  }

  // MARK: Searching

  /// The first free port from `start` on, going round at the end of `range`, in a pool that knows
  /// all its ports.
  ///
  /// - Parameters:
  ///   - start: Where to begin.
  ///   - range: Where to stay.
  ///   - parity: Which ports are asked for.
  /// - Returns: `nil` if no such port is free.
  /// - Precondition: `range` contains `start`.
  package func firstFree(
    from start: UInt16, in range: ClosedRange<UInt16>, parity: PortParity = .either
  ) -> UInt16? {
    guard case .free(let port) = search(from: start, in: range, parity: parity) else { return nil }
    return port
  }

  /// As ``firstFree(from:in:parity:)``, in any pool.
  package func search(
    from start: UInt16, in range: ClosedRange<UInt16>, parity: PortParity = .either
  ) -> Finding {
    let found = search(in: start...range.upperBound, parity)
    guard found == .nothing, start > range.lowerBound else { return found }
    return search(in: range.lowerBound...(start - 1), parity)
  }

  /// Searches from the lowest port of `range` to the highest.
  private func search(in range: ClosedRange<UInt16>, _ parity: PortParity) -> Finding {
    let words = words.span
    let first = Int(range.lowerBound)
    var word = first / 64
    var free = ~words[word] & parity.mask & .max << UInt64(first % 64)
    if free == 0 {
      guard let next = firstWithRoom(after: word, parity) else { return .nothing }
      word = next
      free = ~words[word] & parity.mask
    }
    guard word <= Int(range.upperBound) / 64 else { return .nothing }
    if unknownCount > 0, !isKnown(UInt16(word * 64)) { return .unknown(UInt16(word * 64)) }
    let port = word * 64 + free.trailingZeroBitCount
    return port <= Int(range.upperBound) ? .free(UInt16(port)) : .nothing
  }

  /// The first word behind `word` that is not full as far as `parity` goes.
  private func firstWithRoom(after word: Int, _ parity: PortParity) -> Int? {
    let words = words.span
    var group = (word + 1) / 64
    var first = UInt64(word + 1) % 64
    while group < 16 {
      let (even, odd) = (words[Self.fullEven + group], words[Self.fullOdd + group])
      let full =
        switch parity {
        case .either: even & odd
        case .even: even
        case .odd: odd
        }
      let room = ~full & .max << first
      if room != 0 { return group * 64 + room.trailingZeroBitCount }
      group += 1
      first = 0
    }
    return nil
  }
}
