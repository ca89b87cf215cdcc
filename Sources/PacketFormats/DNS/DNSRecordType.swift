/// What a resource record holds or a question asks for (IANA, "Domain Name System Parameters").
///
/// The set is open: a value without a name here still round-trips.
public struct DNSRecordType: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt16
  public init(rawValue: UInt16) { self.rawValue = rawValue }
  @inlinable public static var a: Self { Self(rawValue: 1) }
  @inlinable public static var ns: Self { Self(rawValue: 2) }
  @inlinable public static var cname: Self { Self(rawValue: 5) }
  @inlinable public static var soa: Self { Self(rawValue: 6) }
  @inlinable public static var ptr: Self { Self(rawValue: 12) }
  @inlinable public static var mx: Self { Self(rawValue: 15) }
  @inlinable public static var txt: Self { Self(rawValue: 16) }
  @inlinable public static var aaaa: Self { Self(rawValue: 28) }
  @inlinable public static var srv: Self { Self(rawValue: 33) }
  /// Not a record but an extension of the header (RFC 6891, section 6.1).
  @inlinable public static var opt: Self { Self(rawValue: 41) }
  /// Asks for every type there is.
  @inlinable public static var any: Self { Self(rawValue: 255) }
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
