/// Puts together the bytes of one pcapng block, little-endian.
///
/// For the blocks that are written once in a while; packets take a faster way through
/// ``PcapngWriter``.
struct BlockBuilder {
  private var storage: [UInt8] = []
  /// Where the options began, or `nil` while there are none.
  private var hasOptions = false

  init(_ type: PcapngBlockType) {
    append(type.rawValue)
    append(0 as UInt32)  // the length, known at the end
  }

  /// How many bytes there are so far, header included.
  var byteCount: Int { storage.count }

  mutating func append(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) {
      storage.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }

  /// Appends a time the way packet blocks do: the upper half first.
  mutating func appendTimestamp(_ time: Int64) {
    let time = UInt64(max(0, time))
    append(UInt32(truncatingIfNeeded: time >> 32))
    append(UInt32(truncatingIfNeeded: time))
  }

  /// Appends `bytes` and zeros up to the next multiple of four.
  mutating func appendPadded(_ bytes: some Collection<UInt8>) {
    storage += bytes
    while storage.count & 3 != 0 { storage.append(0) }
  }

  /// Appends an option, or a name record, which has the same shape.
  mutating func appendOption(_ code: UInt16, _ bytes: some Collection<UInt8>) {
    hasOptions = true
    let value = bytes.prefix(PcapngFormat.longestOption)
    append(code)
    append(UInt16(value.count))
    appendPadded(value)
  }

  mutating func appendOption(_ code: UInt16, text: String?) {
    guard let text else { return }
    appendOption(code, text.utf8.prefix(PcapngFormat.fittingPrefix(of: text.utf8)))
  }

  mutating func appendOption(_ code: UInt16, number: UInt64?) {
    guard let number else { return }
    appendOption(code, BigEndian.bytes(of: number).reversed())
  }

  mutating func appendOption(_ code: UInt16, timestamp: Int64?) {
    guard let timestamp else { return }
    let value = UInt64(max(0, timestamp))
    appendOption(code, number: value << 32 | value >> 32)
  }

  mutating func appendComments(_ comments: [String]) {
    for comment in comments {
      appendOption(PcapngOption.Code.comment.rawValue, text: comment)
    }
  }

  mutating func append(_ options: [PcapngOption]) {
    for option in options where option.code != .endOfOptions {
      appendOption(option.code.rawValue, option.bytes)
    }
  }

  /// Ends the options, fills in the length and hands the block over.
  consuming func finish() -> [UInt8] {
    if hasOptions { append(0 as UInt32) }
    let total = UInt32(storage.count + 4)
    append(total)
    for (index, byte) in BigEndian.bytes(of: total).reversed().enumerated() {
      storage[4 + index] = byte
    }
    return storage
  }
}
