/// The extension of a DNS header that an OPT record is (RFC 6891, section 6).
public struct EDNS: Hashable, Sendable {
  /// The largest UDP payload its sender takes, in bytes; less than 512 means 512.
  public var payloadByteCount: UInt16
  /// The upper eight bits of the response code.
  public var extendedResponseCode: UInt8
  public var version: UInt8
  /// Whether the sender wants DNSSEC records, "DNSSEC OK" (RFC 3225, section 3).
  public var isDNSSECOK: Bool
  public var options: [Option]

  public init(
    payloadByteCount: UInt16 = 1232, extendedResponseCode: UInt8 = 0, version: UInt8 = 0,
    isDNSSECOK: Bool = false, options: [Option] = []
  ) {
    self.payloadByteCount = payloadByteCount
    self.extendedResponseCode = extendedResponseCode
    self.version = version
    self.isDNSSECOK = isDNSSECOK
    self.options = options
  }

  /// An option (IANA, "DNS EDNS0 Option Codes").
  public struct Option: Hashable, Sendable {
    public var code: UInt16
    public var data: [UInt8]

    public init(code: UInt16, data: [UInt8]) {
      self.code = code
      self.data = data
    }
  }
}

extension EDNS {
  /// What `record` says, or `nil` if it is no OPT record.
  public init?(_ record: DNSResourceRecord) {
    guard case .opt(let options) = record.data else { return nil }
    payloadByteCount = record.recordClass.rawValue
    extendedResponseCode = UInt8(truncatingIfNeeded: record.timeToLive >> 24)
    version = UInt8(truncatingIfNeeded: record.timeToLive >> 16)
    isDNSSECOK = record.timeToLive & 0x8000 != 0
    self.options = options
  }

  /// The record that says this; it belongs into a message's additional section.
  public var record: DNSResourceRecord {
    DNSResourceRecord(
      name: .root, recordClass: DNSClass(rawValue: payloadByteCount),
      timeToLive: UInt32(extendedResponseCode) << 24 | UInt32(version) << 16
        | (isDNSSECOK ? 0x8000 : 0),
      data: .opt(options))
  }
}
