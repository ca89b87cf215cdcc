extension DNSResourceRecord {
  /// Fields behind the name.
  enum Layout {
    static let byteCount = 10
    static let type = Field<UInt16>(at: 0)
    static let recordClass = Field<UInt16>(at: 2)
    static let timeToLive = Field<UInt32>(at: 4)
    static let dataLength = Field<UInt16>(at: 8)
  }

  /// Reads the record at `offset` in the message that begins at `start` and ends at `end`, and
  /// moves `offset` behind it.
  init(
    parsing bytes: RawSpan, at offset: inout Int, start: Int, end: Int
  ) throws(HeaderError) {
    name = try DNSName(parsing: bytes, at: &offset, start: start, end: end)
    try Dissection.require(Layout.byteCount, of: .dns, at: offset, end: end)
    let type = DNSRecordType(rawValue: bytes[Layout.type, at: offset])
    recordClass = DNSClass(rawValue: bytes[Layout.recordClass, at: offset])
    timeToLive = bytes[Layout.timeToLive, at: offset]
    let length = Int(bytes[Layout.dataLength, at: offset])
    let dataOffset = offset + Layout.byteCount
    try Dissection.require(length, of: .dns, at: dataOffset, end: end)
    var reader = DNSDataReader(
      offset: dataOffset, start: start, end: dataOffset + length,
      lengthOffset: offset + Layout.dataLength.offset, length: length)
    // These three mean something else, or nothing, outside the Internet class.
    let isForeign =
      recordClass != .internet && (type == .a || type == .aaaa || type == .srv)
    data =
      isForeign || length == 0 && type != .opt
      ? .unknown(type, try reader.rest(of: bytes)) : try reader.data(of: type, in: bytes)
    offset = dataOffset + length
  }
}
