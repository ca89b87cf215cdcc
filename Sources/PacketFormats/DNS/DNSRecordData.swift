/// What a resource record holds (RFC 1035, section 3.3, unless a case says otherwise).
public enum DNSRecordData: Hashable, Sendable {
  /// RFC 1035, section 3.4.1.
  case a(IPv4Address)
  /// RFC 3596, section 2.
  case aaaa(IPv6Address)
  case cname(DNSName)
  case ns(DNSName)
  case ptr(DNSName)
  case soa(StartOfAuthority)
  case mx(preference: UInt16, exchange: DNSName)
  /// One or more strings of at most 255 bytes each.
  case txt([[UInt8]])
  /// RFC 2782.
  case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
  /// The options of ``EDNS`` (RFC 6891, section 6.1.2).
  case opt([EDNS.Option])
  /// Data of any other type, and no data at all, as dynamic updates have it (RFC 3597; RFC 2136).
  case unknown(DNSRecordType, [UInt8])

  public var type: DNSRecordType {
    switch self {
    case .a: .a
    case .aaaa: .aaaa
    case .cname: .cname
    case .ns: .ns
    case .ptr: .ptr
    case .soa: .soa
    case .mx: .mx
    case .txt: .txt
    case .srv: .srv
    case .opt: .opt
    case .unknown(let type, _): type
    }
  }

  /// Where a zone of authority begins (RFC 1035, section 3.3.13).
  public struct StartOfAuthority: Hashable, Sendable {
    /// The server that the zone comes from.
    public var primaryServer: DNSName
    /// Whom to write to, with the at sign made a dot.
    public var responsibleMailbox: DNSName
    public var serial: UInt32
    /// In seconds, like the other intervals.
    public var refresh: UInt32
    public var retry: UInt32
    public var expire: UInt32
    /// How long to remember that a name does not exist (RFC 2308, section 4).
    public var minimum: UInt32

    public init(
      primaryServer: DNSName, responsibleMailbox: DNSName, serial: UInt32, refresh: UInt32,
      retry: UInt32, expire: UInt32, minimum: UInt32
    ) {
      self.primaryServer = primaryServer
      self.responsibleMailbox = responsibleMailbox
      self.serial = serial
      self.refresh = refresh
      self.retry = retry
      self.expire = expire
      self.minimum = minimum
    }
  }
}
