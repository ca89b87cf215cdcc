extension DNSMessage {
  /// Reads the message that starts at `base` and ends at `end`, or where the span does.
  ///
  /// Bytes behind the last record are left alone.
  public init(
    parsing bytes: RawSpan, at base: Int = 0, end: Int? = nil
  ) throws(HeaderError) {
    let end = min(end ?? bytes.byteCount, bytes.byteCount)
    try Dissection.require(Self.headerByteCount, of: .dns, at: base, end: end)
    self.init(
      identification: bytes[Layout.identification, at: base],
      flags: bytes[Layout.flags, at: base])
    var offset = base + Self.headerByteCount
    for _ in 0..<bytes[Layout.questionCount, at: base] {
      let name = try DNSName(parsing: bytes, at: &offset, start: base, end: end)
      try Dissection.require(4, of: .dns, at: offset, end: end)
      questions.append(
        DNSQuestion(
          name: name, type: DNSRecordType(rawValue: bytes[Field(at: 0), at: offset]),
          recordClass: DNSClass(rawValue: bytes[Field(at: 2), at: offset])))
      offset += 4
    }
    for _ in 0..<bytes[Layout.answerCount, at: base] {
      answers.append(
        try DNSResourceRecord(parsing: bytes, at: &offset, start: base, end: end))
    }
    for _ in 0..<bytes[Layout.authorityCount, at: base] {
      authorities.append(
        try DNSResourceRecord(parsing: bytes, at: &offset, start: base, end: end))
    }
    for _ in 0..<bytes[Layout.additionalCount, at: base] {
      additionals.append(
        try DNSResourceRecord(parsing: bytes, at: &offset, start: base, end: end))
    }
  }
}
