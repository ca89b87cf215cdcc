extension DNSMessage {
  /// The message as bytes, names compressed (RFC 1035, section 4.1.4).
  ///
  /// - Precondition: sections have at most 65,535 entries, strings of TXT records at most 255
  ///   bytes and at least one string, and all data fit into the lengths given for them.
  public func encoded() -> [UInt8] {
    var encoder = DNSEncoder()
    encoder.append(identification)
    encoder.append(flags)
    encoder.append(UInt16(questions.count))
    encoder.append(UInt16(answers.count))
    encoder.append(UInt16(authorities.count))
    encoder.append(UInt16(additionals.count))
    for question in questions {
      encoder.append(compressing: question.name)
      encoder.append(question.type.rawValue)
      encoder.append(question.recordClass.rawValue)
    }
    for section in [answers, authorities, additionals] {
      for record in section { encoder.append(record) }
    }
    return encoder.bytes
  }

  /// Writes the message to `bytes`, starting at `base`, and returns its length, in bytes.
  ///
  /// If it does not fit, nothing is written and the error says how much room it takes.
  public func write(to bytes: inout MutableRawSpan, at base: Int) throws(HeaderError) -> Int {
    let encoded = encoded()
    try bytes.bytes.require(encoded.count, of: .dns, at: base)
    for i in encoded.indices { bytes[Field<UInt8>(at: 0), at: base + i] = encoded[i] }
    return encoded.count
  }
}
