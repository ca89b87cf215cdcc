/// A resource record (RFC 1035, section 4.1.3).
public struct DNSResourceRecord: Hashable, Sendable {
  public var name: DNSName
  public var recordClass: DNSClass
  /// How long the record may be kept, in seconds.
  public var timeToLive: UInt32
  public var data: DNSRecordData

  public init(
    name: DNSName, recordClass: DNSClass = .internet, timeToLive: UInt32, data: DNSRecordData
  ) {
    self.name = name
    self.recordClass = recordClass
    self.timeToLive = timeToLive
    self.data = data
  }

  public var type: DNSRecordType { data.type }
}
