import Glibc

/// What became of a buffer.
struct WriteOutcome {
  /// What is in the file, which holds only complete blocks, in bytes.
  var byteCount: Int
  var packetCount: UInt64
  /// The `errno` if that is not all of the buffer, or 0.
  var code: Int32
}

extension BlockBuffer {
  /// Writes everything that waits to `descriptor`, and if that fails cuts the file back to its last
  /// complete block.
  func write(_ batch: WriteBatch, to descriptor: Int32) -> WriteOutcome {
    let (written, code) = unsafe withBytes { bytes in
      unsafe CompleteWrite.write(bytes, to: descriptor)
    }
    guard code != 0 else {
      return WriteOutcome(byteCount: written, packetCount: batch.packetCount, code: 0)
    }
    let complete = completeBlocks(in: written, startingBigEndian: batch.startsBigEndian)
    OutputFile.cutBack(descriptor, by: written - complete.byteCount)
    return WriteOutcome(
      byteCount: complete.byteCount, packetCount: complete.packets, code: code)
  }

  /// How much of the first `byteCount` bytes is complete blocks.
  private func completeBlocks(
    in byteCount: Int, startingBigEndian startsBigEndian: Bool
  ) -> (byteCount: Int, packets: UInt64) {
    var end = 0
    var packets: UInt64 = 0
    var isBigEndian = startsBigEndian
    while byteCount - end >= 12 {
      // A section header's type reads the same in both orders, and decides which one follows.
      let type = PcapngBlockType(rawValue: word(at: end, bigEndian: isBigEndian))
      if type == .sectionHeader {
        let magic = word(at: end + 8, bigEndian: false)
        isBigEndian = magic != PcapngFormat.byteOrderMagic
      }
      let length = Int(word(at: end + 4, bigEndian: isBigEndian))
      guard length >= 12, length <= byteCount - end else { break }
      end += length
      if type.isPacket { packets += 1 }
    }
    return (end, packets)
  }
}
