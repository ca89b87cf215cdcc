/// A pcapng file made by hand, in either byte order, sharing nothing with the code under test.
struct PcapngBytes {
  var bytes: [UInt8] = []
  let bigEndian: Bool

  init(bigEndian: Bool = false) {
    self.bigEndian = bigEndian
  }

  func u16(_ value: UInt16) -> [UInt8] { ordered(UInt64(value), 2) }
  func u32(_ value: UInt32) -> [UInt8] { ordered(UInt64(value), 4) }
  func u64(_ value: UInt64) -> [UInt8] { ordered(value, 8) }

  private func ordered(_ value: UInt64, _ count: Int) -> [UInt8] {
    let little = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    return bigEndian ? little.reversed() : little
  }

  func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
  }

  func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    u16(code) + u16(UInt16(value.count)) + padded(value)
  }

  func option(_ code: UInt16, _ text: String) -> [UInt8] { option(code, Array(text.utf8)) }

  var endOfOptions: [UInt8] { [0, 0, 0, 0] }

  /// Appends a block and returns where it starts.
  @discardableResult
  mutating func block(_ type: UInt32, _ body: [UInt8]) -> Int {
    let start = bytes.count
    let total = u32(UInt32(body.count + 12))
    bytes += u32(type) + total + body + total
    return start
  }

  mutating func section(options: [UInt8] = []) {
    block(0x0a0d_0d0a, u32(0x1a2b_3c4d) + u16(1) + u16(0) + u64(.max) + options)
  }

  mutating func interface(
    linkType: UInt16 = 1, snapshotLength: UInt32 = 0, options: [UInt8] = []
  ) {
    block(1, u16(linkType) + u16(0) + u32(snapshotLength) + options)
  }

  /// Appends an enhanced packet block.
  @discardableResult
  mutating func packet(
    _ packet: [UInt8], interface: UInt32 = 0, ticks: UInt64 = 0, options: [UInt8] = []
  ) -> Int {
    let count = UInt32(packet.count)
    return block(
      6,
      u32(interface) + u32(UInt32(ticks >> 32)) + u32(UInt32(truncatingIfNeeded: ticks))
        + u32(count) + u32(count) + padded(packet) + options)
  }
}
