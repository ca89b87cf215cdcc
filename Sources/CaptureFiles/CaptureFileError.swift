import Glibc

/// What can be wrong with a capture file, or with getting at one.
///
/// Offsets count bytes from the start of the file, so that they can be looked up in a hex dump.
public enum CaptureFileError: Error, Hashable, Sendable {
  /// The file could not be opened or created. `code` is the system's `errno`.
  case cannotOpen(path: String, code: Int32)
  /// Reading failed at `offset`. `code` is the system's `errno`.
  case cannotRead(path: String, offset: UInt64, code: Int32)
  /// Writing failed and the file was cut back to its last complete block.
  ///
  /// - `code`: The system's `errno`.
  /// - `safePackets`: How many packets can be read from the file as it is now.
  /// - `safeByteCount`: How many bytes of the file are complete blocks.
  case cannotWrite(path: String, code: Int32, safePackets: UInt64, safeByteCount: UInt64)
  /// The file begins like no capture format that we read; `magic` is its first four bytes, read
  /// as a big-endian number.
  case unknownFormat(path: String, magic: UInt32)
  /// The file ends inside something that starts at `offset`.
  ///
  /// - `needed`: How many bytes it takes from `offset` on.
  /// - `available`: How many there are.
  case truncated(CaptureFileElement, offset: UInt64, needed: UInt64, available: UInt64)
  /// A field has a value that the format forbids.
  ///
  /// - `offset`: Where the field is.
  /// - `expected`: The bound that the value breaks, or the only value allowed.
  /// - `found`: The value that is there.
  case malformed(CaptureFileElement, offset: UInt64, expected: UInt64, found: UInt64)
  /// The field at `offset` has a value that the format allows and we do not handle.
  case unsupported(CaptureFileElement, offset: UInt64, found: UInt64)
  /// libpcap refused the record at `offset` of a classic pcap file, with its own words.
  case refusedByLibpcap(path: String, offset: UInt64, message: String)
  /// libpcap could not compile a filter expression.
  case badFilter(expression: String, message: String)
}

extension CaptureFileError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .cannotOpen(let path, let code):
      "\(path): cannot open: \(Self.text(of: code))"
    case .cannotRead(let path, let offset, let code):
      "\(path): cannot read at offset \(offset): \(Self.text(of: code))"
    case .cannotWrite(let path, let code, let safePackets, let safeByteCount):
      "\(path): cannot write: \(Self.text(of: code)); "
        + "\(safePackets) packets (\(safeByteCount) bytes) are safe in the file"
    case .unknownFormat(let path, let magic):
      "\(path): not a pcap or pcapng file: it begins with 0x\(String(magic, radix: 16))"
        + (magic >> 16 == 0x1f8b ? " (gzip; unpack it first)" : "")
    case .truncated(let element, let offset, let needed, let available):
      "the file ends inside \(element.rawValue) at offset \(offset): "
        + "needs \(needed) bytes, has \(available)"
    case .malformed(let element, let offset, let expected, let found):
      "bad \(element.rawValue) at offset \(offset): found \(found), "
        + "\(element.rule) \(expected)"
    case .unsupported(let element, let offset, let found):
      "unsupported \(element.rawValue) at offset \(offset): \(found)"
    case .refusedByLibpcap(let path, let offset, let message):
      "\(path): bad record at offset \(offset): \(message)"
    case .badFilter(let expression, let message):
      "bad filter ‘\(expression)’: \(message)"
    }
  }

  /// The system's words for an `errno`.
  private static func text(of code: Int32) -> String {
    guard let words = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: words)
  }
}
