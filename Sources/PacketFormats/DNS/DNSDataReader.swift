/// Reads the data of one record and insists that it takes exactly the length given.
struct DNSDataReader {
  var offset: Int
  /// Where the message begins, which pointers count from.
  let start: Int
  let end: Int
  let lengthOffset: Int
  let length: Int

  mutating func data(
    of type: DNSRecordType, in bytes: RawSpan
  ) throws(HeaderError) -> DNSRecordData {
    let data: DNSRecordData
    switch type {
    case .a: data = .a(IPv4Address(rawValue: try integer(in: bytes)))
    case .aaaa:
      data = .aaaa(IPv6Address(high: try integer(in: bytes), low: try integer(in: bytes)))
    case .cname: data = .cname(try name(in: bytes))
    case .ns: data = .ns(try name(in: bytes))
    case .ptr: data = .ptr(try name(in: bytes))
    case .soa:
      data = .soa(
        DNSRecordData.StartOfAuthority(
          primaryServer: try name(in: bytes), responsibleMailbox: try name(in: bytes),
          serial: try integer(in: bytes), refresh: try integer(in: bytes),
          retry: try integer(in: bytes), expire: try integer(in: bytes),
          minimum: try integer(in: bytes)))
    case .mx: data = .mx(preference: try integer(in: bytes), exchange: try name(in: bytes))
    case .txt:
      var strings: [[UInt8]] = []
      while offset < end {
        let count = Int(try integer(in: bytes) as UInt8)
        strings.append(try take(count, of: bytes))
      }
      data = .txt(strings)
    case .srv:
      // Its target must not be compressed, but receivers are told to bear with it (RFC 3597,
      // section 4).
      data = .srv(
        priority: try integer(in: bytes), weight: try integer(in: bytes),
        port: try integer(in: bytes), target: try name(in: bytes))
    case .opt:
      var options: [EDNS.Option] = []
      while offset < end {
        let code: UInt16 = try integer(in: bytes)
        let count = Int(try integer(in: bytes) as UInt16)
        options.append(EDNS.Option(code: code, data: try take(count, of: bytes)))
      }
      data = .opt(options)
    default: data = .unknown(type, try rest(of: bytes))
    }
    guard offset == end else {
      throw .malformed(.dns, offset: lengthOffset, value: UInt64(length))
    }
    return data
  }

  mutating func rest(of bytes: RawSpan) throws(HeaderError) -> [UInt8] {
    try take(end - offset, of: bytes)
  }

  private mutating func name(in bytes: RawSpan) throws(HeaderError) -> DNSName {
    try DNSName(parsing: bytes, at: &offset, start: start, end: end)
  }

  private mutating func integer<Value: FixedWidthInteger & BitwiseCopyable & Sendable>(
    in bytes: RawSpan
  ) throws(HeaderError) -> Value {
    let count = Value.bitWidth / 8
    try Dissection.require(count, of: .dns, at: offset, end: end)
    defer { offset += count }
    return bytes[Field<Value>(at: 0), at: offset]
  }

  private mutating func take(
    _ count: Int, of bytes: RawSpan
  ) throws(HeaderError) -> [UInt8] {
    try Dissection.require(count, of: .dns, at: offset, end: end)
    defer { offset += count }
    return (0..<count).map { bytes[Field<UInt8>(at: $0), at: offset] }
  }
}
