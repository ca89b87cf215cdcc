/// Packets that are collected in memory until they are merged with those of others.
extension PcapngWriter {
  /// Collects packets in memory, for a ``PacketMerge`` to take them out again.
  ///
  /// - Parameter interfaceCount: How many interfaces the file has that they end up in.
  package init(collectingFor interfaceCount: UInt32) {
    self.init(file: OutputFile(descriptor: -1, name: "memory", owned: false), bufferByteCount: .max)
    self.interfaceCount = interfaceCount
  }

  /// Gives up what was collected in exchange for an empty buffer.
  mutating func exchange(for empty: inout BlockBuffer) {
    precondition(empty.used == 0, "a buffer that is exchanged is empty")
    swap(&buffer, &empty)
    fastEnd = buffer.capacity
    heldPacketCount = 0
  }

  /// Adds complete packet blocks that were collected.
  mutating func append(_ blocks: RawSpan, packetCount: UInt64) {
    if appendRaw(blocks) {
      heldPacketCount += packetCount
    } else {
      discardedPacketCount += packetCount
    }
  }
}
