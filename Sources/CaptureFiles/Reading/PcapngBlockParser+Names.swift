extension PcapngBlockParser {
  static func names(
    _ block: PcapngBlock, _ bytes: RawSpan
  ) throws(CaptureFileError) -> NameResolution {
    var names = NameResolution(entries: [])
    var records = OptionCursor(block, at: 8)
    while let record = try records.next(in: bytes) {
      guard let addressByteCount = addressByteCount(ofRecord: record.code) else {
        names.otherRecords.append(PcapngOption(record, bytes))
        continue
      }
      guard record.byteCount >= addressByteCount else {
        throw .malformed(
          .nameRecordLength, offset: block.fileOffset + UInt64(record.offset - 2),
          expected: UInt64(addressByteCount), found: UInt64(record.byteCount))
      }
      let value = bytes.array(at: record.offset, count: record.byteCount)
      let address: NameResolution.Address =
        switch record.code {
        case NameResolution.Code.ipv4Record: .ipv4(BigEndian.number(value.prefix(4)))
        case NameResolution.Code.ipv6Record: .ipv6(BigEndian.number(value.prefix(16)))
        case NameResolution.Code.eui48Record: .eui48(BigEndian.number(value.prefix(6)))
        default: .eui64(BigEndian.number(value.prefix(8)))
        }
      names.entries.append(
        .init(
          address,
          value.dropFirst(addressByteCount).split(separator: 0).map {
            String(decoding: $0, as: UTF8.self)
          }))
    }
    var options = OptionCursor(block, at: records.position)
    while let option = try options.next(in: bytes) {
      switch option.code {
      case PcapngOption.Code.comment.rawValue:
        names.comments.append(bytes.text(at: option.offset, count: option.byteCount))
      case NameResolution.Code.serverName:
        names.serverName = bytes.text(at: option.offset, count: option.byteCount)
      case NameResolution.Code.serverIPv4Address:
        try options.require(4, of: option)
        names.serverIPv4Address = bytes.number(
          at: option.offset, bigEndian: true, as: UInt32.self)
      case NameResolution.Code.serverIPv6Address:
        try options.require(16, of: option)
        names.serverIPv6Address = BigEndian.number(
          bytes.array(at: option.offset, count: 16), as: UInt128.self)
      default: names.otherOptions.append(PcapngOption(option, bytes))
      }
    }
    return names
  }

  /// Length of the address that a record begins with, in bytes; `nil` for records we do not know.
  private static func addressByteCount(ofRecord code: UInt16) -> Int? {
    switch code {
    case NameResolution.Code.ipv4Record: 4
    case NameResolution.Code.ipv6Record: 16
    case NameResolution.Code.eui48Record: 6
    case NameResolution.Code.eui64Record: 8
    default: nil
    }
  }
}
