/// What a DNS message asks (RFC 1035, section 4.1.2).
public struct DNSQuestion: Hashable, Sendable {
  public var name: DNSName
  public var type: DNSRecordType
  public var recordClass: DNSClass

  public init(name: DNSName, type: DNSRecordType, recordClass: DNSClass = .internet) {
    self.name = name
    self.type = type
    self.recordClass = recordClass
  }
}
