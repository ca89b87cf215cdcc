/// What a resource record holds or a question asks for (IANA, "Domain Name System Parameters").
///
/// The set is open: a value without a name here still round-trips.
public struct DNSRecordType: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  public static let a = Self(rawValue: 1)
  public static let ns = Self(rawValue: 2)
  public static let cname = Self(rawValue: 5)
  public static let soa = Self(rawValue: 6)
  public static let ptr = Self(rawValue: 12)
  public static let mx = Self(rawValue: 15)
  public static let txt = Self(rawValue: 16)
  public static let aaaa = Self(rawValue: 28)
  public static let srv = Self(rawValue: 33)
  /// Not a record but an extension of the header (RFC 6891, section 6.1).
  public static let opt = Self(rawValue: 41)
  /// Asks for every type there is.
  public static let any = Self(rawValue: 255)
}

extension DNSRecordType: CustomStringConvertible {
  public var description: String {
    switch self {
    case .a: "A"
    case .ns: "NS"
    case .cname: "CNAME"
    case .soa: "SOA"
    case .ptr: "PTR"
    case .mx: "MX"
    case .txt: "TXT"
    case .aaaa: "AAAA"
    case .srv: "SRV"
    case .opt: "OPT"
    case .any: "ANY"
    // RFC 3597, section 5.
    default: "TYPE\(rawValue)"
    }
  }
}
