/// Reads a pcapng file block by block, without looking into the blocks.
///
/// For tools that copy: together with ``PcapngWriter/copy(_:of:)`` every block, known or not,
/// survives byte for byte. Memory stays constant, whatever the length of the file.
public struct PcapngBlockReader: ~Copyable {
  private var input: InputBuffer
  /// The block that ``next()`` returned last.
  public private(set) var block: PcapngBlock?
  private var isBigEndian = false
  private var failure: CaptureFileError?

  /// The longest block that is accepted, in bytes.
  ///
  /// Assumed: sixteen times what Wireshark accepts, and still no danger to the machine.
  public static let longestBlock = 1 << 28

  /// Opens the file at `path`, or standard input for `-`.
  public init(path: String) throws(CaptureFileError) {
    try self.init(InputFile(path: path))
  }

  init(_ file: consuming InputFile) throws(CaptureFileError) {
    let start = try file.peek(4)
    guard start == [0x0a, 0x0d, 0x0d, 0x0a] else {
      guard start.count == 4 else {
        throw .truncated(
          .fileHeader, offset: 0, needed: 4, available: UInt64(start.count))
      }
      throw .unknownFormat(path: file.path, magic: BigEndian.number(start))
    }
    input = InputBuffer(file)
  }

  /// Moves on to the next block.
  ///
  /// - Returns: `nil` at the end of the file.
  /// - Throws: What is wrong with the file, now and at every later call. All blocks before that
  ///   have been delivered.
  @inline(__always)
  public mutating func next() throws(CaptureFileError) -> PcapngBlock? {
    if let block { input.consume(block.byteCount) }
    block = nil
    if let failure { throw failure }
    do throws(CaptureFileError) {
      block = try readBlock()
    } catch {
      failure = error
      throw error
    }
    return block
  }

  private mutating func readBlock() throws(CaptureFileError) -> PcapngBlock? {
    let start = input.fileOffset
    let available = try input.request(12)
    if available == 0 { return nil }
    guard available == 12 else {
      throw .truncated(.blockHeader, offset: start, needed: 12, available: UInt64(available))
    }
    let order = isBigEndian
    var (type, length, magic): (UInt32, UInt32, UInt32) = input.withBytes(12) { bytes in
      (
        bytes.number(at: 0, bigEndian: order), bytes.number(at: 4, bigEndian: order),
        bytes.number(at: 8, bigEndian: order)
      )
    }
    if type == PcapngBlockType.sectionHeader.rawValue {
      if magic == PcapngFormat.byteOrderMagic.byteSwapped {
        isBigEndian.toggle()
        length = length.byteSwapped
        magic = magic.byteSwapped
      }
      guard magic == PcapngFormat.byteOrderMagic else {
        throw .malformed(
          .byteOrderMagic, offset: start + 8, expected: UInt64(PcapngFormat.byteOrderMagic),
          found: UInt64(magic))
      }
    }
    guard length >= 12 else {
      throw .malformed(.blockLength, offset: start + 4, expected: 12, found: UInt64(length))
    }
    guard length & 3 == 0 else {
      throw .malformed(
        .paddedBlockLength, offset: start + 4, expected: (UInt64(length) + 3) & ~3,
        found: UInt64(length))
    }
    guard length <= Self.longestBlock else {
      throw .unsupported(.blockLength, offset: start + 4, found: UInt64(length))
    }
    let byteCount = Int(length)
    let got = try input.request(byteCount)
    guard got == byteCount else {
      throw .truncated(.block, offset: start, needed: UInt64(length), available: UInt64(got))
    }
    let bigEndian = isBigEndian
    let trailer: UInt32 = input.withBytes(byteCount) { bytes in
      bytes.number(at: byteCount - 4, bigEndian: bigEndian)
    }
    guard trailer == length else {
      throw .malformed(
        .trailingBlockLength, offset: start + UInt64(byteCount - 4), expected: UInt64(length),
        found: UInt64(trailer))
    }
    return PcapngBlock(
      type: PcapngBlockType(rawValue: type), byteCount: byteCount, fileOffset: start,
      isBigEndian: bigEndian)
  }

  /// Lends the bytes of the last block, header and trailer included.
  ///
  /// - Returns: What `body` returns. After the end of the file it is given nothing.
  @inline(__always)
  public func withBlockBytes<R, E: Error>(
    _ body: (RawSpan) throws(E) -> R
  ) throws(E) -> R {
    try input.withBytes(block?.byteCount ?? 0, body)
  }
}

extension PcapngBlockReader: @unchecked Sendable {}
