/// Puts a message together and remembers where names stand in it.
struct DNSEncoder {
  private(set) var bytes: [UInt8] = []
  /// Where each name, and each end of a name, stands.
  ///
  /// Only looked up, never walked over, so its order cannot reach the output. The case of letters
  /// counts, so that compression keeps it.
  private var offsets: [ArraySlice<UInt8>: UInt16] = [:]

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    for shift in stride(from: Value.bitWidth - 8, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
    }
  }

  mutating func append(compressing name: DNSName) {
    let wire = name.wireForm
    var offset = 0
    while wire[offset] > 0 {
      let suffix = wire[offset...]
      if let known = offsets[suffix] {
        append(0xc000 | known)
        return
      }
      // A pointer has 14 bits.
      if bytes.count < 0x4000 { offsets[suffix] = UInt16(bytes.count) }
      let next = offset + 1 + Int(wire[offset])
      bytes += wire[offset..<next]
      offset = next
    }
    bytes.append(0)
  }

  mutating func append(_ record: DNSResourceRecord) {
    append(compressing: record.name)
    append(record.type.rawValue)
    append(record.recordClass.rawValue)
    append(record.timeToLive)
    let lengthOffset = bytes.count
    append(0 as UInt16)
    append(record.data)
    let length = UInt16(bytes.count - lengthOffset - 2)
    bytes[lengthOffset] = UInt8(length >> 8)
    bytes[lengthOffset + 1] = UInt8(length & 0xff)
  }

  /// Names are compressed in the types that RFC 1035 defines, and in no others (RFC 3597, section
  /// 4).
  private mutating func append(_ data: DNSRecordData) {
    switch data {
    case .a(let address): append(address.rawValue)
    case .aaaa(let address):
      append(address.high)
      append(address.low)
    case .cname(let name), .ns(let name), .ptr(let name): append(compressing: name)
    case .soa(let authority):
      append(compressing: authority.primaryServer)
      append(compressing: authority.responsibleMailbox)
      append(authority.serial)
      append(authority.refresh)
      append(authority.retry)
      append(authority.expire)
      append(authority.minimum)
    case .mx(let preference, let exchange):
      append(preference)
      append(compressing: exchange)
    case .txt(let strings):
      precondition(!strings.isEmpty, "a TXT record has at least one string")
      for string in strings {
        append(UInt8(string.count))
        bytes += string
      }
    case .srv(let priority, let weight, let port, let target):
      append(priority)
      append(weight)
      append(port)
      bytes += target.wireForm
    case .opt(let options):
      for option in options {
        append(option.code)
        append(UInt16(option.data.count))
        bytes += option.data
      }
    case .unknown(_, let data): bytes += data
    }
  }
}
