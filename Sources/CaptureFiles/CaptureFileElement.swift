/// The parts of a capture file that an error can be about.
///
/// The raw value is what messages call the part.
public enum CaptureFileElement: String, Hashable, Sendable {
  case fileHeader = "file header"
  case blockHeader = "block header"
  case block = "block"
  /// The byte-order magic of a section header, 0x1A2B3C4D.
  case byteOrderMagic = "byte-order magic"
  case majorVersion = "major version"
  /// A block's total length with header and trailer, in bytes; each type has a shortest one.
  case blockLength = "block length"
  /// The same length as far as padding goes: a multiple of four.
  case paddedBlockLength = "block length (a multiple of four)"
  /// The copy of the length that ends every block.
  case trailingBlockLength = "block length at the end of the block"
  /// How much of a packet was captured, in bytes.
  case capturedLength = "captured length"
  /// The number of an interface, which must be below the count of those described so far.
  case interfaceIndex = "interface number"
  /// The length of an option, which must end inside its block.
  case optionLength = "option length"
  /// The length of an option whose kind has a fixed one.
  case fixedOptionLength = "length of an option of this kind"
  case nameRecordLength = "name record length"
  case secretsLength = "secrets length"
  /// A time that 64-bit nanoseconds since 1970 cannot say: before 1677 or after 2262.
  case timestamp = "timestamp"

  /// How an error's `expected` is to be read.
  var rule: String {
    switch self {
    case .blockLength, .nameRecordLength: "needs at least"
    case .capturedLength, .optionLength, .secretsLength: "allows at most"
    case .interfaceIndex: "must be below"
    default: "expected"
    }
  }
}
