/// The parts of a capture file that an error can be about.
public enum CaptureFileElement: String, Hashable, Sendable {
  case fileHeader = "file header"
  case blockHeader = "block header"
  case block = "block"
  /// The byte-order magic of a section header, 0x1A2B3C4D.
  case byteOrderMagic = "byte-order magic"
  case majorVersion = "major version"
  /// A block's total length, header and trailer included, in bytes.
  case blockLength = "block length"
  /// The shortest that a block of this type can be, in bytes.
  case shortestBlockLength = "length of a block of this type"
  /// The copy of the length that ends every block.
  case trailingBlockLength = "block length at the end of the block"
  case capturedLength = "captured length"
  case interfaceIndex = "interface index"
  /// The length of an option, which must end inside its block.
  case optionLength = "option length"
  /// The length of an option whose type has a fixed one.
  case fixedOptionLength = "length of an option of this type"
  case nameRecordLength = "name record length"
  case secretsLength = "secrets length"
  /// A time that 64-bit nanoseconds since 1970 cannot express, before 1677 or after 2262.
  case timestamp = "timestamp"

  /// Whether an error's `expected` is an upper bound rather than the one right value.
  var isLimit: Bool {
    switch self {
    case .blockLength, .capturedLength, .interfaceIndex, .optionLength, .nameRecordLength,
      .secretsLength:
      true
    default: false
    }
  }
}
