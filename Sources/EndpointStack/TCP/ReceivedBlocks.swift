import PacketFormats

/// The blocks beyond a gap that a connection has received, the most recent first (RFC 2018,
/// section 4).
///
/// As many as fit into a segment are remembered. To forget one that did arrive is allowed: it is
/// advice, and the frames themselves are kept elsewhere.
struct ReceivedBlocks {
  /// A run of sequence numbers without a gap.
  struct Block {
    var start = SequenceNumber(rawValue: 0)
    var end = SequenceNumber(rawValue: 0)
  }

  private var blocks = InlineArray<4, Block>(repeating: Block())
  private(set) var count = 0

  init() {}

  /// Adds what has just arrived and joins it with what it touches.
  mutating func insert(_ block: Block) {
    var joined = block
    var kept = InlineArray<4, Block>(repeating: Block())
    var keptCount = 0
    for index in 0..<count {
      let other = blocks[index]
      if other.start <= joined.end, joined.start <= other.end {
        if other.start < joined.start { joined.start = other.start }
        joined.end = SequenceNumber.later(joined.end, other.end)
      } else if keptCount < 3 {
        kept[keptCount] = other
        keptCount += 1
      }
    }
    blocks[0] = joined
    for index in 0..<keptCount { blocks[index + 1] = kept[index] }
    count = keptCount + 1
  }

  /// Forgets what is no longer beyond a gap.
  mutating func removeAll(before next: SequenceNumber) {
    var keptCount = 0
    for index in 0..<count where blocks[index].start > next {
      blocks[keptCount] = blocks[index]
      keptCount += 1
    }
    count = keptCount
  }

  mutating func removeAll() {
    count = 0
  }

  /// The option that tells the sender, with at most `limit` blocks.
  func option(limit: Int) -> TCPOptions.SACKBlocks {
    var option = TCPOptions.SACKBlocks()
    for index in 0..<min(count, limit) {
      option.append(
        TCPOptions.SACKBlocks.Block(
          leftEdge: blocks[index].start.rawValue, rightEdge: blocks[index].end.rawValue))
    }
    return option
  }
}
