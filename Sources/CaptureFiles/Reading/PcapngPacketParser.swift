/// Reads the three kinds of packet block.
enum PcapngPacketParser {
  /// Offset of the bytes in an enhanced or obsolete packet block.
  static let packetOffset = 28
  /// Offset of the bytes in a simple packet block.
  static let simplePacketOffset = 12

  /// Fixed part, trailer included, of an enhanced or obsolete packet block, in bytes.
  private static let packetBlockByteCount = 32
  private static let simplePacketBlockByteCount = 16

  private enum Code {
    static let comment: UInt16 = 1
    static let flags: UInt16 = 2
    static let packetID: UInt16 = 5
    static let verdict: UInt16 = 7
  }

  /// Reads an enhanced or an obsolete packet block, which differ in the interface number only.
  ///
  /// - Parameters:
  ///   - block: What and where the block is.
  ///   - bytes: The whole block.
  ///   - frameNumber: Goes into the record.
  ///   - firstInterface: Index of the section's first interface.
  ///   - timescales: Of all interfaces.
  /// - Returns: The packet.
  /// - Throws: The first thing that is wrong.
  @inline(__always)
  static func packet(
    _ block: PcapngBlock, _ bytes: RawSpan, frameNumber: UInt64, firstInterface: Int,
    timescales: borrowing [Timescale]
  ) throws(CaptureFileError) -> PacketRecord {
    let bigEndian = block.isBigEndian
    guard block.byteCount >= packetBlockByteCount else {
      throw block.tooShort(expected: packetBlockByteCount)
    }
    let isObsolete = block.type == .obsoletePacket
    let number =
      isObsolete
      ? Int(bytes.number(at: 8, bigEndian: bigEndian, as: UInt16.self))
      : Int(bytes.number(at: 8, bigEndian: bigEndian, as: UInt32.self))
    guard number < timescales.count - firstInterface else {
      throw block.noSuchInterface(number, count: timescales.count - firstInterface)
    }
    let high: UInt32 = bytes.number(at: 12, bigEndian: bigEndian)
    let low: UInt32 = bytes.number(at: 16, bigEndian: bigEndian)
    let ticks = UInt64(high) << 32 | UInt64(low)
    guard let time = timescales[firstInterface + number].nanoseconds(ticks) else {
      throw .unsupported(.timestamp, offset: block.fileOffset + 12, found: ticks)
    }
    let captured = Int(bytes.number(at: 20, bigEndian: bigEndian, as: UInt32.self))
    guard captured <= block.byteCount - packetBlockByteCount else {
      throw .malformed(
        .capturedLength, offset: block.fileOffset + 20,
        expected: UInt64(block.byteCount - packetBlockByteCount), found: UInt64(captured))
    }
    var record = PacketRecord(
      frameNumber: frameNumber, interface: firstInterface + number, time: time,
      capturedByteCount: captured,
      originalByteCount: Int(bytes.number(at: 24, bigEndian: bigEndian, as: UInt32.self)),
      fileOffset: block.fileOffset, packetOffset: packetOffset)
    var options = OptionCursor(block, at: packetOffset + PcapngFormat.padded(captured))
    while let option = try options.next(in: bytes) {
      switch option.code {
      case Code.comment: record.hasComment = true
      case Code.flags:
        try options.require(4, of: option)
        record.flags = PacketFlags(
          rawValue: bytes.number(at: option.offset, bigEndian: bigEndian))
      case Code.packetID where !isObsolete:
        try options.require(8, of: option)
        record.packetID = bytes.number(at: option.offset, bigEndian: bigEndian, as: UInt64.self)
      case Code.verdict where !isObsolete:
        record.verdict = verdict(option, bytes, bigEndian: bigEndian)
      default: break
      }
    }
    return record
  }

  private static func verdict(
    _ option: OptionCursor.Position, _ bytes: RawSpan, bigEndian: Bool
  ) -> PacketVerdict? {
    guard option.byteCount > 0 else { return nil }
    let judge = PacketVerdict.Judge(
      rawValue: bytes.number(at: option.offset, bigEndian: false, as: UInt8.self))
    var value: UInt64 = 0
    for index in 0..<min(option.byteCount - 1, 8) {
      let byte: UInt8 = bytes.number(at: option.offset + 1 + index, bigEndian: false)
      value = bigEndian ? value << 8 | UInt64(byte) : value | UInt64(byte) << (8 * index)
    }
    return PacketVerdict(judge: judge, value: value)
  }

  /// Reads a simple packet block, which says neither interface nor time.
  ///
  /// - Parameters:
  ///   - block: What and where the block is.
  ///   - bytes: The whole block.
  ///   - frameNumber: Goes into the record.
  ///   - interface: Index of the section's first interface, to which such packets belong.
  ///   - snapshotLength: Of that interface; 0 is no limit.
  /// - Returns: The packet.
  /// - Throws: The first thing that is wrong.
  static func simplePacket(
    _ block: PcapngBlock, _ bytes: RawSpan, frameNumber: UInt64, interface: Int,
    snapshotLength: UInt32
  ) throws(CaptureFileError) -> PacketRecord {
    guard block.byteCount >= simplePacketBlockByteCount else {
      throw block.tooShort(expected: simplePacketBlockByteCount)
    }
    let original: UInt32 = bytes.number(at: 8, bigEndian: block.isBigEndian)
    let captured = Int(snapshotLength == 0 ? original : min(original, snapshotLength))
    guard captured <= block.byteCount - simplePacketBlockByteCount else {
      throw .malformed(
        .capturedLength, offset: block.fileOffset + 8,
        expected: UInt64(block.byteCount - simplePacketBlockByteCount), found: UInt64(captured))
    }
    return PacketRecord(
      frameNumber: frameNumber, interface: interface, time: 0, hasTime: false,
      capturedByteCount: captured, originalByteCount: Int(original),
      fileOffset: block.fileOffset, packetOffset: simplePacketOffset)
  }
}

extension PcapngBlock {
  /// The error for a block that its type needs to be longer.
  func tooShort(expected: Int) -> CaptureFileError {
    .malformed(
      .blockLength, offset: fileOffset + 4, expected: UInt64(expected), found: UInt64(byteCount))
  }

  /// The error for an interface number at the start of the body.
  func noSuchInterface(_ number: Int, count: Int) -> CaptureFileError {
    .malformed(
      .interfaceIndex, offset: fileOffset + 8, expected: UInt64(count), found: UInt64(number))
  }
}
