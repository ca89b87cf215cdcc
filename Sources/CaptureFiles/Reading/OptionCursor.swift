/// Steps through the options of a block, or through name records, which have the same shape.
struct OptionCursor {
  /// Where an option's value lies, counted from the start of its block.
  struct Position {
    var code: UInt16
    var offset: Int
    var byteCount: Int
  }

  private var offset: Int
  private let end: Int
  private let block: PcapngBlock

  /// Begins at `offset` in `block`, counted from the block's start.
  @inline(__always)
  init(_ block: PcapngBlock, at offset: Int) {
    self.offset = offset
    self.end = block.byteCount - 4
    self.block = block
  }

  /// Where the next option would begin: behind the end marker once that has been met.
  var position: Int { offset }

  /// The next option.
  ///
  /// - Returns: `nil` at the end marker, or at the end of the block where that is missing.
  @inline(__always)
  mutating func next(in bytes: RawSpan) throws(CaptureFileError) -> Position? {
    guard end - offset >= 4 else { return nil }
    let code = bytes.number(at: offset, bigEndian: block.isBigEndian, as: UInt16.self)
    let count = Int(bytes.number(at: offset + 2, bigEndian: block.isBigEndian, as: UInt16.self))
    guard count <= end - offset - 4 else {
      throw .malformed(
        .optionLength, offset: block.fileOffset + UInt64(offset + 2),
        expected: UInt64(end - offset - 4), found: UInt64(count))
    }
    let value = offset + 4
    offset = value + PcapngFormat.padded(count)
    return code == 0 ? nil : Position(code: code, offset: value, byteCount: count)
  }

  /// Makes sure that an option has the only length that its kind can have, in bytes.
  @inline(__always)
  func require(_ byteCount: Int, of option: Position) throws(CaptureFileError) {
    guard option.byteCount == byteCount else {
      throw .malformed(
        .fixedOptionLength, offset: block.fileOffset + UInt64(option.offset - 2),
        expected: UInt64(byteCount), found: UInt64(option.byteCount))
    }
  }

  /// The value of an option that is a 64-bit number.
  func number(_ option: Position, _ bytes: RawSpan) throws(CaptureFileError) -> UInt64 {
    try require(8, of: option)
    return bytes.number(at: option.offset, bigEndian: block.isBigEndian)
  }
}
