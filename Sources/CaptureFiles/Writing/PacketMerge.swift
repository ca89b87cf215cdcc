/// Brings packets that several writers have collected into one order: by time, and at one instant
/// by the number of the writer.
///
/// Each writer collects in order of time. What it collected is whole blocks, so merging copies runs
/// of bytes and looks at nothing but the blocks' times. A block without a time, such as names that
/// become known on the way, stays behind the packet that it came after.
package struct PacketMerge: ~Copyable {
  /// The next packet of a source.
  private struct Head {
    var time: Int64
    var source: Int

    @inline(__always)
    func precedes(_ other: Head) -> Bool { (time, source) < (other.time, other.source) }
  }

  private var sources: [PacketSource]
  /// A heap of the sources that have a packet to give, the first packet on top.
  private var heads: [Head] = []

  /// A merge of so many sources.
  package init(sourceCount: Int) {
    sources = (0..<sourceCount).map { _ in PacketSource() }
  }

  /// Takes over what `writer`, source number `source`, has collected.
  package mutating func take(from writer: inout PcapngWriter, source: Int) {
    sources[source].take(from: &writer)
  }

  /// Writes every packet whose time is before `end`.
  package mutating func write(before end: Int64, to file: inout PcapngWriter) {
    merge(before: end) { source, range, packetCount in
      source.blocks.withSpan { file.append($0.extracting(range), packetCount: packetCount) }
    }
  }

  /// Writes every packet whose time is before `end`.
  package mutating func write(before end: Int64, to file: inout PcapWriter) {
    merge(before: end) { source, range, _ in
      var position = range.lowerBound
      while position < range.upperBound {
        let block = PacketSource.Block(source.blocks, at: position)
        if let time = block.time {
          source.blocks.withSpan {
            file.write(
              $0.extracting(block.packet), time: time, originalByteCount: block.originalByteCount)
          }
        }
        position += block.byteCount
      }
    }
  }

  /// Hands out runs of blocks in order; a run is at most about as long as a writer's buffer.
  private mutating func merge(
    before end: Int64, _ write: (PacketSource, Range<Int>, UInt64) -> Void
  ) {
    heads.removeAll(keepingCapacity: true)
    for number in sources.indices {
      if let time = sources[number].nextTime, time < end {
        heads.append(Head(time: time, source: number))
      }
    }
    heads.sort { $0.precedes($1) }
    while let first = heads.first {
      let source = sources[first.source]
      // As long as nobody else is next.
      let rival =
        heads.count < 2 ? nil : heads.count > 2 && heads[2].precedes(heads[1]) ? heads[2] : heads[1]
      let start = source.position
      var packetCount: UInt64 = 0
      var next: Int64?
      repeat {
        packetCount += source.advance()
        next = source.nextTime
        guard let time = next, time < end, source.position - start < Self.longestRun else { break }
        if let rival, !Head(time: time, source: first.source).precedes(rival) { break }
      } while true
      write(source, start..<source.position, packetCount)
      if let next, next < end {
        heads[0].time = next
      } else {
        heads[0] = heads[heads.count - 1]
        heads.removeLast()
      }
      siftDown()
    }
  }

  private static var longestRun: Int { 1 << 16 }

  /// Puts the heap in order again after its top has changed.
  private mutating func siftDown() {
    var hole = 0
    while true {
      var best = hole
      for child in [2 * hole + 1, 2 * hole + 2] where child < heads.count {
        if heads[child].precedes(heads[best]) { best = child }
      }
      guard best != hole else { return }
      heads.swapAt(hole, best)
      hole = best
    }
  }
}

/// What one writer has collected and is not in the file yet.
private final class PacketSource {
  /// A block and what a merge needs of it.
  struct Block {
    /// Nanoseconds since the Unix epoch; `nil` if it is no packet.
    let time: Int64?
    let byteCount: Int
    /// Where the packet's bytes are.
    let packet: Range<Int>
    let originalByteCount: Int

    init(_ blocks: borrowing BlockBuffer, at position: Int) {
      byteCount = Int(blocks.word(at: position + 4, bigEndian: false))
      precondition(byteCount >= 12 && position + byteCount <= blocks.used, "no whole block")
      guard blocks.word(at: position, bigEndian: false) == PcapngBlockType.enhancedPacket.rawValue
      else {
        (time, packet, originalByteCount) = (nil, 0..<0, 0)
        return
      }
      let high = UInt64(blocks.word(at: position + 12, bigEndian: false))
      time = Int64(
        bitPattern: high << 32 | UInt64(blocks.word(at: position + 16, bigEndian: false)))
      let captured = Int(blocks.word(at: position + 20, bigEndian: false))
      packet = position + 28..<position + 28 + captured
      originalByteCount = Int(blocks.word(at: position + 24, bigEndian: false))
    }
  }

  private(set) var blocks = BlockBuffer(capacity: 16)
  /// Where the next block is.
  private(set) var position = 0
  /// The time of the next block, or `nil` if there is none.
  private(set) var nextTime: Int64?
  /// The time of the last packet.
  private var lastTime = Int64.min

  func take(from writer: inout PcapngWriter) {
    if position == blocks.used {
      blocks.removeAll()
      writer.exchange(for: &blocks)
    } else {
      var rest = BlockBuffer(capacity: blocks.used - position + writer.buffer.used)
      blocks.withSpan { rest.append($0.extracting(position..<blocks.used)) }
      writer.buffer.withSpan { rest.append($0) }
      writer.buffer.removeAll()
      writer.heldPacketCount = 0
      swap(&blocks, &rest)
    }
    position = 0
    look()
  }

  /// Finds out about the next block.
  @inline(__always)
  private func look() {
    guard position < blocks.used else {
      nextTime = nil
      return
    }
    nextTime = Block(blocks, at: position).time ?? lastTime
  }

  /// Goes on to the next block; says how many packets that passes.
  @inline(__always)
  func advance() -> UInt64 {
    let block = Block(blocks, at: position)
    position += block.byteCount
    if let time = block.time { lastTime = time }
    look()
    return block.time == nil ? 0 : 1
  }
}
