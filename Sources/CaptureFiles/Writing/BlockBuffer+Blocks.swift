extension BlockBuffer {
  /// How much of the first `byteCount` bytes is complete blocks.
  func completeBlocks(
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
